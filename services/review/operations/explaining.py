"""Explains selections: why, what if, what differs (RV-9, RV-14)."""

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import NotFound, Refused
from libs.common.identity import Caller
from libs.common.lists import Counts, Wanted
from libs.common.nouns import read
from libs.common.programmes import programme_at, programme_version
from libs.common.reckoning import reckon
from services.review.model.applications import Application
from services.review.model.explanations import Explanation, OtherLimits, RunDiff, WhatIf
from services.review.model.places import HeldByRounds
from services.review.model.runs import FIRST_VERSION, Outcome, SelectionRow, SelectionRun
from services.review.operations.drawing import Pool, gather
from services.review.policy.panels import StagePolicy, StageWeights
from services.review.policy.scoring import RubricPolicy, ScoringPolicy, TiePolicy
from services.review.policy.selection import QuotaPolicy, SelectionPolicy
from services.review.rules.comparing import diff_of, other_limits_refusals, what_if
from services.review.rules.drawing import DrawnFrom, finals_as_drawn
from services.review.rules.explaining import highest_score, needs_a_score, reason_of, sufficing_reason
from services.review.rules.reopening import revoking_call
from services.review.rules.stages import last_composite, leads_only_on
from services.review.rules.sufficing import sufficing_score
from services.review.store import applications, composites, selections
from services.review.store.outcomes import find_announced
from services.review.store.selections import find_row

SelectionLine = tuple[SelectionRow, Application, str | None]
"""A row, whose it is, and the officer's next call where a new judgement took its place (RV-17)."""
Lines = tuple[SelectionLine, ...]


async def why(tx: Tx, selection_id: str, application_id: str, run_version: int | None = None) -> Explanation:
    """Why an application is in a version of a selection or not, for the agency. Raises NotFound."""
    run = await selections.get_run(tx, selection_id, run_version)
    row = await find_row(tx, run, application_id)
    if row is None:
        raise NotFound("application", application_id)
    return await explain(tx, run, row)


async def why_of_own(tx: Tx, caller: Caller, selection_id: str, application_id: str) -> Explanation:
    """The same for its applicant, by the newest announced version. Raises NotFound before the announcement."""
    found = await applications.get_application(tx, application_id)
    announced = await find_announced(tx, application_id) if caller.owns(found.organisation_id) else None
    if announced is None or announced.selection_id != selection_id:
        raise NotFound("application", application_id)
    return await why(tx, selection_id, application_id, announced.run_version)


async def explain(tx: Tx, run: SelectionRun, row: SelectionRow) -> Explanation:
    """The reason of a row, and the score that would have sufficed when its selection was drawn."""
    programme = await programme_of(tx, run)
    scoring = ScoringPolicy.of(programme)
    application = await applications.get_application(tx, row.application_id)
    sufficing, told = None, None
    if needs_a_score(row):
        known = await drawn_from(tx, run, programme, row.application_id)
        if row.application_id in known.finals:
            goes_on = leads_only_on(
                known.finals[row.application_id], StagePolicy.of_application(programme, application)
            )
            sufficing = scoring.threshold if goes_on else await _sufficing(tx, known, application, programme)
            told = sufficing_reason(row, sufficing, goes_on=goes_on)
    return Explanation(
        run=run,
        application=application,
        row=row,
        reason=reason_of(row, scoring.threshold),
        sufficing=sufficing,
        sufficing_reason=told,
        threshold=scoring.threshold,
        lowest_selected=await selections.find_lowest_selected(tx, run),
    )


async def _sufficing(tx: Tx, known: DrawnFrom, application: Application, programme: Programme) -> int | None:
    scoring, maxima = ScoringPolicy.of(programme), list(RubricPolicy.of(programme).maxima.values())
    most = highest_score(maxima, scoring.youth_bonus, youth=application.youth)
    return await reckon(tx, sufficing_score, known, application.application_id, scoring.threshold, most)


async def programme_of(tx: Tx, run: SelectionRun) -> Programme:
    """The definition under which a version was announced, or a draft was drawn last."""
    if run.announced_at is None:
        return await programme_version(tx, run.programme_code, run.programme_version)
    return await programme_at(tx, run.programme_code, run.announced_at)


