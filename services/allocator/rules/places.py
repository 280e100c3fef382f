"""How a grant can sit on servers: in which types, on how many servers, and what a supplier can hold at most."""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from libs.common.calendar import kst_day
from services.allocator.model.cards import Card, Span, seconds_of
from services.allocator.model.grants import Grant
from services.allocator.model.placements import NamedPlace, Place, PoolOffer, PoolPlace, Wish
from services.allocator.model.supply import StockServer
from services.allocator.policy import ProductPolicy, SubstitutionPolicy
from services.allocator.rules.starts import use_span
from services.allocator.rules.variants import NOBODY, OnlyTypes, cards_given, grant_variants


def seat_cards(cards: int, free: Mapping[str, int], product_server_cards: int) -> dict[str, int] | None:
    """AL-1: Server products get whole servers; card products sit on one server where they fit, else on the fewest.

    `cards` ≥ 1: cards of the grant in the given type; `free`: server → cards that nobody holds over the grant's whole
    period, for the servers of one data centre of one provider, partly used ones included; `product_server_cards`: the
    cards of a whole server of the product, 0 for a card product. Of several servers that would do the one with the
    fewest free cards is taken, then the smaller name, so that larger room stays for others. Returns server → cards;
    None where the servers cannot hold it. Never raises.

    Example: 4 cards, s1 8 free, s2 4 free → 4 of s2; 16 cards, four servers with 4 free → 4 of each; 12 cards, 8, 8 and
    5 free → 8 and 4 of the third; one whole server of 8 where 4 of 8 are free → None.
    Source: S0 §1, §7, S3 §4.
    """
    if product_server_cards:
        whole = sorted(server for server, count in free.items() if count >= product_server_cards)
        needed, part = divmod(cards, product_server_cards)
        return None if part or needed > len(whole) else dict.fromkeys(whole[:needed], product_server_cards)
    left, seats = cards, {}
    by_room = sorted((-count, server) for server, count in free.items() if count > 0)
    for nth, (count, server) in enumerate(by_room):
        if -count >= left:
            seats[min((-room, name) for room, name in by_room[nth:] if -room >= left)[1]] = left
            return seats
        seats[server] = -count
        left += count
    return None


def whole_server_cards(product: ProductPolicy, server_cards: int | None) -> int:
    """The cards of a whole server that a product needs (AL-1); 0 for a card product.

    `server_cards`: what the programme's whole servers have; none where each product's unit is one server.
    Example: H100x8 by the server in a programme of servers of 8 → 8; H100x2 by the card → 0.
    """
    return (server_cards or product.cards_per_unit) if product.whole_servers else 0


@dataclass(frozen=True, slots=True)
class Breach:
    """An instant at which more cards are held than are there."""

    provider_id: str
    data_centre: str
    card_type: str
    at_s: int
    held: int
    available: int


Site = tuple[str, str, str]
"""Provider, data centre, card type."""


def capacity_breaches(
    available: Iterable[tuple[Site, Span, int]], held: Iterable[tuple[Site, Span, int]]
) -> list[Breach]:
    """AL-3: At every instant and per provider, data centre and type no more cards are held than are available.

    `available`: site, span and number of cards offered; `held`: site, span and number of cards of fixed grants, of
    dynamic pools and of cards that are down and that nobody holds. Spans are half-open, so one that ends when
    another begins does not count beside it. Returns the instants at which the sum held first exceeds what is
    available, per site in order of time; an empty list means that the rule is kept. Never raises.

    Example: 4 cards available; 2 + 3 held over the same day → one breach, 5 of 4.
    Source: S1 §3.
    """
    changes: dict[Site, list[tuple[int, int, int]]] = {}
    for site, span, cards in available:
        changes.setdefault(site, []).extend([(span.from_s, cards, 0), (span.until_s, -cards, 0)])
    for site, span, cards in held:
        changes.setdefault(site, []).extend([(span.from_s, 0, cards), (span.until_s, 0, -cards)])
    breaches = []
    for site in sorted(changes):
        there = taken = 0
        within = True
        for at_s, here in itertools.groupby(sorted(changes[site]), key=itemgetter(0)):
            for _, offered, given in here:
                there += offered
                taken += given
            if taken > there and within:
                breaches.append(Breach(*site, at_s, taken, there))
            within = taken <= there
    return breaches


