"""Further rounds of a call share its limits: what the others' selected hold is not there a second time (AL-20)."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from services.review.model.places import HeldByRounds
from services.review.model.selections import Candidate
from services.review.policy.selection import SelectionPolicy
from services.review.rules.demand import demand_of


def held_by_rounds(selected: Sequence[Candidate], policy: SelectionPolicy) -> HeldByRounds:
    """AL-20: What the selected of a pool's other rounds take, counted as this round counts.

    `selected` are of the same track, in the newest announced version of every selection of the other rounds, with the
    amounts they were awarded; `policy` the limits as this round's definition says them. Capacity in H100-equivalent
    cards or card-months, planned subsidy in won (0 where no budget limits). Raises KeyError for a product that this
    round does not have.

    Example: one card each, capacity 5; round 1 selected two → 2 held, and round 2 has 3 to give.
    Source: S1 §2 (additional recruitment while the budget lasts), S2 §2.
    """
    demands = [demand_of(one, policy) for one in selected]
    capacity = sum((one.capacity for one in demands), Fraction(0))
    return HeldByRounds(capacity, sum(one.budget_krw for one in demands), len(demands))


def less_held(policy: SelectionPolicy, held: HeldByRounds | None) -> SelectionPolicy:
    """The limits that are left to a round; none is below nothing, and what does not limit does not limit here either.

    Places that are divided by shares (RV-11) count what is filled by themselves. Never raises.
    """
    if held is None:
        return policy
    return replace(
        policy,
        capacity=None if policy.capacity is None else max(Fraction(0), policy.capacity - held.capacity),
        budget_krw=None if policy.budget_krw is None else max(0, policy.budget_krw - held.budget_krw),
        projects_max=None if policy.projects_max is None else max(0, policy.projects_max - held.projects),
    )
