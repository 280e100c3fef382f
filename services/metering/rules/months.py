"""Months: the calendar ones that a statement is made for, and the months of use of a monthly-priced grant."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction

from libs.common.calendar import add_months, kst_day, kst_midnight, month_bounds, months_between, next_month
from services.metering.model.time import us_of


def months_used(starts_at: dt.datetime, at: dt.datetime, days_per_month: int) -> Fraction:
    """MT-11: A grant has used M(t) = its whole anchored months + min(1, days since / 30), so that the won add up.

    `starts_at` is the agreed start, `at` the instant of the question (the earlier of a month's end and the
    grant's end), `days_per_month` the programme's days in a month (30). Days are Korean calendar days; a day
    that has begun counts. Returns the exact fraction, unrounded: money is ⌊price × units × M⌋ and its
    differences. 0 at or before the start; never raises.

    Example: 15 Jan – 15 Mar: 17/30 + 27/30 + 16/30 = 2.
    Source: S1 § ②.
    """
    if at <= starts_at:
        return Fraction(0)
    anchor = kst_day(starts_at)
    day = kst_day(at)
    if at > kst_midnight(day):
        day += dt.timedelta(days=1)
    whole = months_between(anchor, day)
    rest_days = (day - add_months(anchor, whole)).days
    return whole + min(Fraction(1), Fraction(rest_days, days_per_month))


class Months:
    """The calendar months from a grant's start to the one asked for."""

    def __init__(self, first: str, last: str) -> None:
        names = [first]
        while names[-1] < last:
            names.append(next_month(names[-1]))
        self.names = tuple(names)
        self.starts = [us_of(month_bounds(name)[0]) for name in names]
        self.end = us_of(month_bounds(names[-1])[1])

    def of(self, us: int) -> str:
        """The month of an instant within them."""
        return self.names[max(0, bisect_right(self.starts, us) - 1)]

    def spans(self) -> Iterator[tuple[str, int, int]]:
        """Each month with its start and end."""
        return zip(self.names, self.starts, [*self.starts[1:], self.end], strict=True)
