"""The clock of billable unit-hours: how much of an hour counts, and what a month's share of it is.

A clock adds up unit-time since the grant's start and never starts anew, so that the months' shares add up to
one rounding of the whole, however the time is cut.
"""

from collections.abc import Sequence

from services.metering.model.grants import UnitGroup
from services.metering.model.time import HOUR_US, SECOND_US, Span, div_ceil
from services.metering.model.usage import HourTotal
from services.metering.rules.outages import overlap_us


def billable_hours(before_unit_us: int, after_unit_us: int) -> int:
    """MT-5: A month is billed the unit-hours that its clock begins: ceil(S_end / 3,600 s) − ceil(S_start / 3,600 s).

    `before_unit_us` and `after_unit_us` are the clock's unit-time (microseconds) at the month's start and end,
    counted since the grant's start per grant, provider, product and mode. Returns whole unit-hours; any cut of
    the time adds up to the same whole. Never raises.

    Example: one unit from 10:50 on the 31st to 01:20 on the 1st: 14 hours in the first month, 1 in the next;
    six sessions of 10 minutes in one hour: 1 hour.
    Source: S1 §3.
    """
    return div_ceil(after_unit_us, HOUR_US) - div_ceil(before_unit_us, HOUR_US)


def counted_unit_us(total: HourTotal, groups: Sequence[UnitGroup], free_us: Sequence[int]) -> list[int]:
    """Dynamic: for each group of units, the time per unit × units that the hour's events and the session share.

    `total` is what the events of the session and hour report (units × seconds and seconds), `free_us` for each
    group the session's own time in that hour. Every reported unit counts min(event time, its free time), in the order
    of the groups: `longest_up_first` gives it. Units beyond the session's count nothing.
    Example: 1,200 s of one unit, session free for 1,200 s after an outage → 1,200 s.
    """
    if total.held_s == 0:
        return [0] * len(groups)
    held_us = total.held_s * SECOND_US
    whole, rest_s = divmod(total.held_unit_s, total.held_s)
    counted = []
    for group, free in zip(groups, free_us, strict=True):
        full = min(whole, group.units)
        part = min(held_us, free) * full
        if full < group.units and rest_s:
            part += min(rest_s * SECOND_US, free)
            rest_s = 0
        whole -= full
        counted.append(part)
    return counted


def longest_up_first(groups: Sequence[UnitGroup], span: Span) -> Sequence[UnitGroup]:
    """The groups of units by their time outside outages in `span`, the longest up first (MT-7).

    Where an event states fewer units than are held, those longest up in its hour count. Of equal ones the order
    given stands.
    """
    if len(groups) == 1:
        return groups
    free = free_us(groups, span)
    order = sorted(range(len(groups)), key=lambda place: -free[place])
    return [groups[place] for place in order]


def free_us(groups: Sequence[UnitGroup], span: Span) -> list[int]:
    """For each group of units, the time of one unit in `span` that lies outside its outages."""
    start, end = span
    return [end - start - overlap_us(group.lost, start, end) for group in groups]


def within(span: Span, start: int, end: int) -> Span:
    """The part of `span` in `[start, end)`; empty where they do not meet."""
    left = max(span[0], start)
    return (left, max(left, min(span[1], end)))
