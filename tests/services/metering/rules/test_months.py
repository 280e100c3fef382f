"""MT-11: the months of use of a monthly-priced grant."""

import datetime as dt
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.calendar import KST, add_months, kst_midnight
from services.metering.rules.months import months_used


def at(month: int, day: int, hour: int = 0) -> dt.datetime:
    """An instant of 2025 in Seoul."""
    return dt.datetime(2025, month, day, hour, tzinfo=KST)


@pytest.mark.rule("MT-11")
@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        pytest.param(at(1, 15), at(1, 15), Fraction(0), id="nothing is used at the start"),
        pytest.param(at(1, 15), at(1, 1), Fraction(0), id="nothing is used before the start"),
        pytest.param(at(1, 15), at(2, 1), Fraction(17, 30), id="15 January to 1 February is 17 days"),
        pytest.param(at(1, 15), at(3, 1), Fraction(44, 30), id="15 January to 1 March is one month and 14 days"),
        pytest.param(at(1, 15), at(3, 15), Fraction(2), id="15 January to 15 March is two months"),
        pytest.param(at(1, 31), at(3, 1), Fraction(1), id="from 31 January one month ends on 1 March"),
        pytest.param(at(1, 31), at(3, 31), Fraction(2), id="from 31 January two months end on 31 March"),
        pytest.param(at(1, 1), at(1, 31), Fraction(1), id="the 30th day fills a month of 31 days"),
        pytest.param(at(1, 1), at(2, 1), Fraction(1), id="the 31st day adds nothing"),
        pytest.param(at(1, 1), at(1, 10, 14), Fraction(10, 30), id="a day that has begun counts"),
    ],
)
def test_months_used(start: dt.datetime, end: dt.datetime, months: Fraction) -> None:
    """The months used are whole anchored months and the days since at thirty to the month."""
    assert months_used(start, end, 30) == months


@pytest.mark.rule("MT-11")
def test_the_worked_example_adds_up() -> None:
    """15 January to 15 March: 17/30 in January, 27/30 in February, 16/30 in March, together exactly 2."""
    marks = [months_used(at(1, 15), end, 30) for end in (at(1, 15), at(2, 1), at(3, 1), at(3, 15))]
    parts = [after - before for before, after in pairwise(marks)]
    assert parts == [Fraction(17, 30), Fraction(27, 30), Fraction(16, 30)]
    assert sum(parts) == 2


@pytest.mark.rule("MT-11")
@given(st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31)), st.integers(1, 24))
def test_whole_months_are_whole(start: dt.date, count: int) -> None:
    """However the months' lengths fall, the n-th anchored month ends at exactly n."""
    assert months_used(kst_midnight(start), kst_midnight(add_months(start, count)), 30) == count


@pytest.mark.rule("MT-11")
@given(st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31)), st.lists(st.integers(0, 400), min_size=2, max_size=6))
def test_use_never_runs_backwards(start: dt.date, days: list[int]) -> None:
    """A later day never has used fewer months."""
    used = [months_used(kst_midnight(start), kst_midnight(start + dt.timedelta(days=d)), 30) for d in sorted(days)]
    assert used == sorted(used)
