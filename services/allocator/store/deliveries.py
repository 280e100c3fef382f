"""Deliveries: what was said of them, in order."""

from sqlalchemy import insert, select

from libs.common.db import Tx
from libs.common.nouns import all_of, columns, values
from services.allocator.model.deliveries import DeliveryTold
from services.allocator.tables.deliveries import delivery_told


async def add_told(tx: Tx, told: DeliveryTold) -> None:
    """Append what is said of a grant's delivery."""
    await tx.execute(insert(delivery_told).values(**values(told)))


async def list_told(tx: Tx, grant_id: str) -> tuple[DeliveryTold, ...]:
    """What was said of a grant's delivery, oldest first."""
    query = select(*columns(delivery_told, DeliveryTold)).where(delivery_told.c.grant_id == grant_id)
    return all_of(DeliveryTold, await tx.execute(query.order_by(delivery_told.c.told_no)))
