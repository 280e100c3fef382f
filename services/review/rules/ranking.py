"""The ranking and its ties (RV-5)."""

from collections.abc import Sequence
from itertools import zip_longest
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
    ordered = sorted(contenders, key=lambda contender: _key(contender, policy))
    followings = zip_longest(ordered, ordered[1:])
    return [
        Ranked(place, contender.application_id, _ahead_by(contender, following, policy))
        for place, (contender, following) in enumerate(followings, start=1)
    ]


def _key(contender: Contender, policy: TiePolicy) -> tuple[Any, ...]:
    means = [-contender.criterion_means.get(criterion, 0) for criterion in policy.order]
    return (
        -contender.final,
        *means,
        contender.received_at,
        number_order(contender.receipt_no),
        number_order(contender.application_id),
    )


def _ahead_by(contender: Contender, following: Contender | None, policy: TiePolicy) -> str:
    if following is None:
        return LAST
    if contender.final != following.final:
        return "score"
    for criterion in policy.order:
        if contender.criterion_means.get(criterion, 0) != following.criterion_means.get(criterion, 0):
            return criterion
    return RECEIPT
