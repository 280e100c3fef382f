"""One row for every application of a pool: who is in, who waits, who is out, and by which rule."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from libs.common.errors import Fact, Refusal
from services.review.model.applications import Application, number_order
from services.review.model.runs import AskedPool, SelectionRow, SelectionRun
from services.review.model.selections import Award, Candidate, Choice, Lowering, Ranked
from services.review.model.sheets import Composite
from services.review.rules.deliberation import counting_cuts

NAMED_MAX = 20


def review_open_refusals(applications: Collection[Application]) -> list[Refusal]:
    """Why a pool cannot be drawn yet: somebody is still screened, or still scored.

    Nobody loses because staff or reviewers were late. At most 20 are named.
    """
    unscreened = [one.application_id for one in applications if one.state == "submitted"]
    unscored = [one.application_id for one in applications if one.state == "eligible" and one.passed is None]
    refusals = []
    if unscreened:
        refusals.append(Refusal("IN-12", "screening_open", _named(unscreened)))
    if unscored:
        refusals.append(Refusal("RV-1", "stage_open", _named(unscored)))
    return refusals


def _named(application_ids: Sequence[str]) -> dict[str, Fact]:
    return {"count": len(application_ids), "applications": ", ".join(application_ids[:NAMED_MAX])}


def drawn_rows(
    applications: Mapping[str, Application],
    ranked: Sequence[Ranked],
    finals: Mapping[str, Composite],
    award: Award,
    lowerings: Sequence[Lowering],
) -> tuple[SelectionRow, ...]:
    """The rows of a drawn selection: the ranked ones in rank order, then the others by id."""
    cuts = counting_cuts(lowerings)
    places = {place.application_id: place for place in ranked}
    rows = []
    for offered in award.candidates:
        known = offered.application_id
        place, final = places[known], finals[known].final
        reason = cuts[known].reason if known in cuts else ""
        rows.append(_ranked_row(applications[known], place, final, award, offered, reason))
    rows += [_unranked_row(applications[known], finals.get(known)) for known in applications if known not in places]
    return unranked_last(rows)


def unranked_last(rows: Sequence[SelectionRow]) -> tuple[SelectionRow, ...]:
    """Rows in their places: the ranked ones in rank order, then the others by the numbers of their ids (F-32)."""
    ranked = sorted((row for row in rows if row.rank is not None), key=lambda row: row.rank or 0)
    others = sorted((row for row in rows if row.rank is None), key=lambda row: number_order(row.application_id))
    placed = enumerate((*ranked, *others), start=1)
    return tuple(row if row.position == position else replace(row, position=position) for position, row in placed)


def _ranked_row(
    application: Application, place: Ranked, final: int, award: Award, offered: Candidate, reason: str
) -> SelectionRow:
    known = place.application_id
    refused_by = award.choice.refused.get(known, "")
    return SelectionRow(
        application_id=known,
        position=place.rank,
        rank=place.rank,
        ahead_by=place.ahead_by,
        score=final,
        outcome="waiting" if refused_by else "selected",
        refused_by=refused_by,
        rule_id=rule_of(refused_by, by_deliberation=known in award.promoted),
        promoted=False,
        units_asked=application.units,
        months_asked=application.months,
        units=offered.units,
        months=offered.months,
        reason=reason,
    )


def rule_of(refused_by: str, *, by_deliberation: bool = False) -> str:
    """The rule that speaks in a ranked application's outcome."""
    if refused_by == "quota":
        return "RV-10"
    return "RV-12" if by_deliberation and not refused_by else "RV-9"


def _unranked_row(application: Application, final: Composite | None) -> SelectionRow:
    screened_out = final is None
    return SelectionRow(
        application_id=application.application_id,
        position=0,
        rank=None,
        ahead_by="",
        score=None if final is None else final.final,
        outcome="refused",
        refused_by="screening" if screened_out else "score",
        rule_id="IN-12" if screened_out else "RV-7",
        promoted=False,
        units_asked=application.units,
        months_asked=application.months,
        units=application.units,
        months=application.months,
        reason="",
    )


def next_row(row: SelectionRow, choice: Choice, application: Application) -> SelectionRow:
    """A row in the version that follows: gone, moved up, still waiting by what holds now, or as it was (RV-13)."""
    if application.gone and row.outcome != "refused":
        state = application.state
        return replace(row, outcome="refused", refused_by=state, rule_id="RV-13", promoted=False)
    if row.application_id in choice.selected:
        return replace(row, outcome="selected", refused_by="", rule_id="RV-13", promoted=True)
    if row.application_id in choice.refused:
        refused_by = choice.refused[row.application_id]
        return replace(row, refused_by=refused_by, rule_id=rule_of(refused_by))
    return row


def held_back(rows: Sequence[SelectionRow], gone: Application, applications: Mapping[str, Application]) -> bool:
    """Whether somebody in these rows waits only because the one who went was selected elsewhere (RV-13)."""
    return any(
        row.refused_by == "counting_unit" and applications[row.application_id].counting_key == gone.counting_key
        for row in rows
    )


def overlaps(run: SelectionRun, asked: AskedPool) -> bool:
    """Whether a selection of the same call took from this pool: a track holds its products, and they it."""
    return run.track == asked.track and (asked.product is None or run.product in (None, asked.product))
