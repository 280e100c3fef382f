"""HTTP: outages are reported; their end is stated, questioned, confirmed; a wrong one is withdrawn."""

import datetime as dt
from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Body, Command, Db, Page, Paging, ServiceRouter, Timepiece, View, problems
from services.metering.model.grants import ScopeKind
from services.metering.model.outages import OutageRecord, OutageState, OutageStep
from services.metering.operations import outages as operations
from services.metering.routes.fields import Code, CodePath, Instant, Reason

router = ServiceRouter(tags=["장애 · Outages"])

Reporter = Annotated[Caller, Allowed("provider", "operator", "officer")]
Reader = Annotated[Caller, Allowed("provider", "operator", "officer", "auditor")]
User = Annotated[Caller, Allowed("applicant", "provider", "operator", "officer", "auditor")]
Confirmer = Annotated[Caller, Allowed("applicant", "operator", "officer")]
Questioner = Annotated[Caller, Allowed("applicant")]
Agency = Annotated[Caller, Allowed("operator", "officer")]


class ReportOutage(Body):
    """An interval without service, still open where `ended_at` is left out.

    The end that a provider reports is stated only: for money the outage stays open until it is confirmed.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "provider_id": "alpha",
                    "scope_kind": "server",
                    "scope_id": "alpha-dc1-s01",
                    "started_at": "2025-10-01T01:00:00Z",
                    "ended_at": None,
                    "reason": "전원 공급 장치 고장",
                }
            ]
        }
    )

    provider_id: Code
    scope_kind: ScopeKind
    scope_id: Code
    """The provider's own code, a data centre, a pool, a server, or a grant."""
    started_at: Instant
    ended_at: Instant | None = None
    reason: Reason


class CloseOutage(Body):
    """Service is back: stated by a provider, closed by the agency."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ended_at": "2025-10-01T06:10:00Z"}]})

    ended_at: Instant
    reason: Reason | None = None
    """Of the agency, where it closes with another instant than the provider stated."""


class ConfirmEnd(Body):
    """The end that the provider stated is right, or another one with a reason."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ended_at": "2025-10-01T06:40:00Z", "reason": "점검 기록과 다름"}]}
    )

    ended_at: Instant | None = None
    """The stated end where it is left out."""
    reason: Reason | None = None
    """Why another instant than the stated one is confirmed."""


class QuestionEnd(Body):
    """The user of the grant does not agree with the stated end."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ended_at": "2025-10-01T08:00:00Z", "reason": "17시까지 접속되지 않음"}]}
    )

    ended_at: Instant | None = None
    """When service was back, as far as the user can tell."""
    reason: Reason


class WithdrawOutage(Body):
    """There was no such outage."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "다른 공급사의 장애를 잘못 등록함"}]})

    reason: Reason


class OutageStepView(View):
    """What somebody said of an outage."""

    ended_at: dt.datetime | None
    reason: str | None
    by: str
    at: dt.datetime


class OutageView(View):
    """An outage on record."""

    outage_id: str
    provider_id: str
    scope_kind: ScopeKind
    scope_id: str
    state: OutageState
    """For money it is open until it is `closed` or `withdrawn`."""
    started_at: dt.datetime
    ended_at: dt.datetime | None
    """As it counts: none until it is confirmed."""
    reason: str
    reported_by: str
    reported_at: dt.datetime
    closed_by: str | None
    """Who confirmed the end."""
    closed_at: dt.datetime | None
    closed_reason: str | None
    """Why another end than the stated one was confirmed."""
    stated_end: OutageStepView | None
    """What the provider stated last."""
    questions: list[OutageStepView]
    """What the user said against it."""
    withdrawn: OutageStepView | None


def _view(record: OutageRecord) -> OutageView:
    reported, confirmation = record.reported, record.confirmation
    return OutageView(
        outage_id=reported.outage_id,
        provider_id=reported.provider_id,
        scope_kind=reported.scope_kind,
        scope_id=reported.scope_id,
        state=record.state,
        started_at=reported.started_at,
        ended_at=reported.ended_at,
        reason=reported.reason,
        reported_by=reported.reported_by,
        reported_at=reported.reported_at,
        closed_by=reported.closed_by,
        closed_at=reported.closed_at,
        closed_reason=confirmation.reason if confirmation else None,
        stated_end=_step_view(record.stated_end),
        questions=[OutageStepView.model_validate(question) for question in record.questions],
        withdrawn=_step_view(record.withdrawal),
    )


