"""The composites that closed stages made, appended."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.lists import Counts, Shape, Wanted, between, count, paged
from libs.common.nouns import among, columns, one, values
from libs.common.reckoning import reckon
from services.review.model.sheets import ClosedStage, Composite, Mean
from services.review.model.stages import Place, Stage
from services.review.tables.applications import application
from services.review.tables.panels import stage_reopening
from services.review.tables.sheets import composite


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
    application.c.organisation_name,
)

_CLOSED = (
    select(*KEPT, *WHOSE)
    .select_from(composite.join(application, application.c.application_id == composite.c.application_id))
    .where(IN_FORCE)
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
    rows: Sequence[Any] = (await tx.execute(query)).all()
    # thousands of exact fractions are read beside the event loop
    return await reckon(tx, _told_by_stage, rows, application_ids)


def _told_by_stage(rows: Sequence[Any], application_ids: Collection[str]) -> dict[str, dict[Stage, Composite]]:
    found: dict[str, dict[Stage, Composite]] = {known: {} for known in application_ids}
    for row in rows:
        found[row.application_id][row.stage] = one(_Kept, row[: len(KEPT)]).told()
    return found


async def list_closing_versions(tx: Tx, application_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Under which version of the definition each composite was made: by application, then by its stage and version.

    Example: `{"A-000001": {"document/1": 3}}`.
    """
    kept = (composite.c.application_id, composite.c.stage, composite.c.version, composite.c.programme_version)
    found: dict[str, dict[str, int]] = {known: {} for known in application_ids}
    query = select(*kept).where(among(composite.c.application_id, application_ids))
    for application_id, stage, version, number in await tx.execute(query):
        found[application_id][f"{stage}/{version}"] = number
    return found


async def get_closed(tx: Tx, place: Place) -> ClosedStage:
    """A closed stage of an application in its version in force. Raises NotFound."""
    application_id, stage = place
    query = _CLOSED.where(composite.c.application_id == application_id, composite.c.stage == stage)
    row: Any = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("stage", f"{application_id}:{stage}")
    return _told(row)


_PASSED = case((composite.c.passed, "passed"), else_="failed")
SHAPE = Shape(
    number=composite.c.application_id,
    found_by=(composite.c.application_id, application.c.receipt_no, application.c.organisation_name),
    sorts={
        "receipt_no": application.c.receipt_no,
        "organisation_name": application.c.organisation_name,
        "composite": composite.c.composite,
        "final": composite.c.final,
        "closed_at": composite.c.closed_at,
    },
    state=_PASSED,
    then=(composite.c.stage,),
)


@dataclass(frozen=True, slots=True)
class ClosedWanted:
    """Which closed stages of a call a list shows; None: whichever. Instants are half-open."""

    programme_code: str
    track: str | None = None
    stage: Stage | None = None
    passed: bool | None = None
    closed_from: dt.datetime | None = None
    closed_to: dt.datetime | None = None


async def list_closed(tx: Tx, wanted: Wanted, only: ClosedWanted) -> tuple[ClosedStage, ...]:
    """One page of closed stages, each in its version in force."""
    rows: Sequence[Any] = (await tx.execute(paged(_closed_ones(_CLOSED, only), SHAPE, wanted))).all()
    return tuple(_told(row) for row in rows)


async def count_closed(tx: Tx, wanted: Wanted, only: ClosedWanted) -> Counts:
    """How many there are on all pages, in sum and by whether they passed."""
    return await count(tx, _closed_ones(_CLOSED, only), SHAPE, wanted)


def _closed_ones(query: Select[Any], only: ClosedWanted) -> Select[Any]:
    filters = (
        (application.c.programme_code, only.programme_code),
        (application.c.track, only.track),
        (composite.c.stage, only.stage),
        (composite.c.passed, only.passed),
    )
    for column, value in filters:
        query = query if value is None else query.where(column == value)
    return query.where(between(composite.c.closed_at, only.closed_from, only.closed_to))


def _told(row: Any) -> ClosedStage:
    return ClosedStage(one(_Kept, row[: len(KEPT)]).told(), *row[len(KEPT) :])