async def drawn_from(tx: Tx, run: SelectionRun, programme: Programme, also: str = "") -> DrawnFrom:
    """What a selection was drawn from: a draft from what is known now, an announced one from its first version.

    `also` is an application that stands in it as it is judged now. Raises as drawing does.
    """
    lowerings = [one.lowering for one in await selections.list_deliberations(tx, run.selection_id)]
    if run.state == "draft":
        pool = Pool(programme, run.track, run.product)
        return await gather(tx, pool, run.selection_id, lowerings, quota_relaxed=run.quota_relaxed)
    first = await selections.get_run(tx, run.selection_id, FIRST_VERSION)
    rows = await selections.list_rows(tx, first)
    known = [row.application_id for row in rows]
    found, stages = await applications.list_known(tx, known), await composites.list_newest_by_stage(tx, known)
    weights = StageWeights.of(programme)
    lasts = {name: last_composite(closed, weights) for name, closed in stages.items() if closed}
    finals = finals_as_drawn(rows, lasts, also)
    policy, ties, held = _policy(first, programme), TiePolicy.of(programme), first.limits.get("held_by_rounds")
    elsewhere = first.limits.get("selected_elsewhere", {})
    return DrawnFrom(found, finals, lowerings, policy, ties, elsewhere, held=held and read(HeldByRounds, dict(held)))


def _policy(run: SelectionRun, programme: Programme) -> SelectionPolicy:
    """The limits that a version was drawn under; where none are kept with it, those of its definition."""
    if run.limits:
        return read(SelectionPolicy, dict(run.limits))
    return SelectionPolicy.of(programme, run.track, quota_relaxed=run.quota_relaxed)


async def lines(
    tx: Tx, selection_id: str, run_version: int | None, wanted: Wanted, outcome: Outcome | None, *, counted: bool
) -> tuple[SelectionRun, Lines, Counts | None]:
    """One page of the rows of a version, the newest unless one is named, and their counts where asked for."""
    run = await selections.get_run(tx, selection_id, run_version)
    counts = await selections.count_lines(tx, run, wanted, outcome) if counted else None
    found = await selections.list_lines(tx, run, wanted, outcome)
    before = await selections.list_selected_before(tx, run, [row.application_id for row, _ in found])
    return run, tuple((row, one, revoking_call(row, one, before)) for row, one in found), counts


async def line(tx: Tx, selection_id: str, application_id: str, run_version: int | None) -> SelectionLine:
    """One row of a version. Raises NotFound."""
    run = await selections.get_run(tx, selection_id, run_version)
    row = await find_row(tx, run, application_id)
    if row is None:
        raise NotFound("application", application_id)
    application = await applications.get_application(tx, application_id)
    before = await selections.list_selected_before(tx, run, [application_id])
    return row, application, revoking_call(row, application, before)


async def try_limits(tx: Tx, selection_id: str, other: OtherLimits) -> WhatIf:
    """What a selection would be under other limits; nothing is stored. Raises NotFound, Refused."""
    run = await selections.get_run(tx, selection_id)
    programme = await programme_of(tx, run)
    known = await drawn_from(tx, run, programme)
    refusals = other_limits_refusals(known.policy, other)
    if refusals:
        raise Refused(refusals)
    there, quota = known.applications.items(), QuotaPolicy.of(programme, run.track)
    last_stages = {name: StagePolicy.of_application(programme, one).stages[-1] for name, one in there}
    return await reckon(tx, what_if, known, other, quota, last_stages)


async def compare(tx: Tx, selection_id: str, first: int, second: int) -> RunDiff:
    """What differs between two versions of a selection. Raises NotFound."""
    runs = await selections.get_run(tx, selection_id, first), await selections.get_run(tx, selection_id, second)
    rows = await selections.list_rows(tx, runs[0]), await selections.list_rows(tx, runs[1])
    found = await applications.list_known(tx, {row.application_id for one in rows for row in one})
    return await reckon(tx, diff_of, runs, rows, found)
