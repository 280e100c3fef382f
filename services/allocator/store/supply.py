"""Providers, data centres, offers and the decisions about them."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, Table, func, insert, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.keys import fold_key
from libs.common.nouns import all_of, as_json, columns, one, read, values, whole
from services.allocator.model.supply import (
    Conformance,
    DataCentre,
    Offer,
    OfferedServer,
    Provider,
    Specification,
)
from services.allocator.tables.supply import card, conformance_decision, data_centre, offer, provider, server

OFFER_FIELDS = [offer.c[name] for name in Offer.__dataclass_fields__ if name not in ("specification", "servers")]


async def find_provider(tx: Tx, provider_id: str) -> Provider | None:
    """One provider, by its code however it is spelled; of several that folded alike the one spelled so."""
    query = select(*columns(provider, Provider)).where(provider.c.provider_key == fold_key(provider_id))
    row = (await tx.execute(query.order_by(provider.c.provider_id != provider_id, provider.c.key_twin))).first()
    return whole(Provider, row) if row else None


async def get_provider(tx: Tx, provider_id: str) -> Provider:
    """One provider. Raises NotFound."""
    found = await find_provider(tx, provider_id)
    if found is None:
        raise NotFound("provider", provider_id)
    return found


async def list_providers(tx: Tx, after: str = "", limit: int | None = None) -> tuple[Provider, ...]:
    """Providers by code, after one; all of them without a limit."""
    query = select(*columns(provider, Provider)).where(provider.c.provider_id > after)
    rows = await tx.execute(query.order_by(provider.c.provider_id).limit(limit))
    return tuple(whole(Provider, row) for row in rows)


async def keep_provider(tx: Tx, told: Provider) -> None:
    """Keep a provider as it is told now; an older fact changes nothing."""
    row = values(told) | {"members": as_json(told.members)}
    twin = await _next_twin(tx, provider, "provider_key", fold_key(told.provider_id))
    statement = upsert(provider).values(**row, provider_key=fold_key(told.provider_id), key_twin=twin)
    changed = {name: statement.excluded[name] for name in row if name != "provider_id"}
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[provider.c.provider_id],
            set_=changed,
            where=provider.c.changed_at <= statement.excluded.changed_at,
        )
    )


async def add_data_centre(tx: Tx, centre: DataCentre) -> None:
    """Register a data centre. A code that folds like another of the provider breaks the unique constraint."""
    await tx.execute(insert(data_centre).values(**values(centre), data_centre_key=fold_key(centre.data_centre)))


async def find_data_centre(tx: Tx, provider_id: str, name: str) -> DataCentre | None:
    """One data centre of a provider, by its code however it is spelled."""
    c = data_centre.c
    query = select(*columns(data_centre, DataCentre)).where(
        c.provider_id == provider_id, c.data_centre_key == fold_key(name)
    )
    row = (await tx.execute(query.order_by(c.data_centre != name, c.key_twin))).first()
    return one(DataCentre, row) if row else None


async def add_offer(tx: Tx, made: Offer) -> None:
    """Register an offer with its servers and their cards."""
    row = values(made) | {"specification": as_json(made.specification)}
    del row["servers"]
    await tx.execute(insert(offer).values(**row, offer_key=fold_key(made.offer_id)))
    owner = {"provider_id": made.provider_id, "offer_id": made.offer_id}
    rows = [
        {**owner, "server_id": name, "server_key": fold_key(name), "cards": count}
        for name, count in made.servers.items()
    ]
    await tx.execute(insert(server), rows)
    cards = [
        {"provider_id": made.provider_id, "server_id": name, "card_index": index}
        for name, count in sorted(made.servers.items())
        for index in range(count)
    ]
    await tx.execute(insert(card), cards)


async def list_offers_by_code(tx: Tx, offer_id: str, provider_id: str | None = None) -> tuple[Offer, ...]:
    """The offers of this code: one of a provider, or one of each provider that chose it."""
    query = _offers().where(offer.c.offer_key == fold_key(offer_id))
    if provider_id is not None:
        query = query.where(offer.c.provider_id == provider_id)
    return tuple(_offer(row) for row in await tx.execute(query))


async def list_offers(
    tx: Tx, programme: str | None, provider_id: str | None, after: tuple[str, str], limit: int
) -> tuple[Offer, ...]:
    """Offers by code and provider, after a pair of both."""
    query = _offers().where(func.row(offer.c.offer_id, offer.c.provider_id) > func.row(*after)).limit(limit)
    if programme is not None:
        query = query.where(offer.c.programme_code == programme)
    if provider_id is not None:
        query = query.where(offer.c.provider_id == provider_id)
    return tuple(_offer(row) for row in await tx.execute(query))


async def list_offers_of_servers(tx: Tx, provider_id: str, server_ids: Collection[str]) -> tuple[Offer, ...]:
    """The offers behind servers of a provider, each with all of its servers."""
    behind = select(server.c.offer_id).where(server.c.provider_id == provider_id, server.c.server_id.in_(server_ids))
    query = _offers().where(offer.c.provider_id == provider_id, offer.c.offer_id.in_(behind))
    return tuple(_offer(row) for row in await tx.execute(query))


async def list_offered_types(tx: Tx, programme_code: str, now: dt.datetime) -> dict[str, tuple[str, ...]]:
    """Provider → the types of cards that it offers to a programme; offers that are over count no more."""
    query = select(offer.c.provider_id, func.array_agg(offer.c.card_type.distinct()))
    lasting = query.where(offer.c.programme_code == programme_code, offer.c.offered_until > now)
    rows = await tx.execute(lasting.group_by(offer.c.provider_id).order_by(offer.c.provider_id))
    return {provider_id: tuple(types) for provider_id, types in rows}


async def list_servers(tx: Tx, server_ids: Collection[str], provider_id: str | None) -> tuple[OfferedServer, ...]:
    """The servers of these codes, of one provider or of all that chose them, by provider and code."""
    keys = {fold_key(name) for name in server_ids}
    fields = [server.c[name] if name in server.c else offer.c[name] for name in OfferedServer.__dataclass_fields__]
    query = select(*fields).join(
        offer, (offer.c.provider_id == server.c.provider_id) & (offer.c.offer_id == server.c.offer_id)
    )
    query = query.where(server.c.server_key.in_(keys)).order_by(server.c.provider_id, server.c.server_id)
    if provider_id is not None:
        query = query.where(server.c.provider_id == provider_id)
    return all_of(OfferedServer, await tx.execute(query))


async def add_conformance(tx: Tx, decision: Conformance) -> None:
    """Append an officer's decision about an offer in doubt."""
    await tx.execute(insert(conformance_decision).values(**values(decision)))


