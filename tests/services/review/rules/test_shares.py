"""RV-11: places per pool."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.model.places import PlaceMove
from services.review.policy.selection import SharePolicy
from services.review.rules.shares import move_refusals, places_by_share, pool_places

MOVED = dt.datetime(2025, 9, 22, tzinfo=dt.UTC)
S2 = {"A100": Fraction(30), "H100": Fraction(50), "HPC": Fraction(20)}


@pytest.mark.rule("RV-11")
@pytest.mark.parametrize(
    ("places", "shares", "result"),
    [
        pytest.param(50, S2, [15, 25, 10], id="50 places 30/50/20"),
        pytest.param(47, S2, [14, 24, 9], id="47 places: the tie between H100 and HPC's rest goes to the larger share"),
        pytest.param(200, {"60": Fraction(60), "120": Fraction(30), "240": Fraction(10)}, [120, 60, 20], id="S3"),
        pytest.param(0, S2, [0, 0, 0], id="no places"),
        pytest.param(1, {"a": Fraction(1), "b": Fraction(1)}, [1, 0], id="equal shares: the pool named first"),
    ],
)
def test_places(places, shares, result) -> None:
    """Places go by largest remainder, ties to the larger share."""
    assert list(places_by_share(places, shares).values()) == result


@given(st.integers(0, 1000), st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_parts_sum_to_the_whole(places, weights) -> None:
    """The places add up exactly, and no pool is a whole place away from its exact share."""
    shares = {str(place): Fraction(weight) for place, weight in enumerate(weights)}
    result = places_by_share(places, shares)
    assert sum(result.values()) == places
    assert all(abs(result[pool] - places * share / sum(weights)) < 1 for pool, share in shares.items())


def test_no_share_is_a_bug() -> None:
    """Shares that add up to nothing divide nothing."""
    with pytest.raises(ValueError, match="no share"):
        places_by_share(5, {"a": Fraction(0)})


def move(source: str, to: str, places: int) -> PlaceMove:
    """An officer moves so many places."""
    return PlaceMove("P", source, to, places, "too few pass", "officer-1", MOVED)


@pytest.mark.rule("RV-11")
@pytest.mark.parametrize(
    ("asked", "drawn", "codes"),
    [
        pytest.param(move("H100", "A100", 3), ["H100"], [], id="all unfilled ones may move"),
        pytest.param(move("H100", "A100", 4), ["H100"], ["places_not_unfilled"], id="one more than unfilled"),
        pytest.param(move("H100", "A100", 0), ["H100"], ["places_not_unfilled"], id="moving nothing"),
        pytest.param(move("H100", "A100", 1), [], ["pool_not_drawn"], id="nobody knows yet what stays unfilled"),
        pytest.param(move("H100", "H100", 1), ["H100"], ["places_move_nowhere"], id="to itself"),
        pytest.param(move("B200", "H100", 1), ["B200"], ["pool_without_share"], id="no such pool"),
    ],
)
def test_moving(asked, drawn, codes) -> None:
    """An officer may move unfilled places of a drawn pool only."""
    pools = pool_places(SharePolicy(50, S2), [], {"H100": 22})
    assert [r.code for r in move_refusals(pools, asked, drawn)] == codes


@pytest.mark.rule("RV-11")
def test_moved_places_count_for_both_pools() -> None:
    """What one pool gives the other has; the sum stays."""
    pools = pool_places(SharePolicy(50, S2), [move("H100", "A100", 3), move("A100", "HPC", 1)], {"A100": 30})
    assert [pool.places for pool in pools.values()] == [17, 22, 11]
    assert [pool.unfilled for pool in pools.values()] == [0, 22, 11]
