"""When a selected one goes, the waiting list moves up in a new, linked version (RV-13, RV-14)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.programmes import programme_at
from services.review.model.applications import Application
from services.review.model.runs import Outcome, SelectionRow, SelectionRun
from services.review.model.selections import Candidate, Choice
from services.review.operations.announcing import announced, tell
from services.review.operations.places import limits_of
from services.review.rules.drawing import elsewhere_of
from services.review.rules.freezing import frozen_limits, not_before
from services.review.rules.outcomes import held_back, next_row
from services.review.rules.reopening import hold_for_review
from services.review.rules.waiting import promote
from services.review.store import applications, outcomes, selections

SYSTEM = "review"
Rows = Sequence[SelectionRow]
Versions = Sequence[tuple[SelectionRun, Rows]]
Found = Mapping[str, Application]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why announced selections run again: its words on record, under which programme, at what instant."""

    cause: str
    programme: Programme
    now: dt.datetime


async def announced_versions(tx: Tx, programme_code: str) -> Versions:
    """The newest version of every announced selection of a call, with its rows."""
    live = await selections.list_in_states(tx, programme_code, "announced")
    return [(run, await selections.list_rows(tx, run)) for run in live]


async def refill(tx: Tx, programme_code: str, gone_id: str, now: dt.datetime) -> None:
    """Run the announced selection that holds the one who went again from its kept set; only additions are made.

    Another pool of the call moves up too where one of the same counting unit waits for no other reason than this
    one's selection. One that waits while it is judged again may have a place held for it: that goes on to the next.
    Whoever else was not selected goes without a trace in the selection; drafts are drawn again before
    they are announced. The caller has the turn of the call's selections.
    """
    programme = await programme_at(tx, programme_code, now)
    versions = await announced_versions(tx, programme_code)
    left = [(run, rows) for run, rows in versions if _was(rows, gone_id, "selected")]
    waited = [(run, rows) for run, rows in versions if _was(rows, gone_id, "waiting")]
    if not left and not waited:
        return
    known = {row.application_id for _, rows in versions for row in rows}
    found = await applications.list_known(tx, {gone_id, *known})
    gone = found[gone_id]
    occasion = Occasion(f"{gone.state}: {gone.application_id}", programme, now)
    for run, rows in left:
        await _move_up(tx, run, rows, found, occasion)
    if gone.passed is None:
        for run, rows in waited:
            await _move_up(tx, run, rows, found, occasion, only_where_moved=True)
    if left:
        await free_elsewhere(tx, [one for one in versions if one not in left], found, gone, occasion)


async def free_elsewhere(tx: Tx, versions: Versions, found: Found, lost: Application, occasion: Occasion) -> None:
    """Move up in other pools who waited there only because the one that lost its place was selected here (RV-13)."""
    for run, rows in versions:
        if held_back(rows, lost, found):
            await _move_up(tx, run, rows, found, occasion, only_where_moved=True)


def _was(rows: Rows, application_id: str, outcome: Outcome) -> bool:
    return any(row.application_id == application_id and row.outcome == outcome for row in rows)


async def _move_up(
    tx: Tx, run: SelectionRun, rows: Rows, found: Found, occasion: Occasion, *, only_where_moved: bool = False
) -> None:
    known = await limits_of(tx, occasion.programme, run.track, run.selection_id, quota_relaxed=run.quota_relaxed)
    elsewhere = await elsewhere_in(tx, known.calls, run, rows, found)
    kept, waiting = _offered(rows, found, "selected"), _offered(rows, found, "waiting")
    choice = hold_for_review(promote(kept, waiting, known.policy, elsewhere), found)
    if only_where_moved and not choice.selected:
        return
    next_rows = tuple(next_row(row, choice, found[row.application_id]) for row in rows)
    moved_up = [row for row in next_rows if row.application_id in choice.selected]
    limits = frozen_limits(known.policy, elsewhere, known.share, known.held)
    await add_version(tx, linked(run, limits, choice, occasion), next_rows, moved_up, occasion.programme)


async def elsewhere_in(tx: Tx, calls: Collection[str], run: SelectionRun, rows: Rows, found: Found) -> dict[str, int]:
    """What other announced selections of the call and its rounds selected, per counting unit of those in these rows."""
    counted = await outcomes.count_selected_elsewhere(tx, calls, run.selection_id)
    return elsewhere_of({row.application_id: found[row.application_id] for row in rows}, counted)


async def add_version(tx: Tx, run: SelectionRun, rows: Rows, told: Rows, programme: Programme) -> None:
    """Announce the next version of a selection at the instant at which it was run, and say what changed by it."""
    next_run, canonical = await announced(tx, run, rows, run.run_at)
    await selections.add_run(tx, next_run, rows, canonical)
    await tell(tx, programme, next_run, told, run.run_at)


def linked(run: SelectionRun, limits: Mapping[str, Any], choice: Choice, occasion: Occasion) -> SelectionRun:
    """The next version of a run, linked to the one it follows."""
    return replace(
        run,
        run_version=run.run_version + 1,
        programme_version=occasion.programme.version,
        cause=occasion.cause,
        limits=limits,
        private_missing=choice.private_missing,
        supersedes_sha256=run.sha256,
        run_by=SYSTEM,
        run_at=not_before(run, occasion.now),
    )


def _offered(rows: Rows, found: Found, outcome: Outcome) -> list[Candidate]:
    """Those with this outcome who are still there, at what the version awards them."""
    return [
        Candidate.of(found[row.application_id], units=row.units, months=row.months)
        for row in rows
        if row.outcome == outcome and not found[row.application_id].gone
    ]
