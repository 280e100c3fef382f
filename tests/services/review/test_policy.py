"""What review reads of the shipped definitions, and that it stops at what the notices leave unset."""

from fractions import Fraction
from pathlib import Path

import pytest

from libs.common.definition.files import load_definition
from libs.common.definition.reading import with_value
from libs.common.errors import PolicyMissing
from services.review.policy.panels import PanelPolicy, StagePolicy
from services.review.policy.scoring import ScoringPolicy, TiePolicy
from services.review.policy.selection import DeliberationPolicy, QuotaPolicy, SelectionPolicy, SelfPaymentRates

P0 = load_definition(Path("programmes/gpu-rental-2025s.yaml"))
P1 = load_definition(Path("programmes/hpc-2025-gpu.yaml"))
AT = "tracks.1.selection"


def test_rental_call() -> None:
    """S0: panels of 5 to 7, printed tie order, threshold 70, quota in track 1 only, committee in track 2 only."""
    assert PanelPolicy.of(P0) == PanelPolicy(5, 7, 5, seats_max_by_reason=8)
    assert ScoringPolicy.of(P0) == ScoringPolicy(trimmed=True, decimals=2, youth_bonus=0, threshold=7000)
    assert TiePolicy.of(P0).order == ("goals", "results", "resource_plan", "capability")
    assert (QuotaPolicy.of(P0, "1"), QuotaPolicy.of(P0, "2")) == (QuotaPolicy(50, 50, True), None)
    assert StagePolicy.of(P0, "2") == StagePolicy(("document", "presentation"), True)
    assert (DeliberationPolicy.of(P0, "1").allowed, DeliberationPolicy.of(P0, "2").allowed) == (False, True)


@pytest.mark.rule("RV-5")
def test_without_a_printed_order_the_larger_maximum_goes_first() -> None:
    """S1 prints no tie order: 30, 30, 25, 15, and of equal maxima the rubric's first."""
    assert TiePolicy.of(P1).order == ("goals", "results", "resource_plan", "capability")


def test_unset_values_stop() -> None:
    """P0's capacity and P1's threshold are for an officer to fill in."""
    with pytest.raises(PolicyMissing):
        SelectionPolicy.of(P0, "1")
    with pytest.raises(PolicyMissing):
        ScoringPolicy.of(P1)


def test_rates_are_read_only_where_a_budget_limits() -> None:
    """Without a budget neither planning price nor self-payment is asked for; with one they are."""
    free = with_value(P1, f"{AT}.budget_krw", "none", "test")
    policy = SelectionPolicy.of(free, "1")
    assert (policy.capacity, policy.projects_max, policy.products["A100x2"].h100_equivalents) == (
        100,
        200,
        Fraction(1, 4),
    )
    with pytest.raises(PolicyMissing):
        SelectionPolicy.of(with_value(P1, f"{AT}.budget_krw", 10**9, "test"), "1")


@pytest.mark.rule("RV-14")
def test_f_18_prices_in_force_stand_in_a_policy_without_a_budget() -> None:
    """F-18: With budget `none` price and rates are told as they are in force; an unset one is told as unset, not 0."""
    free = with_value(P1, f"{AT}.budget_krw", "none", "test")
    unset = SelectionPolicy.of(with_value(free, f"{AT}.planning_price_krw", "unset", "test"), "1")
    assert unset.planning_price_krw is None
    assert unset.products["A100x2"].self_payment == SelfPaymentRates(None, None, None)
    for path, value in ((f"{AT}.planning_price_krw", 5_000_000), ("billing.self_payment.rates.A100.youth_krw", 90_000)):
        free = with_value(free, path, value, "test")
    policy = SelectionPolicy.of(free, "1")
    assert policy.planning_price_krw == 5_000_000
    assert policy.products["A100x2"].self_payment == SelfPaymentRates(None, 90_000, None)