async def find_conformance(tx: Tx, provider_id: str, offer_id: str, product: str) -> Conformance | None:
    """The latest decision about an offer and a product."""
    c = conformance_decision.c
    query = select(*columns(conformance_decision, Conformance)).where(
        c.provider_id == provider_id, c.offer_id == offer_id, c.product == product
    )
    row = (await tx.execute(query.order_by(c.decision_no.desc()).limit(1))).first()
    return one(Conformance, row) if row else None


def _offers() -> Select[Any]:
    """Every offer with its servers, by code."""
    ordered = aggregate_order_by(server.c.server_id, server.c.server_id)
    counted = aggregate_order_by(server.c.cards, server.c.server_id)
    return (
        select(*OFFER_FIELDS, offer.c.specification, func.array_agg(ordered), func.array_agg(counted))
        .join(server, (server.c.provider_id == offer.c.provider_id) & (server.c.offer_id == offer.c.offer_id))
        .group_by(offer.c.provider_id, offer.c.offer_id)
        .order_by(offer.c.offer_id, offer.c.provider_id)
    )


def _offer(row: Sequence[Any]) -> Offer:
    *told, specification, names, counts = row
    named = dict(zip((column.name for column in OFFER_FIELDS), told, strict=True))
    servers = dict(zip(names, counts, strict=True))
    return Offer(**named, specification=read(Specification, specification), servers=servers)


async def _next_twin(tx: Tx, table: Table, key: str, folded: str) -> int:
    """The number that a new code gets among those that fold alike."""
    query = select(func.coalesce(func.max(table.c.key_twin) + 1, 0)).where(table.c[key] == folded)
    return int((await tx.execute(query)).scalar_one())
