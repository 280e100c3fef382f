"""Data centres, offers, decisions about them, cards that are down: what can be allocated at all."""

from dataclasses import dataclass, replace

from libs.common.agreed_providers import must_be_agreed
from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.errors import Conflict, Invalid, NotFound
from libs.common.events.intake import ProviderChanged, ProviderRegistered
from libs.common.identity import Caller
from libs.common.keys import fold_key
from libs.common.programmes import programme_at
from services.allocator.model.supply import (
    Collision,
    Conformance,
    DataCentre,
    Downtime,
    DowntimeAsk,
    Member,
    Offer,
    Provider,
)
from services.allocator.rules.relations import with_known_relations
from services.allocator.rules.supply import cards_refusal, ends_before_start, repeated_names
from services.allocator.store import cards, collisions, downtimes, supply


@dataclass(frozen=True, slots=True)
class Reading:
    """An officer's reading of a notice in doubt: whether an offer is payable for a product, and why."""

    product: str
    payable: bool
    reason: str


async def hear_provider(tx: Tx, event: ProviderRegistered, _: Clock) -> None:
    """A provider as intake knows it, registered or changed; a fact older than the one kept changes nothing.

    Its turn is taken before a batch's first event (`turns.lock_first`).
    """
    told = Provider(
        provider_id=event.provider_id,
        organisation_id=event.organisation_id,
        name=event.name,
        business_no=fold_key(event.business_no),
        members=tuple(
            Member(m.organisation_id, m.name, fold_key(m.business_no), m.csap_certified) for m in event.members
        ),
        representative_keys=tuple(event.representative_keys),
        affiliates=tuple(fold_key(number) for number in event.affiliates),
        registered_at=event.registered_at,
        changed_at=event.changed_at if isinstance(event, ProviderChanged) else event.registered_at,
    )
    known = await supply.find_provider(tx, told.provider_id)
    await supply.keep_provider(tx, with_known_relations(told, known))


async def register_data_centre(tx: Tx, centre: DataCentre) -> DataCentre:
    """Register a provider's data centre under its code."""
    await lock(tx, f"data-centre:{fold_key(centre.provider_id)}")
    provider = await supply.get_provider(tx, centre.provider_id)
    if await supply.find_data_centre(tx, provider.provider_id, centre.data_centre):
        raise Conflict("already_there", thing="data_centre", id=centre.data_centre)
    made = DataCentre(provider.provider_id, centre.data_centre, centre.name, centre.address)
    await supply.add_data_centre(tx, made)
    return made


async def register_offer(tx: Tx, caller: Caller, told: Offer, names: tuple[str, ...], clock: Clock) -> Offer:
    """Register what a provider offers to a programme: servers of one card type in one data centre.

    `names`: the servers as told, each once. Codes are unique within the provider, however they are spelled (CV-9).
    Raises Conflict for who is not agreed with, where a providers' call serves the programme (RV-15).
    """
    await lock(tx, "allotment")
    provider = await supply.get_provider(tx, told.provider_id)
    if not caller.owns(provider.provider_id):
        raise NotFound("provider", told.provider_id)
    centre = await supply.find_data_centre(tx, provider.provider_id, told.data_centre)
    if centre is None:
        raise NotFound("data_centre", told.data_centre)
    told = replace(told, provider_id=provider.provider_id, data_centre=centre.data_centre)
    now = clock.now()
    programme = await programme_at(tx, told.programme_code, now)
    await must_be_agreed(tx, programme.code, provider.provider_id, provider.organisation_id, now)
    if told.card_type not in programme.cards:
        raise Invalid("unknown_card_type", "CV-4", card_type=told.card_type, known=", ".join(programme.cards))
    if ends_before_start(told.offered_from, told.offered_until):
        raise Invalid("offer_ends_before_start", "AL-3", offer_id=told.offer_id)
    if await supply.list_offers_by_code(tx, told.offer_id, told.provider_id):
        raise Conflict("already_there", thing="offer", id=told.offer_id)
    taken = [server.server_id for server in await supply.list_servers(tx, names, told.provider_id)]
    repeated = repeated_names(names, taken)
    if repeated:
        raise Conflict("already_there", thing="server", id=", ".join(repeated))
    await supply.add_offer(tx, told)
    return told


async def decide_conformance(
    tx: Tx, caller: Caller, offer_id: str, provider_id: str | None, reading: Reading, clock: Clock
) -> Conformance:
    """An officer decides whether an offer in doubt counts as conforming to a product (AL-6)."""
    found = await supply.list_offers_by_code(tx, offer_id, provider_id)
    if not found:
        raise NotFound("offer", offer_id)
    if len(found) > 1:
        raise Conflict("provider_needed", "CV-9", id=offer_id, providers=", ".join(o.provider_id for o in found))
    (offer,) = found
    now = clock.now()
    programme = await programme_at(tx, offer.programme_code, now)
    if reading.product not in programme.products:
        raise NotFound("product", reading.product)
    decision = Conformance(
        offer.provider_id, offer.offer_id, reading.product, reading.payable, reading.reason, caller.subject, now
    )
    await supply.add_conformance(tx, decision)
    return decision


async def take_down(tx: Tx, caller: Caller, provider_id: str | None, ask: DowntimeAsk, clock: Clock) -> Downtime:
    """Cards of a server that nobody holds are down over an interval: nobody is placed on them (AL-3)."""
    await lock(tx, "allotment")
    known = [s for s in await supply.list_servers(tx, [ask.server_id], provider_id) if caller.owns(s.provider_id)]
    if not known:
        raise NotFound("server", ask.server_id)
    if len(known) > 1:
        raise Conflict("provider_needed", "CV-9", id=ask.server_id, providers=", ".join(s.provider_id for s in known))
    if ends_before_start(ask.from_at, ask.until):
        raise Invalid("offer_ends_before_start", "AL-3", offer_id=ask.server_id)
    server = known[0]
    free = await cards.list_unheld(tx, server.provider_id, [server.server_id], ask.from_at, ask.until)
    refusal = cards_refusal(ask.cards, len(free))
    if refusal is not None:
        raise Conflict(refusal.code, refusal.rule_id, **refusal.facts)
    number = await downtimes.next_down_no(tx)
    down = Downtime(
        down_no=number,
        down_id=downtimes.down_id_of(number),
        provider_id=server.provider_id,
        server_id=server.server_id,
        cards=ask.cards,
        from_at=ask.from_at,
        until=ask.until,
        reason=ask.reason,
        taken_down_by=caller.subject,
        taken_down_at=clock.now(),
    )
    await downtimes.add_downtime(tx, down)
    holds = [cards.Hold(down.down_id, card.card_id, ask.from_at, ask.until) for card in free[: ask.cards]]
    await cards.hold(tx, "allotment", "down", holds, ask.reason)
    return down


async def list_providers(tx: Tx, after: str, limit: int) -> tuple[Provider, ...]:
    """Providers by code."""
    return await supply.list_providers(tx, after, limit)


async def list_offers(
    tx: Tx, caller: Caller, programme: str | None, after: tuple[str, str], limit: int
) -> tuple[Offer, ...]:
    """Offers by code and provider; a provider sees its own."""
    provider = None if caller.sees_all() else caller.organisation_id
    return await supply.list_offers(tx, programme, provider, after, limit)


async def list_collisions(tx: Tx) -> tuple[Collision, ...]:
    """Codes that fold alike since before codes were folded; nothing is merged."""
    return await collisions.list_collisions(tx)
