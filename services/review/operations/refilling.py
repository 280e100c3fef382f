"""When a selected one goes, the waiting list moves up in a new, linked version (RV-13, RV-14)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.programmes import programme_at
from services.review.model.applications import Application
from services.review.model.runs import Outcome, SelectionRow, SelectionRun
from services.review.model.selections import Candidate, Choice
from services.review.operations.announcing import announced, tell
from services.review.policy.selection import SelectionPolicy
from services.review.rules.freezing import not_before, plain
from services.review.rules.outcomes import held_back, next_row
from services.review.rules.waiting import promote
from services.review.store import applications, outcomes, selections

SYSTEM = "review"
Rows = Sequence[SelectionRow]


async def refill(tx: Tx, programme_code: str, gone_id: str, now: dt.datetime) -> None:
    """Run the announced selection that holds the one who went again from its kept set; only additions are made.

    Another pool of the call moves up too where one of the same counting unit waits for no other reason than this
    one's selection. Whoever was not selected goes without a trace in the selection; drafts are drawn again before
    they are announced. The caller has the turn of the call's selections.
    """
    programme = await programme_at(tx, programme_code, now)
    live = await selections.list_in_states(tx, programme_code, "announced")
    versions = [(run, await selections.list_rows(tx, run)) for run in live]
    left = [(run, rows) for run, rows in versions if _was_selected(rows, gone_id)]
    if not left:
        return
    known = {row.application_id for _, rows in versions for row in rows}
    found = await applications.list_known(tx, {gone_id, *known})
    gone = found[gone_id]
    for run, rows in left:
        await _add_next_version(tx, run, rows, found, gone, programme, now)
    for run, rows in versions:
        if (run, rows) not in left and held_back(rows, gone, found):
            await _add_next_version(tx, run, rows, found, gone, programme, now, only_where_moved=True)


def _was_selected(rows: Rows, application_id: str) -> bool:
    return any(row.application_id == application_id and row.outcome == "selected" for row in rows)


async def _add_next_version(
    tx: Tx,
    run: SelectionRun,
    rows: Rows,
    found: Mapping[str, Application],
    gone: Application,
    programme: Programme,
    now: dt.datetime,
    *,
    only_where_moved: bool = False,
) -> None:
    policy = SelectionPolicy.of(programme, run.track, quota_relaxed=run.quota_relaxed)
    elsewhere = await outcomes.count_selected_elsewhere(tx, run.programme_code, run.selection_id)
    kept, waiting = _offered(rows, found, "selected"), _offered(rows, found, "waiting")
    choice = promote(kept, waiting, policy, elsewhere)
    if only_where_moved and not choice.selected:
        return
    next_rows = tuple(next_row(row, choice, found[row.application_id]) for row in rows)
    made_at = not_before(run, now)
    linked = _linked(run, policy, programme, choice, gone, made_at)
    next_run, canonical = await announced(tx, linked, next_rows, made_at)
    await selections.add_run(tx, next_run, next_rows, canonical)
    moved_up = [row for row in next_rows if row.application_id in choice.selected]
    await tell(tx, programme, next_run, moved_up, made_at)


def _linked(
    run: SelectionRun,
    policy: SelectionPolicy,
    programme: Programme,
    choice: Choice,
    gone: Application,
    now: dt.datetime,
) -> SelectionRun:
    """The next version of a run, linked to the one it follows."""
    return replace(
        run,
        run_version=run.run_version + 1,
        programme_version=programme.version,
        cause=f"{gone.state}: {gone.application_id}",
        limits=plain(policy),
        private_missing=choice.private_missing,
        supersedes_sha256=run.sha256,
        run_by=SYSTEM,
        run_at=now,
    )


def _offered(rows: Rows, found: Mapping[str, Application], outcome: Outcome) -> list[Candidate]:
    """Those with this outcome who are still there, at what the version awards them."""
    return [
        Candidate.of(found[row.application_id], units=row.units, months=row.months)
        for row in rows
        if row.outcome == outcome and not found[row.application_id].gone
    ]
