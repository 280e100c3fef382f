"""A grant's shares of its months: one walk over the hours that it held, from its start to the question's end.

Always from the start and with today's knowledge: the clock of MT-5 and the balance of MT-6 run over months,
and what a late event changes in a closed month shows as the difference to what was stated.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from libs.common.calendar import month_of
from services.metering.model.grants import GrantHistory, Holding, Mode, Placement, Session, UnitGroup
from services.metering.model.statements import Gap, Share
from services.metering.model.time import HOUR_S, HOUR_US, SECOND_US, Span, div_ceil, instant_of, us_of
from services.metering.model.usage import NO_SESSION, HourTotal
from services.metering.rules.clock import billable_hours, counted_unit_us, free_us, longest_up_first, within
from services.metering.rules.months import Months, months_used
from services.metering.rules.outages import lost_time, started_unit_hours
from services.metering.rules.waits import Begun, discounted_hours
from services.metering.rules.zero_prices import zero_priced_months

ShareKey = tuple[str, Mode]
"""Month of use and mode."""


@dataclass(slots=True)
class _Tally:
    months: Months
    shares: defaultdict[ShareKey, Share] = field(default_factory=lambda: defaultdict(Share))
    accrued: defaultdict[tuple[int, Mode], int] = field(default_factory=lambda: defaultdict(int))
    lost_unit_us: defaultdict[ShareKey, int] = field(default_factory=lambda: defaultdict(int))
    unmatched_unit_us: defaultdict[ShareKey, int] = field(default_factory=lambda: defaultdict(int))
    gaps: list[Gap] = field(default_factory=list)


def month_shares(history: GrantHistory, last_month: str, until_us: int) -> tuple[dict[ShareKey, Share], list[Gap]]:
    """The shares of every month up to `last_month` by mode, and the hours without events, known until `until_us`."""
    placement = history.placement
    months = Months(min(month_of(placement.starts_at), last_month), last_month)
    tally = _Tally(months)
    seen: set[tuple[str, int]] = set()
    holdings = holdings_of(history, until_us)
    cuts = _cuts_by_hour(history, holdings)
    for holding in holdings:
        rows = _rows_of(history, holding)
        _count_holding(tally, history, holding, rows, cuts)
        hours = range(holding.span[0] // HOUR_US * HOUR_US, holding.span[1], HOUR_US)
        seen.update((session_id, hour) for session_id in _session_ids(history, holding) for hour in hours)
    _count_outside(tally, history, seen, until_us)
    if history.pricing == "monthly":
        _count_months(tally, history, holdings, until_us)
    else:
        _run_clock(tally, history)
    _round_over_months(tally, history)
    return dict(tally.shares), tally.gaps


def holdings_of(history: GrantHistory, until_us: int) -> list[Holding]:
    """What the grant held: its own assignment where it is fixed, else each assigned session, until `until_us`."""
    placement = history.placement
    end = min(until_us, us_of(placement.ends_at))
    if placement.mode == "fixed" or history.pricing == "monthly":
        found = [_own_holding(placement, history, end)] if placement.delivered_at else []
    else:
        found = [_session_holding(session, end) for session in history.sessions if session.assigned_at]
    return sorted((h for h in found if h.span[0] < h.span[1]), key=lambda h: (h.span[0], h.session_id))


def _own_holding(placement: Placement, history: GrantHistory, end: int) -> Holding:
    begin = max(placement.starts_at, placement.delivered_at or placement.starts_at)
    return Holding(
        session_id=NO_SESSION,
        grant_id=placement.grant_id,
        provider_id=placement.provider_id,
        data_centre=placement.data_centre,
        pool_id=placement.pool_id,
        servers=placement.servers,
        mode=placement.mode,
        units=placement.priced_units if history.pricing == "monthly" else placement.units,
        cards=placement.cards,
        span=(us_of(begin), end),
    )


def _session_holding(session: Session, end: int) -> Holding:
    assert session.assigned_at is not None  # noqa: S101 - the caller keeps to assigned sessions
    if session.released_at is not None:
        end = min(end, us_of(session.released_at))
    return Holding(
        session_id=session.session_id,
        grant_id=session.grant_id,
        provider_id=session.provider_id,
        data_centre=session.data_centre,
        pool_id=session.pool_id,
        servers=session.servers,
        mode=session.mode,
        units=session.units,
        cards=sum(session.servers.values()) or session.units,
        span=(us_of(session.assigned_at), end),
    )


def _session_ids(history: GrantHistory, holding: Holding) -> list[str]:
    return list(history.totals) if holding.session_id == NO_SESSION else [holding.session_id]


def _rows_of(history: GrantHistory, holding: Holding) -> Mapping[int, HourTotal]:
    if holding.session_id != NO_SESSION:
        return history.totals.get(holding.session_id, {})
    rows: dict[int, HourTotal] = {}
    for by_hour in history.totals.values():
        for hour, total in by_hour.items():
            rows[hour] = _added(rows[hour], total) if hour in rows else total
    return rows


def _added(one: HourTotal, other: HourTotal) -> HourTotal:
    return HourTotal(
        min(HOUR_S, one.held_s + other.held_s),
        one.held_unit_s + other.held_unit_s,
        one.utilisation_weight + other.utilisation_weight,
        one.events + other.events,
    )


def _cuts_by_hour(history: GrantHistory, holdings: Sequence[Holding]) -> dict[int, list[int]]:
    """Where the clock must be read inside an hour: ends of waits and, with both modes at work, starts of holdings."""
    instants = {wait.ended_us for wait in history.waits}
    if len({holding.mode for holding in holdings}) > 1:
        instants |= {holding.span[0] for holding in holdings}
    cuts: dict[int, list[int]] = defaultdict(list)
    for instant in sorted(instants):
        if instant % HOUR_US:
            cuts[instant // HOUR_US * HOUR_US].append(instant)
    return cuts


def _count_holding(
    tally: _Tally,
    history: GrantHistory,
    holding: Holding,
    rows: Mapping[int, HourTotal],
    cuts: Mapping[int, list[int]],
) -> None:
    found = lost_time(history.outages, holding)
    fixed, hourly = holding.mode == "fixed", history.pricing == "hourly"
    for hour in range(holding.span[0] // HOUR_US * HOUR_US, holding.span[1], HOUR_US):
        span = within(holding.span, hour, hour + HOUR_US)
        groups = longest_up_first(found, span)
        free = free_us(groups, span)
        total = rows.get(hour)
        key = (tally.months.of(hour), holding.mode)
        counted = 0
        if total is not None and total.events:
            counted = _count_reported(tally, key, holding, groups, span, free, total)
        elif any(free):
            tally.gaps.append(Gap(holding.grant_id, holding.session_id, hour, holding.units))
            tally.shares[key].gap_unit_hours += holding.units
        if hourly and fixed:
            counted = _whole(groups, free)
            tally.lost_unit_us[key] += (span[1] - span[0]) * holding.units - counted
        if hourly and hour in cuts:
            _accrue(tally, holding, groups, hour, total, cuts[hour])
        elif hourly and counted:
            tally.accrued[hour, holding.mode] += counted


def _whole(groups: Sequence[UnitGroup], free: Sequence[int]) -> int:
    return sum(group.units * us for group, us in zip(groups, free, strict=True))


def _count_reported(
    tally: _Tally,
    key: ShareKey,
    holding: Holding,
    groups: Sequence[UnitGroup],
    span: Span,
    free: Sequence[int],
    total: HourTotal,
) -> int:
    """Tally what was reported of an hour; returns the unit-time of it that lies outside outages."""
    outside = sum(counted_unit_us(total, groups, free))
    matched = outside
    if any(group.lost for group in groups):
        matched = sum(counted_unit_us(total, (UnitGroup(holding.units, ()),), [span[1] - span[0]]))
    reported = total.held_unit_s * SECOND_US
    share = tally.shares[key]
    share.usage_events += total.events
    share.held_unit_s += matched // SECOND_US
    share.used_unit_us += outside
    if outside == reported:
        share.used_weight += total.utilisation_weight * SECOND_US
    elif reported:
        share.used_weight += Fraction(total.utilisation_weight * outside, total.held_unit_s)
    tally.unmatched_unit_us[key] += reported - matched // SECOND_US * SECOND_US
    if holding.mode == "dynamic":
        tally.lost_unit_us[key] += matched - outside
    return outside


def _accrue(
    tally: _Tally,
    holding: Holding,
    groups: Sequence[UnitGroup],
    hour: int,
    total: HourTotal | None,
    cuts: Sequence[int],
) -> None:
    """Add the hour's billable unit-time to the clock's pieces; reported time is taken to lie as early as it can."""
    before = 0
    for start, end in zip((hour, *cuts), (*cuts, hour + HOUR_US), strict=True):
        free = free_us(groups, within(holding.span, hour, end))
        if holding.mode == "fixed":
            after = _whole(groups, free)
        else:
            after = sum(counted_unit_us(total, groups, free)) if total else 0
        if after > before:
            tally.accrued[start, holding.mode] += after - before
        before = after


def _count_outside(tally: _Tally, history: GrantHistory, seen: set[tuple[str, int]], until_us: int) -> None:
    """Use that no session or fixed assignment covers: unmatched, on the grant's own mode."""
    mode = history.placement.mode
    for session_id, rows in history.totals.items():
        for hour, total in rows.items():
            if (session_id, hour) not in seen and hour < until_us:
                key = (tally.months.of(hour), mode)
                tally.unmatched_unit_us[key] += total.held_unit_s * SECOND_US
                tally.shares[key].usage_events += total.events


