"""HTTP: drafts, the final submit, withdrawal, and what is shown of applications."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Response
from pydantic import ConfigDict, StringConstraints

from libs.common.bounds import BirthDay, Day, GrantMonths, Positive, Text
from libs.common.db import Tx
from libs.common.errors import Refused
from libs.common.web import (
    Body,
    Command,
    Db,
    IfMatch,
    Now,
    Page,
    Paging,
    ServiceRouter,
    Timepiece,
    View,
    etag,
    match,
    problems,
)
from services.intake.metrics import METRICS
from services.intake.model.applications import Application, ApplicationState, Request
from services.intake.model.organisations import PrincipalInvestigator
from services.intake.operations import applications as operations
from services.intake.operations import submission
from services.intake.routes.application_views import ApplicationDetail, ApplicationView
from services.intake.routes.fields import (
    Applicant,
    ApplicationPath,
    Flag,
    InProgrammeIfAny,
    Key,
    Name,
    OfOrganisation,
    ProgrammeCode,
    Reader,
    Reason,
    ResearcherNumber,
)
from services.intake.routes.readings import keep_readings
from services.intake.routes.screening import CheckView
from services.intake.rules.submission import goes_on_record
from services.intake.store import applications as store

router = ServiceRouter(tags=["신청 · Applications"])
ASKED: dict[str, Any] = {
    "track": "1",
    "product": "H100x2",
    "units": 1,
    "months": 6,
    "wished_start": "2025-10-01",
    "youth_claimed": True,
    "principal_investigator": {"id": "P-1001", "name": "김하나", "is_professor": False},
    "title": "의료 영상 생성 모델 학습",
}


class Investigator(Body):
    """Who leads the project: told apart by the national researcher number (`id`), else by name and birth date."""

    id: ResearcherNumber = ""
    name: Name
    is_professor: Flag
    born_on: BirthDay | None = None

    def told(self) -> PrincipalInvestigator:
        """The person."""
        return PrincipalInvestigator(self.id, self.name, self.is_professor, self.born_on)


class EditApplication(Body):
    """What a draft asks for."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [ASKED]})

    track: Key
    product: Key
    units: Positive
    months: GrantMonths
    wished_start: Day
    youth_claimed: Flag = False
    principal_investigator: Investigator | None = None
    title: Annotated[Text, StringConstraints(max_length=500)] = ""

    def told(self) -> Request:
        """What is asked for."""
        leads = self.principal_investigator
        asked = (self.track, self.product, self.units, self.months, self.wished_start, self.youth_claimed)
        return Request(*asked, principal_investigator=None if leads is None else leads.told())


class CreateApplication(EditApplication):
    """A new draft for a call."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"programme": "gpu-rental-2025s", "organisation_id": "O-000001", **ASKED}]},
    )

    programme: ProgrammeCode
    organisation_id: Key


class Withdraw(Body):
    """Why an application is taken back."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [{"reason": "사업 계획 변경"}]}
    )

    reason: Reason


