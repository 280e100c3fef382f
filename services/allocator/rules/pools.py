"""Which dynamic pool a grant draws from."""

from collections.abc import Sequence
from fractions import Fraction

from services.allocator.model.placements import PoolOffer, Variant


def choose_pool(
    pools: Sequence[PoolOffer], variants: Sequence[Variant], barred: frozenset[str], wished_provider: str | None = None
) -> tuple[PoolOffer, Variant] | None:
    """The pool for a grant of a dynamic programme, and the type in which it is given; None where none may serve it.

    A pool may serve it if its provider is not related to the applicant, its type is one of the grant's and its
    cards hold at least what the grant may use at once. The wished provider comes first (a preference), then a pool
    that conforms to the product, then the type asked for, then the smallest entitlement per card, then the id.
    """
    able = [
        (pool, variant)
        for pool in pools
        for variant in variants
        if pool.provider_id not in barred and pool.card_type == variant.card_type and pool.cards >= variant.cards
    ]
    if not able:
        return None
    order = {"pass": 0, "officer": 1, "fail": 2}
    return min(
        able,
        key=lambda c: (
            c[0].provider_id != wished_provider,
            order[c[0].conforms],
            list(variants).index(c[1]),
            Fraction(c[0].entitled_cards + c[1].cards, c[0].cards),
            c[0].pool_id,
        ),
    )
