"""In which order a providers' call negotiates (RV-15)."""

from collections.abc import Collection, Sequence

from services.review.model.providers import PassingProvider, ProviderPlace
from services.review.policy.providers import ProviderCallPolicy


def provider_order(passing: Sequence[PassingProvider], policy: ProviderCallPolicy) -> tuple[ProviderPlace, ...]:
    """RV-15: Those that reach the threshold, by score; where the call says so, the offerers of all products first.

    `passing` have their ranks by final score (ties as RV-5 breaks them), in any order. An offerer of all products
    offers one of every number of the notice: products of one number stand for each other. Each group keeps its ranks.
    Returns every one once, places from 1. Never raises.

    Example: all four with 85.00, three with 92.00, all four with 81.00 → 85.00, 81.00, 92.00; without the clause
    92.00, 85.00, 81.00.
    Source: S1 §3–5.
    """

    def key(one: PassingProvider) -> tuple[bool, int]:
        return policy.all_products_first and not offers_all(one.products, policy), one.rank

    return tuple(
        ProviderPlace(
            place, one.application_id, one.rank, one.score, offers_all(one.products, policy), tuple(one.products)
        )
        for place, one in enumerate(sorted(passing, key=key), start=1)
    )


def offers_all(products: Collection[str], policy: ProviderCallPolicy) -> bool:
    """Whether these products hold one of every number of the call; never of a call without products. Never raises.

    Example: S1 ①: A100x2, H100x1, H100x2 and A100x56 are all four; without A100x56 and H100x16 they are three.
    """
    offered = {number for product, number in policy.numbers.items() if product in products}
    return bool(offered) and offered == set(policy.numbers.values())
