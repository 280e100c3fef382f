"""Pools: switch to fixed and back, report, end of a grant's part, what is seen of them."""

import datetime as dt
from dataclasses import dataclass

from libs.common.cards import cards_of
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid, NotFound, WrongState
from libs.common.events.allocator import PoolSwitched
from libs.common.events.envelope import Event
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.allocator.model.cards import Mode
from services.allocator.model.pools import LoadedPool, NewSwitch, PoolFigures, PoolSwitch, ReportState
from services.allocator.model.queue import Continued, Ended, Lacking, Request, Started, Switch, WaitOver
from services.allocator.model.sessions import Session
from services.allocator.operations.decide import (
    decide,
    hold_cards,
    open_pool,
    reload_pool,
    running_session,
    save_ends,
    save_waits_over,
    start_of,
    waiting_session,
)
from services.allocator.operations.tell import assigned, released, requested, withdrawn
from services.allocator.policy import FallbackPolicy
from services.allocator.rules.due import ends_with_grant
from services.allocator.rules.fallback import (
    is_fault_ahead,
    newcomers_part,
    report_due_at,
    report_state,
    turn_dynamic,
    turn_fixed,
    unreported_switch,
)
from services.allocator.rules.queue import begin
from services.allocator.store import pools, sessions


@dataclass(frozen=True, slots=True)
class SwitchAsk:
    """To which mode a pool is to turn, why, and since when it was at fault."""

    to: Mode
    reason: str
    fault_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """Cause and measures of a fallback."""

    cause: str
    measures: str


@dataclass(frozen=True, slots=True)
class PoolFound:
    """A pool's figures, its queue in order and its switches with the state of their reports, at an instant."""

    figures: PoolFigures
    queue: tuple[Session, ...]
    switches: tuple[tuple[PoolSwitch, ReportState], ...]
    at: dt.datetime


async def switch_pool(tx: Tx, caller: Caller, pool_id: str, ask: SwitchAsk, clock: Clock) -> tuple[Session, ...]:
    """Turn a pool fixed at once, or explicitly back; returns the sessions that got or keep their cards by it."""
    pool = await own_pool(tx, caller, pool_id, clock)
    if pool.queue.mode == ask.to:
        raise WrongState("pool", pool_id, ask.to, ["dynamic" if ask.to == "fixed" else "fixed"])
    if is_fault_ahead(ask.fault_at, pool.now):
        raise Invalid("fault_in_the_future", "AL-11", now=pool.now.isoformat())
    before = await decide(tx, pool)
    pool = await reload_pool(tx, pool)
    switch = turn_fixed(pool.queue, pool.now) if ask.to == "fixed" else turn_dynamic(pool.queue, pool.now)
    await pools.change_mode(tx, pool_id, ask.to)
    await _record(tx, caller, pool, ask)
    begun = [s.request.session_id for s in before.started] + await _carry_out(tx, pool, switch, ask.to)
    after = await decide(tx, await reload_pool(tx, pool))
    begun += [s.request.session_id for s in after.started]
    found = await sessions.list_by_id(tx, begun)
    return tuple(found[session_id] for session_id in begun if found[session_id].state == "running")


async def serve_newcomer(tx: Tx, pool: LoadedPool, grant_id: str) -> None:
    """A grant that becomes active while its pool is fixed gets what it lacks like the others, or waits."""
    if pool.queue.mode == "fixed":
        await _carry_out(tx, pool, newcomers_part(turn_fixed(pool.queue, pool.now), grant_id), "fixed")


async def submit_report(tx: Tx, caller: Caller, pool_id: str, report: Report, clock: Clock) -> None:
    """Report cause and measures of the oldest switch that still lacks its report."""
    pool = await own_pool(tx, caller, pool_id, clock)
    lacking = unreported_switch(await pools.list_switches(tx, pool_id))
    if lacking is None:
        raise Conflict("no_report_due", "AL-11", pool_id=pool_id)
    await pools.report_switch(tx, lacking.switch_no, report.cause, report.measures, caller.subject, pool.now)


async def end_part(tx: Tx, pool: LoadedPool, grant_id: str, at: dt.datetime) -> None:
    """A grant leaves its pool: its sessions and waits end, by then or when they were due before."""
    ended, waits = ends_with_grant(pool.queue, grant_id, at)
    await save_ends(tx, ended)
    await save_waits_over(tx, waits)
    said: list[Event] = [released(pool, e) for e in ended]
    said += [withdrawn(pool, wait) for wait in waits]
    await say(tx, *said, now=pool.now)


async def own_pool(tx: Tx, caller: Caller, pool_id: str, clock: Clock) -> LoadedPool:
    """A pool that the caller may decide on, locked and loaded. Raises NotFound."""
    pool = await open_pool(tx, pool_id, clock)
    if not caller.owns(pool.pool.provider_id):
        raise NotFound("pool", pool_id)
    return pool


