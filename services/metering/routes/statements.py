"""HTTP: monthly usage statements, discount balances, the programme's summary."""

from typing import Annotated

from fastapi import Query, Response

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.providers import list_names
from libs.common.web import Allowed, AnyCaller, Command, Db, Now, Page, Paging, ServiceRouter, Timepiece, problems
from services.metering.operations import statements as operations
from services.metering.operations import views
from services.metering.routes.fields import CodePath, MonthPath
from services.metering.routes.statement_views import (
    DiscountView,
    HeadView,
    StatementView,
    SummaryView,
    discount_view,
    head_view,
    shown,
    summary_view,
)

router = ServiceRouter(tags=["사용 내역서 · Statements"])

Reader = Annotated[Caller, Allowed("provider", "operator", "officer", "auditor")]
Closer = Annotated[Caller, Allowed("operator", "officer")]


@router.get("/statements", summary="확정된 사용 내역서 목록 · Closed statements", responses=problems())
async def list_statements(
    caller: Reader,
    db: Db,
    paging: Paging,
    provider: Annotated[Text | None, Query(max_length=100, description="공급사 · provider")] = None,
    programme: Annotated[Text | None, Query(max_length=100, description="사업 · programme")] = None,
    month: Annotated[Text | None, Query(max_length=7, description="달 · month")] = None,
) -> Page[HeadView]:
    """Closed statements by id: a provider's own, or all."""
    async with db.transaction() as tx:
        heads = await operations.list_statements(
            tx, caller, provider, programme, month, paging.after_id(), paging.limit + 1
        )
        names = await list_names(tx, [head.provider_id for head in heads])
    views = [head_view(head, names.get(head.provider_id)) for head in heads]
    return paging.page(views, "statement_id")


@router.get(
    "/statements/{provider}/{programme}/{month}", summary="사용 내역서 조회 · A statement", responses=problems(404, 409)
)
async def read_statement(
    provider: CodePath, programme: CodePath, month: MonthPath, caller: Reader, db: Db, now: Now
) -> StatementView:
    """The closed statement, or its draft with what is known now."""
    async with db.transaction() as tx:
        return await shown(tx, await operations.find_statement(tx, caller, provider, programme, month, now))


@router.post(
    "/statements/{provider}/{programme}/{month}/close",
    summary="사용 내역서 확정 · Close a statement",
    responses=problems(404, 409),
)
async def close_statement(
    provider: CodePath,
    programme: CodePath,
    month: MonthPath,
    caller: Closer,
    command: Command,
    db: Db,
    clock: Timepiece,
) -> StatementView:
    """Close a month that is over: it never changes again; what becomes known later is an adjustment of the next."""

    async def close(tx: Tx) -> StatementView:
        return await shown(tx, await operations.close_statement(tx, caller, provider, programme, month, clock))

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
    grant: Annotated[Text, Query(min_length=1, max_length=100, description="협약(과제) 번호 · grant")],
) -> list[DiscountView]:
    """What waits over the limit gave a grant, and what of it is left, at each of its providers."""
    async with db.transaction() as tx:
        return [discount_view(balance) for balance in await views.read_discounts(tx, caller, grant, now)]


@router.get(
    "/summary",
    summary="사업별 사용 집계 · A programme's summary",
    responses=problems(404),
    dependencies=[Allowed("officer", "operator", "auditor")],
)
async def summarise(
    db: Db,
    now: Now,
    programme: Annotated[Text | None, Query(min_length=1, max_length=100, description="사업 · programme")] = None,
) -> SummaryView:
    """How many items came with which outcome, and the hours of all closed statements.

    Without a programme of all, items whose grant is not known too: the same figures as `dure_metering_usage_items`.
    """
    async with db.transaction() as tx:
        return summary_view(await views.summarise(tx, programme, now))
