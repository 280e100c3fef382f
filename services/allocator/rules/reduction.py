"""When a grant may be lowered."""

import datetime as dt
from collections.abc import Iterable

from libs.common.calendar import kst_day
from services.allocator.model.cards import instant_of
from services.allocator.model.grants import Grant
from services.allocator.rules.starts import use_span

Cut = tuple[int, int]
"""What units or months were lowered from, and to."""


def is_lowered(grant: Grant, units: int, months: int) -> bool:
    """Whether units and months only go down, and at least one of them does (RV-12 lowers, nobody raises).

    `units`, `months` ≥ 1: what is wanted. Example: 2 units, 6 months → (2, 5) True, (2, 6) False, (1, 7) False.
    """
    return units <= grant.units and months <= grant.months and (units, months) != (grant.units, grant.months)


def as_cut(told: int, cuts: Iterable[Cut]) -> int:
    """Units or months of a grant that waits for its place, told anew: as told, but never above a cut (RV-12).

    `cuts` are what officers lowered them from and to. What an officer cut stays cut, whatever the announcement or the
    agreement says afterwards; what nobody cut follows the newest of both, up as well. All ≥ 1. Never raises.

    Example: cut from 2 to 1, told 3 → 1; never cut, held 1, a promotion says 3 → 3; cut from 3 to 2, told 1 → 1.
    """
    return min((told, *(after for before, after in cuts if after < before)))


def is_newest(grant: Grant, told_at: dt.datetime) -> bool:
    """Whether a fact of that instant is not older than the announcement and the agreement that are known (RV-12).

    They come over two streams, in any order: figures follow the newer fact, of two of one instant the one heard last.
    """
    return told_at >= max(grant.announced_at, grant.agreed_at or grant.announced_at)


def may_lose_units(grant: Grant) -> bool:
    """Whether its units can still go down: only before it is placed, as a place holds its cards to the end (AL-1)."""
    return grant.state == "awaiting"


def lowered_end(grant: Grant, months: int) -> dt.datetime:
    """When a grant ends once it has `months` months: anchored at its start, else at the wished one (CV-3).

    Example: started on 1 October 2025, lowered to 3 months → 1 January 2026 00:00 in Seoul.
    """
    first = kst_day(grant.starts_at) if grant.starts_at else grant.wished_start
    return instant_of(use_span(first, months).until_s)


def ends_in_past(grant: Grant, ends_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a grant in use would end before `now`, which its use forbids. Ending now is allowed. Never raises."""
    return grant.state == "active" and ends_at < now
