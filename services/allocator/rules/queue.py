"""The dynamic queue of one pool: who ends, who is refused, who starts, at one instant."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from libs.common.errors import Refusal
from services.allocator.model.cards import Card, Mode
from services.allocator.model.queue import Ended, PoolQueue, Request, Running, Started
from services.allocator.rules.cards import free_cards, pick_cards
from services.allocator.rules.idle import is_idle


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
    withdrawn: tuple[Request, ...]
    refused: tuple[tuple[Request, tuple[Refusal, ...]], ...]
    started: tuple[Started, ...]
    after: PoolQueue


def decide_pool(queue: PoolQueue, now: dt.datetime, arrivals: Arrivals | None = None) -> PoolDecision:
    """AL-9: At one instant: ends, then withdrawals, then new requests, then starts.

    Cards return on release, at the requested maximum duration and after the programme's idle time. Requests
    wait first come, first served; a later one starts first only if it fits now and does not delay the head (EASY
    backfill by declared maximum durations; a session without one is never assumed to end). A request that with
    what its grant holds and awaits exceeds the entitlement, or is larger than the pool, is refused at once.

    `queue`: the pool as it stood; `now`: the instant; `arrivals`: what is asked at it. Returns everything that
    happens, and the pool afterwards. A start is never back-dated: it happens at `now`. An end by maximum duration
    is dated when it was due. Never raises; unknown ids among the arrivals have no effect.

    Example: 4 cards; A holds 2 until 10:00. At 08:00 wait B (3 cards, 1 h), C (4, 1 h), D (1, 10 h): D starts (the
    head B still starts at 10:00), although C is delayed.
    Source: S1 §3.
    """
    arrivals = arrivals or Arrivals()
    ended = _ends(queue, now, frozenset(arrivals.releases))
    gone = {end.session.session_id for end in ended}
    running = [s for s in queue.running if s.session_id not in gone]
    withdrawn = tuple(
        r for r in queue.waiting if r.session_id in arrivals.withdrawals or _is_over(queue, r.grant_id, now)
    )
    waiting = [r for r in queue.waiting if r not in withdrawn]
    refused = []
    for request in arrivals.requests:
        refusals = request_refusals(replace(queue, running=tuple(running), waiting=tuple(waiting)), request)
        if refusals:
            refused.append((request, refusals))
        else:
            waiting.append(request)
    pool = replace(queue, running=tuple(running), waiting=tuple(waiting))
    started = _fixed_starts(pool, now) if queue.mode == "fixed" else _dynamic_starts(pool, now)
    return PoolDecision(ended, withdrawn, tuple(refused), started, _after(pool, started))


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


def head_start(
    now: dt.datetime, free: int, running: Sequence[tuple[int, dt.datetime | None]], head_cards: int
) -> tuple[dt.datetime, int] | None:
    """When the head of the queue starts at the latest, and how many cards are then left over.

    `running`: cards and latest end (none: never) of those that hold cards. None where the start cannot be
    computed, because too few of them are ever known to end.
    """
    if free >= head_cards:
        return now, free - head_cards
    ends = sorted((end, cards) for cards, end in running if end is not None)
    for i, (end, cards) in enumerate(ends):
        free += cards
        last_of_instant = i + 1 == len(ends) or ends[i + 1][0] != end
        if free >= head_cards and last_of_instant:
            return end, free - head_cards
    return None


def _ends(queue: PoolQueue, now: dt.datetime, releases: frozenset[str]) -> tuple[Ended, ...]:
    ended = []
    for session in queue.running:
        if _is_over(queue, session.grant_id, now):
            over_at = queue.entitled[session.grant_id].ends_at or now
            ended.append(Ended(session, max(over_at, session.assigned_at), "grant_ended"))
        elif (due_at := latest_end(session.assigned_at, session.max_duration_s, session.mode)) and due_at <= now:
            ended.append(Ended(session, due_at, "max_duration"))
        elif session.session_id in releases:
            ended.append(Ended(session, now, "released"))
        elif session.mode == "dynamic" and is_idle(session, queue.idle_s):
            ended.append(Ended(session, now, "idle"))
    return tuple(ended)


def latest_end(assigned_at: dt.datetime, max_duration_s: int | None, mode: Mode) -> dt.datetime | None:
    """When a session ends at the latest (AL-9): its declared maximum after it got its cards.

    None without a declared maximum (it is never assumed to end), and for a fixed one, whose cards are its grant's own.
    Example: assigned at 08:00 for 3,600 s → 09:00, exclusive.
    """
    if max_duration_s is None or mode == "fixed":
        return None
    return assigned_at + dt.timedelta(seconds=max_duration_s)


def ends_with_grant(
    queue: PoolQueue, grant_id: str, at: dt.datetime
) -> tuple[tuple[Ended, ...], tuple[tuple[Request, dt.datetime], ...]]:
    """What becomes of a grant's part of a pool when it ends at `at`: its sessions end, its waits end without cards.

    None of them ends before it began. Returns the ended sessions and the waits, each with its end. Never raises.
    """
    ended = tuple(Ended(s, max(at, s.assigned_at), "grant_ended") for s in queue.running if s.grant_id == grant_id)
    return ended, tuple((r, max(at, r.requested_at)) for r in queue.waiting if r.grant_id == grant_id)


def is_in_use_period(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a grant may ask for units now (AL-9): within its period `[start, end)`."""
    return starts_at <= now < ends_at


