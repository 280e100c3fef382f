"""The monthly usage statement: its lines, its adjustments of closed months, when it can be closed and is due."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction

from libs.common.calendar import KST, UTC, month_bounds, month_of, next_month
from services.metering.model.grants import GrantHistory
from services.metering.model.statements import Gap, Line, LineKey, Share
from services.metering.model.time import us_of
from services.metering.rules.shares import ShareKey, month_shares
from services.metering.rules.usage import per_cent

AMOUNTS = (
    "held_unit_s",
    "billable_unit_hours",
    "discounted_unit_hours",
    "outage_unit_hours",
    "unmatched_unit_hours",
    "gap_unit_hours",
    "usage_events",
)
MonthsPair = tuple[Fraction, Fraction]


@dataclass(slots=True)
class Stated:
    """What closed statements have said so far of one line key: sums of amounts, and the months from where to where."""

    amounts: dict[str, int]
    months: MonthsPair | None


def statement_lines(
    history: GrantHistory,
    shares: Mapping[ShareKey, Share],
    month: str,
    closed_months: Set[str],
    stated: Mapping[LineKey, Stated],
) -> list[Line]:
    """MT-10: A month states per grant, price, mode what was held, billable, discounted, lost, unmatched, missing.

    `shares` are the grant's months recomputed with today's knowledge, `closed_months` those whose statements are
    closed, `stated` what these said of this grant. Returns the month's own lines that say anything, then,
    for every closed month before it whose share is another now, the difference as an adjustment (MT-3): own lines
    and adjustments of all statements add up to today's shares. A month that is closed after a later one says nothing
    of that later one. Amounts are whole hours as MT-5 … MT-7 round them. Never raises.

    Example: October closed with 14 billable hours; a late event makes it 15 → November's statement carries a line
    of period October with 1.
    Source: S1 §3.
    """
    own = [_line(history, key, share) for key, share in _keyed(history, shares, {month})]
    now = dict(_keyed(history, shares, {closed for closed in closed_months if closed < month}))
    adjustments: list[Line] = []
    for key in sorted({*now, *(key for key in stated if key.period < month)}, key=_order):
        adjustments += _adjustments(history, key, now.get(key, Share()), stated.get(key))
    return [line for line in own if says_something(line)] + adjustments


def _order(key: LineKey) -> tuple[str, str, str, int, bool]:
    return key.period, key.mode, key.priced_product, key.priced_units, key.payable


def says_something(line: Line) -> bool:
    """Whether any amount of the line is not zero, or its months moved."""
    return any(getattr(line, name) for name in AMOUNTS) or line.months_before != line.months_after


def sum_stated(lines: Iterable[Line]) -> dict[LineKey, Stated]:
    """What lines of closed statements, oldest first, say together of each line key."""
    stated: dict[LineKey, Stated] = {}
    for line in lines:
        said = stated.setdefault(line.key, Stated(dict.fromkeys(AMOUNTS, 0), None))
        for name in AMOUNTS:
            said.amounts[name] += getattr(line, name)
        if line.months_before is not None and line.months_after is not None:
            said.months = _moved(said.months, (line.months_before, line.months_after))
    return stated


def _moved(stated: MonthsPair | None, step: MonthsPair) -> MonthsPair:
    if stated is None or stated[0] == stated[1]:
        return step
    return (stated[0], step[1])


def _keyed(history: GrantHistory, shares: Mapping[ShareKey, Share], months: Set[str]) -> list[tuple[LineKey, Share]]:
    placement = history.placement
    return [
        (
            LineKey(
                grant_id=placement.grant_id,
                period=period,
                pricing=history.pricing,
                mode=mode,
                priced_product=placement.priced_product,
                priced_units=placement.priced_units,
                payable=placement.payable,
            ),
            share,
        )
        for (period, mode), share in sorted(shares.items())
        if period in months
    ]


def _line(history: GrantHistory, key: LineKey, share: Share, *, adjustment: bool = False) -> Line:
    placement = history.placement
    return Line(
        key=key,
        adjustment=adjustment,
        **{name: getattr(share, name) for name in AMOUNTS},
        utilisation_pct=utilisation_pct(share),
        months_before=share.months_before,
        months_after=share.months_after,
        starts_at=placement.starts_at,
        delivered_at=placement.delivered_at or placement.starts_at,
        ends_at=placement.ends_at,
    )


def utilisation_pct(share: Share) -> str | None:
    """Mean utilisation over the time held outside outages, in per cent with two decimals, half up; None without use."""
    if share.used_unit_us == 0:
        return None
    hundredths = int(Fraction(share.used_weight) / share.used_unit_us + Fraction(1, 2))
    return per_cent(hundredths)


def _adjustments(history: GrantHistory, key: LineKey, now: Share, stated: Stated | None) -> list[Line]:
    said = stated or Stated(dict.fromkeys(AMOUNTS, 0), None)
    difference = Share(**{name: getattr(now, name) - said.amounts[name] for name in AMOUNTS})
    difference.used_unit_us, difference.used_weight = now.used_unit_us, now.used_weight
    steps = month_steps(said.months, _pair(now))
    difference.months_before, difference.months_after = steps[0] if steps else (None, None)
    lines = [_line(history, key, difference, adjustment=True)]
    for before, after in steps[1:]:
        lines.append(_line(history, key, Share(months_before=before, months_after=after), adjustment=True))
    return [line for line in lines if says_something(line)]


def _pair(share: Share) -> MonthsPair | None:
    if share.months_before is None or share.months_after is None:
        return None
    return share.months_before, share.months_after


def month_steps(said: MonthsPair | None, now: MonthsPair | None) -> list[MonthsPair]:
    """The steps (from, to) that lead from stated months to today's; each is money as ⌊price × units × M⌋ at both ends.

    Where one step is enough there is one; a step from a value to itself says that no month moved.
    """
    if said is None or said[0] == said[1]:
        return [now] if now else ([said] if said else [])
    if now is None or now[0] == now[1]:
        return [(said[1], said[0])]
    if said[0] == now[0]:
        return [(said[1], now[1])]
    return [(said[1], said[0]), now]


def in_order(lines: Sequence[Line]) -> list[Line]:
    """The lines of several grants as a statement orders them: own ones first, then adjustments, by period and grant."""
    return sorted(lines, key=lambda line: (line.adjustment, line.key.period, line.key.grant_id, line.key.mode))


def due_at(month: str, due_day: int | None) -> dt.datetime | None:
    """When a month's statement is due: 24:00 KST of `due_day` of the next month, in UTC; None without a due day."""
    if due_day is None:
        return None
    first = month_bounds(next_month(month))[0].astimezone(KST)
    return (first + dt.timedelta(days=due_day)).astimezone(UTC)


