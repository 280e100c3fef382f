"""The composites that closed stages made, appended."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import among, columns, one, values
from services.review.model.sheets import ClosedStage, Composite, Mean
from services.review.model.stages import Stage
from services.review.tables import application, composite


@dataclass(frozen=True, slots=True)
class _Kept:
    """A composite as its row holds it: exact fractions are texts."""

    stage: Stage
    mean: str
    composite: int
    bonus: int
    final: int
    passed: bool
    counted_seats: tuple[int, ...]
    dropped_seats: tuple[int, ...]
    criterion_means: Mapping[str, str]

    @classmethod
    def of(cls, result: Composite) -> "_Kept":
        means = {name: str(mean) for name, mean in result.criterion_means.items()}
        return cls(
            result.stage,
            str(result.mean.exact),
            result.composite,
            result.bonus,
            result.final,
            result.passed,
            result.mean.counted,
            result.mean.dropped,
            means,
        )

    def told(self) -> Composite:
        return Composite(
            stage=self.stage,
            mean=Mean(Fraction(self.mean), self.counted_seats, self.dropped_seats),
            composite=self.composite,
            bonus=self.bonus,
            final=self.final,
            passed=self.passed,
            criterion_means={name: Fraction(mean) for name, mean in self.criterion_means.items()},
        )


KEPT = columns(composite, _Kept)
WHOSE = (
    composite.c.application_id,
    application.c.receipt_no,
    application.c.track,
    application.c.product,
    application.c.sector,
    composite.c.closed_at,
)


async def add_composites(tx: Tx, results: Mapping[str, Composite], programme_version: int, now: dt.datetime) -> None:
    """Keep the results of closed stages, by application."""
    closed = {"programme_version": programme_version, "closed_at": now}
    rows = [{**values(_Kept.of(result)), **closed, "application_id": known} for known, result in results.items()]
    await tx.execute(insert(composite), rows)


async def list_by_stage(tx: Tx, application_ids: Collection[str]) -> dict[str, dict[Stage, Composite]]:
    """All closed stages of these applications, by application and stage; every one of them is there."""
    query = select(*KEPT, composite.c.application_id).where(among(composite.c.application_id, application_ids))
    found: dict[str, dict[Stage, Composite]] = {known: {} for known in application_ids}
    row: Any
    for row in await tx.execute(query):
        found[row.application_id][row.stage] = one(_Kept, row[: len(KEPT)]).told()
    return found


async def list_closed(
    tx: Tx, programme_code: str, after: tuple[str, str], limit: int, *, track: str | None, stage: Stage | None
) -> tuple[ClosedStage, ...]:
    """Closed stages of a call by application and stage, after one."""
    query = (
        select(*KEPT, *WHOSE)
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
    rows: Sequence[Any] = (await tx.execute(query)).all()
    return tuple(ClosedStage(one(_Kept, row[: len(KEPT)]).told(), *row[len(KEPT) :]) for row in rows)
