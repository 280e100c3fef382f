"""The dynamic queue of one pool: who ends, who is refused, who starts, at one instant."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from libs.common.errors import Refusal
from services.allocator.model.cards import Card, Mode
from services.allocator.model.queue import Ended, PoolQueue, Request, Running, Started, WaitOver
from services.allocator.rules.backfill import Holding, head_start
from services.allocator.rules.cards import free_cards
from services.allocator.rules.due import due_end, ends_by, waits_over
from services.allocator.rules.offered import pick_lasting


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What is asked of a pool at one instant."""

    releases: Sequence[str] = ()
    """Sessions given back."""
    withdrawals: Sequence[str] = ()
    """Waiting requests taken back."""
    requests: Sequence[Request] = ()
    """New requests, in order of arrival."""


@dataclass(frozen=True, slots=True)
class PoolDecision:
    """What happens to a pool at one instant, and how it stands afterwards."""

    ended: tuple[Ended, ...]
    over: tuple[WaitOver, ...]
    refused: tuple[tuple[Request, tuple[Refusal, ...]], ...]
    started: tuple[Started, ...]
    after: PoolQueue


def decide_pool(queue: PoolQueue, now: dt.datetime, arrivals: Arrivals | None = None) -> PoolDecision:
    """AL-9: At one instant: ends, then withdrawals, then new requests, then starts.

    Cards return on release, at the requested maximum duration, after the programme's idle time, with the grant and when
    the first of a session's cards' offers ends (AL-3): the earliest reason counts, dated to when it was due. Requests
    wait first come, first served; a later one starts first only if it fits now and does not delay the head (EASY
    backfill by declared maximum durations; a session without one is never assumed to end). A request that with
    what its grant holds and awaits exceeds the entitlement, or is larger than the pool, is refused at once, and one
    that no longer fits a shrunken pool is refused then.

    `queue`: the pool as it stood; `now`: the instant; `arrivals`: what is asked at it. Returns everything that
    happens, and the pool afterwards. A start is never back-dated: it happens at `now`; only ends of
    sessions and waits are dated back. Never raises; unknown ids among the arrivals have no effect.

    Example: 4 cards; A holds 2 until 10:00. At 08:00 wait B (3 cards, 1 h), C (4, 1 h), D (1, 10 h): D starts (the
    head B still starts at 10:00), although C is delayed.
    Source: S1 §3.
    """
    arrivals = arrivals or Arrivals()
    ended = _ends(queue, now, frozenset(arrivals.releases))
    gone = {end.session.session_id for end in ended}
    running = [s for s in queue.running if s.session_id not in gone]
    over = waits_over(queue, now, frozenset(arrivals.withdrawals))
    no_longer = {wait.request.session_id for wait in over}
    waiting = [r for r in queue.waiting if r.session_id not in no_longer]
    refused = []
    for request in arrivals.requests:
        refusals = request_refusals(replace(queue, running=tuple(running), waiting=tuple(waiting)), request)
        if refusals:
            refused.append((request, refusals))
        else:
            waiting.append(request)
    pool = replace(queue, running=tuple(running), waiting=tuple(waiting))
    started = _fixed_starts(pool, now) if queue.mode == "fixed" else _dynamic_starts(pool, now)
    return PoolDecision(ended, over, tuple(refused), started, _after(pool, started))


def request_refusals(queue: PoolQueue, request: Request) -> tuple[Refusal, ...]:
    """Why a request cannot even wait: beyond the grant's entitlement, or larger than the pool. All that hold."""
    refusals = []
    grant = queue.entitled[request.grant_id]
    held = sum(s.units for s in queue.running if s.grant_id == request.grant_id)
    waiting = sum(r.units for r in queue.waiting if r.grant_id == request.grant_id)
    if held + waiting + request.units > grant.units:
        facts = {"units": request.units, "held": held, "waiting": waiting, "entitled": grant.units}
        refusals.append(Refusal("AL-9", "entitlement_exceeded", facts))
    if request.cards > len(queue.cards):
        refusals.append(Refusal("AL-9", "larger_than_pool", {"cards": request.cards, "pool_cards": len(queue.cards)}))
    return tuple(refusals)


