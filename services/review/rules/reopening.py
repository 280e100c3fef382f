"""A conflict of interest found late: what reopens a stage, and what becomes of a selection by it (RV-17)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from libs.common.errors import Fact, Refusal
from services.review.model.applications import Application
from services.review.model.panels import Desk, Seat
from services.review.model.runs import SelectionRow
from services.review.model.selections import Candidate, Choice, Ranked
from services.review.model.sheets import Composite
from services.review.model.stages import StageReopening
from services.review.policy.selection import SelectionPolicy
from services.review.rules.outcomes import next_row, rule_of, unranked_last
from services.review.rules.waiting import promote

Applications = Mapping[str, Application]


def reopening_refusals(desk: Desk, seat: Seat) -> list[Refusal]:
    """Why a closed stage is not opened again for a seat's conflict: known already, or the seat gave no sheet.

    A conflict that was known at the close set the sheet aside then; who gave none has no part in the result.
    """
    facts: dict[str, Fact] = {"application_id": desk.application.application_id, "seat": seat.seat}
    if seat.seat in desk.conflicted:
        return [Refusal("RV-17", "conflict_known_already", facts)]
    if seat.seat not in desk.seats_given:
        return [Refusal("RV-17", "no_sheet_to_set_aside", facts)]
    return []


def next_version(result: Composite, last: StageReopening | None) -> Composite:
    """A stage's result as the version after the one that its last reopening took out of force; else the first."""
    if last is None:
        return result
    return replace(result, version=last.version + 1, supersedes_sha256=last.composite_sha256)


def sheets_of(composite: Composite) -> int:
    """With how many sheets a stage was closed: those that counted and those that were dropped."""
    return len(composite.mean.counted) + len(composite.mean.dropped)


def select_judged_again(
    rows: Sequence[SelectionRow],
    ranked: Sequence[Ranked],
    applications: Applications,
    judged: Collection[str],
    policy: SelectionPolicy,
    selected_elsewhere: Mapping[str, int] | None = None,
) -> tuple[tuple[SelectionRow, ...], Choice]:
    """RV-17: After the announcement a late conflict leads to a new run from the kept set.

    `rows` are those of the announced version, `judged` the applications in it whose stage was opened again and closed
    anew, `ranked` all that pass now, in their new order. Kept are those that were selected, the judged ones left out:
    these stand with their new scores among the waiting ones, each in its rank, and additions are made in that order
    (RV-13). So nobody else loses a place, and a judged one has it only where its new score still carries it. Returns
    the rows of the next version, in rank order, and who is in beside the kept ones. Never raises.

    Example: two places, A(95) B(94) selected, C(93) waits; A is judged again, 92 → B C selected, A waits.
    Source: —.
    """
    places = {place.application_id: place for place in ranked}
    kept = [
        _candidate(row, applications)
        for row in rows
        if row.outcome == "selected" and row.application_id not in judged and _is_there(row, applications)
    ]
    offered = [
        row
        for row in rows
        if row.application_id in places
        and (row.application_id in judged or row.outcome == "waiting")
        and _is_there(row, applications)
    ]
    offered.sort(key=lambda row: places[row.application_id].rank)
    choice = promote(kept, [_candidate(row, applications) for row in offered], policy, selected_elsewhere)
    choice = hold_for_review(choice, applications)
    told = [
        _judged_row(row, choice, applications[row.application_id])
        if row.application_id in judged
        else next_row(row, choice, applications[row.application_id])
        for row in rows
    ]
    return unranked_last([_placed(row, places.get(row.application_id)) for row in told]), choice


def hold_for_review(choice: Choice, applications: Applications) -> Choice:
    """Of those that would move up, only those whose review is over do: nobody is selected on a sheet set aside.

    The place of one whose stage was opened again is held until it is closed anew; nobody passes it meanwhile.
    """
    over = tuple(known for known in choice.selected if applications[known].passed is not None)
    return replace(choice, selected=over)


def told_again(
    before: Sequence[SelectionRow], after: Sequence[SelectionRow], choice: Choice, judged: Collection[str]
) -> tuple[SelectionRow, ...]:
    """What is said of a next version: who moved up, and of the judged ones whatever changed but their line in it."""
    known = {row.application_id: row for row in before}
    return tuple(row for row in after if _is_news(row, known[row.application_id], choice, judged))


def _is_news(row: SelectionRow, before: SelectionRow, choice: Choice, judged: Collection[str]) -> bool:
    if row.application_id in judged:
        return replace(row, position=before.position) != before
    return row.application_id in choice.selected


def lost_places(before: Sequence[SelectionRow], after: Sequence[SelectionRow]) -> tuple[str, ...]:
    """Who was selected before and is not any more."""
    still = {row.application_id for row in after if row.outcome == "selected"}
    return tuple(row.application_id for row in before if row.outcome == "selected" and row.application_id not in still)


def revoking_call(row: SelectionRow, application: Application, selected_before: Collection[str]) -> str | None:
    """The officer's next call on an award whose place a new judgement took (ground `conflict_found`, IN-16).

    None for who has a place, never had one, or is gone. Where no agreement stands, intake has taken the place already
    and refuses. Never raises.
    """
    if row.outcome == "selected" or application.gone or row.application_id not in selected_before:
        return None
    return f"POST /intake/v1/applications/{row.application_id}/revoke"


def _is_there(row: SelectionRow, applications: Applications) -> bool:
    return not applications[row.application_id].gone


def _candidate(row: SelectionRow, applications: Applications) -> Candidate:
    return Candidate.of(applications[row.application_id], units=row.units, months=row.months)


def _judged_row(row: SelectionRow, choice: Choice, application: Application) -> SelectionRow:
    row = replace(row, score=application.final)
    if application.gone:
        return next_row(row, choice, application)
    if not application.passed:
        return replace(row, outcome="refused", refused_by="score", rule_id="RV-7", promoted=False)
    if row.application_id in choice.refused:
        refused_by = choice.refused[row.application_id]
        rule_id = rule_of(refused_by)
        return replace(row, outcome="waiting", refused_by=refused_by, rule_id=rule_id, promoted=False)
    if row.outcome == "selected":
        return row
    return replace(row, outcome="selected", refused_by="", rule_id="RV-13", promoted=True)


def _placed(row: SelectionRow, place: Ranked | None) -> SelectionRow:
    if place is None:
        return replace(row, rank=None, ahead_by="")
    return replace(row, rank=place.rank, ahead_by=place.ahead_by)
