"""The waiting list and who moves up from it (RV-13)."""

from collections.abc import Mapping, Sequence

from services.review.model.selections import Candidate, Choice
from services.review.policy.selection import SelectionPolicy
from services.review.rules.quota import private_missing
from services.review.rules.selection import select_best


def promote(
    kept: Sequence[Candidate],
    waiting: Sequence[Candidate],
    policy: SelectionPolicy,
    selected_elsewhere: Mapping[str, int] | None = None,
) -> Choice:
    """RV-13: Selection runs again from the kept set when a selected one goes: only additions are made.

    `kept` are those that stay selected, `waiting` the waiting list in rank order. If the kept set itself breaks
    the quota, only private ones are added, and `private_missing` is what is still short after the additions, for
    the officer to see. Returns who moves up, in rank order, and what keeps each other waiting. Never raises.

    Example: capacity 4, kept X(1) B C, waiting A(3) → nobody moves up, A by capacity.
    Source: —.
    """
    private = sum(candidate.sector == "private" for candidate in kept)
    broken = bool(kept) and private_missing(private, len(kept) - private, policy.quota) != 0
    return select_best(waiting, policy, kept=kept, selected_elsewhere=selected_elsewhere, private_only=broken)
