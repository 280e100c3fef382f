"""Providers as intake registered them."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.keys import fold_key
from libs.common.nouns import among, columns, one, values
from services.billing.model.grants import Provider
from services.billing.tables.grants import provider


async def keep_provider(tx: Tx, told: Provider) -> None:
    """Keep a provider as it is now; told again, the newest word counts."""
    row = values(told)
    statement = upsert(provider).values(row)
    await tx.execute(statement.on_conflict_do_update(index_elements=["provider_id"], set_=row))


async def find_provider(tx: Tx, provider_id: str) -> Provider | None:
    """The registered provider of this id, however it is spelt (CV-9); None where none is registered."""
    query = select(*columns(provider, Provider)).where(provider.c.provider_key == fold_key(provider_id))
    row = (await tx.execute(query)).first()
    return one(Provider, row) if row else None


async def list_names(tx: Tx, provider_ids: Iterable[str]) -> dict[str, str]:
    """The names of those providers that are registered, by id."""
    query = select(provider.c.provider_id, provider.c.name).where(among(provider.c.provider_id, set(provider_ids)))
    return {row.provider_id: row.name for row in await tx.execute(query)}
