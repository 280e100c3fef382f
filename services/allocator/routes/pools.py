"""HTTP: dynamic pools, their switch to fixed and back."""

import datetime as dt
from typing import Annotated

from pydantic import ConfigDict, Field

from libs.common.bounds import Positive
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Body, Command, Db, Now, Page, Paging, ServiceRouter, Timepiece, View, problems
from services.allocator.model.cards import Mode
from services.allocator.model.pools import PoolAsk, PoolFigures, ReportState
from services.allocator.operations import pools as operations
from services.allocator.operations.make_pool import create_pool as make_pool
from services.allocator.routes.fields import Code, CodePath, CodeQuery, Instant, Reason, view_of
from services.allocator.routes.sessions import SessionView
from services.allocator.rules.waits import waited_s

router = ServiceRouter(tags=["동적할당 풀 · Pools"])

Officer = Annotated[Caller, Allowed("officer")]
Switcher = Annotated[Caller, Allowed("provider", "operator", "officer")]
Reader = Annotated[Caller, Allowed("provider", "operator", "officer", "auditor")]


class CreatePool(Body):
    """A dynamic pool of servers of one provider, data centre and card type."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"pool_id": "alpha-h100", "programme": "hpc-2025-gpu", "server_ids": ["alpha-dc1-s01", "alpha-dc1-s02"]}
            ]
        }
    )

    pool_id: Code
    programme: Code
    server_ids: Annotated[list[Code], Field(min_length=1, max_length=2000)]
    cards: Positive | None = None
    """Only so many of their cards; all where it is left out."""
    provider_id: Code | None = None
    data_centre: Code | None = None
    card_type: Code | None = None
    """Provider, data centre and type follow from the servers; where given they must agree."""


class SwitchPool(Body):
    """To fixed when dynamic assignment is at fault; explicitly back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"to": "fixed", "reason": "스케줄러 장애", "fault_at": "2025-10-10T01:00:00Z"}]}
    )

    to: Mode
    reason: Reason
    fault_at: Instant | None = None


class SubmitReport(Body):
    """Cause and measures of a fallback (AL-11)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cause": "스케줄러 결함", "measures": "판 올림"}]})

    cause: Reason
    measures: Reason


class SwitchView(View):
    """One switch on record, with the state of its report."""

    mode: Mode
    switched_at: dt.datetime
    fault_at: dt.datetime | None
    report_due_at: dt.datetime | None
    reported_at: dt.datetime | None
    report_cause: str | None
    report_measures: str | None
    report_state: ReportState
    """`none`, `due`, `submitted`, `late` (submitted after it was due) or `overdue`."""
    reason: str
    switched_by: str


class PoolView(View):
    """A pool as it stands."""

    pool_id: str
    provider_id: str
    data_centre: str
    programme_code: str
    card_type: str
    mode: Mode
    cards: int
    cards_used: int
    cards_free: int
    running: int
    waiting: int
    oldest_requested_at: dt.datetime | None
    oldest_wait_s: int
    grants: int
    entitled_cards: int


class PoolDetail(PoolView):
    """A pool with its queue in order and its switches."""

    queue: list[SessionView]
    switches: list[SwitchView]


class PoolSwitchedView(PoolDetail):
    """A pool after a switch, and every session that got or keeps its cards by it."""

    started: list[SessionView]


def _free(figures: PoolFigures, now: dt.datetime) -> dict[str, int]:
    """What a pool's view shows beside its figures: free cards, and the oldest wait in whole seconds."""
    return {"cards_free": figures.cards_free, "oldest_wait_s": waited_s(figures.oldest_requested_at, now)}


def _detail(found: operations.PoolFound) -> PoolDetail:
    return view_of(
        PoolDetail,
        found.figures,
        **_free(found.figures, found.at),
        queue=[SessionView.model_validate(session) for session in found.queue],
        switches=[view_of(SwitchView, switch, report_state=state) for switch, state in found.switches],
    )


@router.post("/pools", status_code=201, summary="동적할당 풀 등록 · Create a pool", responses=problems(404, 409))
async def create_pool(body: CreatePool, _: Officer, command: Command, db: Db, clock: Timepiece) -> PoolView:
    """Make a pool; from now on it holds its cards and no fixed grant is placed on them (AL-3)."""
    ask = PoolAsk(
        body.pool_id,
        body.programme,
        tuple(body.server_ids),
        body.cards,
        body.provider_id,
        body.data_centre,
        body.card_type,
    )

    async def act(tx: Tx) -> PoolView:
        made = await make_pool(tx, ask, clock)
        return view_of(PoolView, made, **_free(made, clock.now()))

    return await command.once(db, act)


@router.get("/pools", summary="동적할당 풀 목록 · Pools", responses=problems())
async def list_pools(caller: Reader, db: Db, now: Now, paging: Paging, programme: CodeQuery = None) -> Page[PoolView]:
    """Pools by id with cards in use, queue length and oldest wait; a provider sees its own."""
    async with db.transaction() as tx:
        found = await operations.list_pools(tx, caller, programme, paging.after_id(), paging.limit + 1, now)
    return paging.page([view_of(PoolView, figures, **_free(figures, now)) for figures in found], "pool_id")


@router.get("/pools/{pool_id}", summary="동적할당 풀 조회 · A pool", responses=problems(404))
async def get_pool(pool_id: CodePath, caller: Reader, db: Db, now: Now) -> PoolDetail:
    """One pool: mode, free cards, the queue in order, switches and their reports."""
    async with db.transaction() as tx:
        return _detail(await operations.find_pool(tx, caller, pool_id, now))


@router.post("/pools/{pool_id}/switch", summary="고정/동적 전환 · Switch a pool", responses=problems(404, 409))
async def switch_pool(
    pool_id: CodePath, body: SwitchPool, caller: Switcher, command: Command, db: Db, clock: Timepiece
) -> PoolSwitchedView:
    """Turn a pool fixed at once, or back; running sessions keep their cards (AL-11)."""
    ask = operations.SwitchAsk(body.to, body.reason, body.fault_at)

    async def act(tx: Tx) -> PoolSwitchedView:
        started = await operations.switch_pool(tx, caller, pool_id, ask, clock)
        detail = _detail(await operations.find_pool(tx, caller, pool_id, clock.now()))
        return view_of(PoolSwitchedView, detail, started=[SessionView.model_validate(session) for session in started])

    return await command.once(db, act)


@router.post(
    "/pools/{pool_id}/reports",
    status_code=201,
    summary="전환 보고서 · Report a fallback",
    responses=problems(404, 409),
)
async def submit_report(
    pool_id: CodePath, body: SubmitReport, caller: Switcher, command: Command, db: Db, clock: Timepiece
) -> PoolDetail:
    """Report cause and measures of the oldest fallback without a report."""
    report = operations.Report(body.cause, body.measures)

    async def act(tx: Tx) -> PoolDetail:
        await operations.submit_report(tx, caller, pool_id, report, clock)
        return _detail(await operations.find_pool(tx, caller, pool_id, clock.now()))

    return await command.once(db, act)
