"""Places per pool by printed shares, and unfilled ones that an officer moves (RV-11)."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from libs.common.errors import Fact, Refusal
from services.review.model.places import PlaceMove, PoolPlaces
from services.review.policy.selection import SharePolicy


def places_by_share(places: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """RV-11: Places per pool by largest remainder; ties to the larger share, then to the pool named first.

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


def pool_places(policy: SharePolicy, moves: Sequence[PlaceMove], filled: Mapping[str, int]) -> dict[str, PoolPlaces]:
    """The places of every pool by its share, with what officers moved, and how many are filled; by pool.

    `filled` counts who is selected now, by pool. Example: 50 places 30/50/20, 3 moved from the second to the first →
    18/22/10.
    """
    by_share = places_by_share(policy.places, policy.shares)
    moved = dict.fromkeys(by_share, 0)
    for move in moves:
        moved[move.from_track] = moved.get(move.from_track, 0) - move.places
        moved[move.to_track] = moved.get(move.to_track, 0) + move.places
    return {track: PoolPlaces(track, count, moved[track], filled.get(track, 0)) for track, count in by_share.items()}


def move_refusals(pools: Mapping[str, PoolPlaces], move: PlaceMove, drawn: Sequence[str]) -> list[Refusal]:
    """Why places cannot be moved: pools without a share, the same pool, not yet drawn, or more than are unfilled.

    `drawn` are the pools whose selection was drawn: before, nobody knows what stays unfilled.
    """
    for track in (move.from_track, move.to_track):
        if track not in pools:
            return [Refusal("RV-11", "pool_without_share", {"pool": track})]
    if move.from_track == move.to_track:
        return [Refusal("RV-11", "places_move_nowhere", {"pool": move.to_track})]
    if move.from_track not in drawn:
        return [Refusal("RV-11", "pool_not_drawn", {"pool": move.from_track})]
    unfilled = pools[move.from_track].unfilled
    if 0 < move.places <= unfilled:
        return []
    facts: dict[str, Fact] = {"pool": move.from_track, "places": move.places, "unfilled": unfilled}
    return [Refusal("RV-11", "places_not_unfilled", facts)]
