"""The composites that closed stages made, appended."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import among, by_number, columns, one, values
from services.review.model.sheets import ClosedStage, Composite, Mean
from services.review.model.stages import Place, Stage
from services.review.store.ids import place_after, place_of
from services.review.tables import application, composite, stage_reopening


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
    version: int
    supersedes_sha256: str | None

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
            result.version,
            result.supersedes_sha256,
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
            version=self.version,
            supersedes_sha256=self.supersedes_sha256,
        )


KEPT = columns(composite, _Kept)
IN_FORCE = ~exists().where(
    stage_reopening.c.application_id == composite.c.application_id,
    stage_reopening.c.stage == composite.c.stage,
    stage_reopening.c.version == composite.c.version,
)
"""No reopening took it out of force: of one stage's composites at most the newest."""
WHOSE = (
    composite.c.application_id,
    application.c.receipt_no,
    application.c.track,
    application.c.product,
    application.c.sector,
    composite.c.closed_at,
)

_CLOSED = (
    select(*KEPT, *WHOSE).join(application, application.c.application_id == composite.c.application_id).where(IN_FORCE)
)


async def add_composites(tx: Tx, results: Mapping[str, Composite], programme_version: int, now: dt.datetime) -> None:
    """Keep the results of closed stages, by application."""
    closed = {"programme_version": programme_version, "closed_at": now}
    rows = [{**values(_Kept.of(result)), **closed, "application_id": known} for known, result in results.items()]
    await tx.execute(insert(composite), rows)


async def list_by_stage(tx: Tx, application_ids: Collection[str]) -> dict[str, dict[Stage, Composite]]:
    """All closed stages of these applications, by application and stage; every one of them is there.

    A stage that was opened again is not closed (RV-17).
    """
    return await _by_stage(tx, application_ids, IN_FORCE)


async def list_newest_by_stage(tx: Tx, application_ids: Collection[str]) -> dict[str, dict[Stage, Composite]]:
    """The newest composites of these applications, also of stages that were opened again since: what was announced.

    By application and stage; every application is there.
    """
    return await _by_stage(tx, application_ids)


async def _by_stage(
    tx: Tx, application_ids: Collection[str], *only: ColumnElement[bool]
) -> dict[str, dict[Stage, Composite]]:
    query = select(*KEPT, composite.c.application_id).where(among(composite.c.application_id, application_ids), *only)
    query = query.order_by(composite.c.version)  # a later one takes the place of an earlier one below
    found: dict[str, dict[Stage, Composite]] = {known: {} for known in application_ids}
    row: Any
    for row in await tx.execute(query):
        found[row.application_id][row.stage] = one(_Kept, row[: len(KEPT)]).told()
    return found


async def get_closed(tx: Tx, place: Place) -> ClosedStage:
    """A closed stage of an application in its version in force. Raises NotFound."""
    application_id, stage = place
    query = _CLOSED.where(composite.c.application_id == application_id, composite.c.stage == stage)
    row: Any = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("stage", f"{application_id}:{stage}")
    return _told(row)


async def list_closed(
    tx: Tx, programme_code: str, after: tuple[str, str], limit: int, *, track: str | None, stage: Stage | None
) -> tuple[ClosedStage, ...]:
    """Closed stages of a call by application and stage, after one, each in its version in force."""
    query = (
        _CLOSED.where(
            application.c.programme_code == programme_code,
            place_of(composite.c.application_id, composite.c.stage) > place_after(*after),
        )
        .order_by(*by_number(composite.c.application_id), composite.c.stage)
        .limit(limit)
    )
    if track is not None:
        query = query.where(application.c.track == track)
    if stage is not None:
        query = query.where(composite.c.stage == stage)
    rows: Sequence[Any] = (await tx.execute(query)).all()
    return tuple(_told(row) for row in rows)


def _told(row: Any) -> ClosedStage:
    return ClosedStage(one(_Kept, row[: len(KEPT)]).told(), *row[len(KEPT) :])
