"""Further rounds of a call share its limits (AL-20)."""

from dataclasses import replace
from fractions import Fraction

import pytest

from services.review.model.places import HeldByRounds
from services.review.policy.selection import ProductPolicy
from services.review.rules.rounds import held_by_rounds, less_held
from tests.services.review.rules.test_selection import candidate, policy


@pytest.mark.rule("AL-20")
@pytest.mark.parametrize(
    ("kind", "held"), [("peak_cards", Fraction(1 + 2 * 8)), ("card_months", Fraction(1 * 3 + 2 * 8 * 6))]
)
def test_what_is_held_counts_as_this_round_counts(kind, held) -> None:
    """One unit of one card for three months, two of eight for six."""
    products = {"H100x1": ProductPolicy(1, Fraction(1)), "H100x8": ProductPolicy(8, Fraction(1))}
    limits = replace(policy(capacity=50), capacity_kind=kind, products=products)
    selected = [
        replace(candidate("P1"), product="H100x1", units=1, months=3),
        replace(candidate("P2"), product="H100x8", units=2, months=6),
    ]
    assert held_by_rounds(selected, limits) == HeldByRounds(held, 0, 2)


@pytest.mark.rule("AL-20")
def test_what_is_held_is_not_there_a_second_time() -> None:
    """Each limit is less, none below nothing; what does not limit still does not, and no other round takes nothing."""
    limits = replace(policy(capacity=5), budget_krw=100, projects_max=3)
    left = less_held(limits, HeldByRounds(Fraction(2), 30, 2))
    assert (left.capacity, left.budget_krw, left.projects_max) == (Fraction(3), 70, 1)
    none = less_held(limits, HeldByRounds(Fraction(9), 900, 9))
    assert (none.capacity, none.budget_krw, none.projects_max) == (Fraction(0), 0, 0)
    free = replace(limits, capacity=None, budget_krw=None, projects_max=None)
    assert less_held(free, HeldByRounds(Fraction(9), 900, 9)) == free
    assert less_held(limits, None) == limits
