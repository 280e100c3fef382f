"""Confirm a placement: the cards are held, the grants know their place, everybody hears of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from libs.common.cards import in_proportion
from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, Refusal, Refused, WrongState
from libs.common.events.allocator import GrantPlaced
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.allocator.model.cards import Span, servers_of
from services.allocator.model.grants import Grant
from services.allocator.model.placements import NamedPlace, PlacementFound, PlacementLine
from services.allocator.model.supply import Offer
from services.allocator.operations.place import get_placement
from services.allocator.policy import ModePolicy, ProductPolicy, SpecPolicy, SubstitutionPolicy
from services.allocator.rules.cards import assignment_mode
from services.allocator.rules.conformance import is_payable, is_place_payable, worst_conformance
from services.allocator.rules.places import is_outdated, is_pool_too_small, is_start_over
from services.allocator.rules.prices import priced_as
from services.allocator.rules.relations import is_barred_pair
from services.allocator.rules.variants import OnlyTypes, lone_types
from services.allocator.store import cards, grants, placements, pools, supply


@dataclass(frozen=True, slots=True)
class _Placing:
    """One line of a placement that is carried out: where, for whom, and whether it is payable."""

    line: PlacementLine
    place: NamedPlace
    grant: Grant
    product: ProductPolicy
    payable: bool


async def confirm_placement(tx: Tx, by: str, placement_id: str, clock: Clock) -> PlacementFound:
    """Carry a draft placement out. Refused where grants or cards changed since, or an offer is still in doubt.

    A grant changed if it waits no longer, or its units or months are not those of its line (`is_outdated`); a place if
    its start has passed, its provider became related to the applicant (AL-5), or its pool's cards have left (AL-3).
    """
    await lock(tx, "allotment")
    header = await placements.get_placement(tx, placement_id, for_update=True)
    if header.state != "draft":
        raise WrongState("placement", placement_id, header.state, ["draft"])
    lines = [line for line in await placements.list_lines(tx, placement_id) if line.placed]
    awarded = await grants.list_locked(tx, [line.grant_id for line in lines])
    now = max(clock.now(), header.made_at)
    programme = await programme_at(tx, header.programme_code, now)
    products = {grant_id: ProductPolicy.of(programme, grant.product) for grant_id, grant in awarded.items()}
    given = SubstitutionPolicy.of(programme)
    parties = {provider.provider_id: provider.party for provider in await supply.list_providers(tx)}
    only_types = lone_types(await supply.list_offered_types(tx, programme.code, now))
    spans = await placements.list_pool_spans(tx, programme.code)
    changed = [
        line.grant_id
        for line in lines
        if is_outdated(awarded[line.grant_id], line.place, products[line.grant_id], given, only_types)
        or is_start_over(line.place.starts_at, now)
        or is_barred_pair(parties[line.place.provider_id], awarded[line.grant_id].party)
        or _has_left(spans, line, now)
    ]
    if changed:
        raise Conflict("placement_outdated", "AL-4", grants=", ".join(changed))
    payable = await _payable(tx, programme, lines, awarded, only_types)
    placings = [
        _Placing(
            line,
            line.place,
            awarded[line.grant_id],
            products[line.grant_id],
            payable[line.grant_id],
        )
        for line in lines
    ]
    await _hold_named_cards(tx, placings)
    said = [_placed(programme, placing) for placing in placings]
    for event, placing in zip(said, placings, strict=True):
        await _keep_place(tx, event, placing)
    await placements.confirm_placement(tx, placement_id, by, now)
    await say(tx, *said, now=now)
    return await get_placement(tx, placement_id)


def _has_left(spans: Mapping[str, Sequence[Span]], line: PlacementLine, now: dt.datetime) -> bool:
    """Whether the pool of a line has fewer cards by now than the grant may use."""
    if line.pool_id is None:
        return False
    place = line.place
    return is_pool_too_small(spans.get(line.pool_id, ()), place.cards, place.starts_at, now)


async def _payable(
    tx: Tx,
    programme: Programme,
    lines: Sequence[PlacementLine],
    awarded: Mapping[str, Grant],
    only_types: OnlyTypes,
) -> dict[str, bool]:
    """Whether each grant's place conforms to its product. Raises Refused with every offer that is still in doubt."""
    offers_of_pool = await pools.list_pool_offers(tx, programme.code)
    payable: dict[str, bool] = {}
    doubts: dict[tuple[str, str], Refusal] = {}
    for line in lines:
        product = awarded[line.grant_id].product
        servers = sorted({card.server_id for card in line.named_cards or ()})
        offers: Sequence[Offer] = (
            offers_of_pool[line.pool_id]
            if line.pool_id
            else await supply.list_offers_of_servers(tx, line.place.provider_id, servers)
        )
        behind = line.cards if line.pool_id else None
        verdicts = {
            offer.offer_id: await _verdict(tx, programme, product, offer, behind, only_types) for offer in offers
        }
        for offer_id in (name for name, verdict in verdicts.items() if verdict is None):
            facts = {"offer_id": offer_id, "product": product}
            doubts[offer_id, product] = Refusal("AL-6", "conformance_undecided", facts)
        payable[line.grant_id] = is_place_payable(verdicts.values())
    if doubts:
        raise Refused(list(doubts.values()))
    return payable


