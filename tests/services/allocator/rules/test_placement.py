"""AL-4: the placement of a call's grants, against a brute force on small cases."""

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import pytest

from services.allocator.model.cards import Span
from services.allocator.model.placements import Outcome, StartChoice, Variant, Wish
from services.allocator.model.supply import StockServer
from services.allocator.rules.placement import NoSearch, place_grants, spread_of
from services.allocator.rules.places import placement_breaches, server_shape
from services.allocator.rules.search import CpSatSearch

OCT, NOV, DEC = (StartChoice(Span(m, m + 1), m) for m in range(3))


def server(name: str, cards: int = 8, *, card_type: str = "H100", site: str = "alpha", busy: tuple = ()) -> StockServer:
    """A server whose first cards are held over the given spans."""
    held = tuple((span,) for span in busy) + ((),) * (cards - len(busy))
    return StockServer(name, site, f"{site}-dc1", card_type, held)


def wish(name: str, rank: int, cards: int, *starts: StartChoice, whole: int = 0, barred: str = "") -> Wish:
    """A wish for H100 cards."""
    variants = (Variant("H100", cards),)
    return Wish(name, rank, variants, whole, starts or (OCT,), frozenset({barred} - {""}))


def search(stock: list[StockServer]) -> CpSatSearch:
    """A search with room to prove small cases."""
    return CpSatSearch(stock, budget=60, probe_max=5)


@pytest.mark.rule("AL-4")
def test_a_later_rank_moves_to_another_month_and_the_better_one_keeps_its_own() -> None:
    """One server: rank 1 has October, rank 2 (the whole server) moves to November; both proven."""
    stock = [server("s1")]
    wishes = [wish("B", 2, 8, OCT, NOV, whole=8), wish("A", 1, 4, OCT, NOV)]
    result = place_grants(stock, wishes, search(stock))
    assert {p.grant_id: p.start for p in result.places} == {"A": OCT, "B": NOV}
    assert result.proven
    assert placement_breaches(stock, wishes, result.places) == []


@pytest.mark.rule("AL-4")
def test_search_makes_room_where_greedy_leaves_none() -> None:
    """Greedy puts rank 1 where the only later place would be; the exact search moves it, proven."""
    stock = [server("s1", 4, site="alpha"), server("s2", 4, site="beta")]
    wishes = [wish("A", 1, 4), wish("B", 2, 4, barred="beta")]
    assert len(place_grants(stock, wishes, NoSearch()).places) == 1
    result = place_grants(stock, wishes, search(stock))
    assert {p.grant_id: p.provider_id for p in result.places} == {"A": "beta", "B": "alpha"}
    assert result.proven


@pytest.mark.rule("AL-4")
def test_what_greedy_cannot_place_is_undecided_without_a_search() -> None:
    """Without a proof a grant is never said to be impossible."""
    stock = [server("s1", 4, site="alpha"), server("s2", 4, site="beta")]
    result = place_grants(stock, [wish("A", 1, 4), wish("B", 2, 4, barred="beta")], NoSearch())
    assert result.outcomes[1] == Outcome("B", placed=False, limit="capacity", proof="undecided")
    assert not result.proven


LIMITS = [
    pytest.param(replace(wish("A", 1, 4), starts=()), "use_window", id="no month of the use window is left"),
    pytest.param(replace(wish("A", 1, 4), variants=(Variant("B200", 4),)), "no_offer", id="nobody offers the type"),
    pytest.param(wish("A", 1, 4, barred="alpha"), "relation", id="the only provider is related to the applicant"),
    pytest.param(wish("A", 1, 16, whole=16), "server_size", id="no server is that large"),
    pytest.param(wish("A", 1, 6), "capacity", id="too few cards are free"),
]


@pytest.mark.rule("AL-4")
@pytest.mark.parametrize(("wished", "limit"), LIMITS)
def test_an_unplaced_grant_names_the_limit_that_stops_it(wished: Wish, limit: str) -> None:
    """Each unplaced grant says which limit stops it, proved."""
    stock = [server("s1", 8, busy=(Span(0, 9),) * 3)]
    result = place_grants(stock, [wished], search(stock))
    assert result.outcomes == (Outcome("A", placed=False, limit=limit),)


@pytest.mark.rule("AL-4")
def test_the_type_asked_for_goes_to_the_better_rank() -> None:
    """Two ask for the last H100 server; rank 2 is given A100."""
    stock = [server("s1", 4), server("s2", 8, card_type="A100"), server("s3", 8, card_type="A100")]
    wishes = [
        replace(wish(n, r, 4), variants=(Variant("H100", 4), Variant("A100", 16))) for n, r in (("A", 1), ("B", 2))
    ]
    result = place_grants(stock, wishes, search(stock))
    assert [(p.grant_id, p.card_type, len(p.cards)) for p in result.places] == [("A", "H100", 4), ("B", "A100", 16)]
    assert result.proven


@pytest.mark.rule("AL-4")
def test_the_load_is_spread_within_the_fewest_data_centres() -> None:
    """Both fit one data centre, so one is used, even though two would lower the load."""
    stock = [server("s1", 4, site="alpha"), server("s2", 4, site="beta")]
    result = place_grants(stock, [wish("A", 1, 2), wish("B", 2, 2)], search(stock))
    assert (result.data_centres, result.load_max) == (1, "1")


