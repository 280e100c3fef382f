"""The independent check tells the same as its definition written out, in time that grows with what it looks at."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.allocator.model.cards import Card, Span
from services.allocator.model.placements import Place, PoolOffer, PoolPlace, StartChoice, Variant, Wish
from services.allocator.rules.places import Breach, Site, capacity_breaches, pool_place_breaches

Counted = list[tuple[Site, Span, int]]
"""Site, span and number of cards."""
SITES = [("alpha", "dc1", "H100"), ("alpha", "dc2", "H100"), ("beta", "dc1", "A100")]
SPANS = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda t: Span(t[0], t[0] + t[1]))
CARDS = st.lists(st.tuples(st.sampled_from(SITES), SPANS, st.integers(1, 8)), max_size=14)
START = StartChoice(Span(0, 9), 0)
ONE = Variant("H100", 1)
NAMES = st.lists(st.sampled_from("ABCDE"), max_size=8)
GROWTH = 4
GROWTH_MAX = 9
"""Four times as much may take nine times as long, for a busy machine; what is quadratic takes sixteen times."""


def first_excesses(available: Counted, held: Counted) -> list[Breach]:
    """AL-3 written out: at each instant at which something changes, what is held and there then is counted anew."""
    found = []
    for site in sorted({site for site, _, _ in [*available, *held]}):
        spans = [span for told, span, _ in [*available, *held] if told == site]
        excess = False
        for at_s in sorted({edge for span in spans for edge in span}):
            there, taken = (
                sum(cards for told, span, cards in part if told == site and span.from_s <= at_s < span.until_s)
                for part in (available, held)
            )
            if taken > there and not excess:
                found.append(Breach(*site, at_s, taken, there))
            excess = taken > there
    return found


def in_pool(grant_id: str) -> PoolPlace:
    """A place in the one pool."""
    return PoolPlace(grant_id, "p", "alpha", "dc1", ONE, START)


def on_cards(grant_id: str) -> Place:
    """A place on a card of its own."""
    return Place(grant_id, "alpha", "dc1", "H100", (Card("s1", 0),), START)


def check_pools(pooled: list[str], seated: list[str]) -> list[str]:
    """What the check tells of grants in the pool and on cards."""
    wishes = [Wish(name, 1, (ONE,), 0, (START,)) for name in {*pooled, *seated}]
    pool = PoolOffer("p", "alpha", "H100", 8, 0)
    return pool_place_breaches([pool], wishes, [*map(in_pool, pooled)], [*map(on_cards, seated)])


@pytest.mark.rule("AL-3")
@given(available=CARDS, held=CARDS)
def test_breaches_are_those_of_the_definition(available: Counted, held: Counted) -> None:
    """Whatever is offered and held, in whatever order it is told: the same breaches in the same order."""
    assert capacity_breaches(available, held) == first_excesses(available, held)


@given(pooled=NAMES, seated=NAMES)
def test_grants_placed_twice_are_named_once_each(pooled: list[str], seated: list[str]) -> None:
    """In two pools, on two places, or in both: each such grant once, by name; nobody else."""
    placed = [*pooled, *seated]
    assert check_pools(pooled, seated) == [f"{g} is placed twice" for g in sorted(set(placed)) if placed.count(g) > 1]


def hold_many(count: int) -> None:
    """As many holdings of one site, each with instants of its own."""
    capacity_breaches([(SITES[0], Span(0, 3 * count), 9)], [(SITES[0], Span(n, n + 2), 1) for n in range(count)])


def place_many(count: int) -> None:
    """As many grants in one pool."""
    check_pools([f"GRANT-{n:06d}" for n in range(count)], [])


@pytest.mark.parametrize(
    ("check", "count"),
    [pytest.param(hold_many, 500, id="holdings of a site"), pytest.param(place_many, 2_000, id="grants of a pool")],
)
def test_the_check_takes_time_in_proportion(check: Callable[[int], None], count: int) -> None:
    """It runs while everybody else waits: four times as much must not take sixteen times as long."""

    def shortest_s(size: int) -> float:
        times = []
        for _ in range(3):
            started = time.process_time()
            check(size)
            times.append(time.process_time() - started)
        return min(times)

    assert shortest_s(GROWTH * count) < GROWTH_MAX * shortest_s(count)
