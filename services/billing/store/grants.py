"""What billing has heard of grants."""

import datetime as dt
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from services.billing.tables import grants


async def grant_of(tx: Tx, grant_id: str) -> dict[str, Any] | None:
    """One grant as placed; None where it was not placed yet."""
    row = (await tx.execute(select(grants).where(grants.c.grant_id == grant_id))).mappings().first()
    return dict(row) if row else None


async def save_grant(tx: Tx, grant_id: str, **values: Any) -> None:
    """Keep a placement; a later one replaces it."""
    statement = upsert(grants).values(grant_id=grant_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["grant_id"], set_=values))


async def activate_grant(tx: Tx, grant_id: str, at: dt.datetime) -> None:
    """Use may start."""
    await tx.execute(update(grants).where(grants.c.grant_id == grant_id).values(activated_at=at))


async def change_grant(tx: Tx, grant_id: str, units: int, months: int, cards: int, ends_at: dt.datetime) -> None:
    """Units or months were lowered."""
    values = {"units": units, "months": months, "cards": cards, "ends_at": ends_at}
    await tx.execute(update(grants).where(grants.c.grant_id == grant_id).values(values))


async def end_grant(tx: Tx, grant_id: str, at: dt.datetime) -> None:
    """The grant gave its cards back."""
    await tx.execute(update(grants).where(grants.c.grant_id == grant_id).values(ended_at=at))
