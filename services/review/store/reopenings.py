"""Stages that were opened again for an application after their close, appended (RV-17)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.lists import Counts, Shape, Wanted, between, count, paged
from libs.common.nouns import all_of, among, columns, one, values
from services.review.model.stages import Place, ReopenedStage, StageReopening
from services.review.tables.applications import application
from services.review.tables.panels import panel_application, stage_reopening
from services.review.tables.sheets import composite

REOPENING = columns(stage_reopening, StageReopening)
SHEETS_BEFORE = (
    select(func.coalesce(func.max(stage_reopening.c.sheets), 0))
    .where(
        stage_reopening.c.application_id == panel_application.c.application_id,
        stage_reopening.c.stage == panel_application.c.stage,
    )
    .correlate(panel_application)
    .scalar_subquery()
    .label("sheets_before")
)
"""With how many sheets a place was closed before it was opened again; 0 where it never was."""


async def add_reopening(tx: Tx, reopening: StageReopening) -> None:
    """Record that a closed stage is opened again; the caller holds its place."""
    await tx.execute(insert(stage_reopening).values(values(reopening)))


async def list_last(tx: Tx, application_ids: Collection[str]) -> dict[Place, StageReopening]:
    """The last reopening of each stage of these applications that was ever opened again."""
    query = select(*REOPENING).where(among(stage_reopening.c.application_id, application_ids))
    found = all_of(StageReopening, await tx.execute(query.order_by(stage_reopening.c.version)))
    return {(reopening.application_id, reopening.stage): reopening for reopening in found}


SHAPE = Shape(
    number=stage_reopening.c.id,
    found_by=(
        stage_reopening.c.application_id,
        stage_reopening.c.panel_id,
        application.c.receipt_no,
        application.c.organisation_name,
    ),
    sorts={
        "reopened_at": stage_reopening.c.reopened_at,
        "receipt_no": application.c.receipt_no,
        "organisation_name": application.c.organisation_name,
    },
    state=stage_reopening.c.stage,
    by_length=False,
    ids=stage_reopening.c.application_id,
)


@dataclass(frozen=True, slots=True)
class ReopeningsWanted:
    """Which reopenings of a call a list shows; None: whichever. Instants are half-open."""

    programme_code: str
    application_id: str | None = None
    reopened_from: dt.datetime | None = None
    reopened_to: dt.datetime | None = None


async def list_reopenings(tx: Tx, wanted: Wanted, only: ReopeningsWanted) -> tuple[ReopenedStage, ...]:
    """One page of reopenings, each with the result it ended, without another order in that of their record."""
    names = (application.c.receipt_no, application.c.organisation_name)
    query = select(stage_reopening.c.id, *REOPENING, composite.c.final, composite.c.passed, *names)
    return tuple(_told(row) for row in await tx.execute(paged(_narrowed(query, only), SHAPE, wanted)))


async def count_reopenings(tx: Tx, wanted: Wanted, only: ReopeningsWanted) -> Counts:
    """How many there are on all pages, in sum and by stage."""
    return await count(tx, _narrowed(select(stage_reopening.c.id), only), SHAPE, wanted)


def _narrowed(query: Select[Any], only: ReopeningsWanted) -> Select[Any]:
    ended = and_(
        composite.c.application_id == stage_reopening.c.application_id,
        composite.c.stage == stage_reopening.c.stage,
        composite.c.version == stage_reopening.c.version,
    )
    beside = stage_reopening.join(composite, ended).join(
        application, application.c.application_id == stage_reopening.c.application_id
    )
    query = query.select_from(beside).where(application.c.programme_code == only.programme_code)
    if only.application_id is not None:
        query = query.where(stage_reopening.c.application_id == only.application_id)
    return query.where(between(stage_reopening.c.reopened_at, only.reopened_from, only.reopened_to))


def _told(row: Any) -> ReopenedStage:
    return ReopenedStage(row[0], one(StageReopening, row[1:-4]), *row[-4:])
