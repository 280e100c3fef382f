"""RV-2 … RV-4, RV-6, RV-7: from score sheets to a final score."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.model.sheets import ScoreSheet, points
from services.review.policy.scoring import RubricPolicy, ScoringPolicy
from services.review.rules.scoring import (
    final_score,
    in_hundredths,
    judge,
    passes,
    round_half_up,
    sheet_refusals,
    trimmed_mean,
)

RUBRIC = RubricPolicy({"goals": 3000, "capability": 1500, "resource_plan": 2500, "results": 3000})
POLICY = ScoringPolicy(trimmed=True, decimals=2, youth_bonus=100, threshold=7000)
GOOD = {"goals": "27.5", "capability": "15", "resource_plan": "0", "results": "30.00"}


@pytest.mark.rule("RV-2")
@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        pytest.param({}, [], id="0, the maximum and two decimals are allowed"),
        pytest.param({"goals": "27.500"}, [], id="a trailing zero is no third decimal"),
        pytest.param({"goals": "101"}, ["score_out_of_range"], id="101 is out of range"),
        pytest.param({"goals": "99999"}, ["score_out_of_range"], id="99999 is out of range"),
        pytest.param({"goals": "30.01"}, ["score_out_of_range"], id="a hundredth over the maximum"),
        pytest.param({"goals": "-0.01"}, ["score_out_of_range"], id="a hundredth below zero"),
        pytest.param({"goals": "NaN"}, ["score_out_of_range"], id="not a number"),
        pytest.param({"goals": "1e999999"}, ["score_out_of_range"], id="a number of absurd size"),
        pytest.param({"goals": "27.125"}, ["score_decimals"], id="three decimals"),
        pytest.param({"goals": "1e-999999"}, ["score_decimals"], id="a million decimals"),
        pytest.param({"goals": "27." + "0" * 40 + "1"}, ["score_decimals"], id="a digit behind forty zeros"),
        pytest.param({"spirit": "1"}, ["criterion_unknown"], id="a criterion that the rubric does not have"),
        pytest.param({"goals": None}, ["criterion_missing"], id="a criterion without a value"),
        pytest.param(
            {"goals": "101", "results": "27.125", "capability": None},
            ["criterion_missing", "score_out_of_range", "score_decimals"],
            id="all refusals are told, not the first",
        ),
    ],
)
def test_sheet(changes, codes) -> None:
    """Every criterion has a value from 0 to its maximum with at most two decimals, or the sheet is refused."""
    scores = {name: Decimal(value) for name, value in {**GOOD, **changes}.items() if value is not None}
    assert [refusal.code for refusal in sheet_refusals(scores, RUBRIC)] == codes


@pytest.mark.rule("RV-2")
def test_total_is_the_sum() -> None:
    """The reviewer's total is the sum over the criteria, in hundredths."""
    scores = in_hundredths({name: Decimal(value) for name, value in GOOD.items()})
    assert ScoreSheet(1, scores).total == 7250


@pytest.mark.rule("RV-3")
@pytest.mark.parametrize(
    ("totals", "dropped", "mean", "rounded"),
    [
        pytest.param(
            [8200, 9100, 7750, 9100, 7750, 8000, 8500], (2, 3), Fraction(8310), "83.10", id="the notice's seven seats"
        ),
        pytest.param([6000, 6999, 7000, 6999, 7000, 8000], (6, 1), Fraction(13999, 2), "70.00", id="a half rounds up"),
        pytest.param([8000] * 5, (1, 2), Fraction(8000), "80.00", id="all equal: seat 1 as highest, seat 2 as lowest"),
    ],
)
def test_trimmed_mean(totals, dropped, mean, rounded) -> None:
    """Exactly one highest and one lowest total are dropped, of equal ones the smallest seat number."""
    result = trimmed_mean(dict(enumerate(totals, start=1)))
    assert (result.dropped, result.exact, points(round_half_up(result.exact))) == (dropped, mean, rounded)