def placement_breaches(stock: Sequence[StockServer], wishes: Sequence[Wish], places: Sequence[Place]) -> list[str]:
    """What is wrong with a placement, checked on its own and not by the way it was found; empty when nothing is.

    Checks that every grant is placed once, at one of its starts, in one of its types, with a provider that may serve
    it, on whole servers where its product is one of servers, else on no more servers of its site than it needs beside
    all others (AL-1), on cards that nobody else holds (AL-10) and whose offer lasts, within AL-3 over time.
    """
    servers = {server.server_id: server for server in stock}
    by_id = {wish.grant_id: wish for wish in wishes}
    wrong = []
    if len({place.grant_id for place in places}) != len(places):
        wrong.append("a grant is placed twice")
    for place in places:
        wrong += _place_breaches(place, by_id.get(place.grant_id), servers)
    wrong += _card_breaches(stock, places)
    wrong += _seat_breaches(stock, wishes, places)
    available = [(site_of(s), s.offered, s.cards) for s in stock]
    held = list(held_in_offers(stock))
    held += [((p.provider_id, p.data_centre, p.card_type), p.start.span, len(p.cards)) for p in places]
    return wrong + [f"over capacity: {breach}" for breach in capacity_breaches(available, held)]


def lasting_cards(pool: PoolOffer, span: Span) -> int:
    """How many cards of a pool are offered over the whole of a grant's use, to its end (AL-3). Never raises.

    Example: two cards, one until 1 November; a use until 1 January → 1.
    """
    return pool.cards if pool.spans is None else sum(offered.holds(span) for offered in pool.spans)


def cards_at(spans: Sequence[Span] | None, cards: int, at_s: int) -> int:
    """How many of a pool's cards are offered at an instant (AL-3), in seconds since 1970-01-01 UTC. Never raises.

    `spans`: over which span each card is offered, none where all `cards` last for ever.
    Example: two cards, one until 1 November; on 5 November → 1.
    """
    return cards if spans is None else sum(span.from_s <= at_s < span.until_s for span in spans)