def _run_clock(tally: _Tally, history: GrantHistory) -> None:
    clock: dict[Mode, int] = defaultdict(int)
    at_zero = zero_priced_months(history.zero_priced, tally.months.names)
    begun: list[Begun] = []
    for (start, mode), unit_us in sorted(tally.accrued.items()):
        hours = billable_hours(clock[mode], clock[mode] + unit_us)
        clock[mode] += unit_us
        key = (tally.months.of(start), mode)
        begun.append((start, mode, hours, key in at_zero))
        tally.shares[key].billable_unit_hours += hours
    waits = history.waits if history.placement.payable else ()
    for (start, mode, _, _), hours in zip(begun, discounted_hours(begun, waits), strict=True):
        if hours:
            tally.shares[tally.months.of(start), mode].discounted_unit_hours += hours


def _count_months(tally: _Tally, history: GrantHistory, holdings: Sequence[Holding], until_us: int) -> None:
    placement = history.placement
    if placement.delivered_at is None:
        return
    groups = [group for holding in holdings for group in lost_time(history.outages, holding)]
    for month, start, end in tally.months.spans():
        share = tally.shares[month, placement.mode]
        share.months_before = _months_at(history, start)
        share.months_after = _months_at(history, min(end, until_us))
        share.outage_unit_hours = started_unit_hours(groups, start, end)


def _months_at(history: GrantHistory, us: int) -> Fraction:
    at = min(instant_of(us), history.placement.ends_at)
    return months_used(history.placement.starts_at, at, history.days_per_month)


def _round_over_months(tally: _Tally, history: GrantHistory) -> None:
    """Unmatched time shows in started unit-hours, lost time in whole ones; both as increments of the running sum."""
    unmatched: dict[Mode, int] = defaultdict(int)
    lost: dict[Mode, int] = defaultdict(int)
    for month, mode in sorted({*tally.unmatched_unit_us, *tally.lost_unit_us}):
        share = tally.shares[month, mode]
        before, after = unmatched[mode], unmatched[mode] + tally.unmatched_unit_us[month, mode]
        share.unmatched_unit_hours += div_ceil(after, HOUR_US) - div_ceil(before, HOUR_US)
        unmatched[mode] = after
        if history.pricing == "hourly":
            before, after = lost[mode], lost[mode] + tally.lost_unit_us[month, mode]
            share.outage_unit_hours += after // HOUR_US - before // HOUR_US
            lost[mode] = after