@pytest.mark.rule("RV-3")
@given(st.lists(st.integers(0, 10000), min_size=3, max_size=9))
def test_trimmed_mean_lies_between_what_is_left(totals) -> None:
    """Whatever the totals, two seats are dropped, the rest counts, and the mean lies within the rest."""
    result = trimmed_mean(dict(enumerate(totals, start=1)))
    rest = sorted(totals)[1:-1]
    assert (result.exact * len(rest), len(set(result.dropped))) == (sum(rest), 2)
    assert sorted((*result.counted, *result.dropped)) == list(range(1, len(totals) + 1))


@pytest.mark.rule("RV-3")
def test_untrimmed_mean_counts_all() -> None:
    """A programme that does not trim takes the mean of all."""
    assert trimmed_mean({1: 100, 2: 200}, trimmed=False).exact == 150


@pytest.mark.rule("RV-3")
def test_nothing_left_is_a_bug() -> None:
    """Two sheets cannot be trimmed; RV-1 never lets it come so far."""
    with pytest.raises(ValueError, match="no total"):
        trimmed_mean({1: 100, 2: 200})


@pytest.mark.rule("RV-4")
@pytest.mark.parametrize(
    ("exact", "decimals", "rounded"),
    [
        pytest.param(Fraction(13999, 2), 2, 7000, id="69.995 rounds up to 70.00"),
        pytest.param(Fraction(6999499, 1000), 2, 6999, id="69.99499 rounds down"),
        pytest.param(Fraction(20000, 3), 2, 6667, id="66.666… rounds up"),
        pytest.param(Fraction(6995), 1, 7000, id="69.95 to one decimal is 70.0"),
        pytest.param(Fraction(6949), 0, 6900, id="69.49 to whole points is 69"),
    ],
)
def test_round_half_up(exact, decimals, rounded) -> None:
    """The third decimal is rounded half up, exactly."""
    assert round_half_up(exact, decimals) == rounded


@pytest.mark.rule("RV-4")
def test_more_decimals_than_kept_are_a_bug() -> None:
    """Scores keep two decimals; a definition that wants more is not silently cut."""
    with pytest.raises(ValueError, match="at most 2"):
        round_half_up(Fraction(1), 3)


@pytest.mark.rule("RV-6")
@pytest.mark.parametrize(
    ("composite", "youth", "final"),
    [
        pytest.param(9950, True, 10050, id="the sum is not capped"),
        pytest.param(9950, False, 9950, id="no youth enterprise, no bonus"),
    ],
)
def test_bonus(composite, youth, final) -> None:
    """The bonus is added after rounding."""
    assert final_score(composite, youth=youth, policy=POLICY) == final


@pytest.mark.rule("RV-7")
@pytest.mark.parametrize(
    ("final", "threshold", "passed"),
    [
        pytest.param(7000, 7000, True, id="exactly the threshold passes"),
        pytest.param(6999, 7000, False, id="a hundredth below fails"),
        pytest.param(0, None, True, id="without a threshold all pass"),
    ],
)
def test_threshold(final, threshold, passed) -> None:
    """Final score ≥ threshold passes."""
    assert passes(final, ScoringPolicy(trimmed=True, decimals=2, youth_bonus=0, threshold=threshold)) is passed


def test_judge_puts_the_rules_together() -> None:
    """A closed stage has its mean, rounded composite, bonus, final score and criterion means over counted seats."""
    sheets = [
        ScoreSheet(seat, {"goals": total}) for seat, total in enumerate([6000, 6999, 7000, 6999, 7000, 8000], start=1)
    ]
    result = judge("document", sheets, youth=True, policy=POLICY)
    assert (result.composite, result.bonus, result.final, result.passed) == (7000, 100, 7100, True)
    assert result.criterion_means == {"goals": Fraction(13999, 2)}