async def _record(tx: Tx, caller: Caller, pool: LoadedPool, ask: SwitchAsk) -> None:
    programme = await programme_at(tx, pool.pool.programme_code, pool.now)
    policy = FallbackPolicy.of(programme) if ask.to == "fixed" else FallbackPolicy(None)
    fault_at = ask.fault_at or pool.now
    switch = NewSwitch(
        pool_id=pool.pool.pool_id,
        mode=ask.to,
        switched_at=pool.now,
        fault_at=fault_at if ask.to == "fixed" else None,
        report_due_at=report_due_at(ask.to, fault_at, policy.report_days, policy.changed),
        reason=ask.reason,
        switched_by=caller.subject,
        programme_version=programme.version,
    )
    await pools.add_switch(tx, switch)
    told = PoolSwitched(
        pool_id=switch.pool_id,
        programme_code=programme.code,
        provider_id=pool.pool.provider_id,
        mode=switch.mode,
        switched_at=switch.switched_at,
        fault_at=switch.fault_at,
        report_due_at=switch.report_due_at,
        reason=switch.reason,
    )
    await say(tx, told, now=pool.now)


async def _carry_out(tx: Tx, pool: LoadedPool, switch: Switch, mode: Mode) -> list[str]:
    """Save and say a switch; returns the sessions that hold cards by it, continuing ones first."""
    now = pool.now
    numbers = await sessions.next_session_nos(tx, len(switch.continued) + len(switch.lacking))
    kept = list(zip(switch.continued, numbers, strict=False))
    given = list(zip(switch.lacking, numbers[len(switch.continued) :], strict=True))
    ended = [Ended(s, now, "pool_switched") for s in (*(c.before for c, _ in kept), *switch.stopped)]
    await save_ends(tx, ended)
    gone = [WaitOver(request, now, "pool_switched") for request in switch.withdrawn]
    await save_waits_over(tx, gone)
    starts = [
        (begin(pool.queue, _continuation(c, number), c.before.cards, now, mode), c.before.session_id)
        for c, number in kept
    ]
    lacking = [(_lack(pool, lack, number), lack.cards) for lack, number in given]
    fresh = [begin(pool.queue, request, cards, now, mode) for request, cards in lacking if cards]
    made = [_running(pool, begun, continues) for begun, continues in starts]
    made += [_running(pool, begun, None) for begun in fresh]
    made += [waiting_session(pool, request, mode) for request, cards in lacking if not cards]
    await sessions.add_sessions(tx, made)
    await sessions.start_sessions(tx, [start_of(s) for s in switch.started])
    begun_all = [*(begun for begun, _ in starts), *switch.started, *fresh]
    await hold_cards(tx, pool, begun_all)
    said: list[Event] = [released(pool, e) for e in ended]
    said += [withdrawn(pool, wait) for wait in gone]
    said += [requested(pool, request) for request, _ in lacking]
    said += [assigned(pool, begun, continues) for begun, continues in starts]
    said += [assigned(pool, begun) for begun in (*switch.started, *fresh)]
    await say(tx, *said, now=now)
    return [b.request.session_id for b in begun_all]


def _continuation(kept: Continued, number: int) -> Request:
    before = kept.before
    return Request(
        sessions.session_id_of(number),
        before.grant_id,
        before.units,
        len(before.cards),
        before.requested_at,
        number,
        kept.max_duration_s,
        before.origin,
    )


def _lack(pool: LoadedPool, lack: Lacking, number: int) -> Request:
    cards = cards_of(lack.units, pool.queue.entitled[lack.grant_id].cards_per_unit)
    session_id = sessions.session_id_of(number)
    return Request(session_id, lack.grant_id, lack.units, cards, pool.now, number, origin="switch")


def _running(pool: LoadedPool, begun: Started, continues: str | None) -> Session:
    return running_session(waiting_session(pool, begun.request, begun.mode), begun, continues)


async def find_pool(tx: Tx, caller: Caller, pool_id: str, now: dt.datetime) -> PoolFound:
    """A pool that the caller may see. Raises NotFound."""
    figures = await pools.list_figures(tx, now, pool_id=pool_id)
    if not figures or not caller.owns(figures[0].provider_id):
        raise NotFound("pool", pool_id)
    switches = tuple((switch, report_state(switch, now)) for switch in await pools.list_switches(tx, pool_id))
    return PoolFound(figures[0], await sessions.list_queue(tx, pool_id), switches, now)


async def list_pools(
    tx: Tx, caller: Caller, programme: str | None, after: str, limit: int, now: dt.datetime
) -> tuple[PoolFigures, ...]:
    """Pools by id as they stand; a provider sees its own."""
    provider = None if caller.sees_all() else caller.organisation_id or "-"
    return await pools.list_figures(tx, now, programme=programme, provider=provider, after=after, limit=limit)
