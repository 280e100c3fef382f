"""What billing has heard of grants."""

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.nouns import columns, one, values
from services.billing.model.grants import Grant
from services.billing.tables.grants import grants


async def find_grant(tx: Tx, grant_id: str) -> Grant | None:
    """One grant as placed; None where it was not placed yet."""
    row = (await tx.execute(select(*columns(grants, Grant)).where(grants.c.grant_id == grant_id))).first()
    return one(Grant, row) if row else None


async def keep_placement(tx: Tx, grant: Grant) -> None:
    """Keep a placement; a later one replaces it, but for when use started and ended."""
    placed = {name: value for name, value in values(grant).items() if name not in ("activated_at", "ended_at")}
    statement = upsert(grants).values(placed)
    await tx.execute(statement.on_conflict_do_update(index_elements=["grant_id"], set_=placed))


async def start_grant(tx: Tx, grant_id: str, at: dt.datetime) -> None:
    """Use may start."""
    await tx.execute(update(grants).where(grants.c.grant_id == grant_id).values(activated_at=at))


async def change_grant(tx: Tx, grant: Grant) -> None:
    """Write a grant back."""
    await tx.execute(update(grants).where(grants.c.grant_id == grant.grant_id).values(values(grant)))


async def end_grant(tx: Tx, grant_id: str, at: dt.datetime) -> None:
    """The grant gave its cards back."""
    await tx.execute(update(grants).where(grants.c.grant_id == grant_id).values(ended_at=at))


async def list_ends(tx: Tx, programme_code: str, provider_id: str) -> tuple[dt.datetime, ...]:
    """When the grants of a programme that are placed with a provider end, or ended, latest first."""
    row = grants.c
    end = func.coalesce(row.ended_at, row.ends_at)
    query = select(end).where(row.programme_code == programme_code, row.provider_id == provider_id)
    return tuple((await tx.execute(query.order_by(end.desc()))).scalars())
