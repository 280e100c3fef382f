"""Selection runs: drafts, announced versions with their rows, and the deliberations on them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, by_number, changes, columns, one, values, values_of
from services.review.model.runs import FIRST_VERSION, Deliberation, RunState, SelectionRow, SelectionRun
from services.review.rights import RIGHTS
from services.review.store.ids import next_id, place_after, place_of
from services.review.tables import deliberation, selection_row, selection_run, selection_seq

RUN, ROW = columns(selection_run, SelectionRun), columns(selection_row, SelectionRow)
FIXED = RIGHTS.stays["selection_run"]
"""What the running role may not even write the same again."""


async def next_selection_id(tx: Tx) -> str:
    """The id of a new selection."""
    return await next_id(tx, "SEL", selection_seq)


async def add_run(tx: Tx, run: SelectionRun, rows: Sequence[SelectionRow], canonical: str | None = None) -> None:
    """Keep a new version of a selection with its rows, and its canonical text where it is announced at once."""
    await tx.execute(insert(selection_run).values(**values(run), canonical=canonical))
    await _add_rows(tx, run, rows)


async def _add_rows(tx: Tx, run: SelectionRun, rows: Sequence[SelectionRow]) -> None:
    if rows:
        key = {"selection_id": run.selection_id, "run_version": run.run_version}
        await tx.execute(insert(selection_row), [{**key, **values(row)} for row in rows])


async def change_run(tx: Tx, run: SelectionRun, canonical: str | None = None) -> None:
    """Write a draft back: changed, discarded, or announced with its canonical text."""
    chosen = (selection_run.c.selection_id == run.selection_id) & (selection_run.c.run_version == run.run_version)
    await tx.execute(update(selection_run).where(chosen).values(**changes(run, *FIXED), canonical=canonical))


async def change_draft(tx: Tx, run: SelectionRun, rows: Sequence[SelectionRow]) -> None:
    """A draft's rows are computed again; drafts are working papers, announced versions never change."""
    await tx.execute(
        delete(selection_row).where(
            selection_row.c.selection_id == run.selection_id, selection_row.c.run_version == FIRST_VERSION
        )
    )
    await _add_rows(tx, run, rows)
    await change_run(tx, run)


async def get_run(tx: Tx, selection_id: str, run_version: int | None = None) -> SelectionRun:
    """One version of a selection, the newest unless one is named. Raises NotFound."""
    query = select(*RUN).where(selection_run.c.selection_id == selection_id)
    if run_version is not None:
        query = query.where(selection_run.c.run_version == run_version)
    row = (await tx.execute(query.order_by(selection_run.c.run_version.desc()).limit(1))).first()
    if row is None:
        raise NotFound("selection", selection_id)
    return one(SelectionRun, row)


async def find_canonical(tx: Tx, selection_id: str, run_version: int) -> str | None:
    """The frozen bytes of an announced version, as text; None where there is no such version."""
    query = select(selection_run.c.canonical).where(
        selection_run.c.selection_id == selection_id, selection_run.c.run_version == run_version
    )
    return (await tx.execute(query)).scalar()


def _newest() -> Select[Any]:
    return (
        select(*RUN)
        .ext(distinct_on(selection_run.c.selection_id))
        .order_by(selection_run.c.selection_id, selection_run.c.run_version.desc())
    )


async def list_in_states(tx: Tx, programme_code: str, *states: RunState) -> tuple[SelectionRun, ...]:
    """The newest version of every selection of a call whose state is one of these, by id."""
    newest = _newest().where(selection_run.c.programme_code == programme_code).subquery()
    query = select(newest).where(newest.c.state.in_(states)).order_by(*by_number(newest.c.selection_id))
    return all_of(SelectionRun, await tx.execute(query))


async def list_runs(tx: Tx, selection_id: str, limit: int, programme_code: str | None) -> tuple[SelectionRun, ...]:
    """The newest version of every selection by id, after one."""
    newest = _newest()
    if programme_code is not None:
        newest = newest.where(selection_run.c.programme_code == programme_code)
    found = newest.subquery()
    query = select(found).where(place_of(found.c.selection_id) > place_after(selection_id))
    return all_of(SelectionRun, await tx.execute(query.order_by(*by_number(found.c.selection_id)).limit(limit)))


async def list_rows(tx: Tx, run: SelectionRun) -> tuple[SelectionRow, ...]:
    """A version's rows in ranking order, those without a rank last."""
    query = select(*ROW).where(
        selection_row.c.selection_id == run.selection_id, selection_row.c.run_version == run.run_version
    )
    return all_of(SelectionRow, await tx.execute(query.order_by(selection_row.c.position)))


async def add_deliberations(tx: Tx, decided: Sequence[Deliberation]) -> None:
    """Record the cuts of a sitting, in its order."""
    if decided:
        await tx.execute(insert(deliberation), values_of(decided))


async def list_deliberations(tx: Tx, selection_id: str) -> tuple[Deliberation, ...]:
    """The deliberations on a selection, in the order of decision."""
    query = select(*columns(deliberation, Deliberation)).where(deliberation.c.selection_id == selection_id)
    return all_of(Deliberation, await tx.execute(query.order_by(deliberation.c.id)))
