"""The ranking and its ties (RV-5)."""

from collections.abc import Sequence
from itertools import zip_longest
from math import lcm
from typing import Any

from services.review.model.applications import number_order
from services.review.model.selections import Contender, Ranked
from services.review.policy.scoring import TiePolicy

RECEIPT = "receipt"
LAST = "last"


def rank(contenders: Sequence[Contender], policy: TiePolicy) -> list[Ranked]:
    """RV-5: Order by final score; ties by the counted reviewers' mean of one criterion after the other.

    Still equal → earlier receipt, then receipt number, and the record says so: each place states what put it
    before the next one (`score`, the criterion, `receipt`; `last` for the last). Means are exact fractions and
    never rounded. Returns all contenders, rank 1 first, every rank once. Never raises.

    Example: 80.00 and 80.00, goals 25 against 24.5 → the first, ahead by `goals`.
    Source: S0 §5.
    """
    placed = sorted(zip(_keys(contenders, policy), contenders, strict=True), key=lambda pair: pair[0])
    followings = zip_longest(placed, placed[1:])
    return [
        Ranked(place, here[1].application_id, _ahead_by(here[0], None if following is None else following[0], policy))
        for place, (here, following) in enumerate(followings, start=1)
    ]


def _keys(contenders: Sequence[Contender], policy: TiePolicy) -> list[tuple[Any, ...]]:
    """By what they are ordered: exact means as whole numbers in their common part, which compare faster."""
    told = [[contender.criterion_means.get(name, 0) for name in policy.order] for contender in contenders]
    parts = lcm(*(mean.denominator for means in told for mean in means))
    return [
        (
            -contender.final,
            *(-mean.numerator * (parts // mean.denominator) for mean in means),
            contender.received_at,
            number_order(contender.receipt_no),
            number_order(contender.application_id),
        )
        for contender, means in zip(contenders, told, strict=True)
    ]


def _ahead_by(key: tuple[Any, ...], following: tuple[Any, ...] | None, policy: TiePolicy) -> str:
    if following is None:
        return LAST
    for name, mine, theirs in zip(("score", *policy.order), key, following, strict=False):
        if mine != theirs:
            return name
    return RECEIPT
