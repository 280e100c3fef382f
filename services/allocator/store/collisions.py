"""Codes that fold alike since before codes were folded (CV-9): an officer looks at them, nothing is merged."""

from sqlalchemy import Column, Table, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from libs.common.db import Tx
from services.allocator.model.supply import Collision
from services.allocator.tables.pools import pool
from services.allocator.tables.supply import data_centre, offer, provider, server

CODES: tuple[tuple[Table, Column[str], Column[str], bool], ...] = (
    (provider, provider.c.provider_id, provider.c.provider_key, False),
    (data_centre, data_centre.c.data_centre, data_centre.c.data_centre_key, True),
    (offer, offer.c.offer_id, offer.c.offer_key, True),
    (server, server.c.server_id, server.c.server_key, True),
    (pool, pool.c.pool_id, pool.c.pool_key, False),
)


async def list_collisions(tx: Tx) -> tuple[Collision, ...]:
    """Every group of codes of one kind, and of one provider where it chooses them, that fold alike."""
    found: list[Collision] = []
    for table, code, key, of_provider in CODES:
        owner = table.c.provider_id if of_provider else literal("")
        codes = func.array_agg(aggregate_order_by(code, code))
        grouped = (table.c.provider_id, key) if of_provider else (key,)
        query = select(owner, codes).group_by(*grouped).having(func.count() > 1).order_by(*grouped)
        found += [Collision(table.name, within or None, tuple(alike)) for within, alike in await tx.execute(query)]
    return tuple(found)
