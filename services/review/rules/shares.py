"""Places per pool by printed shares: what RV-11 will need once a programme that prints shares is opened."""

from collections.abc import Mapping
from fractions import Fraction

from libs.common.errors import Refusal


def places_by_share(places: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Places per pool by largest remainder; ties to the larger share, then to the pool named first.

    For RV-11, which no shipped programme asks for yet.

    `places` ≥ 0; `shares` are positive weights by pool, in any unit (60/30/10 or fractions). Returns whole
    places that add up to `places` exactly, in the order of `shares`. Raises ValueError where no share is positive.

    Example: 50 places 30/50/20 → 15/25/10; 47 → 14/24/9.
    Source: S2 §2, S3 §1.
    """
    total = sum(shares.values(), start=Fraction(0))
    if total <= 0:
        raise ValueError("no share to divide places by")
    exact = {pool: Fraction(places) * share / total for pool, share in shares.items()}
    result = {pool: part.numerator // part.denominator for pool, part in exact.items()}
    by_remainder = sorted(shares, key=lambda pool: (-(exact[pool] - result[pool]), -shares[pool]))
    for pool in by_remainder[: places - sum(result.values())]:
        result[pool] += 1
    return result


def move_refusals(places: Mapping[str, int], filled: Mapping[str, int], source: str, count: int) -> list[Refusal]:
    """Why so many places cannot be moved away from a pool: an officer may move unfilled ones only."""
    unfilled = places.get(source, 0) - filled.get(source, 0)
    if 0 < count <= unfilled:
        return []
    return [Refusal("RV-11", "places_not_unfilled", {"pool": source, "places": count, "unfilled": unfilled})]
