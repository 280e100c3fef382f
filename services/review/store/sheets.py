"""Score sheets and the composites they make."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from services.review.model import Composite, Mean, ScoreSheet, Stage
from services.review.store.applications import next_ids
from services.review.tables import application, composite, panel_application, sheet


async def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Keep sheets; returns them with their ids."""
    if not rows:
        return []
    ids = await next_ids(tx, "SH", "sheet_seq", len(rows))
    kept = [{"sheet_id": sheet_id, **row} for sheet_id, row in zip(ids, rows, strict=True)]
    await tx.execute(insert(sheet), kept)
    return kept


async def seats_given(tx: Tx, panel_id: str) -> dict[str, list[int]]:
    """Which seats of a panel have handed in a sheet, by application."""
    query = select(sheet.c.application_id, sheet.c.seat).where(sheet.c.panel_id == panel_id)
    found: dict[str, list[int]] = defaultdict(list)
    for row in await tx.execute(query.order_by(sheet.c.application_id, sheet.c.seat)):
        found[row.application_id].append(row.seat)
    return found


async def page(
    tx: Tx, after: str, limit: int, *, reviewer_id: str | None, application_id: str | None
) -> list[dict[str, Any]]:
    """Sheets by id: a reviewer's own, or (no reviewer named) those of closed stages only."""
    query = (
        select(sheet)
        .join(
            panel_application,
            (panel_application.c.application_id == sheet.c.application_id)
            & (panel_application.c.stage == sheet.c.stage),
        )
        .where(sheet.c.sheet_id > after)
        .order_by(sheet.c.sheet_id)
        .limit(limit)
    )
    if reviewer_id is None:
        query = query.where(panel_application.c.closed_at.is_not(None))
    else:
        query = query.where(sheet.c.reviewer_id == reviewer_id)
    if application_id is not None:
        query = query.where(sheet.c.application_id == application_id)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def count(tx: Tx, programme_code: str) -> int:
    """How many sheets a call's applications have."""
    query = (
        select(func.count())
        .select_from(sheet.join(application, application.c.application_id == sheet.c.application_id))
        .where(application.c.programme_code == programme_code)
    )
    return int((await tx.execute(query)).scalar_one())


async def keep_composites(tx: Tx, results: Mapping[str, Composite], programme_version: int, now: dt.datetime) -> None:
    """Keep the results of closed stages, by application."""
    rows = [
        {
            "application_id": application_id,
            "stage": result.stage,
            "mean": str(result.mean.exact),
            "composite": result.composite,
            "bonus": result.bonus,
            "final": result.final,
            "passed": result.passed,
            "counted_seats": list(result.mean.counted),
            "dropped_seats": list(result.mean.dropped),
            "criterion_means": {name: str(mean) for name, mean in result.criterion_means.items()},
            "programme_version": programme_version,
            "closed_at": now,
        }
        for application_id, result in results.items()
    ]
    await tx.execute(insert(composite), rows)


def composite_of(row: Mapping[str, Any]) -> Composite:
    """A composite's row as a noun."""
    return Composite(
        stage=row["stage"],
        mean=Mean(Fraction(row["mean"]), tuple(row["counted_seats"]), tuple(row["dropped_seats"])),
        composite=row["composite"],
        bonus=row["bonus"],
        final=row["final"],
        passed=row["passed"],
        criterion_means={name: Fraction(mean) for name, mean in row["criterion_means"].items()},
    )


async def composites_of(tx: Tx, application_ids: Collection[str]) -> dict[str, dict[Stage, Composite]]:
    """All closed stages of these applications, by application and stage."""
    query = select(composite).where(composite.c.application_id.in_(application_ids))
    found: dict[str, dict[Stage, Composite]] = defaultdict(dict)
    for row in (await tx.execute(query)).mappings():
        found[row["application_id"]][row["stage"]] = composite_of(dict(row))
    return found


async def sheets_of(tx: Tx, application_ids: Collection[str]) -> dict[tuple[str, str], list[ScoreSheet]]:
    """All sheets of these applications, by application and stage, by seat."""
    query = select(sheet.c.application_id, sheet.c.stage, sheet.c.seat, sheet.c.scores)
    query = query.where(sheet.c.application_id.in_(application_ids))
    found: dict[tuple[str, str], list[ScoreSheet]] = defaultdict(list)
    for row in await tx.execute(query.order_by(sheet.c.application_id, sheet.c.stage, sheet.c.seat)):
        found[row.application_id, row.stage].append(ScoreSheet(row.seat, row.scores))
    return found


async def composite_page(
    tx: Tx, programme_code: str, after: Sequence[str], limit: int, *, track: str | None, stage: str | None
) -> list[dict[str, Any]]:
    """Closed stages of a call by application and stage, with track and receipt number."""
    query = (
        select(composite, application.c.track, application.c.product, application.c.receipt_no, application.c.sector)
        .join(application, application.c.application_id == composite.c.application_id)
        .where(
            application.c.programme_code == programme_code,
            tuple_(composite.c.application_id, composite.c.stage) > tuple(after),
        )
        .order_by(composite.c.application_id, composite.c.stage)
        .limit(limit)
    )
    if track is not None:
        query = query.where(application.c.track == track)
    if stage is not None:
        query = query.where(composite.c.stage == stage)
    return [dict(row) for row in (await tx.execute(query)).mappings()]