def is_in_use_period(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a grant may ask for units now (AL-9): within its period `[start, end)`."""
    return starts_at <= now < ends_at


def begin(pool: PoolQueue, request: Request, cards: tuple[Card, ...], now: dt.datetime, mode: Mode) -> Started:
    """A request that gets its cards at `now`, with the latest instant at which it gives them back."""
    return Started(request, cards, now, mode, ends_by(now, request.max_duration_s, mode, cards, pool))


def _ends(queue: PoolQueue, now: dt.datetime, releases: frozenset[str]) -> tuple[Ended, ...]:
    """What is due by itself, and what is given back now."""
    ended = []
    for session in queue.running:
        due = due_end(queue, session, now)
        if due is not None:
            ended.append(due)
        elif session.session_id in releases:
            ended.append(Ended(session, now, "released"))
    return tuple(ended)


def _dynamic_starts(pool: PoolQueue, now: dt.datetime) -> tuple[Started, ...]:
    free = free_cards(pool.cards, (s.cards for s in pool.running))
    holding: list[Holding] = [
        (ends_by(s.assigned_at, s.max_duration_s, s.mode, s.cards, pool), s.cards) for s in pool.running
    ]
    started: list[Started] = []
    queue = list(pool.waiting)
    while queue and (begun := _fitting(pool, queue[0], free, now, "dynamic")):
        free = _give(begun, free, started)
        holding.append((begun.due_at, begun.cards))
        queue.pop(0)
    if not queue or not free:
        return tuple(started)
    shadow = head_start(now, free, holding, pool.offered, queue[0].cards)
    if shadow is None:
        return tuple(started)
    head_at, spare = shadow
    for request in queue[1:]:
        begun = _fitting(pool, request, free, now, "dynamic")
        if begun is None:
            continue
        if begun.due_at is not None and begun.due_at <= head_at:
            free = _give(begun, free, started)
        elif request.cards <= spare:
            spare -= request.cards
            free = _give(begun, free, started)
    return tuple(started)


def _fixed_starts(pool: PoolQueue, now: dt.datetime) -> tuple[Started, ...]:
    free = free_cards(pool.cards, (s.cards for s in pool.running))
    started: list[Started] = []
    for request in sorted(pool.waiting, key=lambda r: (*fixed_order(pool, r.grant_id), r.requested_at, r.sequence)):
        begun = _fitting(pool, request, free, now, "fixed")
        if begun is not None:
            free = _give(begun, free, started)
    return tuple(started)


def _fitting(pool: PoolQueue, request: Request, free: list[Card], now: dt.datetime, mode: Mode) -> Started | None:
    """The start of a request out of the free cards; None where they are too few."""
    cards = pick_lasting(free, request.cards, pool.offered)
    return None if cards is None else begin(pool, request, cards, now, mode)


def _give(begun: Started, free: list[Card], started: list[Started]) -> list[Card]:
    """Let a request start; returns the cards that are still free."""
    started.append(begun)
    return [card for card in free if card not in begun.cards]


def fixed_order(pool: PoolQueue, grant_id: str) -> tuple[int, dt.datetime, int, str]:
    """Order in which a fixed pool serves its grants: rank, then agreement time, then id (by its number)."""
    grant = pool.entitled[grant_id]
    return grant.rank, grant.agreed_at, len(grant_id), grant_id


def running_of(begun: Started) -> Running:
    """The session that a start makes of a request."""
    request = begun.request
    return Running(
        session_id=request.session_id,
        grant_id=request.grant_id,
        units=request.units,
        cards=begun.cards,
        requested_at=request.requested_at,
        assigned_at=begun.assigned_at,
        max_duration_s=request.max_duration_s,
        mode=begun.mode,
        origin=request.origin,
    )


def _after(pool: PoolQueue, started: tuple[Started, ...]) -> PoolQueue:
    begun = {s.request.session_id for s in started}
    return replace(
        pool,
        running=pool.running + tuple(running_of(s) for s in started),
        waiting=tuple(r for r in pool.waiting if r.session_id not in begun),
    )