class ReceiptView(View):
    """The acknowledgement of a final submit, with its receipt number (IN-2)."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "application_id": "A-000001",
                    "receipt_no": "gpu-rental-2025s-00001",
                    "received_at": "2025-09-15T06:00:00Z",
                    "programme": "gpu-rental-2025s",
                    "programme_version": 1,
                }
            ]
        },
    )

    application_id: str
    receipt_no: str
    received_at: dt.datetime
    programme: str
    programme_version: int


async def _standing(tx: Tx, found: Application, response: Response) -> ApplicationView:
    (standing,) = await operations.standing(tx, [found])
    etag(response, found.version)
    return ApplicationView.of(standing)


@router.post("/applications", status_code=201, summary="신청서 작성 · Begin a draft", responses=problems(404, 409))
async def create_application(
    body: CreateApplication, caller: Applicant, db: Db, clock: Timepiece, command: Command, response: Response
) -> ApplicationView:
    """Begin a draft: one track and one product of it (IN-3). A draft is no submission."""

    async def act(tx: Tx) -> ApplicationView:
        asked = (body.programme, body.organisation_id, body.told(), body.title)
        return await _standing(tx, await operations.create(tx, caller, *asked, clock), response)

    return await command.once(db, act)


@router.put(
    "/applications/{application_id}", summary="신청서 수정 · Change a draft", responses=problems(404, 409, 412, 428)
)
async def edit_application(
    application_id: ApplicationPath,
    body: EditApplication,
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    version: IfMatch,
    command: Command,
    response: Response,
) -> ApplicationView:
    """Change what a draft asks for; a submitted application does not change any more."""

    async def act(tx: Tx) -> ApplicationView:
        draft = await operations.own_draft(tx, caller, application_id)
        match(version, draft.version)
        return await _standing(tx, await operations.edit(tx, draft, body.told(), body.title, clock), response)

    return await command.once(db, act)


@router.get("/applications", summary="신청 목록 · List applications", responses=problems())
async def list_applications(
    caller: Reader,
    db: Db,
    paging: Paging,
    now: Now,
    programme: InProgrammeIfAny = None,
    state: ApplicationState | None = None,
    organisation_id: OfOrganisation = None,
) -> Page[ApplicationView]:
    """Applications by id, with their announced outcome, agreement and progress; applicants see their own."""
    own = None if caller.sees_all() else caller.organisation_id
    async with db.transaction() as tx:
        found = await store.list_applications(
            tx,
            paging.after_id(),
            paging.limit + 1,
            own=own,
            programme_code=programme,
            state=state,
            organisation_id=organisation_id,
        )
        standing = await operations.standing(tx, found)
        read = [one.application_id for one in found[: paging.limit]]
        await keep_readings(tx, caller, "list_applications", "application", read, now)
    return paging.page([ApplicationView.of(one) for one in standing], "application_id")


@router.get("/applications/{application_id}", summary="신청 조회 · Read an application", responses=problems(404))
async def get_application(
    application_id: ApplicationPath, caller: Reader, db: Db, now: Now, response: Response
) -> ApplicationDetail:
    """One application as it stands: asked and awarded side by side, documents, history; someone else's is not found."""
    async with db.transaction() as tx:
        shown = await operations.show(tx, caller, application_id)
        await keep_readings(tx, caller, "get_application", "application", [application_id], now)
    etag(response, shown.standing.application.version)
    return ApplicationDetail.whole(shown)


@router.post("/applications/{application_id}/check", summary="사전 점검 · Dry run", responses=problems(404, 409))
async def check_application(application_id: ApplicationPath, caller: Reader, db: Db, now: Now) -> CheckView:
    """What screening would find now: the same checks as at the final submit, all of them, without effect (IN-12)."""
    async with db.transaction() as tx:
        found = await submission.check(tx, caller, application_id, now)
        await keep_readings(tx, caller, "check_application", "application", [application_id], now)
    return CheckView.of(application_id, found)


@router.post("/applications/{application_id}/submit", summary="최종 제출 · Final submit", responses=problems(404, 409))
async def submit_application(
    application_id: ApplicationPath, caller: Applicant, db: Db, now: Now, clock: Timepiece, command: Command
) -> ReceiptView:
    """The final submit: it counts at the instant it reaches the server, both ends of the call included (IN-1).

    A second submit answers `wrong_state` with the receipt. One outside the call is refused and stays on record.
    """

    async def act(tx: Tx) -> ReceiptView:
        received, receipt = await submission.submit(tx, caller, application_id, now, clock)
        return ReceiptView(
            application_id=application_id,
            receipt_no=receipt.receipt_no,
            received_at=receipt.received_at,
            programme=received.programme_code,
            programme_version=receipt.programme_version,
        )

    try:
        receipt = await command.once(db, act)
    except Refused as refused:
        if goes_on_record(refused.rule_id):
            # The refusal rolled its transaction back; it is recorded in another one.
            async with db.transaction() as tx:
                await submission.note_refused(tx, caller, application_id, refused.code, now)
        METRICS.refused_submissions.labels(refused.code).inc()
        raise
    METRICS.submissions.labels(receipt.programme).inc()
    return receipt


@router.post("/applications/{application_id}/withdraw", summary="신청 취하 · Withdraw", responses=problems(404, 409))
async def withdraw_application(
    application_id: ApplicationPath,
    body: Withdraw,
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    command: Command,
    response: Response,
) -> ApplicationView:
    """Take an application back, decline the selection or give up: its place goes to the waiting list."""

    async def act(tx: Tx) -> ApplicationView:
        await operations.withdraw(tx, caller, application_id, body.reason, clock)
        return await _standing(tx, await store.get_application(tx, application_id), response)

    return await command.once(db, act)