def brute_force(stock: list[StockServer], wishes: list[Wish]) -> tuple:
    """The best key over every possible placement of a small case."""
    choices = [[None, *seatings(stock, w)] for w in wishes]
    return max(
        key(stock, wishes, combination) for combination in itertools.product(*choices) if fits(stock, combination)
    )


def seatings(stock: list[StockServer], w: Wish) -> list[tuple]:
    """Every (variant, start, server → cards) of a wish."""
    found = []
    groups = {(s.provider_id, s.data_centre, s.card_type, s.cards) for s in stock}
    for variant, start, group in itertools.product(w.variants, w.starts, sorted(groups)):
        shape = server_shape(variant.cards, group[3], w.server_cards)
        if shape is None or group[2] != variant.card_type or group[0] in w.barred_providers:
            continue
        names = [s.server_id for s in stock if (s.provider_id, s.data_centre, s.card_type, s.cards) == group]
        found += [
            (variant, start, group, dict(zip(seats, shape, strict=True)))
            for seats in itertools.permutations(names, len(shape))
        ]
    return found


def fits(stock: list[StockServer], combination: tuple) -> bool:
    """Whether no server holds more than its cards in any month."""
    for s in stock:
        for month in range(4):
            held = sum(span.from_s <= month < span.until_s for spans in s.busy for span in spans)
            held += sum(
                c[3].get(s.server_id, 0) for c in combination if c and c[1].span.from_s <= month < c[1].span.until_s
            )
            if held > s.cards:
                return False
    return True


def key(stock: list[StockServer], wishes: list[Wish], combination: tuple) -> tuple:
    """The goals of AL-4, larger is better."""
    placed = tuple(c is not None for c in combination)
    asked = tuple(c is not None and c[0] == w.variants[0] for c, w in zip(combination, wishes, strict=True))
    starts = tuple(0 if c is None else -w.starts.index(c[1]) for c, w in zip(combination, wishes, strict=True))
    centres = len({c[2][:2] for c in combination if c})
    return placed, asked, starts, -centres, -load(stock, combination)


def load(stock: list[StockServer], combination: tuple) -> Fraction:
    """The largest share of a site's cards in use."""
    seated = [c for c in combination if c]
    if not seated:
        return Fraction(0)
    months = range(min(c[1].span.from_s for c in seated), max(c[1].span.until_s for c in seated))
    worst = Fraction(0)
    for site in {(s.provider_id, s.data_centre, s.card_type) for s in stock}:
        here = [s for s in stock if (s.provider_id, s.data_centre, s.card_type) == site]
        for month in months:
            held = sum(sp.from_s <= month < sp.until_s for s in here for spans in s.busy for sp in spans)
            held += sum(
                c[0].cards for c in seated if c[2][:3] == site and c[1].span.from_s <= month < c[1].span.until_s
            )
            worst = max(worst, Fraction(held, sum(s.cards for s in here)))
    return worst


def small_case(seed: int) -> tuple[list[StockServer], list[Wish]]:
    """A random case that a brute force can go through."""
    rng = random.Random(seed)
    stock = [
        server(f"s{i}", rng.choice((2, 4)), card_type=rng.choice(("H100", "A100")), site=rng.choice(("alpha", "beta")))
        for i in range(3)
    ]
    wishes = []
    for i in range(4):
        cards = rng.choice((1, 2, 2, 3, 4))
        first = rng.choice((0, 1, 2))
        length = rng.choice((1, 2))
        starts = tuple(
            StartChoice(Span(m, m + length), m - first) for m in sorted(range(3), key=lambda m: (abs(m - first), m))
        )
        variants = (Variant("H100", cards), Variant("A100", cards * 2))[: rng.choice((1, 2))]
        barred = frozenset({rng.choice(("alpha", "beta"))} if rng.random() < 0.2 else ())
        wishes.append(Wish(f"G{i}", i + 1, variants, 0, starts[: rng.choice((1, 2, 3))], barred))
    return stock, wishes


@pytest.mark.rule("AL-4")
@pytest.mark.parametrize("seed", range(12))
def test_the_search_agrees_with_a_brute_force(seed: int) -> None:
    """On small random cases the proven result is the best of all placements, goal by goal."""
    stock, wishes = small_case(seed)
    result = place_grants(stock, wishes, search(stock))
    assert result.proven
    assert placement_breaches(stock, wishes, result.places) == []
    at = {p.grant_id: p for p in result.places}
    placed = tuple(w.grant_id in at for w in wishes)
    asked = tuple(w.grant_id in at and at[w.grant_id].card_type == w.variants[0].card_type for w in wishes)
    starts = tuple(-w.starts.index(at[w.grant_id].start) if w.grant_id in at else 0 for w in wishes)
    centres, load_max = spread_of(stock, result.places)
    assert (placed, asked, starts, -centres, -load_max) == brute_force(stock, wishes)


@pytest.mark.rule("AL-4")
def test_the_same_call_gives_the_same_result() -> None:
    """Two runs over one case agree in every card."""
    stock, wishes = small_case(3)
    assert place_grants(stock, wishes, search(stock)) == place_grants(stock, wishes, search(stock))
