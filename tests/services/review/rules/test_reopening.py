"""A selection runs again from its kept set with the new score of one that was judged again (RV-17)."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.model.applications import Application
from services.review.model.runs import SelectionRow
from services.review.model.selections import Ranked
from services.review.policy.selection import ProductPolicy, QuotaPolicy, SelectionPolicy
from services.review.rules.reopening import lost_places, select_judged_again, told_again

HALF = QuotaPolicy(50, 50, relaxable=True)


def limits(places: int, quota: QuotaPolicy | None = None) -> SelectionPolicy:
    return SelectionPolicy("peak_cards", None, None, None, places, None, "skip", quota, {"H": ProductPolicy(1, 1)})


def applicant(name: str, final: int | None) -> Application:
    sector = "public" if name.startswith("U") else "private"
    passed = None if final is None else final >= 70
    return Application(
        name, "C", f"C-{name}", dt.datetime(2025, 9, 2, tzinfo=dt.UTC), name, name, sector, name, "1", "H", 1, 3,
        dt.date(2025, 10, 1), youth=False, state="eligible", final=final, passed=passed,
    )  # fmt: skip


def row(name: str, rank: int | None, outcome: str, refused_by: str = "") -> SelectionRow:
    return SelectionRow(name, rank or 9, rank, "score", 90, outcome, refused_by, "RV-9", False, 1, 3, 1, 3, "")


def rows(names: str, selected: int) -> list[SelectionRow]:
    return [
        row(name, rank, "selected" if rank <= selected else "waiting", "" if rank <= selected else "projects")
        for rank, name in enumerate(names.split(), start=1)
    ]


def again(before, judged: str, final: int, order: str, policy: SelectionPolicy, under_review: str = ""):
    """The next version where `judged` has this score now and those that pass rank in this order."""
    found = {one.application_id: applicant(one.application_id, 90) for one in before}
    found[judged] = applicant(judged, final)
    found |= {name: replace(found[name], final=None, passed=None) for name in under_review.split()}
    ranked = [Ranked(place, name, "score") for place, name in enumerate(order.split(), start=1)]
    return select_judged_again(before, ranked, found, [judged], policy)


@pytest.mark.rule("RV-17")
@pytest.mark.parametrize(
    ("judged", "final", "order", "under_review", "selected", "told", "lost"),
    [
        pytest.param("A", 92, "B C A D", "", "B C", "C A", "A", id="another one is ahead now: C moves up, A waits"),
        pytest.param("A", 95, "A B C D", "", "A B", "A", "", id="still the best: it keeps its place"),
        pytest.param("A", 60, "B C D", "", "B C", "C A", "A", id="it does not pass: C moves up"),
        pytest.param("D", 99, "D A B C", "", "A B", "D", "", id="a waiting one is first now: nobody loses a place"),
        pytest.param("A", 60, "B C D", "C", "B", "A", "A", id="C's review is open again: nobody passes it"),
    ],
)
def test_a_run_from_the_kept_set(judged, final, order, under_review, selected, told, lost) -> None:
    """Two places, A and B selected, C and D wait: the one judged again competes for what the kept ones leave."""
    before = rows("A B C D", 2)
    after, choice = again(before, judged, final, order, limits(2), under_review)
    assert " ".join(one.application_id for one in after if one.outcome == "selected") == selected
    assert " ".join(one.application_id for one in told_again(before, after, choice, [judged])) == told
    assert " ".join(lost_places(before, after)) == lost
    assert [one.position for one in after] == [1, 2, 3, 4]


@pytest.mark.rule("RV-17")
@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.booleans(), min_size=3, max_size=8),
    st.integers(1, 5),
    st.integers(0, 7),
    st.integers(0, 7),
    st.sampled_from([None, HALF]),
)
def test_nobody_else_loses_a_place(public, places, judged, to, quota) -> None:
    """Whatever one is judged to, all others that were selected stay, and no limit of projects is passed."""
    names = [f"{'U' if is_public else 'P'}{n}" for n, is_public in enumerate(public)]
    before = rows(" ".join(names), places)
    name = names[judged % len(names)]
    rest = [one for one in names if one != name]
    order = [*rest[: to % len(names)], name, *rest[to % len(names) :]]
    after, _ = again(before, name, 80, " ".join(order), limits(places, quota))
    still = {one.application_id for one in after if one.outcome == "selected"}
    kept = {one.application_id for one in before if one.outcome == "selected"} - {name}
    assert kept <= still
    assert len(still) <= max(places, len(kept))
    assert {one.application_id for one in after} == set(names)
