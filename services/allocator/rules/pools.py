"""Dynamic pools: which servers make one, how many of their cards, and which pool a grant draws from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from libs.common.keys import fold_key
from services.allocator.model.placements import PoolOffer, PoolPlace, Variant, Wish
from services.allocator.model.pools import PoolAsk
from services.allocator.model.supply import OfferedServer
from services.allocator.rules.conformance import GRAVITY
from services.allocator.rules.places import cards_at, lasting_cards


def is_of_one_site(ask: PoolAsk, servers: Sequence[OfferedServer]) -> bool:
    """Whether servers can make one pool (AL-9): all of one provider, data centre, card type and programme.

    What `ask` tells of them must be so, however it is spelt (CV-9). `servers` is not empty. Never raises.
    """
    first = servers[0]
    told = (
        (ask.programme, first.programme_code),
        (ask.provider_id, first.provider_id),
        (ask.data_centre, first.data_centre),
        (ask.card_type, first.card_type),
    )
    agrees = all(wanted is None or fold_key(wanted) == fold_key(found) for wanted, found in told)
    return agrees and len({_site(server) for server in servers}) == 1


def _site(server: OfferedServer) -> tuple[str, str, str, str]:
    return server.provider_id, server.data_centre, server.card_type, server.programme_code


def pool_cards(ask: PoolAsk, servers: Sequence[OfferedServer]) -> int:
    """How many cards a pool is to have: what is asked, else all cards of its servers."""
    return ask.cards_max if ask.cards_max is not None else sum(server.cards for server in servers)


def serve_from_pools(
    wishes: Sequence[Wish],
    offers: Mapping[str, Sequence[PoolOffer]],
    centres: Mapping[str, str],
    preferences: Mapping[str, str],
) -> tuple[PoolPlace, ...]:
    """Which pool serves which grant, the grants one after the other: each choice adds to its pool's entitlement.

    `wishes` in order of rank; `offers` the pools as each grant (by id) sees them, with the entitlement before;
    `centres` the data centre of each pool; `preferences` the provider that a grant wishes. A grant starts at the first
    of its starts; one without starts or without a pool that may serve it gets none. Pools that have what it may use at
    once in cards offered to its end (AL-3) come before those that have it only at its start (decision 0043); one that
    has too few cards at the start serves nobody. Never raises.
    """
    added: dict[str, int] = {}
    places = []
    for wish in (wish for wish in wishes if wish.starts):
        start, wished = wish.starts[0], preferences.get(wish.grant_id)
        able = [
            replace(offer, entitled_cards=offer.entitled_cards + added.get(offer.pool_id, 0))
            for offer in offers[wish.grant_id]
        ]
        lasting = [replace(offer, cards=lasting_cards(offer, start.span)) for offer in able]
        chosen = choose_pool(lasting, wish.variants, wish.barred_providers, wished)
        at_start = [replace(offer, cards=cards_at(offer.spans, offer.cards, start.span.from_s)) for offer in able]
        chosen = chosen or choose_pool(at_start, wish.variants, wish.barred_providers, wished)
        if chosen is None:
            continue
        pool, variant = chosen
        added[pool.pool_id] = added.get(pool.pool_id, 0) + variant.cards
        place = PoolPlace(wish.grant_id, pool.pool_id, pool.provider_id, centres[pool.pool_id], variant, start)
        places.append(place)
    return tuple(places)


def choose_pool(
    pools: Sequence[PoolOffer], variants: Sequence[Variant], barred: frozenset[str], wished_provider: str | None = None
) -> tuple[PoolOffer, Variant] | None:
    """The pool for a grant of a dynamic programme, and the type in which it is given; None where none may serve it.

    A pool may serve it if its provider is not related to the applicant, its type is one of the grant's that this
    provider gives (BL-3) and its cards hold at least what the grant may use at once. The wished provider comes first (a
    preference), then a pool that conforms to the product, then the type asked for, then the smallest entitlement per
    card, then the id.
    """
    able = [
        (pool, variant)
        for pool in pools
        for variant in variants
        if pool.provider_id not in barred and variant.may_come_from(pool.provider_id)
        if pool.card_type == variant.card_type and pool.cards >= variant.cards
    ]
    if not able:
        return None
    return min(
        able,
        key=lambda c: (
            c[0].provider_id != wished_provider,
            GRAVITY[c[0].conforms],
            list(variants).index(c[1]),
            Fraction(c[0].entitled_cards + c[1].cards, c[0].cards),
            c[0].pool_id,
        ),
    )
