"""When a grant may start: in its wished month, or on the first day of another month of the use window."""

import bisect
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from libs.common.calendar import add_months, kst_day, kst_midnight, months_apart
from services.allocator.model.cards import Span, instant_of, seconds_of
from services.allocator.model.placements import StartChoice, Variant
from services.allocator.model.supply import StockServer
from services.allocator.policy import WindowPolicy

ONE_DAY = dt.timedelta(days=1)
Freed = Mapping[tuple[str, str], Collection[int]]
"""Provider and card type → the instants at which cards come free, in seconds."""


@dataclass(frozen=True, slots=True)
class Season:
    """Within which days a placement may let use begin."""

    window: WindowPolicy
    today: dt.date
    """The day on which the placement is made, in Seoul."""
    not_before: dt.date | None = None
    """The first day that an officer allows; none where nobody asks for one."""

    @property
    def opens_on(self) -> dt.date:
        """The first day that is not over and lies in the window, at or after the officer's day."""
        return max(self.window.starts_on, self.not_before or self.today, self.today)

    @property
    def first_ahead(self) -> dt.date:
        """The first such day that is still to come: today is none."""
        return max(self.opens_on, self.today + ONE_DAY)


def start_choices(wished: dt.date, months: int, season: Season, freed_s: Sequence[int]) -> tuple[StartChoice, ...]:
    """The possible uses of a grant in order of preference (AL-4): nearest the wished month, earlier on ties.

    The wished month is open from the wished day or, if that is over, from the next day on which cards can be had: the
    first day still to come, and each later day of the month by which cards come free. Other months are open only from
    a first day still to come. A wished month that is wholly past counts as the first open one.

    `months` ≥ 1 whole months, anchored at the start (CV-3), so that every use ends within the window; `freed_s`:
    `freed_for` it. Empty where the months fit nowhere. Never raises.

    Example: wished 1 October, placed on 2 October: 3 October, then 1 November, 1 December …
    Source: S0 §2.
    """
    closes = season.window.ends_on + ONE_DAY
    near = max(wished, season.opens_on.replace(day=1))
    days = [near] if near >= season.opens_on else _days_left(near, season, freed_s)
    first = season.first_ahead.replace(day=1)
    while first < closes:
        if first >= season.first_ahead and months_apart(near, first) != 0:
            days.append(first)
        first = add_months(first, 1)
    fitting = sorted((abs(months_apart(near, day)), day) for day in days if add_months(day, months) <= closes)
    return tuple(StartChoice(use_span(day, months), months_apart(wished, day)) for _, day in fitting)


def _days_left(near: dt.date, season: Season, freed_s: Sequence[int]) -> list[dt.date]:
    """The days of a month that has begun from which a use may begin: the first ahead, and those with newly free cards.

    On any other day a grant could start only if it could on the one before, as no grant of this placement ends so soon.
    """
    following = add_months(near.replace(day=1), 1)
    first, end = (seconds_of(kst_midnight(day)) for day in (season.first_ahead, following))
    freed = freed_s[bisect.bisect_right(freed_s, first) : bisect.bisect_right(freed_s, end)]
    days = {season.first_ahead, *(_first_midnight(at_s) for at_s in freed)}
    return [day for day in sorted(days) if day < following]


def _first_midnight(at_s: int) -> dt.date:
    """The first day that begins at or after an instant, in Seoul."""
    day = kst_day(instant_of(at_s))
    return day if seconds_of(kst_midnight(day)) == at_s else day + ONE_DAY


def freed_instants(stock: Iterable[StockServer]) -> Freed:
    """When cards come free, by provider and card type: their offer begins, or a hold on one of them ends. Never raises.

    Example: a card of alpha's H100 offered from 0 and held over [5, 9) → alpha, H100: 0 and 9.
    """
    freed: dict[tuple[str, str], set[int]] = {}
    for server in stock:
        here = freed.setdefault((server.provider_id, server.card_type), set())
        here.add(server.offered.from_s)
        here.update(span.until_s for spans in server.busy for span in spans)
    return freed


def freed_for(freed: Freed, variants: Sequence[Variant], barred_providers: frozenset[str]) -> tuple[int, ...]:
    """The instants at which cards come free that may serve a grant, in seconds, sorted, each once. Never raises.

    `variants`: what the grant may be given (AL-2); cards of `barred_providers` (AL-5) do not count.
    """
    types = {variant.card_type for variant in variants}
    serving = (at for (who, kind), at in freed.items() if kind in types and who not in barred_providers)
    return tuple(sorted(set().union(*serving)))


def use_span(day: dt.date, months: int) -> Span:
    """The use of `months` anchored months from a day, from 00:00 to 00:00 in Seoul."""
    return Span(seconds_of(kst_midnight(day)), seconds_of(kst_midnight(add_months(day, months))))
