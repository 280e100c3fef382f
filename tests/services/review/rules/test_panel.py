"""RV-1: panels, conflicts, and when a stage closes."""

import datetime as dt

import pytest

from services.review.model.panels import Seat
from services.review.policy import PanelPolicy
from services.review.rules.panel import employer_conflicts, panel_refusals, stage_standing

VACATED = dt.datetime(2025, 9, 22, tzinfo=dt.UTC)
POLICY = PanelPolicy(seats_min=5, seats_max=7, sheets_min=5)


def seats(count: int) -> list[Seat]:
    return [Seat(number, f"R{number}", f"name {number}", f"E{number}") for number in range(1, count + 1)]


@pytest.mark.rule("RV-1")
@pytest.mark.parametrize(
    ("count", "conflicted", "scored", "awaited", "substitutes", "closed"),
    [
        pytest.param(5, [], [1, 2, 3, 4, 5], (), 0, True, id="five seats, five sheets: closed"),
        pytest.param(5, [], [1, 2, 3, 4], (5,), 0, False, id="five seats, four sheets: the late one is awaited"),
        pytest.param(7, [], [1, 2, 3, 4, 5], (6, 7), 0, False, id="five sheets do not close while two are awaited"),
        pytest.param(7, [6, 7], [1, 2, 3, 4, 5], (), 0, True, id="seven seats, two conflicts, five sheets: closed"),
        pytest.param(7, [5, 6, 7], [1, 2, 3, 4], (), 1, False, id="three conflicts leave four: one substitute needed"),
        pytest.param(5, [5], [1, 2, 3, 4, 5], (), 1, False, id="a sheet of a conflicted seat does not count"),
    ],
)
def test_stage_standing(count, conflicted, scored, awaited, substitutes, closed) -> None:
    """A stage closes when every seat without a conflict has scored and at least five have."""
    standing = stage_standing("A-1", seats(count), conflicted, scored, POLICY)
    assert (standing.awaited, standing.substitutes_needed, standing.closed) == (awaited, substitutes, closed)


@pytest.mark.rule("RV-1")
def test_substitute_scores_only_what_he_was_seated_for() -> None:
    """A substitute under a new seat number is awaited for the applications of his scope, and for no other."""
    panel = [*seats(5), Seat(6, "R6", "name 6", "E6", scope=("A-1",))]
    assert stage_standing("A-1", panel, [1], [2, 3, 4, 5], POLICY).awaited == (6,)
    assert stage_standing("A-2", panel, [], [1, 2, 3, 4, 5], POLICY).closed


@pytest.mark.rule("RV-1")
def test_sheet_of_a_vacated_seat_counts() -> None:
    """Who leaves a panel is no longer awaited, but the sheet given before stands."""
    panel = [*seats(5), Seat(6, "R6", "name 6", "E6", vacated_at=VACATED)]
    standing = stage_standing("A-1", panel, [], [1, 2, 3, 4, 5, 6], POLICY)
    assert (standing.closed, standing.sheets) == (True, 6)
    assert stage_standing("A-2", panel, [], [1, 2, 3, 4, 5], POLICY).closed


@pytest.mark.rule("RV-1")
@pytest.mark.parametrize(
    ("count", "codes"),
    [
        pytest.param(4, ["panel_size"], id="four are too few"),
        pytest.param(5, [], id="five are enough"),
        pytest.param(7, [], id="seven are allowed"),
        pytest.param(8, ["panel_size"], id="eight are too many"),
    ],
)
def test_panel_size(count, codes) -> None:
    """A panel has five to seven reviewers."""
    assert [refusal.code for refusal in panel_refusals(seats(count), POLICY)] == codes


@pytest.mark.rule("RV-1")
def test_nobody_sits_twice() -> None:
    """A seat number and a reviewer stand once on a panel."""
    twice = [*seats(5), Seat(5, "R1", "again", "E9")]
    assert [refusal.code for refusal in panel_refusals(twice, POLICY)] == ["seat_taken", "reviewer_already_seated"]


@pytest.mark.rule("RV-1")
def test_own_employer_is_a_conflict() -> None:
    """A reviewer employed by the applicant may not score it."""
    assert employer_conflicts(seats(5), "E3") == [3]
