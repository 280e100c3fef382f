"""Months, days and periods as a Korean civil servant counts them: in Asia/Seoul (CV-2, CV-3, CV-7)."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

KST = ZoneInfo("Asia/Seoul")
UTC = dt.UTC
SATURDAY = 5
MONTHS_PER_YEAR = 12


def kst_day(instant: dt.datetime) -> dt.date:
    """CV-2: The calendar day of an instant, in Asia/Seoul: every calendar rule counts on this day, never on UTC's.

    `instant` is aware. Never raises for aware instants.

    Example: 31 August 2025 15:00 UTC is 1 September 2025 00:00 in Seoul → 1 September.
    Source: CV-2.
    """
    return instant.astimezone(KST).date()


def kst_midnight(day: dt.date) -> dt.datetime:
    """The instant at which `day` begins in Seoul (00:00 KST), in UTC."""
    return dt.datetime.combine(day, dt.time(), KST).astimezone(UTC)


def month_of(instant: dt.datetime) -> str:
    """The calendar month of an instant in Seoul, as `2025-10`."""
    return kst_day(instant).strftime("%Y-%m")


def month_before(end: dt.datetime) -> str:
    """The calendar month in Seoul of the last instant before an exclusive end, as `2025-10`.

    Example: a use that ends on 1 November 2025 00:00 KST → `2025-10`.
    """
    return month_of(end - dt.timedelta(microseconds=1))


def month_bounds(month: str) -> tuple[dt.datetime, dt.datetime]:
    """The half-open interval `[start, end)` of a calendar month such as `2025-10` in Seoul, in UTC.

    Raises ValueError when `month` is not `YYYY-MM`.
    """
    first = _first_day(month)
    return kst_midnight(first), kst_midnight(add_months(first, 1))


def next_month(month: str, count: int = 1) -> str:
    """The month `count` months after `month` (negative: before), both as `YYYY-MM`."""
    return add_months(_first_day(month), count).strftime("%Y-%m")


def _first_day(month: str) -> dt.date:
    return dt.date.fromisoformat(f"{month}-01")


def add_months(anchor: dt.date, count: int) -> dt.date:
    """CV-3: The exclusive end of the `count`-th month of use from `anchor`, counted from the anchor, never chained.

    Day *d* of the month `count` later or, where that day is missing, the first of the month after.
    `count` may be zero or negative. Never raises within the calendar's years.

    Example: from 31 January: 1 month ends 1 March, 2 months 31 March, 3 months 1 May.
    Source: CV-3.
    """
    index = anchor.year * MONTHS_PER_YEAR + anchor.month - 1 + count
    year, month = divmod(index, MONTHS_PER_YEAR)
    try:
        return dt.date(year, month + 1, anchor.day)
    except ValueError:
        year, month = divmod(index + 1, MONTHS_PER_YEAR)
        return dt.date(year, month + 1, 1)


def months_apart(day: dt.date, other: dt.date) -> int:
    """Calendar months from the month of `day` to that of `other`, whatever the days; negative when earlier."""
    return (other.year - day.year) * MONTHS_PER_YEAR + other.month - day.month


def months_between(anchor: dt.date, day: dt.date) -> int:
    """Whole months of use (CV-3) from `anchor` up to and including the start of `day`; 0 before the first is full."""
    count = max(0, months_apart(anchor, day) - 1)
    while add_months(anchor, count + 1) <= day:
        count += 1
    return count


@lru_cache(maxsize=32)
def _korean_holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("KR", years=year))


@dataclass(frozen=True, slots=True)
class ChangedDays:
    """Public holidays that a programme's definition adds to the calendar, or takes back (CV-7)."""

    added: frozenset[dt.date] = frozenset()
    removed: frozenset[dt.date] = frozenset()


AS_PRINTED = ChangedDays()
"""The calendar as it is: no day was changed."""


def is_working_day(day: dt.date, changed: ChangedDays = AS_PRINTED) -> bool:
    """Whether `day` is neither a Saturday, a Sunday nor a Korean public holiday (substitute holidays included).

    A day that a definition adds is a holiday, one that it takes back is none; a weekend stays a weekend. Never raises.
    """
    if day.weekday() >= SATURDAY or day in changed.added:
        return False
    return day in changed.removed or day not in _korean_holidays(day.year)


def _end_of_counted_period(last_day: dt.date, changed: ChangedDays) -> dt.datetime:
    while not is_working_day(last_day, changed):
        last_day += dt.timedelta(days=1)
    return kst_midnight(last_day + dt.timedelta(days=1))


def _first_counted_day(fact: dt.datetime) -> dt.date:
    day = kst_day(fact)
    return day if fact == kst_midnight(day) else day + dt.timedelta(days=1)


def period_of_days_end(fact: dt.datetime | dt.date, days: int, changed: ChangedDays = AS_PRINTED) -> dt.datetime:
    """CV-7: The exclusive end of a period of `days` days from a fact: 24:00 KST of its last day, in UTC.

    The first day is not counted, unless the fact is an instant that falls exactly on 00:00 KST. A `date`
    is a fact of unknown hour: its day is not counted. An end on a Saturday, Sunday or public holiday moves
    to the end of the next working day; `changed` are the holidays that the programme's definition adds or takes
    back. `days` ≥ 1.

    Example: agreement on 27 August 2025, 15 days → 11 September 24:00; fault on 1 September, 3 days →
    4 September 24:00.
    Source: CV-7.
    """
    first = _first_counted_day(fact) if isinstance(fact, dt.datetime) else fact + dt.timedelta(days=1)
    return _end_of_counted_period(first + dt.timedelta(days=days - 1), changed)


def period_of_months_end(fact: dt.datetime, months: int, changed: ChangedDays = AS_PRINTED) -> dt.datetime:
    """The exclusive end of a period of `months` months (CV-7) from a fact: 24:00 KST of its last day, in UTC.

    The first counted day is that after the fact, or the fact's own where it falls exactly on 00:00 KST (so a
    use that ends on 30 June 24:00 counts from 1 July). Ends on a non-working day move as in `period_of_days_end`.

    Example: use ends 30 June 2026 (24:00), 1 month → 31 July 24:00.
    Source: CV-7.
    """
    end = add_months(_first_counted_day(fact), months)
    return _end_of_counted_period(end - dt.timedelta(days=1), changed)
