"""Waits and discounted hours: what a wait over the limit gives, and which billable hours it makes cheaper."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from services.metering.model.grants import Mode, Session, Wait
from services.metering.model.statements import Balance
from services.metering.model.time import HOUR_US, SECOND_US, div_ceil, us_of

Begun = tuple[int, Mode, int, bool]
"""A place on the clock: its instant (µs), its mode, the billable hours that begin there, whether priced at zero."""


def wait_discount_hours(requested_at: dt.datetime, ended_at: dt.datetime, units: int, limit_s: int | None) -> int:
    """MT-6: A wait over the limit leaves its excess, in started hours, for every requested unit as discounted hours.

    The wait runs from `requested_at` to `ended_at` (assigned or withdrawn); `limit_s` is the programme's limit
    in seconds (8 h; exactly at the limit is within), None where it has none; `units` were requested (≥ 1).
    Returns unit-hours ≥ 0, the excess rounded up to whole hours before it is multiplied. Never raises.

    Example: request 09:00, assigned 19:20, 2 units: excess 2 h 20 min → 3 × 2 = 6. Until 17:00:00 → 0, until
    17:00:01 → 1 per unit.
    Source: S1 §3.
    """
    if limit_s is None:
        return 0
    excess_us = us_of(ended_at) - us_of(requested_at) - limit_s * SECOND_US
    return div_ceil(max(0, excess_us), HOUR_US) * units


def discounted_hours(begun: Iterable[Begun], waits: Sequence[Wait]) -> list[int]:
    """How many of the billable hours that begin at each place the balance of earlier waits makes discounted.

    `begun` in order of time, `waits` in any order. The balance grows at the end of each wait and is used by the
    next billable hours that begin at or after it, oldest first, until it is used up; hours priced at zero are
    passed over and use none up. Returns one figure for each place.
    """
    due = sorted((wait.ended_us, wait.unit_hours) for wait in waits)
    balance = 0
    arrived = 0
    used = []
    for instant, _, hours, at_zero in begun:
        while arrived < len(due) and due[arrived][0] <= instant:
            balance += due[arrived][1]
            arrived += 1
        taken = 0 if at_zero else min(balance, hours)
        balance -= taken
        used.append(taken)
    return used


def limit_in_force(limits: Sequence[tuple[dt.datetime, int | None]]) -> Callable[[dt.datetime], int | None]:
    """The wait limit (seconds) in force at an instant: that of the newest version by then, else of the first.

    `limits` are (in force from, limit) of a programme's versions in their order, at least one.
    """

    def limit_s_at(at: dt.datetime) -> int | None:
        in_force = [limit_s for since, limit_s in limits if since <= at]
        return in_force[-1] if in_force else limits[0][1]

    return limit_s_at


def balance_of(grant_id: str, provider_id: str, waits: Sequence[Wait], used_unit_hours: int, *, ended: bool) -> Balance:
    """A grant's discounted hours at a provider (MT-6): what waits earned, less what was used; nothing once it ended."""
    earned = sum(wait.unit_hours for wait in waits)
    left = 0 if ended else earned - used_unit_hours
    return Balance(grant_id, provider_id, earned, used_unit_hours, left, tuple(waits))


def ended_waits(sessions: Iterable[Session], limit_s_at: Callable[[dt.datetime], int | None]) -> tuple[Wait, ...]:
    """The waits of a grant's sessions that left something on its balance.

    `limit_s_at` gives the limit in force when a session was requested. A session that keeps the cards of another
    (its pool switched) did not wait; a request still waiting, or never assigned, leaves nothing yet.
    """
    waits = []
    for session in sessions:
        ended_at = session.assigned_at or session.withdrawn_at
        if session.continues is None and session.requested_at is not None and ended_at is not None:
            limit_s = limit_s_at(session.requested_at)
            hours = wait_discount_hours(session.requested_at, ended_at, session.units, limit_s)
            if hours:
                waits.append(Wait(session.session_id, us_of(session.requested_at), us_of(ended_at), hours))
    return tuple(sorted(waits, key=lambda wait: (wait.ended_us, wait.session_id)))
