"""Selection runs: drafts, announced versions, their rows and the deliberations on them."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.review.store.applications import next_id
from services.review.tables import deliberation, selection_row, selection_run

SHOWN = [column for column in selection_run.c if column.name != "canonical"]


async def new_id(tx: Tx) -> str:
    """The id of a new selection."""
    return await next_id(tx, "SEL", "selection_seq")


async def add(tx: Tx, run: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep a new version of a selection with its rows."""
    await tx.execute(insert(selection_run).values(**run))
    await _add_rows(tx, run["selection_id"], run["run_version"], rows)


async def _add_rows(tx: Tx, selection_id: str, run_version: int, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        key = {"selection_id": selection_id, "run_version": run_version}
        await tx.execute(insert(selection_row), [{**key, **row} for row in rows])


async def change(tx: Tx, selection_id: str, run_version: int, **values: Any) -> None:
    """Change a version's row: a draft's, or its state."""
    chosen = (selection_run.c.selection_id == selection_id) & (selection_run.c.run_version == run_version)
    await tx.execute(update(selection_run).where(chosen).values(**values))


async def replace_draft(tx: Tx, selection_id: str, rows: Sequence[Mapping[str, Any]], **values: Any) -> None:
    """A draft's rows are computed again; drafts are working papers, announced versions never change."""
    await tx.execute(
        delete(selection_row).where(selection_row.c.selection_id == selection_id, selection_row.c.run_version == 1)
    )
    await _add_rows(tx, selection_id, 1, rows)
    await change(tx, selection_id, 1, **values)


async def get(tx: Tx, selection_id: str, run_version: int | None = None) -> dict[str, Any]:
    """One version of a selection, the newest unless one is named. Raises NotFound."""
    query = select(*SHOWN).where(selection_run.c.selection_id == selection_id)
    if run_version is not None:
        query = query.where(selection_run.c.run_version == run_version)
    row = (await tx.execute(query.order_by(selection_run.c.run_version.desc()).limit(1))).mappings().first()
    if row is None:
        raise NotFound("selection", selection_id)
    return dict(row)


async def canonical(tx: Tx, selection_id: str, run_version: int) -> str | None:
    """The frozen bytes of an announced version, as text."""
    query = select(selection_run.c.canonical).where(
        selection_run.c.selection_id == selection_id, selection_run.c.run_version == run_version
    )
    return (await tx.execute(query)).scalar()


async def live(tx: Tx, programme_code: str, *, states: Sequence[str]) -> list[dict[str, Any]]:
    """The newest version of every selection of a call whose state is one of these, by id."""
    newest = (
        select(*SHOWN)
        .where(selection_run.c.programme_code == programme_code)
        .ext(distinct_on(selection_run.c.selection_id))
        .order_by(selection_run.c.selection_id, selection_run.c.run_version.desc())
        .subquery()
    )
    query = select(newest).where(newest.c.state.in_(states)).order_by(newest.c.selection_id)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def all_after(tx: Tx, selection_id: str, limit: int, programme_code: str | None) -> list[dict[str, Any]]:
    """The newest version of every selection by id, after one."""
    query = (
        select(*SHOWN)
        .where(selection_run.c.selection_id > selection_id)
        .ext(distinct_on(selection_run.c.selection_id))
        .order_by(selection_run.c.selection_id, selection_run.c.run_version.desc())
        .limit(limit)
    )
    if programme_code is not None:
        query = query.where(selection_run.c.programme_code == programme_code)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def rows(tx: Tx, selection_id: str, run_version: int) -> list[dict[str, Any]]:
    """A version's rows in ranking order, those without a rank last."""
    query = select(selection_row).where(
        selection_row.c.selection_id == selection_id, selection_row.c.run_version == run_version
    )
    return [dict(row) for row in (await tx.execute(query.order_by(selection_row.c.position))).mappings()]


_NEWEST = (
    "WITH newest AS (SELECT DISTINCT ON (selection_id) selection_id, run_version, track FROM selection_run"
    " WHERE programme_code = :programme AND announced_at IS NOT NULL ORDER BY selection_id, run_version DESC)"
    " {} FROM newest JOIN selection_row r USING (selection_id, run_version) JOIN application a USING (application_id)"
    " WHERE {}"
)
_SELECTED_ELSEWHERE = text(
    _NEWEST.format("SELECT a.counting_unit, count(*)", "r.outcome = 'selected' AND selection_id <> :but")
    + " GROUP BY a.counting_unit"
)
_OUTCOMES = text(
    _NEWEST.format("SELECT r.outcome, r.promoted, count(*)", "r.outcome <> 'waiting' OR a.state = 'eligible'")
    + " GROUP BY r.outcome, r.promoted"
)
_WAITING = text(
    _NEWEST.format(
        "SELECT r.*, newest.track, a.product, a.receipt_no, a.organisation_id",
        "r.outcome = 'waiting' AND a.state = 'eligible' AND (selection_id, r.position) > (:selection_id, :position)"
        " AND (cast(:track AS text) IS NULL OR newest.track = :track)"
        " AND (cast(:product AS text) IS NULL OR a.product = :product)",
    )
    + " ORDER BY selection_id, r.position LIMIT :limit"
)


async def selected_elsewhere(tx: Tx, programme_code: str, but: str) -> Counter[str]:
    """How many the announced selections of a call, one excepted, selected per counting unit."""
    found = await tx.execute(_SELECTED_ELSEWHERE, {"programme": programme_code, "but": but})
    return Counter({row.counting_unit: row.count for row in found})


async def outcomes(tx: Tx, programme_code: str) -> dict[str, int]:
    """How many are selected, waiting and refused now, and how many of the selected moved up, over a whole call."""
    counted = dict.fromkeys(("selected", "waiting", "refused", "promoted"), 0)
    for outcome, promoted, number in await tx.execute(_OUTCOMES, {"programme": programme_code}):
        counted[outcome] += number
        counted["promoted"] += number if promoted else 0
    return counted


async def waiting(
    tx: Tx, programme_code: str, after: Sequence[Any], limit: int, *, track: str | None, product: str | None
) -> list[dict[str, Any]]:
    """Who waits in the announced selections of a call, pool by pool in rank order, after one."""
    selection_id, position = after
    bound = {"programme": programme_code, "selection_id": selection_id, "position": position, "limit": limit}
    found = await tx.execute(_WAITING, {**bound, "track": track, "product": product})
    return [dict(row) for row in found.mappings()]


async def decide(tx: Tx, values: Mapping[str, Any]) -> None:
    """Record a deliberation."""
    await tx.execute(insert(deliberation).values(**values))


async def deliberations(tx: Tx, selection_id: str) -> list[dict[str, Any]]:
    """The deliberations on a selection, in the order of decision."""
    query = select(deliberation).where(deliberation.c.selection_id == selection_id).order_by(deliberation.c.id)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def announced_row(tx: Tx, application_id: str) -> dict[str, Any] | None:
    """An application's row in the newest announced version that holds it, with the version's own facts."""
    query = (
        select(
            selection_row,
            selection_run.c.track,
            selection_run.c.sha256,
            selection_run.c.announced_at,
            selection_run.c.programme_version,
        )
        .join(
            selection_run,
            (selection_run.c.selection_id == selection_row.c.selection_id)
            & (selection_run.c.run_version == selection_row.c.run_version),
        )
        .where(selection_row.c.application_id == application_id, selection_run.c.announced_at.is_not(None))
        .order_by(selection_run.c.announced_at.desc(), selection_row.c.run_version.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).mappings().first()
    return None if row is None else dict(row)


def announced_now(sha256: str, canonical_text: str, now: dt.datetime) -> dict[str, Any]:
    """The values that announcing sets."""
    return {"state": "announced", "sha256": sha256, "canonical": canonical_text, "announced_at": now}
