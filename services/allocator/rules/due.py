"""What of a pool is over by itself: the earliest reason counts, dated to when it was due."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from libs.common.errors import Refusal
from services.allocator.model.cards import Card, Mode
from services.allocator.model.queue import Ended, EndReason, PoolQueue, Request, Running, WaitOver
from services.allocator.rules.idle import idle_due_at
from services.allocator.rules.offered import Shrinking, first_leaving, shrinkings, shrunk_below


def due_end(
    queue: PoolQueue, session: Running, now: dt.datetime, grant_ends_at: dt.datetime | None = None
) -> Ended | None:
    """What ends a session by itself at or before `now`, the earliest reason, dated to when it was due (AL-9).

    Its grant's end, the end of the first of its cards' offers (AL-3), its declared maximum, the programme's idle time;
    of one instant the first of these. `grant_ends_at`: when its grant ends, where that is decided just now. None ends
    before it began. Never raises.

    Example: idle since 08:00 for an hour, maximum at 09:30, offer until 11:00; at noon → idle, 09:00.
    """
    reasons: tuple[tuple[EndReason, dt.datetime | None], ...] = (
        ("grant_ended", _earliest((grant_ends_at, _grant_end(queue, session.grant_id)))),
        ("offer_ended", first_leaving(session.cards, queue.offered)),
        ("max_duration", latest_end(session.assigned_at, session.max_duration_s, session.mode)),
        ("idle", idle_due_at(session, queue.idle_s) if session.mode == "dynamic" else None),
    )
    due = [(at, reason) for reason, at in reasons if at is not None and at <= now]
    if not due:
        return None
    at, reason = min(due, key=lambda one: one[0])
    return Ended(session, max(at, session.assigned_at), reason)


def ends_by(
    assigned_at: dt.datetime,
    max_duration_s: int | None,
    mode: Mode,
    cards: Iterable[Card],
    queue: PoolQueue,
) -> dt.datetime | None:
    """When a session ends at the latest: its declared maximum, or before that the first of its cards' offers' ends.

    None where neither is known. Its grant's end and idle time are not foreseen. Never raises.
    """
    return _earliest((latest_end(assigned_at, max_duration_s, mode), first_leaving(cards, queue.offered)))


def latest_end(assigned_at: dt.datetime, max_duration_s: int | None, mode: Mode) -> dt.datetime | None:
    """When a session's declared maximum is over (AL-9), after it got its cards.

    None without a declared maximum (it is never assumed to end), and for a fixed one, whose cards are its grant's own.
    Example: assigned at 08:00 for 3,600 s → 09:00, exclusive.
    """
    if max_duration_s is None or mode == "fixed":
        return None
    return assigned_at + dt.timedelta(seconds=max_duration_s)


def waits_over(queue: PoolQueue, now: dt.datetime, withdrawals: Collection[str]) -> tuple[WaitOver, ...]:
    """The waits that end without cards at or before `now`, in order of arrival: the earliest reason first (AL-9).

    With its grant; when the pool has shrunk below it, which refuses it then (AL-3; its wait counts); taken back now.
    """
    steps = _steps(queue, now)
    over = (_wait_over(queue, request, now, steps, withdrawals, None) for request in queue.waiting)
    return tuple(wait for wait in over if wait is not None)


def ends_with_grant(queue: PoolQueue, grant_id: str, at: dt.datetime) -> tuple[tuple[Ended, ...], tuple[WaitOver, ...]]:
    """What becomes of a grant's part of a pool when it ends at `at`: its sessions and waits end, by then or before.

    What was due before is dated and named so; none ends before it began. Never raises.
    """
    ended = (due_end(queue, s, max(at, s.assigned_at), at) for s in queue.running if s.grant_id == grant_id)
    steps = _steps(queue, at)
    over = (
        _wait_over(queue, request, max(at, request.requested_at), steps, (), at)
        for request in queue.waiting
        if request.grant_id == grant_id
    )
    return tuple(e for e in ended if e is not None), tuple(w for w in over if w is not None)


def _wait_over(
    queue: PoolQueue,
    request: Request,
    now: dt.datetime,
    steps: Sequence[Shrinking],
    withdrawals: Collection[str],
    grant_ends_at: dt.datetime | None,
) -> WaitOver | None:
    grant_end = _earliest((grant_ends_at, _grant_end(queue, request.grant_id)))
    shrunk = shrunk_below(request.cards, request.requested_at, steps)
    if grant_end is not None and grant_end <= now and (shrunk is None or grant_end <= shrunk.at):
        return WaitOver(request, max(grant_end, request.requested_at), "grant_ended")
    if shrunk is not None and shrunk.at <= now:
        refusal = Refusal("AL-3", "pool_shrunk", {"cards": request.cards, "pool_cards": shrunk.cards})
        return WaitOver(request, shrunk.at, "refused", (refusal,))
    return WaitOver(request, now, "withdrawn") if request.session_id in withdrawals else None


def _steps(queue: PoolQueue, now: dt.datetime) -> tuple[Shrinking, ...]:
    if not queue.waiting:
        return ()
    first = min(request.requested_at for request in queue.waiting)
    return shrinkings(queue.cards, queue.offered, first, now)


def _grant_end(queue: PoolQueue, grant_id: str) -> dt.datetime | None:
    grant = queue.entitled.get(grant_id)
    return None if grant is None else grant.ends_at


def _earliest(instants: Iterable[dt.datetime | None]) -> dt.datetime | None:
    return min((at for at in instants if at is not None), default=None)