def withdrawn_at(queue: PoolQueue, request: Request, now: dt.datetime) -> dt.datetime:
    """When a wait that is over at `now` ended (AL-9): now, or with its grant if that ended before.

    Never before its request. Example: taken back at 10:00 of a grant that ended at 09:00 → 09:00.
    """
    grant = queue.entitled.get(request.grant_id)
    if grant is None or grant.ends_at is None or grant.ends_at > now:
        return now
    return max(grant.ends_at, request.requested_at)


def _is_over(queue: PoolQueue, grant_id: str, now: dt.datetime) -> bool:
    grant = queue.entitled.get(grant_id)
    return grant is not None and grant.ends_at is not None and grant.ends_at <= now


def _dynamic_starts(pool: PoolQueue, now: dt.datetime) -> tuple[Started, ...]:
    free = free_cards(pool.cards, (s.cards for s in pool.running))
    holding = [(len(s.cards), latest_end(s.assigned_at, s.max_duration_s, s.mode)) for s in pool.running]
    started: list[Started] = []
    queue = list(pool.waiting)
    while queue and queue[0].cards <= len(free):
        free = _start(queue.pop(0), free, now, "dynamic", started, holding)
    if not queue or not free:
        return tuple(started)
    shadow = head_start(now, len(free), holding, queue[0].cards)
    if shadow is None:
        return tuple(started)
    head_at, spare = shadow
    for request in queue[1:]:
        if request.cards > len(free):
            continue
        if _ends_by(request, now, head_at):
            free = _start(request, free, now, "dynamic", started, holding)
        elif request.cards <= spare:
            spare -= request.cards
            free = _start(request, free, now, "dynamic", started, holding)
    return tuple(started)


def _ends_by(request: Request, now: dt.datetime, instant: dt.datetime) -> bool:
    return request.max_duration_s is not None and now + dt.timedelta(seconds=request.max_duration_s) <= instant


def _fixed_starts(pool: PoolQueue, now: dt.datetime) -> tuple[Started, ...]:
    free = free_cards(pool.cards, (s.cards for s in pool.running))
    started: list[Started] = []
    for request in sorted(pool.waiting, key=lambda r: (*fixed_order(pool, r.grant_id), r.requested_at, r.sequence)):
        if request.cards <= len(free):
            free = _start(request, free, now, "fixed", started, [])
    return tuple(started)


def fixed_order(pool: PoolQueue, grant_id: str) -> tuple[int, dt.datetime, str]:
    """Order in which a fixed pool serves its grants: rank, then agreement time, then id."""
    grant = pool.entitled[grant_id]
    return grant.rank, grant.agreed_at, grant_id


def _start(
    request: Request,
    free: list[Card],
    now: dt.datetime,
    mode: str,
    started: list[Started],
    holding: list[tuple[int, dt.datetime | None]],
) -> list[Card]:
    cards = pick_cards(free, request.cards)
    assert cards is not None, "the caller saw that they fit"  # noqa: S101
    begun = Started(request, cards, now, "fixed" if mode == "fixed" else "dynamic")
    started.append(begun)
    holding.append((len(cards), latest_end(now, request.max_duration_s, begun.mode)))
    return [card for card in free if card not in cards]


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
