"""Providers, data centres, offers: what can be allocated at all."""

import datetime as dt
import hashlib
from typing import Any

from libs.common.db import Tx, lock
from libs.common.errors import Conflict, Invalid, NotFound
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.allocator.store import supply


def representative_key(name: str, born_on: dt.date) -> str:
    """The key under which AL-5 compares representatives; nobody reads names out of it."""
    return hashlib.sha256(f"{name}|{born_on.isoformat()}".encode()).hexdigest()


def digits_of(business_no: str) -> str:
    """A business number without its hyphens."""
    return "".join(c for c in business_no if c.isdigit())


async def register_provider(
    tx: Tx,
    provider_id: str,
    name: str,
    business_no: str,
    representatives: list[tuple[str, dt.date]],
    affiliates: list[str],
    now: dt.datetime,
) -> dict[str, Any]:
    """Register a provider under its code."""
    await lock(tx, f"provider:{provider_id}")
    if await supply.provider_of(tx, provider_id):
        raise Conflict("already_there", thing="provider", id=provider_id)
    await supply.add_provider(
        tx,
        provider_id=provider_id,
        name=name,
        business_no=digits_of(business_no),
        representative_keys=[representative_key(*person) for person in representatives],
        affiliates=[digits_of(number) for number in affiliates],
        registered_at=now,
    )
    found = await supply.provider_of(tx, provider_id)
    assert found is not None, "it was just added"  # noqa: S101
    return found


async def register_data_centre(tx: Tx, data_centre: str, provider_id: str, name: str, address: str) -> dict[str, Any]:
    """Register a provider's data centre under its code."""
    await lock(tx, f"data-centre:{data_centre}")
    if await supply.provider_of(tx, provider_id) is None:
        raise NotFound("provider", provider_id)
    if await supply.data_centre_of(tx, data_centre):
        raise Conflict("already_there", thing="data_centre", id=data_centre)
    values = {"data_centre": data_centre, "provider_id": provider_id, "name": name, "address": address}
    await supply.add_data_centre(tx, **values)
    return values


async def register_offer(
    tx: Tx, caller: Caller, values: dict[str, Any], servers: list[tuple[str, int]], now: dt.datetime
) -> dict[str, Any]:
    """Register what a provider offers to a programme: servers of one card type in one data centre."""
    await lock(tx, "allotment")
    if not caller.owns(values["provider_id"]) or await supply.provider_of(tx, values["provider_id"]) is None:
        raise NotFound("provider", values["provider_id"])
    centre = await supply.data_centre_of(tx, values["data_centre"])
    if centre is None or centre["provider_id"] != values["provider_id"]:
        raise NotFound("data_centre", values["data_centre"])
    programme = await programme_at(tx, values["programme_code"], now)
    if values["card_type"] not in programme.cards:
        raise Invalid("unknown_card_type", "CV-4", card_type=values["card_type"], known=", ".join(programme.cards))
    if values["offered_until"] <= values["offered_from"]:
        raise Invalid("offer_ends_before_start", "AL-3", offer_id=values["offer_id"])
    if await supply.offer_of(tx, values["offer_id"]):
        raise Conflict("already_there", thing="offer", id=values["offer_id"])
    names = [server_id for server_id, _ in servers]
    taken = [row["server_id"] for row in await supply.known_servers(tx, names)]
    repeated = sorted({*taken, *(name for name in names if names.count(name) > 1)})
    if repeated:
        raise Conflict("already_there", thing="server", id=", ".join(repeated))
    await supply.add_offer(tx, values, servers)
    found = await supply.offer_of(tx, values["offer_id"])
    assert found is not None, "it was just added"  # noqa: S101
    return found


async def decide_conformance(
    tx: Tx, caller: Caller, offer_id: str, product: str, payable: bool, reason: str, now: dt.datetime
) -> dict[str, Any]:
    """An officer decides whether an offer in doubt counts as conforming to a product (AL-6)."""
    offer = await supply.offer_of(tx, offer_id)
    if offer is None:
        raise NotFound("offer", offer_id)
    programme = await programme_at(tx, offer["programme_code"], now)
    if product not in programme.products:
        raise NotFound("product", product)
    values = {
        "offer_id": offer_id,
        "product": product,
        "payable": payable,
        "reason": reason,
        "decided_by": caller.subject,
        "decided_at": now,
    }
    await supply.add_conformance(tx, **values)
    return values


async def take_down(
    tx: Tx, caller: Caller, server_id: str, cards: int, from_at: dt.datetime, until: dt.datetime, reason: str
) -> dict[str, Any]:
    """Cards of a server that nobody holds are down over an interval: nobody is placed on them (AL-3)."""
    await lock(tx, "allotment")
    known = await supply.known_servers(tx, [server_id])
    if not known or not caller.owns(known[0]["provider_id"]):
        raise NotFound("server", server_id)
    if until <= from_at:
        raise Invalid("offer_ends_before_start", "AL-3", offer_id=server_id)
    free = await supply.unheld_cards(tx, [server_id], from_at, until)
    if len(free) < cards:
        raise Conflict("cards_held", "AL-3", wanted=cards, free=len(free))
    pairs = [(server_id, card["card_id"]) for card in free[:cards]]
    await supply.hold(tx, layer="allotment", kind="down", holders=pairs, from_at=from_at, until=until, reason=reason)
    return {"server_id": server_id, "cards": cards, "from_at": from_at, "until": until, "reason": reason}


async def list_providers(tx: Tx, after: str, limit: int) -> list[dict[str, Any]]:
    """Providers by code."""
    return [row for row in await supply.providers(tx) if row["provider_id"] > after][:limit]


async def list_offers(tx: Tx, caller: Caller, programme: str | None, after: str, limit: int) -> list[dict[str, Any]]:
    """Offers by id; a provider sees its own."""
    provider = None if caller.sees_all() else caller.organisation_id
    return await supply.offers(tx, programme=programme, provider=provider, after=after, limit=limit)
