"""RV-9: the score that would have sufficed, against trying every score."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.model.applications import Application
from services.review.model.selections import Lowering
from services.review.model.sheets import Composite, Mean
from services.review.policy.scoring import TiePolicy
from services.review.rules.drawing import DrawnFrom
from services.review.rules.sufficing import sufficing_score
from tests.services.review.rules.test_selection import HALF, policy

RECEIVED = dt.datetime(2025, 9, 2, tzinfo=dt.UTC)
MOST = 9_000
FEW = [7_000, 7_001, 7_002, 7_010, 8_000, 8_999, 9_000]


def known(drawn, limits, lowerings=()) -> DrawnFrom:
    """Applications from (public, score, units, months, goals), received one after the other."""
    applications, finals = {}, {}
    for place, (public, score, units, months, goals) in enumerate(drawn):
        name = f"A-{place}"
        applications[name] = Application(
            application_id=name, programme_code="P", receipt_no=f"P-{place:03d}", received_at=RECEIVED,
            organisation_id="O", organisation_name="O", sector="public" if public else "private",
            counting_unit=f"unit{place}", track="1", product="H100", units=units, months=months,
            wished_start=dt.date(2025, 10, 1), youth=False, state="eligible",
        )  # fmt: skip
        finals[name] = Composite(
            "document", Mean(Fraction(score), (1,), ()), score, 0, score, score >= 7_000, {"goals": Fraction(goals)}
        )
    return DrawnFrom(applications, finals, lowerings, limits, TiePolicy(("goals",)), {})


def selected_with(found: DrawnFrom, name: str, score: int) -> bool:
    """Whether it is selected with another score, all else equal."""
    last = found.finals[name]
    changed = Composite(last.stage, last.mean, score, 0, score, score >= 7_000, last.criterion_means)
    award, _ = DrawnFrom(
        found.applications, {**found.finals, name: changed}, found.lowerings, found.policy, found.ties, {}
    ).award()
    return name in award.choice.selected


@pytest.mark.rule("RV-9")
@pytest.mark.parametrize(
    ("drawn", "limits", "name", "score"),
    [
        pytest.param(
            [(False, 8_000, 1, 1, 5), (False, 7_500, 1, 1, 5)], policy(projects=1), "A-1", 8_001, id="later receipt"
        ),
        pytest.param(
            [(False, 8_000, 1, 1, 5), (False, 7_500, 1, 1, 6)], policy(projects=1), "A-1", 8_000, id="better goals"
        ),
        pytest.param([(False, 8_000, 1, 1, 5), (False, 6_000, 1, 1, 6)], policy(), "A-1", 7_000, id="the threshold"),
        pytest.param([(False, 8_000, 9, 1, 5)], policy(8), "A-0", None, id="it never fits"),
        pytest.param([(True, 8_000, 1, 1, 5)], policy(quota=HALF), "A-0", None, id="the quota leaves it no place"),
        pytest.param(
            [(False, 9_000, 1, 1, 5), (False, 7_500, 1, 1, 5)], policy(projects=1), "A-1", None, id="beyond the rubric"
        ),
    ],
)
def test_worked_examples(drawn, limits, name, score) -> None:
    """The smallest score that selects, none where none does."""
    assert sufficing_score(known(drawn, limits), name, 7_000, MOST) == score


@pytest.mark.rule("RV-9")
@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.booleans(), st.sampled_from([6_000, *FEW]), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2)
        ),
        min_size=1,
        max_size=8,
    ),
    st.builds(
        policy,
        st.none() | st.integers(0, 12),
        quota=st.sampled_from([None, HALF]),
        cutoff=st.sampled_from(["skip", "stop"]),
        budget=st.none() | st.integers(0, 30),
        projects=st.none() | st.integers(0, 5),
    ),
    st.booleans(),
    st.data(),
)
def test_exactly_that_score_and_not_one_hundredth_less(drawn, limits, cut, data) -> None:
    """Raised to the score it is selected; with any smaller one from its own on it is not; none means none."""
    cuts = [Lowering("A-0", 1, 1, "too many")] if cut and drawn[0][2] > 1 else []
    found = known(drawn, limits, cuts)
    name = f"A-{data.draw(st.integers(0, len(drawn) - 1))}"
    score = sufficing_score(found, name, 7_000, MOST)
    own = found.finals[name].final
    tried = sorted({max(own, one + more) for one in (*FEW, own) for more in (-1, 0, 1) if one + more <= MOST})
    assert [one for one in tried if selected_with(found, name, one)][:1] == ([] if score is None else [score])
