"""Announced selections as everybody may read them: receipts of the selected, and counts."""

from sqlalchemy import Integer, Text, and_, case, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, distinct_on

from libs.common.db import Tx
from libs.common.nouns import all_of, columns
from services.review.model.announced import AnnouncedOutcome, AnnouncedRun
from services.review.tables.applications import application
from services.review.tables.selections import selection_row, selection_run

POOLS_MAX = 1_000


async def list_announced_runs(tx: Tx, programme_code: str) -> tuple[AnnouncedRun, ...]:
    """The newest announced run of every selection of a call, by track: the first so many."""
    newest = (
        select(*columns(selection_run, AnnouncedRun))
        .where(selection_run.c.programme_code == programme_code, selection_run.c.announced_at.is_not(None))
        .ext(distinct_on(selection_run.c.selection_id))
        .order_by(selection_run.c.selection_id, selection_run.c.run_version.desc())
        .subquery()
    )
    rows = await tx.execute(select(newest).order_by(newest.c.track, newest.c.selection_id).limit(POOLS_MAX))
    return all_of(AnnouncedRun, rows)


async def list_announced_outcomes(tx: Tx, runs: tuple[AnnouncedRun, ...]) -> tuple[AnnouncedOutcome, ...]:
    """Of each of these runs the outcomes with their counts, in one statement; only the selected tell their receipts."""
    ids, versions = [run.selection_id for run in runs], [run.run_version for run in runs]
    told = func.unnest(literal(ids, ARRAY(Text)), literal(versions, ARRAY(Integer)))
    asked = told.table_valued(
        column("selection_id", Text), column("run_version", Integer), name="asked"
    ).render_derived()
    receipt = case((selection_row.c.outcome == "selected", application.c.receipt_no))
    receipts = func.array_agg(aggregate_order_by(receipt, func.length(receipt), receipt))
    query = (
        select(selection_row.c.selection_id, selection_row.c.outcome, func.count(), receipts)
        .join(
            asked,
            and_(
                selection_row.c.selection_id == asked.c.selection_id,
                selection_row.c.run_version == asked.c.run_version,
            ),
        )
        .join(application, application.c.application_id == selection_row.c.application_id)
        .group_by(selection_row.c.selection_id, selection_row.c.outcome)
        .order_by(selection_row.c.selection_id, selection_row.c.outcome)
    )
    rows = await tx.execute(query)
    return tuple(AnnouncedOutcome(row[0], row[1], row[2], tuple(one for one in row[3] if one)) for row in rows)
