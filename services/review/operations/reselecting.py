"""A stage that was opened again after the announcement is closed anew: its selection runs again (RV-17, RV-14)."""

import datetime as dt
from collections.abc import Collection

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from services.review.model.runs import SelectionRun
from services.review.model.selections import Contender, Ranked
from services.review.operations.places import limits_of
from services.review.operations.refilling import (
    Found,
    Occasion,
    Rows,
    add_version,
    announced_versions,
    elsewhere_in,
    free_elsewhere,
    linked,
)
from services.review.policy.panels import StageWeights
from services.review.policy.scoring import TiePolicy
from services.review.rules.freezing import frozen_limits
from services.review.rules.ranking import rank
from services.review.rules.reopening import lost_places, select_judged_again, told_again
from services.review.rules.stages import last_composite
from services.review.store import applications, composites


async def select_again(tx: Tx, programme: Programme, application_ids: Collection[str], now: dt.datetime) -> None:
    """Run the announced selections that hold these applications again from their kept sets, with the new scores.

    One whose review goes on is left until it is over. The next versions are linked to those before; said is what
    changed for the applications themselves and who moves up, also in another pool by a counting unit that they free.
    The caller has the turn of the call's selections.
    """
    known = await applications.list_known(tx, application_ids)
    judged = sorted(one.application_id for one in known.values() if one.passed is not None)
    if not judged:
        return
    versions = await announced_versions(tx, programme.code)
    found = await applications.list_known(tx, {row.application_id for _, rows in versions for row in rows})
    occasion = Occasion(f"reopened: {', '.join(judged)}", programme, now)
    lost: list[str] = []
    for run, rows in versions:
        ours = [row.application_id for row in rows if row.application_id in judged]
        if ours:
            lost += await _run_again(tx, run, rows, found, ours, occasion)
    for application_id in lost:
        await free_elsewhere(tx, await announced_versions(tx, programme.code), found, found[application_id], occasion)


async def _run_again(
    tx: Tx, run: SelectionRun, rows: Rows, found: Found, judged: Collection[str], occasion: Occasion
) -> tuple[str, ...]:
    """Add the version; returns who lost a place by it."""
    known = await limits_of(tx, occasion.programme, run.track, run.selection_id, quota_relaxed=run.quota_relaxed)
    elsewhere = await elsewhere_in(tx, known.calls, run, rows, found)
    ranked = await _rank_again(tx, rows, found, judged, occasion.programme)
    next_rows, choice = select_judged_again(rows, ranked, found, judged, known.policy, elsewhere)
    told = told_again(rows, next_rows, choice, judged)
    limits = frozen_limits(known.policy, elsewhere, known.share, known.held)
    await add_version(tx, linked(run, limits, choice, occasion), next_rows, told, occasion.programme)
    return lost_places(rows, next_rows)


async def _rank_again(tx: Tx, rows: Rows, found: Found, judged: Collection[str], programme: Programme) -> list[Ranked]:
    """The ranking of an announced version with the new results of those that were judged again."""
    passing = [
        row.application_id
        for row in rows
        if (found[row.application_id].passed if row.application_id in judged else row.rank is not None)
    ]
    stages, weights = await composites.list_newest_by_stage(tx, passing), StageWeights.of(programme)
    return rank(
        [Contender.of(found[known], last_composite(stages[known], weights)) for known in passing],
        TiePolicy.of(programme),
    )
