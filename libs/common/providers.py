"""Providers as intake registered them: the copy that a service keeps for their names and the spelling of their ids."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Column, MetaData, Table, Text, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.backbone import Instant
from libs.common.db import Tx
from libs.common.events.intake import ProviderChanged, ProviderRegistered
from libs.common.keys import fold_key
from libs.common.nouns import among, columns, one, values


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """A provider as it was told last."""

    provider_id: str
    provider_key: str
    """Its id folded (CV-9): by this two spellings are one provider."""
    organisation_id: str
    name: str
    business_no: str
    changed_at: dt.datetime
    """When intake last said so."""


def provider_table(metadata: MetaData) -> Table:
    """The table of known providers, for a service that keeps them."""
    return Table(
        "provider",
        metadata,
        Column("provider_id", Text, primary_key=True),
        *(Column(name, Text, nullable=False) for name in ("provider_key", "organisation_id", "name", "business_no")),
        Column("changed_at", Instant, nullable=False, server_default=text("'2000-01-01T00:00:00Z'")),
        UniqueConstraint("provider_key"),
    )


provider = provider_table(MetaData())


async def hear_provider(tx: Tx, event: ProviderRegistered, _: dt.datetime) -> None:
    """A provider was registered or changed: keep it as it is now; a fact older than the one kept changes nothing."""
    told = KnownProvider(
        provider_id=event.provider_id,
        provider_key=fold_key(event.provider_id),
        organisation_id=event.organisation_id,
        name=event.name,
        business_no=event.business_no,
        changed_at=event.changed_at if isinstance(event, ProviderChanged) else event.registered_at,
    )
    row = values(told)
    statement = upsert(provider).values(row)
    newer = provider.c.changed_at <= statement.excluded.changed_at
    await tx.execute(statement.on_conflict_do_update(index_elements=["provider_id"], set_=row, where=newer))


async def registered_id(tx: Tx, provider_id: str) -> str:
    """A provider's id as it was registered, however it was typed; as typed where no such provider is registered."""
    query = select(*columns(provider, KnownProvider)).where(provider.c.provider_key == fold_key(provider_id))
    row = (await tx.execute(query)).first()
    return one(KnownProvider, row).provider_id if row else provider_id


async def organisation_of(tx: Tx, provider_id: str) -> str | None:
    """The organisation that a provider is, by its id as it was registered; None where no such one is registered."""
    query = select(provider.c.organisation_id).where(provider.c.provider_key == fold_key(provider_id))
    return (await tx.execute(query)).scalar()


async def list_names(tx: Tx, provider_ids: Iterable[str]) -> dict[str, str]:
    """The names of those providers that are registered, by id."""
    query = select(provider.c.provider_id, provider.c.name).where(among(provider.c.provider_id, set(provider_ids)))
    return {row.provider_id: row.name for row in await tx.execute(query)}
