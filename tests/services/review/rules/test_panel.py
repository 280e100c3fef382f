"""RV-1: panels, conflicts, and when a stage closes."""

import datetime as dt
from dataclasses import replace

import pytest

from services.review.model.applications import Application
from services.review.model.panels import Desk, Seat
from services.review.model.sheets import ScoreSheet
from services.review.policy.panels import PanelPolicy
from services.review.rules.panel import (
    employer_conflicts,
    own_seat,
    panel_refusals,
    related_seat,
    stage_standing,
    substitute_refusals,
    substitute_scope,
)

VACATED = dt.datetime(2025, 9, 22, tzinfo=dt.UTC)
POLICY = PanelPolicy(seats_min=5, seats_max=7, sheets_min=5)


APPLICANT = Application(
    "A-1", "p", "p-1", VACATED, "E3", "applicant", "private", "u", "1", "x", 1, 1, VACATED.date(), False, "eligible"
)


def desk(application_id: str, *, conflicted: tuple[int, ...], given: tuple[int, ...]) -> Desk:
    """What lies before a panel of five for one application."""
    sheets = [ScoreSheet(seat, {}) for seat in given]
    of = replace(APPLICANT, application_id=application_id)
    return Desk(of, "PN-1", "document", closed=False, seats=seats(5), conflicted=conflicted, given=sheets)


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
@pytest.mark.parametrize(
    ("count", "reasons", "most", "code"),
    [
        pytest.param(8, 1, 8, None, id="an eighth by reason"),
        pytest.param(8, 0, 8, "seat_reason_missing", id="an eighth without"),
        pytest.param(8, 1, None, "panel_size", id="a notice that does not say about"),
        pytest.param(9, 2, 8, "panel_size", id="a ninth"),
        pytest.param(9, 1, 9, "seat_reason_missing", id="two above, one reason"),
        pytest.param(4, 4, 8, "panel_size", id="reasons make no panel of four"),
    ],
)
def test_seats_above_the_number_need_reasons(count: int, reasons: int, most: int | None, code: str | None) -> None:
    """ "About" seven is eight with an officer's reason, and no more (S0 §5)."""
    panel = [replace(seat, reason="분야 전문가" if seat.seat <= reasons else "") for seat in seats(count)]
    refusals = panel_refusals(panel, replace(POLICY, seats_max_by_reason=most))
    assert [refusal.code for refusal in refusals] == ([code] if code else [])


@pytest.mark.rule("RV-1")
def test_nobody_sits_twice() -> None:
    """A seat number and a reviewer stand once on a panel."""
    twice = [*seats(5), Seat(5, "R1", "again", "E9")]
    assert [refusal.code for refusal in panel_refusals(twice, POLICY)] == ["seat_taken", "reviewer_already_seated"]


@pytest.mark.rule("RV-1")
@pytest.mark.rule("CV-9")
@pytest.mark.parametrize("spelling", ["E3", "e3", "Ｅ３", "E\u200b3", " E3\u3164"])
def test_own_employer_is_a_conflict(spelling) -> None:
    """A reviewer employed by the applicant may not score it, however an officer typed the employer."""
    panel = [*seats(2), Seat(3, "R3", "name 3", spelling), Seat(4, "R4", "name 4", "")]
    assert employer_conflicts(panel, APPLICANT) == [3]


@pytest.mark.rule("RV-1")
@pytest.mark.rule("CV-9")
def test_who_may_not_is_told_by_key_and_who_may_by_account() -> None:
    """One reviewer spelt twice sits once, and a relation finds their seat; another spelling opens nobody's seat."""
    again = Seat(6, "ｒ1\u200b", "again", "E9")
    assert [refusal.code for refusal in panel_refusals([*seats(5), again], POLICY)] == ["reviewer_already_seated"]
    assert [one.code for one in substitute_refusals(again, seats(5), {"A-1"})] == ["reviewer_already_seated"]
    assert related_seat(seats(5), "ｒ1\u200b") == seats(1)[0]
    assert related_seat(seats(5), "R9") is None
    assert own_seat(seats(5), "R1", "A-1") == seats(1)[0]
    assert own_seat(seats(5), "r1", "A-1") is None


@pytest.mark.rule("RV-1")
@pytest.mark.parametrize(
    ("replaces", "scope"),
    [
        pytest.param(None, {"A-1"}, id="where four are left, a fifth is needed"),
        pytest.param(5, {"A-1", "A-3"}, id="what the replaced seat has not scored"),
        pytest.param(1, set(), id="the replaced seat has scored everything"),
    ],
)
def test_what_a_substitute_is_seated_for(replaces, scope) -> None:
    """Without named applications: those that cannot reach five sheets, or those that the replaced seat owes."""
    desks = [
        desk("A-1", conflicted=(5,), given=(1, 2, 3, 4)),
        desk("A-2", conflicted=(), given=(1, 2, 3, 4, 5)),
        desk("A-3", conflicted=(), given=(1,)),
    ]
    assert substitute_scope(desks, replaces, POLICY) == scope
