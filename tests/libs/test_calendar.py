"""Days, months of use and counted periods in Seoul (CV-2, CV-3, CV-7)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.calendar import (
    KST,
    UTC,
    ChangedDays,
    add_months,
    is_working_day,
    kst_day,
    kst_midnight,
    month_before,
    month_bounds,
    month_of,
    months_between,
    next_month,
    period_of_days_end,
    period_of_months_end,
)

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31))
INSTANTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis takes naive bounds


def kst(*parts: int) -> dt.datetime:
    """An instant by its Seoul wall clock."""
    return dt.datetime(*parts, tzinfo=KST)  # type: ignore[misc,arg-type]


@pytest.mark.rule("CV-2")
@pytest.mark.parametrize(
    ("instant", "day"),
    [
        pytest.param(dt.datetime(2025, 8, 31, 14, 59, 59, tzinfo=UTC), dt.date(2025, 8, 31), id="a second before"),
        pytest.param(dt.datetime(2025, 8, 31, 15, tzinfo=UTC), dt.date(2025, 9, 1), id="midnight in Seoul"),
        pytest.param(kst(2025, 9, 1, 0), dt.date(2025, 9, 1), id="given with Seoul's own offset"),
    ],
)
def test_the_day_is_seouls(instant: dt.datetime, day: dt.date) -> None:
    """A calendar day begins at 15:00 UTC of the day before."""
    assert kst_day(instant) == day


@pytest.mark.rule("CV-2")
@given(INSTANTS)
def test_a_day_and_a_month_are_half_open(instant: dt.datetime) -> None:
    """Every instant lies in exactly one day and one month: the start belongs to it, the end to the next."""
    day = kst_day(instant)
    assert kst_midnight(day) <= instant < kst_midnight(day + dt.timedelta(days=1))
    start, end = month_bounds(month_of(instant))
    assert start <= instant < end
    assert month_of(end) == next_month(month_of(instant))
    assert start.tzinfo is UTC


@pytest.mark.rule("CV-2")
@pytest.mark.parametrize("month", ["2025-13", "2025-1", "25-01", "2025-W1", ""])
def test_a_month_is_year_and_two_digits(month: str) -> None:
    """Anything but `YYYY-MM` raises instead of being read as some month."""
    with pytest.raises(ValueError, match=r"."):
        month_bounds(month)


def test_months_can_be_counted_backwards() -> None:
    """The month before January is December of the year before."""
    assert next_month("2026-01", -1) == "2025-12"
    assert next_month("2025-12") == "2026-01"
    assert next_month("2025-12", 14) == "2027-02"


@pytest.mark.rule("CV-3")
@pytest.mark.parametrize(
    ("anchor", "count", "end"),
    [
        pytest.param(dt.date(2025, 1, 31), 1, dt.date(2025, 3, 1), id="31 January, 1 month: February has no 31st"),
        pytest.param(dt.date(2025, 1, 31), 2, dt.date(2025, 3, 31), id="31 January, 2 months: not chained"),
        pytest.param(dt.date(2025, 1, 31), 3, dt.date(2025, 5, 1), id="31 January, 3 months: April has no 31st"),
        pytest.param(dt.date(2024, 1, 29), 1, dt.date(2024, 2, 29), id="a leap year has the day"),
        pytest.param(dt.date(2025, 1, 29), 1, dt.date(2025, 3, 1), id="a common year has not"),
        pytest.param(dt.date(2025, 10, 1), 9, dt.date(2026, 7, 1), id="nine months from October end with June"),
        pytest.param(dt.date(2025, 12, 31), 2, dt.date(2026, 3, 1), id="over the end of the year"),
        pytest.param(dt.date(2025, 5, 15), 0, dt.date(2025, 5, 15), id="no month ends where it starts"),
    ],
)
def test_months_of_use_end(anchor: dt.date, count: int, end: dt.date) -> None:
    """The n-th month from a day ends at 00:00 of the same day, or of the first of the month after."""
    assert add_months(anchor, count) == end


@pytest.mark.rule("CV-3")
@given(DAYS, st.integers(0, 120))
def test_months_grow_and_count_back(anchor: dt.date, count: int) -> None:
    """More months never end earlier, and the whole months up to an end are the months that made it."""
    end = add_months(anchor, count)
    assert end < add_months(anchor, count + 1)
    assert months_between(anchor, end) == count
    assert months_between(anchor, end - dt.timedelta(days=1)) == max(0, count - 1)


@pytest.mark.rule("CV-3")
@given(DAYS, st.integers(0, 2000))
def test_whole_months_lie_within_the_days(anchor: dt.date, days: int) -> None:
    """The counted months have ended by the day, and one more has not."""
    day = anchor + dt.timedelta(days=days)
    count = months_between(anchor, day)
    assert add_months(anchor, count) <= day < add_months(anchor, count + 1)


@pytest.mark.rule("CV-3")
def test_no_month_before_the_anchor() -> None:
    """A day before the anchor has no whole month behind it."""
    assert months_between(dt.date(2025, 5, 1), dt.date(2025, 1, 1)) == 0


@pytest.mark.rule("CV-7")
@pytest.mark.parametrize(
    ("fact", "days", "ends_after"),
    [
        pytest.param(dt.date(2025, 8, 27), 15, dt.date(2025, 9, 11), id="agreement 27 August, 15 days"),
        pytest.param(kst(2025, 9, 1, 10), 3, dt.date(2025, 9, 4), id="fault on 1 September, 3 days"),
        pytest.param(kst(2025, 9, 1), 3, dt.date(2025, 9, 3), id="a fact exactly at 00:00 counts its day"),
        pytest.param(kst(2025, 9, 1, 0, 0, 1), 3, dt.date(2025, 9, 4), id="a second after 00:00 does not"),
        pytest.param(kst(2025, 9, 3, 10), 3, dt.date(2025, 9, 8), id="an end on a Saturday moves to Monday"),
        pytest.param(kst(2025, 9, 4, 10), 3, dt.date(2025, 9, 8), id="an end on a Sunday moves to Monday"),
        pytest.param(kst(2025, 9, 30, 10), 3, dt.date(2025, 10, 10), id="an end in the Chuseok week moves past it"),
        pytest.param(kst(2025, 12, 30, 10), 2, dt.date(2026, 1, 2), id="New Year's Day moves to the day after"),
    ],
)
def test_a_period_of_days_ends(fact: dt.datetime | dt.date, days: int, ends_after: dt.date) -> None:
    """The period ends at 24:00 in Seoul of its last working day."""
    assert period_of_days_end(fact, days) == kst_midnight(ends_after + dt.timedelta(days=1))


@pytest.mark.rule("CV-7")
@pytest.mark.parametrize(
    ("fact", "months", "ends_after"),
    [
        pytest.param(kst(2026, 7, 1), 1, dt.date(2026, 7, 31), id="use ends 30 June 24:00, 1 month"),
        pytest.param(kst(2025, 9, 1, 12), 1, dt.date(2025, 10, 1), id="from noon the next day is the first"),
        pytest.param(kst(2025, 9, 4, 12), 1, dt.date(2025, 10, 10), id="an end in the Chuseok week moves past it"),
    ],
)
def test_a_period_of_months_ends(fact: dt.datetime, months: int, ends_after: dt.date) -> None:
    """A period of months ends at 24:00 in Seoul of its last working day."""
    assert period_of_months_end(fact, months) == kst_midnight(ends_after + dt.timedelta(days=1))


@pytest.mark.rule("CV-7")
@given(INSTANTS, st.integers(1, 60))
def test_a_period_ends_on_a_working_day_and_not_early(fact: dt.datetime, days: int) -> None:
    """Whatever the fact, the last day works and the full number of days lies before the end."""
    end = period_of_days_end(fact, days)
    assert is_working_day(kst_day(end - dt.timedelta(microseconds=1)))
    assert end - fact >= dt.timedelta(days=days)
    assert end == kst_midnight(kst_day(end))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(dt.date(2025, 9, 5), True, id="a Friday"),
        pytest.param(dt.date(2025, 9, 6), False, id="a Saturday"),
        pytest.param(dt.date(2025, 10, 8), False, id="a substitute holiday"),
        pytest.param(dt.date(2026, 6, 3), False, id="the local elections of 2026"),
    ],
)
def test_working_days(day: dt.date, works: bool) -> None:
    """Saturdays, Sundays and public holidays, substitutes included, are not worked."""
    assert is_working_day(day) is works


def test_the_month_that_ends_with_an_exclusive_end() -> None:
    """1 November 00:00 in Seoul ends October; a second later ends November."""
    assert month_before(kst(2025, 11, 1)) == "2025-10"
    assert month_before(kst(2025, 11, 1) + dt.timedelta(seconds=1)) == "2025-11"


@pytest.mark.rule("CV-7")
@pytest.mark.parametrize(
    ("added", "removed", "end"),
    [
        ([], [], "2025-09-12"),
        (["2025-09-11"], [], "2025-09-13"),
        (["2025-09-11", "2025-09-12"], [], "2025-09-16"),
        (["2025-09-10"], [], "2025-09-12"),
        (["2025-09-13"], [], "2025-09-12"),
    ],
    ids=["as printed", "its last day", "a day and the weekend behind it", "a day in between", "a Saturday"],
)
def test_an_added_holiday_moves_the_end_of_a_counted_period(added: list[str], removed: list[str], end: str) -> None:
    """Agreement on 27 August 2025, 15 days: only a changed last day moves the end, over the weekend where it must."""
    changed = ChangedDays(*(frozenset(map(dt.date.fromisoformat, days)) for days in (added, removed)))
    assert period_of_days_end(dt.date(2025, 8, 27), 15, changed) == kst_midnight(dt.date.fromisoformat(end))


@pytest.mark.rule("CV-7")
def test_a_holiday_taken_back_is_a_working_day() -> None:
    """3 October 2025 is a Friday and a holiday: taken back, a period ends on it; a weekend stays a weekend."""
    taken_back = ChangedDays(removed=frozenset({dt.date(2025, 10, 3), dt.date(2025, 10, 4)}))
    assert [is_working_day(dt.date(2025, 10, day), taken_back) for day in (3, 4)] == [True, False]
    assert not is_working_day(dt.date(2025, 10, 3))
    assert period_of_days_end(dt.date(2025, 10, 2), 1, taken_back) == kst_midnight(dt.date(2025, 10, 4))
