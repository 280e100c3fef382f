"""RV-5: the ranking and its ties."""

import datetime as dt
from fractions import Fraction

import pytest

from services.review.model.selections import Contender
from services.review.policy.scoring import TiePolicy
from services.review.rules.ranking import rank

ORDER = TiePolicy(("goals", "results", "resource_plan", "capability"))
EARLY = dt.datetime(2025, 9, 1, tzinfo=dt.UTC)


def contender(application_id, final=8000, goals=2500, results=2500, minutes=0, receipt_no="R") -> Contender:
    means = {"goals": Fraction(goals), "results": Fraction(results), "resource_plan": Fraction(2000)}
    return Contender(application_id, final, means, EARLY + dt.timedelta(minutes=minutes), receipt_no)


@pytest.mark.rule("RV-5")
@pytest.mark.parametrize(
    ("first", "second", "ahead_by"),
    [
        pytest.param({"final": 8001, "goals": 0}, {}, "score", id="a hundredth of score beats every criterion"),
        pytest.param({"goals": Fraction(7501, 3)}, {}, "goals", id="a third of a hundredth in goals breaks the tie"),
        pytest.param({"results": 2501}, {}, "results", id="goals equal: results decide"),
        pytest.param({"goals": 2501}, {"results": 3000}, "goals", id="goals come before results"),
        pytest.param({}, {"minutes": 1}, "receipt", id="all equal: the earlier receipt, and the record says so"),
        pytest.param({"receipt_no": "R1"}, {"receipt_no": "R2"}, "receipt", id="same instant: the receipt number"),
    ],
)
def test_ties(first, second, ahead_by) -> None:
    """Ties are broken by one criterion mean after the other, then by receipt, and each place says by what."""
    ranked = rank([contender("B", **second), contender("A", **first)], ORDER)
    assert [(place.rank, place.application_id, place.ahead_by) for place in ranked] == [
        (1, "A", ahead_by),
        (2, "B", "last"),
    ]


@pytest.mark.rule("RV-5")
def test_nobody_to_rank() -> None:
    """An empty pool has an empty ranking."""
    assert rank([], ORDER) == []
