"""Which tracks' document stages the agency skips."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import values
from services.review.model.stages import StageSkip
from services.review.tables import stage_skip


async def add_skip(tx: Tx, skip: StageSkip) -> None:
    """Record that the agency skips a track's document stage."""
    await tx.execute(insert(stage_skip).values(values(skip)))


async def list_skipped_tracks(tx: Tx, programme_code: str) -> frozenset[str]:
    """The tracks of a call whose document stage the agency skips."""
    query = select(stage_skip.c.track).where(stage_skip.c.programme_code == programme_code)
    return frozenset((await tx.execute(query)).scalars())
