"""Keys that an upgrade found to be shared."""

from sqlalchemy import select

from libs.common.db import Tx
from libs.common.nouns import all_of, columns
from services.intake.model.organisations import KeyCollision
from services.intake.tables.organisations import key_collision


async def list_collisions(tx: Tx, after: int, limit: int) -> tuple[KeyCollision, ...]:
    """Collisions in the order of their finding, after one."""
    query = select(*columns(key_collision, KeyCollision)).where(key_collision.c.id > after)
    return all_of(KeyCollision, await tx.execute(query.order_by(key_collision.c.id).limit(limit)))
