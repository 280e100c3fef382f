"""One pool, one decider at a time: load it, judge it, save what happens, say it."""

from collections.abc import Sequence
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.errors import NotFound
from libs.common.events.envelope import Event
from libs.common.outbox import say
from services.allocator.model.cards import Mode, servers_of
from services.allocator.model.pools import LoadedPool
from services.allocator.model.queue import Ended, Request, Started, WaitOver
from services.allocator.model.sessions import Session, SessionEnd, SessionStart, SessionState
from services.allocator.operations.tell import assigned, released, requested, withdrawn
from services.allocator.rules.queue import Arrivals, PoolDecision, decide_pool
from services.allocator.store import cards, pools, sessions


async def open_pool(tx: Tx, pool_id: str, clock: Clock) -> LoadedPool:
    """Become the pool's one decider until the transaction ends, and load it as it stands now.

    The clock is read once the lock is had; the pool's instant is never earlier than its last change. Raises NotFound.
    """
    await lock(tx, f"pool:{pool_id}")
    pool = await pools.load_pool(tx, pool_id, clock.now())
    if pool is None:
        raise NotFound("pool", pool_id)
    return pool


async def reload_pool(tx: Tx, pool: LoadedPool, idle_s: int | None = None) -> LoadedPool:
    """The pool after what this transaction changed, at the same instant; `idle_s`: ends what was idle so long."""
    found = await pools.load_pool(tx, pool.pool.pool_id, pool.now, idle_s)
    if found is None:
        raise NotFound("pool", pool.pool.pool_id)
    return found


async def decide(tx: Tx, pool: LoadedPool, arrivals: Arrivals | None = None) -> PoolDecision:
    """Decide a pool at its instant: end what is due, judge the arrivals, start what can start."""
    decision = decide_pool(pool.queue, pool.now, arrivals)
    new = {request.session_id: request for request in (arrivals.requests if arrivals else ())}
    await save_ends(tx, decision.ended)
    await save_waits_over(tx, decision.over)
    await _save_requests(tx, pool, decision, new)
    await sessions.start_sessions(tx, [start_of(s) for s in decision.started if s.request.session_id not in new])
    await hold_cards(tx, pool, decision.started)
    refused = {request.session_id for request, _ in decision.refused}
    said: list[Event] = [released(pool, e) for e in decision.ended]
    said += [withdrawn(pool, wait) for wait in decision.over]
    said += [requested(pool, r) for r in new.values() if r.session_id not in refused]
    said += [assigned(pool, s) for s in decision.started]
    await say(tx, *said, now=pool.now)
    return decision


async def save_ends(tx: Tx, ended: Sequence[Ended]) -> None:
    """Sessions give their cards back."""
    ends = [SessionEnd(e.session.session_id, "released", e.released_at, e.reason) for e in ended]
    await sessions.end_sessions(tx, ends)
    await cards.let_go(tx, "session", [(e.session_id, e.ended_at) for e in ends])


async def save_waits_over(tx: Tx, over: Sequence[WaitOver]) -> None:
    """Waits end without cards: taken back, ended with their grant, or refused by a pool that shrank below them."""
    await sessions.end_sessions(tx, [_end_of(wait) for wait in over])


def _end_of(wait: WaitOver) -> SessionEnd:
    state: SessionState = "refused" if wait.refusals else "withdrawn"
    return SessionEnd(wait.request.session_id, state, wait.ended_at, wait.reason, tuple(wait.refusals) or None)


async def hold_cards(tx: Tx, pool: LoadedPool, started: Sequence[Started]) -> None:
    """Write who holds which cards of the pool from its instant on (AL-10: the database refuses a second holder)."""
    holds = [
        cards.Hold(begun.request.session_id, pool.card_ids[card], pool.now, None)
        for begun in started
        for card in begun.cards
    ]
    await cards.hold(tx, "session", "session", holds)


async def _save_requests(tx: Tx, pool: LoadedPool, decision: PoolDecision, new: dict[str, Request]) -> None:
    refused = {request.session_id: refusals for request, refusals in decision.refused}
    started = {s.request.session_id: s for s in decision.started}
    made = []
    for session_id, request in new.items():
        session = waiting_session(pool, request, pool.queue.mode)
        if session_id in refused:
            session = replace(
                session,
                state="refused",
                ended_at=request.requested_at,
                end_reason="refused",
                refusals=refused[session_id],
            )
        elif session_id in started:
            session = running_session(session, started[session_id])
        made.append(session)
    await sessions.add_sessions(tx, made)


def waiting_session(pool: LoadedPool, request: Request, mode: Mode) -> Session:
    """A request as it begins: waiting."""
    return Session(
        session_id=request.session_id,
        sequence=request.sequence,
        grant_id=request.grant_id,
        organisation_id=pool.queue.entitled[request.grant_id].organisation_id,
        programme_code=pool.pool.programme_code,
        provider_id=pool.pool.provider_id,
        data_centre=pool.pool.data_centre,
        pool_id=pool.pool.pool_id,
        mode=mode,
        origin=request.origin,
        state="waiting",
        units=request.units,
        cards=request.cards,
        servers=None,
        max_duration_s=request.max_duration_s,
        requested_at=request.requested_at,
    )


def running_session(session: Session, begun: Started, continues: str | None = None) -> Session:
    """A new session that begins with its cards."""
    start = start_of(begun)
    return replace(
        session,
        state="running",
        mode=start.mode,
        servers=start.servers,
        assigned_at=start.assigned_at,
        due_at=start.due_at,
        continues=continues,
    )


def start_of(begun: Started) -> SessionStart:
    """What is kept of a start."""
    return SessionStart(begun.request.session_id, servers_of(begun.cards), begun.mode, begun.assigned_at, begun.due_at)
