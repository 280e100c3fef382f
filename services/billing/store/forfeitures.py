"""Who gave up what was awarded, or had it ended."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.nouns import columns, one, values
from services.billing.model.grants import Forfeiture
from services.billing.tables.grants import forfeiture


async def add_forfeiture(tx: Tx, told: Forfeiture) -> None:
    """Keep the first report of a forfeiture; a repeated one changes nothing."""
    await tx.execute(upsert(forfeiture).values(values(told)).on_conflict_do_nothing())


async def find_forfeiture(tx: Tx, application_id: str) -> Forfeiture | None:
    """Why and when an application's award was given up; None where it stands."""
    query = select(*columns(forfeiture, Forfeiture)).where(forfeiture.c.application_id == application_id)
    row = (await tx.execute(query)).first()
    return one(Forfeiture, row) if row else None