def _step_view(step: OutageStep | None) -> OutageStepView | None:
    return OutageStepView.model_validate(step) if step else None


@router.post("/outages", status_code=201, summary="장애 등록 · Report an outage", responses=problems(404, 409))
async def report_outage(body: ReportOutage, caller: Reporter, command: Command, db: Db, clock: Timepiece) -> OutageView:
    """Put an outage on record. Its time is not billable, and monthly prices are reduced by its started hours."""
    new = operations.NewOutage(
        provider_id=body.provider_id,
        scope_kind=body.scope_kind,
        scope_id=body.scope_id,
        started_at=body.started_at,
        ended_at=body.ended_at,
        reason=body.reason,
    )

    async def report(tx: Tx) -> OutageView:
        return _view(await operations.report_outage(tx, caller, new, clock))

    return await command.once(db, report)


@router.post("/outages/{outage_id}/close", summary="장애 복구 등록 · Close an outage", responses=problems(404, 409))
async def close_outage(
    outage_id: CodePath, body: CloseOutage, caller: Reporter, command: Command, db: Db, clock: Timepiece
) -> OutageView:
    """Say when service was back. A provider states it (state `end_stated`) until it is confirmed; the agency closes."""

    async def close(tx: Tx) -> OutageView:
        return _view(await operations.close_outage(tx, caller, outage_id, body.ended_at, body.reason, clock))

    return await command.once(db, close)


@router.post(
    "/outages/{outage_id}/confirm-end", summary="장애 복구 확인 · Confirm an outage's end", responses=problems(404, 409)
)
async def confirm_outage_end(
    outage_id: CodePath, body: ConfirmEnd, caller: Confirmer, command: Command, db: Db, clock: Timepiece
) -> OutageView:
    """Confirm the end that the provider stated: from here on it counts.

    The agency may confirm another instant with a reason; the user of an outage's own grant the stated one alone.
    """

    async def confirm(tx: Tx) -> OutageView:
        return _view(await operations.confirm_end(tx, caller, outage_id, body.ended_at, body.reason, clock))

    return await command.once(db, confirm)


@router.post(
    "/outages/{outage_id}/question-end",
    summary="장애 복구 시각 이의 · Question an outage's end",
    responses=problems(404, 409),
)
async def question_outage_end(
    outage_id: CodePath, body: QuestionEnd, caller: Questioner, command: Command, db: Db, clock: Timepiece
) -> OutageView:
    """The user of an outage's own grant says that the stated end is wrong; then the agency alone confirms one."""

    async def question(tx: Tx) -> OutageView:
        return _view(await operations.question_end(tx, caller, outage_id, body.ended_at, body.reason, clock))

    return await command.once(db, question)


@router.post(
    "/outages/{outage_id}/withdraw", summary="장애 철회 · Withdraw a wrong outage", responses=problems(404, 409)
)
async def withdraw_outage(
    outage_id: CodePath, body: WithdrawOutage, caller: Agency, command: Command, db: Db, clock: Timepiece
) -> OutageView:
    """There was no such outage: it stays on record, counts no more, and closed months get an adjustment."""

    async def withdraw(tx: Tx) -> OutageView:
        return _view(await operations.withdraw_outage(tx, caller, outage_id, body.reason, clock))

    return await command.once(db, withdraw)


@router.get("/outages/{outage_id}", summary="장애 조회 · One outage", responses=problems(404))
async def read_outage(outage_id: CodePath, caller: User, db: Db) -> OutageView:
    """One outage with who reported it, and who said what of it since; its user sees the outage of a grant."""
    async with db.transaction() as tx:
        return _view(await operations.find_outage(tx, caller, outage_id))


@router.get("/outages", summary="장애 목록 · Outages", responses=problems())
async def list_outages(
    caller: Reader,
    db: Db,
    paging: Paging,
    provider: Annotated[Text | None, Query(max_length=100, description="공급사 · provider")] = None,
    state: Annotated[OutageState | None, Query(description="상태 · state")] = None,
) -> Page[OutageView]:
    """Outages by id: a provider's own, or all."""
    async with db.transaction() as tx:
        rows = await operations.list_outages(tx, caller, provider, state, paging.after_id(), paging.limit + 1)
    return paging.page([_view(row) for row in rows], "outage_id")
