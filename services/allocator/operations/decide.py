"""One pool, one decider at a time: load it, judge it, save what happens, say it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from libs.common.db import Tx, lock
from libs.common.errors import NotFound, Refusal
from libs.common.events.allocator import SessionAssigned, SessionReleased, SessionRequested, SessionWithdrawn
from libs.common.events.envelope import Event
from libs.common.outbox import say
from services.allocator.model import Card, Ended, Mode, Request, Started
from services.allocator.rules.queue import Arrivals, PoolDecision, decide_pool
from services.allocator.store import pools, sessions, supply
from services.allocator.store.pools import LoadedPool

Refused = tuple[Request, tuple[Refusal, ...]]


async def open_pool(tx: Tx, pool_id: str, idle_s: int | None = None) -> LoadedPool:
    """Become the pool's one decider until the transaction ends, and load it. Raises NotFound."""
    await lock(tx, f"pool:{pool_id}")
    pool = await pools.load_pool(tx, pool_id, idle_s)
    if pool is None:
        raise NotFound("pool", pool_id)
    return pool


async def decide(tx: Tx, pool: LoadedPool, now: dt.datetime, arrivals: Arrivals | None = None) -> PoolDecision:
    """Let a pool live through one instant: what is due ends, what is asked is judged, what can start starts."""
    decision = decide_pool(pool.queue, now, arrivals)
    new = {request.session_id: request for request in (arrivals.requests if arrivals else ())}
    await save_ends(tx, decision.ended)
    await sessions.end_sessions(
        tx, [(r.session_id, "withdrawn", withdrawn_at(pool, r, now), "withdrawn") for r in decision.withdrawn]
    )
    await _save_requests(tx, pool, decision, new)
    waited = [s for s in decision.started if s.request.session_id not in new]
    await sessions.start_sessions(
        tx, [(s.request.session_id, by_server(s.cards)) for s in waited], pool.queue.mode, now
    )
    await hold_cards(tx, pool, [(s.request.session_id, s.cards) for s in decision.started], now)
    await say(tx, *_events(pool, decision, new, now), now=now)
    return decision


async def save_ends(tx: Tx, ended: Sequence[Ended]) -> None:
    """Sessions give their cards back."""
    await sessions.end_sessions(tx, [(e.session.session_id, "released", e.released_at, e.reason) for e in ended])
    await supply.let_go(tx, [(e.session.session_id, e.released_at) for e in ended])


async def hold_cards(tx: Tx, pool: LoadedPool, holders: Sequence[tuple[str, Sequence[Card]]], now: dt.datetime) -> None:
    """Write who holds which cards of the pool from now on (AL-10: the database refuses a second holder)."""
    pairs = [(session_id, pool.card_ids[card]) for session_id, cards in holders for card in cards]
    await supply.hold(tx, layer="session", kind="session", holders=pairs, from_at=now, until=None)


async def _save_requests(tx: Tx, pool: LoadedPool, decision: PoolDecision, new: dict[str, Request]) -> None:
    refused = {request.session_id: refusals for request, refusals in decision.refused}
    started = {s.request.session_id: s for s in decision.started}
    rows = []
    for session_id, request in new.items():
        row = session_row(pool, request, mode=pool.queue.mode)
        if session_id in refused:
            told = [{"rule_id": r.rule_id, "code": r.code, "facts": dict(r.facts)} for r in refused[session_id]]
            row |= {"state": "refused", "ended_at": request.requested_at, "end_reason": "refused", "refusals": told}
        elif session_id in started:
            begun = started[session_id]
            row |= {"state": "running", "servers": by_server(begun.cards), "assigned_at": begun.assigned_at}
        rows.append(row)
    await sessions.add_sessions(tx, rows)


def session_row(pool: LoadedPool, request: Request, *, mode: Mode) -> dict[str, Any]:
    """The row of a new, waiting session."""
    return {
        "session_id": request.session_id,
        "sequence": request.sequence,
        "grant_id": request.grant_id,
        "organisation_id": pool.queue.entitled[request.grant_id].organisation_id,
        "programme_code": pool.programme_code,
        "provider_id": pool.provider_id,
        "data_centre": pool.data_centre,
        "pool_id": pool.pool_id,
        "mode": mode,
        "origin": request.origin,
        "state": "waiting",
        "units": request.units,
        "cards": request.cards,
        "servers": None,
        "max_duration_s": request.max_duration_s,
        "requested_at": request.requested_at,
        "assigned_at": None,
        "ended_at": None,
        "end_reason": None,
        "refusals": None,
        "continues": None,
    }


def _events(pool: LoadedPool, decision: PoolDecision, new: dict[str, Request], now: dt.datetime) -> list[Event]:
    refused = {request.session_id for request, _ in decision.refused}
    said: list[Event] = [released(pool, e) for e in decision.ended]
    said += [withdrawn(pool, r, withdrawn_at(pool, r, now)) for r in decision.withdrawn]
    said += [requested(pool, r) for r in new.values() if r.session_id not in refused]
    return said + [assigned(pool, s) for s in decision.started]


def withdrawn_at(pool: LoadedPool, request: Request, now: dt.datetime) -> dt.datetime:
    """When a wait ended: now, or with its grant if that ended before."""
    grant = pool.queue.entitled.get(request.grant_id)
    over = grant is not None and grant.ends_at is not None and grant.ends_at <= now
    return max(grant.ends_at, request.requested_at) if over and grant and grant.ends_at else now


def by_server(cards: Sequence[Card]) -> dict[str, int]:
    """Server id → number of cards."""
    counted: dict[str, int] = {}
    for card in cards:
        counted[card.server_id] = counted.get(card.server_id, 0) + 1
    return counted


def requested(pool: LoadedPool, request: Request) -> SessionRequested:
    """The event that a wait began."""
    return SessionRequested(
        session_id=request.session_id,
        grant_id=request.grant_id,
        programme_code=pool.programme_code,
        provider_id=pool.provider_id,
        pool_id=pool.pool_id,
        units=request.units,
        requested_at=request.requested_at,
        max_duration_s=request.max_duration_s,
    )


def assigned(pool: LoadedPool, begun: Started, continues: str | None = None) -> SessionAssigned:
    """The event that a session has its cards."""
    request = begun.request
    return SessionAssigned(
        session_id=request.session_id,
        grant_id=request.grant_id,
        programme_code=pool.programme_code,
        provider_id=pool.provider_id,
        data_centre=pool.data_centre,
        pool_id=pool.pool_id,
        mode=begun.mode,
        units=request.units,
        servers=by_server(begun.cards),
        requested_at=request.requested_at,
        assigned_at=begun.assigned_at,
        continues=continues,
    )


def released(pool: LoadedPool, ended: Ended) -> SessionReleased:
    """The event that a session gave its cards back."""
    return SessionReleased(
        session_id=ended.session.session_id,
        grant_id=ended.session.grant_id,
        programme_code=pool.programme_code,
        provider_id=pool.provider_id,
        pool_id=pool.pool_id,
        released_at=ended.released_at,
        reason=ended.reason,
    )


def withdrawn(pool: LoadedPool, request: Request, at: dt.datetime) -> SessionWithdrawn:
    """The event that a wait ended without cards."""
    return SessionWithdrawn(
        session_id=request.session_id,
        grant_id=request.grant_id,
        programme_code=pool.programme_code,
        provider_id=pool.provider_id,
        pool_id=pool.pool_id,
        units=request.units,
        requested_at=request.requested_at,
        withdrawn_at=at,
    )
