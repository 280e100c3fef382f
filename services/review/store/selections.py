"""Selection runs: drafts, announced versions with their rows, and the deliberations on them."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.lists import Counts, Shape, Wanted, between, count, paged, sortable
from libs.common.nouns import all_of, among, by_number, changes, columns, one, values, values_of
from services.review.model.applications import Application
from services.review.model.runs import (
    FIRST_VERSION,
    CanonicalRun,
    Deliberation,
    Outcome,
    RunState,
    SelectionRow,
    SelectionRun,
)
from services.review.rights import RIGHTS
from services.review.store.ids import next_id
from services.review.tables.applications import application
from services.review.tables.selections import deliberation, selection_row, selection_run, selection_seq

RUN, ROW = columns(selection_run, SelectionRun), columns(selection_row, SelectionRow)
ROWS_AT_ONCE = 500
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
    key = {"selection_id": run.selection_id, "run_version": run.run_version}
    for first in range(0, len(rows), ROWS_AT_ONCE):  # others have their turn between ten thousand rows (F-76)
        piece = rows[first : first + ROWS_AT_ONCE]
        await tx.execute(insert(selection_row), [{**key, **values(row)} for row in piece])


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


async def list_canonical(tx: Tx, selection_id: str) -> tuple[CanonicalRun, ...]:
    """The frozen bytes of all announced versions of a selection, as texts, the first first."""
    query = select(*columns(selection_run, CanonicalRun)).where(
        selection_run.c.selection_id == selection_id, selection_run.c.canonical.is_not(None)
    )
    return all_of(CanonicalRun, await tx.execute(query.order_by(selection_run.c.run_version)))


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


@dataclass(frozen=True, slots=True)
class RunsWanted:
    """Which selections a list shows, each by its newest version; None: whichever. Instants are half-open."""

    programme_code: str | None = None
    track: str | None = None
    state: RunState | None = None
    run_from: dt.datetime | None = None
    run_to: dt.datetime | None = None


def _runs(only: RunsWanted) -> tuple[Shape, Select[Any]]:
    newest = _newest()
    if only.programme_code is not None:
        newest = newest.where(selection_run.c.programme_code == only.programme_code)
    found = newest.subquery()
    query = select(found).where(between(found.c.run_at, only.run_from, only.run_to))
    for column, value in ((found.c.track, only.track), (found.c.state, only.state)):
        query = query if value is None else query.where(column == value)
    shape = Shape(
        number=found.c.selection_id,
        found_by=(found.c.selection_id, found.c.programme_code, found.c.track, found.c.product, found.c.sha256),
        sorts={
            "programme": found.c.programme_code,
            "track": found.c.track,
            "state": found.c.state,
            "run_at": found.c.run_at,
            "announced_at": sortable(found.c.announced_at),
        },
        state=found.c.state,
    )
    return shape, query


async def list_runs(tx: Tx, wanted: Wanted, only: RunsWanted) -> tuple[SelectionRun, ...]:
    """One page of selections, each by its newest version."""
    shape, query = _runs(only)
    return all_of(SelectionRun, await tx.execute(paged(query, shape, wanted)))


async def count_runs(tx: Tx, wanted: Wanted, only: RunsWanted) -> Counts:
    """How many there are on all pages, in sum and by state."""
    shape, query = _runs(only)
    return await count(tx, query, shape, wanted)


async def list_rows(tx: Tx, run: SelectionRun) -> tuple[SelectionRow, ...]:
    """A version's rows in ranking order, those without a rank last."""
    query = select(*ROW).where(
        selection_row.c.selection_id == run.selection_id, selection_row.c.run_version == run.run_version
    )
    return all_of(SelectionRow, await tx.execute(query.order_by(selection_row.c.position)))


async def find_row(tx: Tx, run: SelectionRun, application_id: str) -> SelectionRow | None:
    """An application's row in a version; None where it is not in it."""
    query = select(*ROW).where(
        selection_row.c.selection_id == run.selection_id,
        selection_row.c.run_version == run.run_version,
        selection_row.c.application_id == application_id,
    )
    row = (await tx.execute(query)).first()
    return None if row is None else one(SelectionRow, row)


async def find_lowest_selected(tx: Tx, run: SelectionRun) -> int | None:
    """The lowest score among the selected ones of a version, in hundredths; None where nobody is."""
    query = select(func.min(selection_row.c.score)).where(
        selection_row.c.selection_id == run.selection_id,
        selection_row.c.run_version == run.run_version,
        selection_row.c.outcome == "selected",
    )
    lowest: int | None = (await tx.execute(query)).scalar()
    return lowest


SHAPE = Shape(
    number=selection_row.c.application_id,
    found_by=(application.c.application_id, application.c.receipt_no, application.c.organisation_name),
    sorts={
        "position": selection_row.c.position,
        "receipt_no": application.c.receipt_no,
        "organisation_name": application.c.organisation_name,
    },
    state=selection_row.c.outcome,
)


def _lines(run: SelectionRun, outcome: Outcome | None) -> Select[Any]:
    query = (
        select(selection_row.c.application_id)
        .join(application, application.c.application_id == selection_row.c.application_id)
        .where(selection_row.c.selection_id == run.selection_id, selection_row.c.run_version == run.run_version)
    )
    return query if outcome is None else query.where(selection_row.c.outcome == outcome)


async def list_lines(
    tx: Tx, run: SelectionRun, wanted: Wanted, outcome: Outcome | None
) -> tuple[tuple[SelectionRow, Application], ...]:
    """One page of a version's rows in the order asked for, each with whose it is."""
    wide = columns(application, Application)
    query = paged(_lines(run, outcome).with_only_columns(*ROW, *wide), SHAPE, wanted)
    return tuple(
        (one(SelectionRow, row[: len(ROW)]), one(Application, row[len(ROW) :])) for row in await tx.execute(query)
    )


async def list_selected_before(tx: Tx, run: SelectionRun, application_ids: Collection[str]) -> frozenset[str]:
    """Which of these applications an earlier announced version of this selection had selected."""
    query = (
        select(selection_row.c.application_id)
        .join(
            selection_run,
            and_(
                selection_run.c.selection_id == selection_row.c.selection_id,
                selection_run.c.run_version == selection_row.c.run_version,
            ),
        )
        .where(
            selection_row.c.selection_id == run.selection_id,
            selection_row.c.run_version < run.run_version,
            selection_row.c.outcome == "selected",
            selection_run.c.state == "announced",
            among(selection_row.c.application_id, application_ids),
        )
        .distinct()
    )
    return frozenset((await tx.execute(query)).scalars())


async def count_lines(tx: Tx, run: SelectionRun, wanted: Wanted, outcome: Outcome | None) -> Counts:
    """How many rows there are on all pages, in sum and by outcome."""
    return await count(tx, _lines(run, outcome), SHAPE, wanted)


async def add_deliberations(tx: Tx, decided: Sequence[Deliberation]) -> None:
    """Record the cuts of a sitting, in its order."""
    if decided:
        await tx.execute(insert(deliberation), values_of(decided))


async def list_deliberations(tx: Tx, selection_id: str) -> tuple[Deliberation, ...]:
    """The deliberations on a selection, in the order of decision."""
    query = select(*columns(deliberation, Deliberation)).where(deliberation.c.selection_id == selection_id)
    return all_of(Deliberation, await tx.execute(query.order_by(deliberation.c.id)))
