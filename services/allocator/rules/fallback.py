"""What happens to a pool's sessions when dynamic assignment fails, and when it works again."""

import datetime as dt
from collections.abc import Iterable

from libs.common.calendar import AS_PRINTED, ChangedDays, period_of_days_end
from services.allocator.model.cards import Card, Mode
from services.allocator.model.pools import PoolSwitch, ReportState
from services.allocator.model.queue import Continued, Lacking, PoolQueue, Running, Started, Switch
from services.allocator.rules.cards import free_cards
from services.allocator.rules.ending import is_period_over
from services.allocator.rules.offered import pick_lasting
from services.allocator.rules.queue import begin, fixed_order


def turn_fixed(queue: PoolQueue, now: dt.datetime) -> Switch:
    """AL-11: A pool at fault turns fixed at once: running sessions keep their cards, then grants get what they lack.

    What a grant lacks is its entitled units less what it runs. Grants are served in order of rank, then agreement
    time; one whose lack does not fit whole is passed over and the next is tried. Open requests of a served grant
    start, the rest of its lack is given beside them; only cards whose offer lasts are given (AL-3). A grant left
    without any cards waits: by its open request, else from the switch (`Lacking` without cards). One whose period is
    over gets nothing and does not wait. `queue`: the pool before the switch, with all active grants in `entitled`;
    `now`: the switch. Never raises.

    Example: 4 H100; A (rank 1, H100×2) idle, B and C run 2 each → B and C keep theirs, A waits.
    Source: S1 §3.
    """
    continued = tuple(Continued(session, "fixed", _left_s(session, now)) for session in queue.running)
    free = free_cards(queue.cards, (s.cards for s in queue.running))
    started: list[Started] = []
    lacking: list[Lacking] = []
    in_use = [grant_id for grant_id, grant in queue.entitled.items() if not is_period_over(grant.ends_at, now)]
    for grant_id in sorted(in_use, key=lambda g: fixed_order(queue, g)):
        free = _serve(queue, grant_id, free, now, started, lacking)
    return Switch(continued, started=tuple(started), lacking=tuple(lacking))


def _serve(
    queue: PoolQueue,
    grant_id: str,
    free: list[Card],
    now: dt.datetime,
    started: list[Started],
    lacking: list[Lacking],
) -> list[Card]:
    """Give one grant all that it lacks, or let it wait; returns the cards that are still free."""
    grant = queue.entitled[grant_id]
    held = sum(s.units for s in queue.running if s.grant_id == grant_id)
    open_requests = [r for r in queue.waiting if r.grant_id == grant_id]
    lack = grant.units - held
    if lack <= 0:
        return free
    rest = lack - sum(r.units for r in open_requests)
    if lack * grant.cards_per_unit > len(free):
        if held == 0 and not open_requests:
            lacking.append(Lacking(grant_id, lack, ()))
        return free
    for request in open_requests:
        cards = _take(queue, free, request.cards)
        started.append(begin(queue, request, cards, now, "fixed"))
        free = [card for card in free if card not in cards]
    if rest > 0:
        cards = _take(queue, free, rest * grant.cards_per_unit)
        lacking.append(Lacking(grant_id, rest, cards))
        free = [card for card in free if card not in cards]
    return free


def turn_dynamic(queue: PoolQueue, now: dt.datetime) -> Switch:
    """Switch back: sessions that somebody asked for go on as dynamic ones for what is left of their maximum duration.

    Those that only the switch made stop, as do those whose maximum duration has run out; waits that only the
    switch began are over. Waiting requests keep their place.
    """
    continued, stopped = [], []
    for session in queue.running:
        left_s = _left_s(session, now)
        if session.origin == "request" and (left_s is None or left_s > 0):
            continued.append(Continued(session, "dynamic", left_s))
        else:
            stopped.append(session)
    return Switch(
        tuple(continued), stopped=tuple(stopped), withdrawn=tuple(r for r in queue.waiting if r.origin == "switch")
    )


def newcomers_part(switch: Switch, grant_id: str) -> Switch:
    """What a pool's turn to fixed gives to one grant alone: it becomes active while the pool is fixed already."""
    return Switch((), lacking=tuple(lack for lack in switch.lacking if lack.grant_id == grant_id))


def is_fault_ahead(fault_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a fault is told that has not happened yet (AL-11); none told is none ahead."""
    return fault_at is not None and fault_at > now


def report_due_at(
    mode: Mode, fault_at: dt.datetime, report_days: int | None, changed: ChangedDays = AS_PRINTED
) -> dt.datetime | None:
    """Until when cause and measures are to be reported (AL-11, CV-7): `report_days` from the fault, exclusive.

    None for a switch back and where the programme decided on no period. Never raises.
    Example: fault on 1 September 2025, 3 days → 4 September 24:00.
    """
    if mode != "fixed" or report_days is None:
        return None
    return period_of_days_end(fault_at, report_days, changed)


def unreported_switch(switches: Iterable[PoolSwitch]) -> PoolSwitch | None:
    """The oldest switch to fixed whose report is missing (AL-11); `switches` oldest first. None where all are there."""
    return next((s for s in switches if s.mode == "fixed" and s.reported_at is None), None)


def report_state(switch: PoolSwitch, now: dt.datetime) -> ReportState:
    """How the report on a switch stands at `now` (AL-11): `due`, `submitted`, `late` or `overdue`.

    `none` where none is owed. The period is half-open: at its end a report is overdue, and one submitted then is late.
    """
    due_at, reported_at = switch.report_due_at, switch.reported_at
    if reported_at is not None:
        return "late" if due_at is not None and reported_at >= due_at else "submitted"
    if due_at is None:
        return "none"
    return "overdue" if now >= due_at else "due"


def _left_s(session: Running, now: dt.datetime) -> int | None:
    if session.max_duration_s is None:
        return None
    return session.max_duration_s - int((now - session.assigned_at).total_seconds())


def _take(queue: PoolQueue, free: list[Card], count: int) -> tuple[Card, ...]:
    cards = pick_lasting(free, count, queue.offered)
    assert cards is not None, "the caller saw that they fit"  # noqa: S101
    return cards
