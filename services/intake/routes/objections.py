"""HTTP: objections to the screening and to the selection, and what is decided on them (MS-7)."""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import ConfigDict, StringConstraints

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.intake.model.objections import (
    Contested,
    ContestedDecision,
    ObjectionOutcome,
    OpenDecision,
    StandingObjection,
)
from services.intake.operations import objections as operations
from services.intake.routes.fields import Applicant, ApplicationPath, Officer, Reader, Reason
from services.intake.routes.readings import keep_readings
from services.intake.rules.objections import next_call

router = ServiceRouter(tags=["이의신청 · Objections"])
ObjectionPath = Annotated[Text, Path(max_length=40, description="이의신청 번호(예: OB-000001) · objection")]
CONTESTED: dict[str, Any] = {
    "decision": "screening",
    "decision_id": "screening-1",
    "outcome": "ineligible",
    "decided_at": "2025-09-17T02:00:00Z",
    "objection_until": "2025-09-24T15:00:00Z",
}
OBJECTION: dict[str, Any] = {
    "objection_id": "OB-000001",
    "application_id": "A-000001",
    **CONTESTED,
    "took_part": ["officer-1"],
    "took_part_known": True,
    "text": "중소기업 확인서를 제출했으나 없는 것으로 처리되었습니다.",
    "filed_by": "kim",
    "filed_at": "2025-09-18T01:00:00Z",
    "state": "open",
    "reason": None,
    "decided_by": None,
    "objection_decided_at": None,
    "next_call": "POST /intake/v1/applications/A-000001/objections/OB-000001/decision",
}


class FileObjection(Body):
    """Which decision is contested, by its id, and why."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"decision_id": "screening-1", "text": OBJECTION["text"]}]},
    )

    decision_id: Annotated[Text, StringConstraints(min_length=1, max_length=100)]
    text: Annotated[Text, StringConstraints(min_length=1, max_length=10_000)]


class DecideObjection(Body):
    """Whether an objection is upheld, and why."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"outcome": "upheld", "reason": "접수 기록에서 확인서를 확인함"}]},
    )

    outcome: ObjectionOutcome
    reason: Reason


class OpenDecisionView(View):
    """The decision that stands and may be objected to; the end of its window is null where the call states none."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONTESTED]})

    decision: ContestedDecision
    decision_id: str
    outcome: str
    decided_at: dt.datetime
    objection_until: dt.datetime | None

    @classmethod
    def of(cls, found: OpenDecision) -> "OpenDecisionView":
        """Tell a decision."""
        made = found.made
        return cls(
            decision=made.decision,
            decision_id=made.decision_id,
            outcome=made.outcome,
            decided_at=made.decided_at,
            objection_until=found.until,
        )


class ObjectionView(View):
    """An objection, and what was decided on it; both stay.

    `took_part` made the contested decision and do not decide on the objection; of a selection that was announced before
    review said who they are nobody is known, told by `took_part_known`. `next_call` is what the officer does next: an
    upheld objection to a selection is judged again by opening the panel's stage anew (RV-17).
    """

    model_config = ConfigDict(json_schema_extra={"examples": [OBJECTION]})

    objection_id: str
    application_id: str
    decision: ContestedDecision
    decision_id: str
    outcome: str
    decided_at: dt.datetime
    objection_until: dt.datetime
    took_part: list[str]
    took_part_known: bool
    text: str
    filed_by: str
    filed_at: dt.datetime
    state: Literal["open", "upheld", "rejected"]
    reason: str | None
    decided_by: str | None
    objection_decided_at: dt.datetime | None
    next_call: str | None

    @classmethod
    def of(cls, found: StandingObjection) -> "ObjectionView":
        """Tell an objection as it stands."""
        filed, decided = found.filed, found.decided
        return cls(
            objection_id=filed.objection_id,
            application_id=filed.application_id,
            decision=filed.decision,
            decision_id=filed.decision_id,
            outcome=filed.outcome,
            decided_at=filed.decided_at,
            objection_until=filed.until,
            took_part=list(filed.took_part),
            took_part_known=bool(filed.took_part),
            text=filed.text,
            filed_by=filed.filed_by,
            filed_at=filed.filed_at,
            state="open" if decided is None else decided.outcome,
            reason=None if decided is None else decided.reason,
            decided_by=None if decided is None else decided.by,
            objection_decided_at=None if decided is None else decided.at,
            next_call=next_call(found) or None,
        )


class ObjectionsView(View):
    """What may be objected to now, and all objections of one application."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"open_decision": CONTESTED, "items": [OBJECTION]}]})

    open_decision: OpenDecisionView | None
    items: list[ObjectionView]

    @classmethod
    def of(cls, found: Contested) -> "ObjectionsView":
        """Tell them."""
        stands = found.open_decision
        return cls(
            open_decision=None if stands is None else OpenDecisionView.of(stands),
            items=[ObjectionView.of(one) for one in found.objections],
        )


@router.post(
    "/applications/{application_id}/objections",
    status_code=201,
    summary="이의신청 · Object to a decision",
    responses=problems(404, 409),
)
async def file_objection(
    application_id: ApplicationPath, body: FileObjection, caller: Applicant, db: Db, clock: Timepiece, command: Command
) -> ObjectionView:
    """Object to the screening or the selection that went against the application, once, within the call's window."""

    async def act(tx: Tx) -> ObjectionView:
        told = (application_id, body.decision_id, body.text)
        return ObjectionView.of(await operations.file(tx, caller, *told, clock))

    return await command.once(db, act)


@router.get(
    "/applications/{application_id}/objections",
    summary="신청의 이의신청 · Objections of an application",
    responses=problems(404),
)
async def list_application_objections(
    application_id: ApplicationPath, caller: Reader, db: Db, now: Now
) -> ObjectionsView:
    """Which decision may be objected to, until when, and what was filed; applicants see their own."""
    async with db.transaction() as tx:
        found = await operations.contested(tx, caller, application_id, now)
        await keep_readings(tx, caller, "list_application_objections", "application", [application_id], now)
    return ObjectionsView.of(found)


@router.post(
    "/applications/{application_id}/objections/{objection_id}/decision",
    status_code=201,
    summary="이의신청 결정 · Decide an objection",
    responses=problems(404, 409),
)
async def decide_objection(
    application_id: ApplicationPath,
    objection_id: ObjectionPath,
    body: DecideObjection,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> ObjectionView:
    """Uphold or reject an objection, by an officer who took no part in the decision.

    Upheld on the screening the application is under screening again; on a selection `next_call` says what to do.
    """

    async def act(tx: Tx) -> ObjectionView:
        place = (application_id, objection_id)
        return ObjectionView.of(await operations.decide(tx, caller, place, body.outcome, body.reason, clock))

    return await command.once(db, act)
