"""HTTP: the status of an organisation's business number at the tax office, asked by an officer; it decides nothing."""

import datetime as dt
from typing import Any

from pydantic import ConfigDict

from libs.common.db import Tx
from libs.common.web import Command, Db, ServiceRouter, Timepiece, View, problems
from services.intake.model.business_status import StatusAnswer, StatusCheck
from services.intake.operations import status_checks as operations
from services.intake.routes.fields import Agency, Officer, OrganisationPath
from services.intake.rules.business_status import is_hint
from services.intake.store import organisations
from services.intake.store import status_checks as store

router = ServiceRouter(tags=["기관 · Organisations"])
CHECKED: dict[str, Any] = {
    "check_id": "B-000001",
    "organisation_id": "O-000001",
    "business_no": "1248100998",
    "answer": "active",
    "closed_on": None,
    "hint": False,
    "asked_by": "officer-1",
    "asked_at": "2025-09-02T01:00:00Z",
}


class StatusCheckView(View):
    """What was answered about a number, and when. `hint` marks what an officer should look at; it decides nothing."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [CHECKED]})

    check_id: str
    organisation_id: str
    business_no: str
    answer: StatusAnswer
    """`not_asked`: no tax office is set, nobody was asked."""
    closed_on: dt.date | None
    hint: bool
    asked_by: str
    asked_at: dt.datetime

    @classmethod
    def of(cls, found: StatusCheck) -> "StatusCheckView":
        """Tell an answer."""
        return cls(
            check_id=found.check_id,
            organisation_id=found.organisation_id,
            business_no=found.business_no,
            answer=found.answer,
            closed_on=found.closed_on,
            hint=is_hint(found.answer),
            asked_by=found.asked_by,
            asked_at=found.asked_at,
        )


class StatusChecksView(View):
    """What was answered about an organisation's number, the newest first: 200 at most."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [CHECKED]}]})

    items: list[StatusCheckView]


@router.post(
    "/organisations/{organisation_id}/status-check",
    status_code=201,
    summary="사업자 상태 조회 · Ask for the status of a business number",
    responses=problems(404, 409, 503),
)
async def check_business_status(
    organisation_id: OrganisationPath, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> StatusCheckView:
    """Ask the tax office about the organisation's number and keep the answer; no answer (503) keeps nothing."""
    async with db.transaction() as tx:
        of = await organisations.get_organisation(tx, organisation_id)
    told = await operations.ask(of)  # outside of any transaction: it may take seconds

    async def act(tx: Tx) -> StatusCheckView:
        return StatusCheckView.of(await operations.keep(tx, caller, of, told, clock))

    return await command.once(db, act)


@router.get(
    "/organisations/{organisation_id}/status-checks",
    summary="사업자 상태 조회 기록 · Answers about a business number",
    responses=problems(404),
)
async def list_status_checks(organisation_id: OrganisationPath, _: Agency, db: Db) -> StatusChecksView:
    """What was answered about the organisation's number, to the agency."""
    async with db.transaction() as tx:
        await organisations.get_organisation(tx, organisation_id)
        found = await store.list_checks(tx, organisation_id)
    return StatusChecksView(items=[StatusCheckView.of(one) for one in found])