def is_start_over(starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a draft's start has passed (AL-4): its day in Seoul is over, so that use would begin in the past.

    Never raises. Example: from 1 October, confirmed on 1 October at 15:00 → no; on 2 October → yes.
    """
    return kst_day(starts_at) < kst_day(now)


def is_pool_too_small(spans: Sequence[Span], cards: int, starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a pool has fewer cards than a grant may use, at its start or, where that has passed, now (AL-3)."""
    return cards_at(spans, 0, seconds_of(max(starts_at, now))) < cards


def pool_place_breaches(
    pools: Sequence[PoolOffer], wishes: Sequence[Wish], in_pools: Sequence[PoolPlace], places: Sequence[Place]
) -> list[str]:
    """What is wrong with the pools' part of a placement, checked on its own; empty when nothing is.

    Checks that every grant is placed once in all, at one of its starts, in one of its types, with a pool of a
    provider that may serve it (AL-5) and that holds at the start at least what the grant may use at once (AL-3).
    """
    by_pool = {pool.pool_id: pool for pool in pools}
    by_id = {wish.grant_id: wish for wish in wishes}
    placed = Counter(place.grant_id for part in (in_pools, places) for place in part)
    wrong = [f"{grant_id} is placed twice" for grant_id in sorted(placed) if placed[grant_id] > 1]
    for place in in_pools:
        wish, pool = by_id.get(place.grant_id), by_pool.get(place.pool_id)
        if wish is None or pool is None:
            wrong.append(f"{place.grant_id} is no wish, or {place.pool_id} no pool")
            continue
        if place.provider_id != pool.provider_id or pool.provider_id in wish.barred_providers:
            wrong.append(f"{place.grant_id} is served by a related provider")
        if place.start not in wish.starts:
            wrong.append(f"{place.grant_id} has no such start")
        given = cards_given(wish.variants, pool.provider_id, pool.card_type)
        if (place.variant.card_type, place.variant.cards) != (pool.card_type, given):
            wrong.append(f"{place.grant_id} is given in no allowed type and number")
        if place.variant.cards > cards_at(pool.spans, pool.cards, place.start.span.from_s):
            wrong.append(f"{place.grant_id} is larger than its pool")
    return wrong


def is_outdated(
    grant: Grant,
    place: NamedPlace,
    product: ProductPolicy,
    policy: SubstitutionPolicy,
    only_types: OnlyTypes = NOBODY,
) -> bool:
    """Whether a grant is no longer what a draft placed: its place must be decided again (AL-4).

    It waits for its place no longer, its cards are none that its provider may give it now (AL-2, AL-21, BL-3), or its
    use does not last its months from the place's start (CV-3). `product`, `policy`, `only_types`: as they are now.
    Never raises.

    Example: 2 units of H100x2 drafted on 4 H100, then lowered to 1 unit → True, as 2 H100 are what it may be given.
    """
    variants = grant_variants(grant.units, product, policy, only_types)
    drafted = Span(seconds_of(place.starts_at), seconds_of(place.ends_at))
    return (
        grant.state != "awaiting"
        or place.cards != cards_given(variants, place.provider_id, place.card_type)
        or drafted != use_span(kst_day(place.starts_at), grant.months)
    )


def pool_breaches(stock: Sequence[StockServer], site: Site, cards: Iterable[Span]) -> list[Breach]:
    """Where a new pool would hold more than is offered (AL-3): `cards` are the spans of its cards at its site."""
    available = [(site_of(server), server.offered, server.cards) for server in stock]
    return capacity_breaches(available, [*held_in_offers(stock), *((site, span, 1) for span in cards)])


def held_in_offers(stock: Sequence[StockServer]) -> Iterator[tuple[Site, Span, int]]:
    """What is held of each card while it is offered: what lies outside its offer takes nothing of what is available."""
    for server in stock:
        for span in (span for spans in server.busy for span in spans):
            within = Span(max(span.from_s, server.offered.from_s), min(span.until_s, server.offered.until_s))
            if within.from_s < within.until_s:
                yield site_of(server), within, 1


def site_of(server: StockServer) -> Site:
    """The provider, data centre and card type that a server counts towards."""
    return server.provider_id, server.data_centre, server.card_type


def _place_breaches(place: Place, wish: Wish | None, servers: dict[str, StockServer]) -> list[str]:
    if wish is None:
        return [f"{place.grant_id} is no wish"]
    wrong = []
    used = [servers[server_id] for server_id in place.servers()]
    if {site_of(s) for s in used} != {(place.provider_id, place.data_centre, place.card_type)}:
        wrong.append(f"{place.grant_id} is spread over sites")
    if place.provider_id in wish.barred_providers:
        wrong.append(f"{place.grant_id} is served by a related provider")
    if place.start not in wish.starts:
        wrong.append(f"{place.grant_id} has no such start")
    if len(place.cards) != cards_given(wish.variants, place.provider_id, place.card_type):
        wrong.append(f"{place.grant_id} is given in no allowed type and number")
    if wish.server_cards and {(s.cards, place.servers()[s.server_id]) for s in used} != {(wish.server_cards,) * 2}:
        wrong.append(f"{place.grant_id} is given servers that are not whole")
    return wrong


def _card_breaches(stock: Sequence[StockServer], places: Sequence[Place]) -> list[str]:
    spans: dict[Card, list[Span]] = {}
    for server in stock:
        for index, busy in enumerate(server.busy):
            spans[Card(server.server_id, index)] = list(busy)
    offered = {server.server_id: server.offered for server in stock}
    wrong = []
    for place in places:
        for card in place.cards:
            if not offered[card.server_id].holds(place.start.span):
                wrong.append(f"{place.grant_id} is given {card} beyond its offer")
            if any(place.start.span.overlaps(span) for span in spans[card]):
                wrong.append(f"{place.grant_id} is given {card}, which is held")
            spans[card].append(place.start.span)
    return wrong


def _seat_breaches(stock: Sequence[StockServer], wishes: Sequence[Wish], places: Sequence[Place]) -> list[str]:
    """Card products that sit on more servers of their site than they need, all others staying where they are (AL-1)."""
    of_cards = {wish.grant_id for wish in wishes if not wish.server_cards}
    given: dict[str, list[tuple[Card, Span, str]]] = {}
    for place in places:
        for card in place.cards:
            given.setdefault(card.server_id, []).append((card, place.start.span, place.grant_id))
    wrong = []
    for place in (p for p in places if p.grant_id in of_cards and len(p.servers()) > 1):
        site, span = (place.provider_id, place.data_centre, place.card_type), place.start.span
        rooms = []
        for server in (s for s in stock if site_of(s) == site and s.offered.holds(span)):
            taken = {slot for slot, busy in enumerate(server.busy) if any(span.overlaps(held) for held in busy)}
            others = given.get(server.server_id, [])
            taken |= {card.slot for card, used, who in others if who != place.grant_id and span.overlaps(used)}
            rooms.append(server.cards - len(taken))
        largest = sorted(rooms, reverse=True)[: len(place.servers()) - 1]
        if sum(largest) >= len(place.cards):
            wrong.append(f"{place.grant_id} sits on more servers than it needs")
    return wrong
