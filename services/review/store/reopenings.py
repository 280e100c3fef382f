"""Stages that were opened again for an application after their close, appended (RV-17)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import all_of, among, columns, one, values
from services.review.model.stages import Place, ReopenedStage, StageReopening
from services.review.tables import application, composite, panel_application, stage_reopening

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


async def list_reopenings(
    tx: Tx, programme_code: str, after: int, limit: int, *, application_id: str | None
) -> tuple[ReopenedStage, ...]:
    """The reopenings of a call in the order in which they were recorded, after one, each with the result it ended."""
    query = (
        select(stage_reopening.c.id, *REOPENING, composite.c.final, composite.c.passed)
        .join(
            composite,
            and_(
                composite.c.application_id == stage_reopening.c.application_id,
                composite.c.stage == stage_reopening.c.stage,
                composite.c.version == stage_reopening.c.version,
            ),
        )
        .join(application, application.c.application_id == stage_reopening.c.application_id)
        .where(application.c.programme_code == programme_code, stage_reopening.c.id > after)
        .order_by(stage_reopening.c.id)
        .limit(limit)
    )
    if application_id is not None:
        query = query.where(stage_reopening.c.application_id == application_id)
    return tuple(_told(row) for row in await tx.execute(query))


def _told(row: Any) -> ReopenedStage:
    return ReopenedStage(row[0], one(StageReopening, row[1:-2]), row[-2], row[-1])
