"""Months of use of a monthly-priced grant: the fraction of its price that a span has earned."""

import datetime as dt
from fractions import Fraction

from libs.common.calendar import add_months, kst_day, kst_midnight, months_between


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
