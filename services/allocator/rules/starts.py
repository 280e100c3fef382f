"""When a grant may start: its wished day, or the first day of another month of the use window."""

import datetime as dt

from libs.common.calendar import add_months, kst_midnight, months_apart
from services.allocator.model.cards import Span, seconds_of
from services.allocator.model.placements import StartChoice
from services.allocator.policy import WindowPolicy


def start_choices(wished: dt.date, months: int, window: WindowPolicy, not_before: dt.date) -> tuple[StartChoice, ...]:
    """The possible uses of a grant in order of preference: nearest the wished month, earlier on ties.

    `months` ≥ 1 whole months, anchored at the start (CV-3); every use lies within the window and begins on or
    after `not_before`. Empty where the months fit nowhere.
    """
    opens = max(window.starts_on, not_before)
    closes = window.ends_on + dt.timedelta(days=1)
    days = {wished: 0}
    first = opens.replace(day=1)
    while first < closes:
        if months_apart(wished, first) != 0:
            days[first] = months_apart(wished, first)
        first = add_months(first, 1)
    fitting = [(abs(off), day, off) for day, off in days.items() if day >= opens and add_months(day, months) <= closes]
    return tuple(StartChoice(use_span(day, months), off) for _, day, off in sorted(fitting))


def use_span(day: dt.date, months: int) -> Span:
    """The use of `months` anchored months from a day, from 00:00 to 00:00 in Seoul."""
    return Span(seconds_of(kst_midnight(day)), seconds_of(kst_midnight(add_months(day, months))))
