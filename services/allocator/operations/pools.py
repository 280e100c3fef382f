"""Pools: create, switch to fixed and back, report, end of a grant's part."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from libs.common.calendar import period_of_days_end
from libs.common.db import Tx, lock
from libs.common.errors import Conflict, Invalid, NotFound, WrongState
from libs.common.events.allocator import PoolSwitched
from libs.common.events.envelope import Event
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.allocator.model import Continued, Ended, Lacking, Mode, Request, Started, Switch
from services.allocator.operations.decide import (
    assigned,
    by_server,
    decide,
    hold_cards,
    open_pool,
    released,
    requested,
    save_ends,
    session_row,
    withdrawn,
)
from services.allocator.policy import FallbackPolicy
from services.allocator.rules.fallback import turn_dynamic, turn_fixed
from services.allocator.store import pools, sessions, supply
from services.allocator.store.pools import LoadedPool


async def create_pool(
    tx: Tx,
    pool_id: str,
    programme: str,
    server_ids: list[str],
    cards_max: int | None,
    site: dict[str, str | None],
    now: dt.datetime,
) -> dict[str, Any]:
    """Make a dynamic pool of a provider's servers, or of the first `cards_max` of their cards. It holds them (AL-3)."""
    await lock(tx, "allotment")
    if await pools.pool_of(tx, pool_id):
        raise Conflict("already_there", thing="pool", id=pool_id)
    servers = await supply.known_servers(tx, server_ids)
    missing = sorted(set(server_ids) - {row["server_id"] for row in servers})
    if missing:
        raise NotFound("server", ", ".join(missing))
    sites = {(r["provider_id"], r["data_centre"], r["card_type"], r["programme_code"]) for r in servers}
    told = {**site, "programme_code": programme}
    if len(sites) != 1 or any(value not in (None, servers[0][name]) for name, value in told.items()):
        raise Invalid("pool_of_one_site", "AL-9", pool_id=pool_id)
    from_at = min(row["offered_from"] for row in servers)
    until = max(row["offered_until"] for row in servers)
    cards = await supply.unheld_cards(tx, server_ids, from_at, until)
    wanted = cards_max if cards_max is not None else sum(row["cards"] for row in servers)
    if len(cards) < wanted:
        raise Conflict("cards_held", "AL-3", wanted=wanted, free=len(cards))
    pairs = [(pool_id, card["card_id"]) for card in cards[:wanted]]
    await supply.hold(tx, layer="allotment", kind="pool", holders=pairs, from_at=from_at, until=until)
    await pools.add_pool(
        tx,
        pool_id=pool_id,
        provider_id=servers[0]["provider_id"],
        data_centre=servers[0]["data_centre"],
        programme_code=programme,
        card_type=servers[0]["card_type"],
        mode="dynamic",
        cards=wanted,
        created_at=now,
    )
    return (await pools.pool_figures(tx, pool_id=pool_id))[0]


async def switch_pool(
    tx: Tx, caller: Caller, pool_id: str, to: Mode, reason: str, fault_at: dt.datetime | None, now: dt.datetime
) -> list[dict[str, Any]]:
    """Turn a pool fixed at once, or explicitly back; returns the sessions that got or keep their cards by it."""
    pool = await own_pool(tx, caller, pool_id)
    if pool.queue.mode == to:
        raise WrongState("pool", pool_id, to, ["dynamic" if to == "fixed" else "fixed"])
    if fault_at is not None and fault_at > now:
        raise Invalid("fault_in_the_future", "AL-11", now=now.isoformat())
    before = await decide(tx, pool, now)
    pool = await open_pool(tx, pool_id)
    switch = turn_fixed(pool.queue, now) if to == "fixed" else turn_dynamic(pool.queue, now)
    await pools.set_mode(tx, pool_id, to)
    await _record(tx, caller, pool, to, reason, fault_at or now, now)
    begun = [s.request.session_id for s in before.started] + await _carry_out(tx, pool, switch, to, now)
    after = await decide(tx, await open_pool(tx, pool_id), now)
    begun += [s.request.session_id for s in after.started]
    rows = await sessions.sessions_by_id(tx, begun)
    return [rows[session_id] for session_id in begun if rows[session_id]["state"] == "running"]


async def serve_newcomer(tx: Tx, pool_id: str, grant_id: str, now: dt.datetime) -> None:
    """A grant that becomes active while its pool is fixed gets what it lacks like the others, or waits."""
    pool = await open_pool(tx, pool_id)
    if pool.queue.mode == "fixed":
        switch = turn_fixed(pool.queue, now)
        mine = Switch((), lacking=tuple(lack for lack in switch.lacking if lack.grant_id == grant_id))
        await _carry_out(tx, pool, mine, "fixed", now)


async def submit_report(tx: Tx, caller: Caller, pool_id: str, cause: str, measures: str, now: dt.datetime) -> None:
    """Report cause and measures of the oldest switch that still lacks its report."""
    await own_pool(tx, caller, pool_id)
    lacking = [s for s in await pools.switches_of(tx, pool_id) if s["mode"] == "fixed" and s["reported_at"] is None]
    if not lacking:
        raise Conflict("no_report_due", "AL-11", pool_id=pool_id)
    await pools.report_switch(tx, lacking[0]["switch_no"], cause, measures, caller.subject, now)