async def _verdict(
    tx: Tx, programme: Programme, product: str, offer: Offer, behind: int | None, only_types: OnlyTypes
) -> bool | None:
    """Whether an offer is payable for a product; None while an officer has to decide."""
    conforms = worst_conformance(
        ProductPolicy.of(programme, product),
        SpecPolicy.of(programme, product),
        SubstitutionPolicy.of(programme),
        [offer],
        behind,
        only_types,
    )
    decision = None
    if conforms == "officer":
        decision = await supply.find_conformance(tx, offer.provider_id, offer.offer_id, product)
    return is_payable(conforms, decision.payable if decision else None)


async def _hold_named_cards(tx: Tx, placings: Sequence[_Placing]) -> None:
    for placing in (p for p in placings if p.line.named_cards):
        place, named = placing.place, placing.line.named_cards or ()
        servers = sorted({card.server_id for card in named})
        free = await cards.list_unheld(tx, place.provider_id, servers, place.starts_at, place.ends_at)
        ids = {(card.server_id, card.card_index): card.card_id for card in free}
        if not set(named) <= set(ids):
            raise Conflict("placement_outdated", "AL-10", grants=placing.grant.grant_id)
        holds = [
            cards.Hold(placing.grant.grant_id, ids[card], place.starts_at, place.ends_at) for card in sorted(named)
        ]
        await cards.hold(tx, "allotment", "fixed", holds)


def _placed(programme: Programme, placing: _Placing) -> GrantPlaced:
    grant, place, product = placing.grant, placing.place, placing.product
    priced = priced_as(product, place.card_type, place.cards, grant.units)
    return GrantPlaced(
        grant_id=grant.grant_id,
        programme_code=programme.code,
        programme_version=programme.version,
        organisation_id=grant.organisation_id,
        placement_id=placing.line.placement_id,
        provider_id=place.provider_id,
        data_centre=place.data_centre,
        pool_id=placing.line.pool_id,
        servers=servers_of(placing.line.named_cards or ()),
        mode=assignment_mode(ModePolicy.of(programme).mode, placing.line.mode),
        product=grant.product,
        units=grant.units,
        months=grant.months,
        card_type=place.card_type,
        cards=place.cards,
        asked_card_type=product.card_type,
        priced_product=priced.product,
        priced_units=priced.units,
        payable=placing.payable,
        starts_at=place.starts_at,
        ends_at=place.ends_at,
        rank=grant.rank,
    )


async def _keep_place(tx: Tx, event: GrantPlaced, placing: _Placing) -> None:
    placed = replace(
        placing.grant,
        state="placed",
        programme_version=event.programme_version,
        placement_id=event.placement_id,
        provider_id=event.provider_id,
        data_centre=event.data_centre,
        pool_id=event.pool_id,
        mode=event.mode,
        card_type=event.card_type,
        asked_card_type=event.asked_card_type,
        cards=event.cards,
        cards_per_unit=in_proportion(event.cards, placing.grant.units, 1),
        servers=event.servers,
        payable=event.payable,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
    )
    await grants.change_grant(tx, placing.grant, placed)
