"""The composites that closed stages made, appended."""

import datetime as dt
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import among
from services.review.model.sheets import ClosedStage, Composite, Mean
from services.review.model.stages import Stage
from services.review.tables import application, composite

TOLD = ("stage", "composite", "bonus", "final", "passed")
"""What a composite's row says as the noun does; exact fractions are kept as texts."""


def _values(result: Composite) -> dict[str, Any]:
    return {
        **{name: getattr(result, name) for name in TOLD},
        "mean": str(result.mean.exact),
        "counted_seats": list(result.mean.counted),
        "dropped_seats": list(result.mean.dropped),
        "criterion_means": {name: str(mean) for name, mean in result.criterion_means.items()},
    }


def _composite(row: Row[Any]) -> Composite:
    return Composite(
        **{name: getattr(row, name) for name in TOLD},
        mean=Mean(Fraction(row.mean), tuple(row.counted_seats), tuple(row.dropped_seats)),
        criterion_means={name: Fraction(mean) for name, mean in row.criterion_means.items()},
    )


async def add_composites(tx: Tx, results: Mapping[str, Composite], programme_version: int, now: dt.datetime) -> None:
    """Keep the results of closed stages, by application."""
    closed = {"programme_version": programme_version, "closed_at": now}
    rows = [{**_values(result), **closed, "application_id": known} for known, result in results.items()]
    await tx.execute(insert(composite), rows)


async def list_by_stage(tx: Tx, application_ids: Collection[str]) -> dict[str, dict[Stage, Composite]]:
    """All closed stages of these applications, by application and stage; every one of them is there."""
    query = select(composite).where(among(composite.c.application_id, application_ids))
    found: dict[str, dict[Stage, Composite]] = {known: {} for known in application_ids}
    for row in await tx.execute(query):
        found[row.application_id][row.stage] = _composite(row)
    return found


async def list_closed(
    tx: Tx, programme_code: str, after: tuple[str, str], limit: int, *, track: str | None, stage: Stage | None
) -> tuple[ClosedStage, ...]:
    """Closed stages of a call by application and stage, after one."""
    shown = (application.c.receipt_no, application.c.track, application.c.product, application.c.sector)
    query = (
        select(composite, *shown)
        .join(application, application.c.application_id == composite.c.application_id)
        .where(
            application.c.programme_code == programme_code,
            tuple_(composite.c.application_id, composite.c.stage) > tuple_(*after),
        )
        .order_by(composite.c.application_id, composite.c.stage)
        .limit(limit)
    )
    if track is not None:
        query = query.where(application.c.track == track)
    if stage is not None:
        query = query.where(composite.c.stage == stage)
    return tuple(_closed(row) for row in await tx.execute(query))


def _closed(row: Row[Any]) -> ClosedStage:
    return ClosedStage(
        row.application_id, row.receipt_no, row.track, row.product, row.sector, _composite(row), row.closed_at
    )