async def end_part(tx: Tx, pool_id: str, grant_id: str, at: dt.datetime, now: dt.datetime) -> None:
    """A grant leaves its pool: its sessions end, its requests are withdrawn, others may start."""
    pool = await open_pool(tx, pool_id)
    ended = tuple(Ended(s, max(at, s.assigned_at), "grant_ended") for s in pool.queue.running if s.grant_id == grant_id)
    waits = [r for r in pool.queue.waiting if r.grant_id == grant_id]
    await save_ends(tx, ended)
    await sessions.end_sessions(
        tx, [(r.session_id, "withdrawn", max(at, r.requested_at), "grant_ended") for r in waits]
    )
    said: list[Event] = [released(pool, e) for e in ended]
    said += [withdrawn(pool, r, max(at, r.requested_at)) for r in waits]
    await say(tx, *said, now=now)


async def own_pool(tx: Tx, caller: Caller, pool_id: str) -> LoadedPool:
    """A pool that the caller may decide on, locked and loaded. Raises NotFound."""
    pool = await open_pool(tx, pool_id)
    if not caller.owns(pool.provider_id):
        raise NotFound("pool", pool_id)
    return pool


async def _record(
    tx: Tx, caller: Caller, pool: LoadedPool, to: Mode, reason: str, fault_at: dt.datetime, now: dt.datetime
) -> None:
    programme = await programme_at(tx, pool.programme_code, now)
    days = FallbackPolicy.of(programme).report_days if to == "fixed" else None
    due_at = period_of_days_end(fault_at, days) if days is not None else None
    fault = fault_at if to == "fixed" else None
    await pools.add_switch(
        tx,
        pool_id=pool.pool_id,
        mode=to,
        switched_at=now,
        fault_at=fault,
        report_due_at=due_at,
        reason=reason,
        switched_by=caller.subject,
        programme_version=programme.version,
    )
    told = PoolSwitched(
        pool_id=pool.pool_id,
        programme_code=pool.programme_code,
        provider_id=pool.provider_id,
        mode=to,
        switched_at=now,
        fault_at=fault,
        report_due_at=due_at,
        reason=reason,
    )
    await say(tx, told, now=now)


async def _carry_out(tx: Tx, pool: LoadedPool, switch: Switch, mode: Mode, now: dt.datetime) -> list[str]:
    """Save and say a switch; returns the sessions that hold cards by it, continuing ones first."""
    numbers = await sessions.next_session_nos(tx, len(switch.continued) + len(switch.lacking))
    kept = list(zip(switch.continued, numbers, strict=False))
    given = list(zip(switch.lacking, numbers[len(switch.continued) :], strict=True))
    ended = [Ended(s, now, "pool_switched") for s in (*(c.before for c, _ in kept), *switch.stopped)]
    await save_ends(tx, ended)
    await sessions.end_sessions(tx, [(r.session_id, "withdrawn", now, "pool_switched") for r in switch.withdrawn])
    starts = [(Started(_continuation(c, number), c.before.cards, now, mode), c.before.session_id) for c, number in kept]
    lacking = [(_lack(pool, lack, number, now), lack.cards) for lack, number in given]
    fresh = [Started(request, cards, now, mode) for request, cards in lacking if cards]
    rows = [_running_row(pool, begun, continues) for begun, continues in starts]
    rows += [_running_row(pool, begun, None) for begun in fresh]
    rows += [session_row(pool, request, mode=mode) for request, cards in lacking if not cards]
    await sessions.add_sessions(tx, rows)
    await sessions.start_sessions(tx, [(s.request.session_id, by_server(s.cards)) for s in switch.started], mode, now)
    begun_all = [begun for begun, _ in starts] + list(switch.started) + fresh
    await hold_cards(tx, pool, [(b.request.session_id, b.cards) for b in begun_all], now)
    said: list[Event] = [released(pool, e) for e in ended]
    said += [withdrawn(pool, r, now) for r in switch.withdrawn]
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


def _lack(pool: LoadedPool, lack: Lacking, number: int, now: dt.datetime) -> Request:
    cards = lack.units * pool.queue.entitled[lack.grant_id].cards_per_unit
    return Request(sessions.session_id_of(number), lack.grant_id, lack.units, cards, now, number, origin="switch")


def _running_row(pool: LoadedPool, begun: Started, continues: str | None) -> dict[str, Any]:
    row = session_row(pool, begun.request, mode=begun.mode)
    started = {"state": "running", "servers": by_server(begun.cards), "assigned_at": begun.assigned_at}
    return row | started | {"continues": continues}


@dataclass(frozen=True, slots=True)
class PoolFound:
    """A pool's figures, its queue in order and its switches with the state of their reports."""

    figures: dict[str, Any]
    queue: list[dict[str, Any]]
    switches: list[dict[str, Any]]


async def find_pool(tx: Tx, caller: Caller, pool_id: str, now: dt.datetime) -> PoolFound:
    """A pool that the caller may see. Raises NotFound."""
    figures = await pools.pool_figures(tx, pool_id=pool_id)
    if not figures or not caller.owns(figures[0]["provider_id"]):
        raise NotFound("pool", pool_id)
    switches = [{**s, "report_state": report_state(s, now)} for s in await pools.switches_of(tx, pool_id)]
    return PoolFound(figures[0], await sessions.queue_of(tx, pool_id), switches)


async def list_pools(tx: Tx, caller: Caller, programme: str | None, after: str, limit: int) -> list[dict[str, Any]]:
    """Pools by id; a provider sees its own."""
    provider = None if caller.sees_all() else caller.organisation_id or "-"
    return await pools.pool_figures(tx, programme=programme, provider=provider, after=after, limit=limit)


def report_state(switch: dict[str, Any], now: dt.datetime) -> str:
    """Whether the report of a switch is due, submitted, late or overdue; `none` where none is owed."""
    due_at, reported_at = switch["report_due_at"], switch["reported_at"]
    if reported_at is not None:
        return "late" if due_at is not None and reported_at >= due_at else "submitted"
    if due_at is None:
        return "none"
    return "overdue" if now >= due_at else "due"