def is_over(month: str, now: dt.datetime) -> bool:
    """Whether the month has ended in Seoul: then its statement can be closed."""
    return now >= month_bounds(month)[1]


def known_until(month: str, now: dt.datetime) -> dt.datetime:
    """Until when a month's use is known at `now`: to its end once it is over, and never before its start."""
    start, end = month_bounds(month)
    return min(end, max(now, start))


def gaps_of(gaps: Iterable[Gap], month: str) -> list[Gap]:
    """The hours without events that lie in a month, of all up to it."""
    start_us = us_of(month_bounds(month)[0])
    return [gap for gap in gaps if gap.hour_us >= start_us]


def earlier_open_month(histories: Sequence[GrantHistory], month: str, closed: Set[str]) -> str | None:
    """The first month before `month` that has something to state and is not closed; None where there is none (MT-10).

    `histories` are all grants of the provider and programme (at least one), `closed` the months that are closed. Until
    that month is closed, no later one may be: its adjustments would have no statement to go to. Never raises.
    """
    first = min(month_of(history.placement.starts_at) for history in histories)
    while first < month:
        if first not in closed and any(_states_something(history, first) for history in histories):
            return first
        first = next_month(first)
    return None


def _states_something(history: GrantHistory, month: str) -> bool:
    shares, _ = month_shares(history, month, us_of(month_bounds(month)[1]))
    return bool(statement_lines(history, shares, month, frozenset(), {}))


def statement_id(provider_id: str, programme_code: str, month: str) -> str:
    """A statement's id."""
    return f"{provider_id}:{programme_code}:{month}"


def sha256_of(canonical: bytes) -> str:
    """The hash of canonical evidence, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical).hexdigest()
