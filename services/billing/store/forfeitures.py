"""Who gave up what was awarded, or had it ended."""

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from services.billing.tables import forfeiture


async def keep(tx: Tx, application_id: str, reason: str, at: dt.datetime) -> None:
    """Keep the first word of it; again changes nothing."""
    row = {"application_id": application_id, "reason": reason, "forfeited_at": at}
    await tx.execute(upsert(forfeiture).values(**row).on_conflict_do_nothing())


async def forfeiture_of(tx: Tx, application_id: str) -> dict[str, Any] | None:
    """Why and when an application's award was given up; None where it stands."""
    found = (await tx.execute(select(forfeiture).where(forfeiture.c.application_id == application_id))).mappings()
    row = found.first()
    return dict(row) if row else None
