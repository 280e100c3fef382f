"""HTTP: monthly usage statements, discount balances, the programme's summary."""

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import ConfigDict

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, AnyCaller, Command, Db, Now, Page, Paging, ServiceRouter, View, problems
from services.metering.model.grants import Mode, Pricing
from services.metering.operations import statements as operations
from services.metering.operations import views
from services.metering.routes.fields import CodePath, MonthPath

router = ServiceRouter(tags=["사용 내역서 · Statements"])

Reader = Annotated[Caller, Allowed("provider", "operator", "officer", "auditor")]
Closer = Annotated[Caller, Allowed("operator", "officer")]


class StatementLineView(View):
    """What one grant used under one price key and mode in one month of use; time only, no money."""

    line_no: int
    grant_id: str
    period: str
    """The month of use; an adjustment's is a closed month, and its amounts are differences."""
    adjustment: bool
    pricing: Pricing
    mode: Mode
    priced_product: str
    priced_units: int
    payable: bool
    held_unit_s: int
    billable_unit_hours: int
    discounted_unit_hours: int
    outage_unit_hours: int
    unmatched_unit_hours: int
    gap_unit_hours: int
    usage_events: int
    utilisation_pct: str | None
    months_before: str | None
    months_after: str | None
    starts_at: dt.datetime
    delivered_at: dt.datetime
    ends_at: dt.datetime
    evidence_sha256: str


class GapView(View):
    """An hour in which the allocator knows units and no event came: never taken as zero."""

    grant_id: str
    session_id: str | None
    hour: dt.datetime
    units: int


class StatementHead(View):
    """A closed statement without its lines."""

    statement_id: str
    provider_id: str
    programme_code: str
    month: str
    programme_version: int
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    sha256: str | None


class StatementView(StatementHead):
    """A provider's usage statement of one programme and month: a draft with today's knowledge, or closed."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "statement_id": "alpha:hpc-2025-gpu:2025-10",
                    "provider_id": "alpha",
                    "programme_code": "hpc-2025-gpu",
                    "month": "2025-10",
                    "state": "draft",
                    "programme_version": 1,
                    "due_at": "2025-11-07T15:00:00Z",
                    "closed_at": None,
                    "sha256": None,
                    "lines": [],
                    "gaps": [],
                }
            ]
        },
    )

    state: Literal["draft", "closed"]
    lines: list[StatementLineView]
    gaps: list[GapView]
    """Of a draft; a closed statement's stand in its evidence."""


class WaitView(View):
    """A wait over the limit."""

    session_id: str
    requested_at: dt.datetime
    ended_at: dt.datetime
    unit_hours: int


class DiscountView(View):
    """A grant's balance of discounted hours at one provider (MT-6)."""

    grant_id: str
    provider_id: str
    rule_id: str
    earned_unit_hours: int
    used_unit_hours: int
    left_unit_hours: int
    waits: list[WaitView]


class SummaryView(View):
    """Items by outcome over all batches, and hours over all closed statements, of one programme."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "programme": "hpc-2025-gpu",
                    "events": 9000,
                    "duplicates": 12,
                    "corrections": 2,
                    "conflicts": 0,
                    "rejected": 1,
                    "billable_unit_hours": 8950,
                    "discounted_unit_hours": 140,
                    "outage_unit_hours": 31,
                    "unmatched_unit_hours": 0,
                    "gap_unit_hours": 4,
                }
            ]
        },
    )

    programme: str
    events: int
    duplicates: int
    corrections: int
    conflicts: int
    rejected: int
    billable_unit_hours: int
    discounted_unit_hours: int
    outage_unit_hours: int
    unmatched_unit_hours: int
    gap_unit_hours: int


@router.get("/statements", summary="확정된 사용 내역서 목록 · Closed statements", responses=problems())
async def list_statements(
    caller: Reader,
    db: Db,
    paging: Paging,
    provider: Annotated[str | None, Query(max_length=100, description="공급사 · provider")] = None,
    programme: Annotated[str | None, Query(max_length=100, description="사업 · programme")] = None,
    month: Annotated[str | None, Query(max_length=7, description="달 · month")] = None,
) -> Page[StatementHead]:
    """Closed statements by id: a provider's own, or all."""
    async with db.transaction() as tx:
        rows = await operations.list_statements(
            tx, caller, provider, programme, month, paging.after_id(), paging.limit + 1
        )
    return paging.page([StatementHead.model_validate(row) for row in rows], "statement_id")


@router.get(
    "/statements/{provider}/{programme}/{month}", summary="사용 내역서 조회 · A statement", responses=problems(404, 409)
)
async def read_statement(
    provider: CodePath, programme: CodePath, month: MonthPath, caller: Reader, db: Db, now: Now
) -> StatementView:
    """The closed statement, or its draft with what is known now."""
    async with db.transaction() as tx:
        found = await operations.find_statement(tx, caller, provider, programme, month, now)
    return StatementView.model_validate(found)


@router.post(
    "/statements/{provider}/{programme}/{month}/close",
    summary="사용 내역서 확정 · Close a statement",
    responses=problems(404, 409),
)
async def close_statement(
    provider: CodePath, programme: CodePath, month: MonthPath, caller: Closer, command: Command, db: Db, now: Now
) -> StatementView:
    """Close a month that is over: it never changes again; what becomes known later is an adjustment of the next."""

    async def close(tx: Tx) -> StatementView:
        closed = await operations.close_statement(tx, caller, provider, programme, month, now)
        return StatementView.model_validate(closed)

    return await command.once(db, close)


@router.get(
    "/statements/{provider}/{programme}/{month}/evidence",
    summary="사용 내역서 증빙 · A statement's evidence",
    response_class=Response,
    responses={**problems(404, 409), 200: {"content": {"application/json": {}}, "description": "Canonical JSON"}},
)
async def read_statement_evidence(
    provider: CodePath, programme: CodePath, month: MonthPath, caller: Reader, db: Db
) -> Response:
    """The canonical JSON (RFC 8785) whose SHA-256 is the closed statement's hash, byte for byte."""
    async with db.transaction() as tx:
        evidence = await operations.read_evidence(tx, caller, provider, programme, month)
    return Response(evidence.encode(), media_type="application/json")


@router.get("/discounts", summary="할인 시간 잔여 조회 · Discounted hours", responses=problems(404, 409))
async def read_discounts(
    caller: AnyCaller,
    db: Db,
    now: Now,
    grant: Annotated[str, Query(min_length=1, max_length=100, description="협약(과제) 번호 · grant")],
) -> list[DiscountView]:
    """What waits over the limit gave a grant, and what of it is left, at each of its providers."""
    async with db.transaction() as tx:
        return [DiscountView.model_validate(row) for row in await views.read_discounts(tx, caller, grant, now)]


@router.get(
    "/summary",
    summary="사업별 사용 집계 · A programme's summary",
    responses=problems(404),
    dependencies=[Allowed("officer", "operator", "auditor")],
)
async def summarise(
    db: Db,
    now: Now,
    programme: Annotated[str, Query(min_length=1, max_length=100, description="사업 · programme")],
) -> SummaryView:
    """How many items came with which outcome, and the hours of all closed statements."""
    async with db.transaction() as tx:
        return SummaryView.model_validate(await views.summarise(tx, programme, now))
