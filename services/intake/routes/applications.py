"""HTTP: drafts, the final submit, withdrawal, and what is shown of applications."""

import datetime as dt

from fastapi import Response
from pydantic import ConfigDict

from libs.common.db import Tx
from libs.common.errors import Refused
from libs.common.web import (
    Command,
    Db,
    IfMatch,
    Now,
    ServiceRouter,
    Timepiece,
    View,
    etag,
    match,
    problems,
)
from services.intake.metrics import METRICS
from services.intake.model.applications import Application
from services.intake.operations import applications as operations
from services.intake.operations import submission
from services.intake.routes.application_bodies import CreateApplication, EditApplication, PatchApplication, Withdraw
from services.intake.routes.application_views import ApplicationDetail, ApplicationView
from services.intake.routes.fields import (
    AS_DRAFT,
    Applicant,
    ApplicationPath,
    Reader,
)
from services.intake.routes.readings import keep_readings
from services.intake.routes.screening import CheckView
from services.intake.rules.submission import goes_on_record
from services.intake.store import applications as store

router = ServiceRouter(tags=["신청 · Applications"])


class ReceiptView(View):
    """The acknowledgement of a final submit: its number, and the SHA-256 of all that was filed (IN-2)."""

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
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                }
            ]
        },
    )

    application_id: str
    receipt_no: str
    received_at: dt.datetime
    programme: str
    programme_version: int
    sha256: str | None


async def _standing(tx: Tx, found: Application, response: Response) -> ApplicationView:
    (standing,) = await operations.standing(tx, [found])
    etag(response, found.version)
    return ApplicationView.of(standing)


@router.patch(
    "/applications/{application_id}",
    summary="신청서 일부 수정 · Change parts of a draft",
    responses=problems(404, 409, 412, 428),
)
async def patch_application(
    application_id: ApplicationPath,
    body: PatchApplication,
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    version: IfMatch,
    command: Command,
    response: Response,
) -> ApplicationView:
    """Save what is written so far: a merge patch of the draft; the rest stays as it is."""

    async def act(tx: Tx) -> ApplicationView:
        draft = await operations.own_draft(tx, caller, application_id)
        match(version, draft.version)
        return await _standing(tx, await operations.patch(tx, draft, body.patch(), body.title, clock), response)

    return await command.once(db, act)


@router.post(
    "/applications",
    status_code=201,
    summary="신청서 작성 · Begin a draft",
    dependencies=[AS_DRAFT],
    responses=problems(404, 409),
)
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
            sha256=receipt.filing_sha256,
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
