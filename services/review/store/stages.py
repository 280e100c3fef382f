"""Which tracks' document stages the agency skips, and what it took back of that, appended."""

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import values
from services.review.model.stages import StageSkip, Withdrawal
from services.review.tables.applications import stage_skip, stage_skip_withdrawal

_STANDING = ~exists().where(stage_skip_withdrawal.c.skip_id == stage_skip.c.id)


async def add_skip(tx: Tx, skip: StageSkip) -> None:
    """Record that the agency skips a track's document stage; the caller has the call's panels alone."""
    await tx.execute(insert(stage_skip).values(values(skip)))


async def add_skip_withdrawal(tx: Tx, skip_id: int, withdrawal: Withdrawal) -> None:
    """Take a skip back; it stays on record."""
    await tx.execute(insert(stage_skip_withdrawal).values(skip_id=skip_id, **values(withdrawal)))


async def find_skip(tx: Tx, programme_code: str, track: str) -> int | None:
    """The number of the skip that holds for a track; None where its document stage is not skipped."""
    query = select(stage_skip.c.id).where(
        stage_skip.c.programme_code == programme_code, stage_skip.c.track == track, _STANDING
    )
    return (await tx.execute(query)).scalar()


async def list_skipped_tracks(tx: Tx, programme_code: str) -> frozenset[str]:
    """The tracks of a call whose document stage the agency skips."""
    query = select(stage_skip.c.track).where(stage_skip.c.programme_code == programme_code, _STANDING)
    return frozenset((await tx.execute(query)).scalars())
