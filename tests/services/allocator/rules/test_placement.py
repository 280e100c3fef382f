"""AL-4: the placement of a call's grants, against a brute force on small cases."""

import itertools
import os
import random
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from services.allocator.model.cards import Span
from services.allocator.model.placements import Outcome, StartChoice, Variant, Wish
from services.allocator.model.supply import StockServer
from services.allocator.operations.search import SEARCH_MODULE
from services.allocator.rules.placement import NoSearch, place_grants, spread_of
from services.allocator.rules.places import placement_breaches
from services.allocator.rules.search import CpSatSearch
from services.allocator.rules.search_process import read_result, solve, write_problem

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
    pytest.param(replace(wish("A", 1, 4), starts=()), "window", id="no month of the use window is left"),
    pytest.param(replace(wish("A", 1, 4), variants=(Variant("B200", 4),)), "no_offer", id="nobody offers the type"),
    pytest.param(wish("A", 1, 4, barred="alpha"), "relation", id="the only provider is related to the applicant"),
    pytest.param(wish("A", 1, 16, whole=16), "server_size", id="no server is that large"),
    pytest.param(wish("A", 1, 9), "server_size", id="no data centre has so many cards"),
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


@pytest.mark.rule("AL-1")
def test_seating_never_costs_a_better_goal() -> None:
    """Rank 1 would sit on the one free server, which alone can take rank 2: it sits on two halves instead, proven."""
    stock = [server("s1", 4), *(server(name, 4, busy=(Span(0, 9),) * 2) for name in ("s2", "s3"))]
    wishes = [wish("A", 1, 4), wish("B", 2, 4, whole=4)]
    result = place_grants(stock, wishes, search(stock))
    assert [p.servers() for p in result.places] == [{"s2": 2, "s3": 2}, {"s1": 4}]
    assert result.proven
    assert placement_breaches(stock, wishes, result.places) == []


@pytest.mark.rule("AL-4")
def test_the_better_rank_sits_on_fewer_servers() -> None:
    """Cards for both on four servers in all: the better rank has the whole one, the other three pieces; both proven."""
    stock = [server("s1", 4), *(server(name, 4, busy=(Span(0, 9),) * 2) for name in ("s2", "s3"))]
    result = place_grants(stock, [wish("B", 2, 4), wish("A", 1, 4)], search(stock))
    assert [(p.grant_id, len(p.servers())) for p in result.places] == [("A", 1), ("B", 2)]
    assert result.proven


@pytest.mark.rule("AL-4")
def test_fewer_servers_never_cost_a_data_centre_or_load() -> None:
    """One data centre is enough, in pieces; a whole server in a second one is left alone."""
    stock = [server(name, 4, busy=(Span(0, 9),) * 2) for name in ("s1", "s2", "s3")] + [server("z1", 4, site="beta")]
    wishes = [wish("A", 1, 2, barred="beta"), wish("B", 2, 4)]
    result = place_grants(stock, wishes, search(stock))
    assert [sorted(p.servers().values()) for p in result.places] == [[2], [2, 2]]
    assert (result.data_centres, result.proven) == (1, True)


def test_a_search_without_an_answer_claims_no_proof() -> None:
    """Without a search the pieces of a better rank are not said to be the fewest."""
    stock = [server("s1", 4, busy=(Span(0, 1),) * 2), server("s2", 4, busy=(Span(0, 1),) * 2), server("s3", 4)]
    wishes = [wish("A", 1, 4, whole=4), wish("B", 2, 4)]
    assert place_grants(stock, wishes, NoSearch()).spread_proof == "undecided"


def brute_force(stock: list[StockServer], wishes: list[Wish]) -> tuple:
    """The best key over every possible placement of a small case."""
    best: list[tuple] = []
    reached: list[tuple] = []

    def walk(chosen: tuple, free: dict[tuple[str, int], int]) -> None:
        if len(chosen) == len(wishes):
            first = key(wishes, chosen)
            if not best or first > reached[0]:
                best[:], reached[:] = [chosen], [first]
            elif first == reached[0]:
                best.append(chosen)
            return
        for choice in [*seatings(stock, wishes[len(chosen)]), None]:
            left = dict(free)
            for name, cards in choice[3].items() if choice else ():
                for month in range(choice[1].span.from_s, choice[1].span.until_s):
                    left[name, month] -= cards
            if min(left.values()) >= 0:
                walk((*chosen, choice), left)

    walk((), {(s.server_id, month): s.cards for s in stock for month in range(5)})
    return max((*reached[0], *tightness(stock, combination)) for combination in best)


def seatings(stock: list[StockServer], w: Wish) -> list[tuple]:
    """Every (variant, start, site, server → cards) of a wish: whole servers of its size, or cards of any servers."""
    found = []
    sites = sorted({(s.provider_id, s.data_centre, s.card_type) for s in stock})
    for variant, start, site in itertools.product(w.variants, w.starts, sites):
        if site[2] != variant.card_type or site[0] in w.barred_providers:
            continue
        here = [s for s in stock if (s.provider_id, s.data_centre, s.card_type) == site]
        counts = [(0, s.cards) if s.cards == w.server_cards else (0,) for s in here]
        for taken in itertools.product(*(counts if w.server_cards else [range(s.cards + 1) for s in here])):
            if sum(taken) == variant.cards:
                seats = {s.server_id: cards for s, cards in zip(here, taken, strict=True) if cards}
                found.append((variant, start, site, seats))
    return found


def key(wishes: list[Wish], combination: tuple) -> tuple:
    """Goals 1 to 3 of AL-4, larger is better."""
    placed = tuple(c is not None for c in combination)
    asked = tuple(c is not None and c[0] == w.variants[0] for c, w in zip(combination, wishes, strict=True))
    starts = tuple(0 if c is None else -w.starts.index(c[1]) for c, w in zip(combination, wishes, strict=True))
    return placed, asked, starts


def tightness(stock: list[StockServer], combination: tuple) -> tuple:
    """Goal 4 of AL-4, larger is better."""
    servers = tuple(-len(c[3]) if c else 0 for c in combination)
    return -len({c[2][:2] for c in combination if c}), -load(stock, combination), servers


def load(stock: list[StockServer], combination: tuple) -> Fraction:
    """The largest share of a site's cards in use."""
    worst = Fraction(0)
    for site in {c[2] for c in combination if c}:
        cards = sum(s.cards for s in stock if (s.provider_id, s.data_centre, s.card_type) == site)
        for month in range(5):
            held = sum(
                c[0].cards for c in combination if c and c[2] == site and c[1].span.from_s <= month < c[1].span.until_s
            )
            worst = max(worst, Fraction(held, cards))
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
        whole = rng.choice((0, 0, 2))
        first = rng.choice((0, 1, 2))
        length = rng.choice((1, 2))
        starts = tuple(
            StartChoice(Span(m, m + length), m - first) for m in sorted(range(3), key=lambda m: (abs(m - first), m))
        )
        variants = (Variant("H100", cards), Variant("A100", cards * 2))[: rng.choice((1, 2))]
        barred = frozenset({rng.choice(("alpha", "beta"))} if rng.random() < 0.2 else ())
        wishes.append(Wish(f"G{i}", i + 1, variants, whole, starts[: rng.choice((1, 2))], barred))
    return stock, wishes


@pytest.mark.rule("AL-4")
@pytest.mark.rule("AL-1")
@pytest.mark.parametrize("seed", range(20))
def test_the_search_agrees_with_a_brute_force(seed: int) -> None:
    """On small random cases the proven result is the best of all placements, goal by goal."""
    stock, wishes = small_case(seed)
    result = place_grants(stock, wishes, search(stock))
    assert result.proven
    assert placement_breaches(stock, wishes, result.places) == []
    at = {p.grant_id: p for p in result.places}
    chosen = tuple(
        (
            Variant(at[w.grant_id].card_type, len(at[w.grant_id].cards)),
            at[w.grant_id].start,
            (at[w.grant_id].provider_id, at[w.grant_id].data_centre, at[w.grant_id].card_type),
            at[w.grant_id].servers(),
        )
        if w.grant_id in at
        else None
        for w in wishes
    )
    centres, load_max = spread_of(stock, result.places)
    assert (-centres, -load_max) == tightness(stock, chosen)[:2]
    assert (*key(wishes, chosen), *tightness(stock, chosen)) == brute_force(stock, wishes)


@pytest.mark.rule("AL-4")
def test_the_same_call_gives_the_same_result() -> None:
    """Two runs over one case agree in every card."""
    stock, wishes = small_case(3)
    assert place_grants(stock, wishes, search(stock)) == place_grants(stock, wishes, search(stock))


@pytest.mark.rule("AL-4")
def test_every_process_gives_the_same_bytes() -> None:
    """Search processes whose hashes differ write the same bytes, seats that had to be searched included."""
    stock = [server("s1", 4), *(server(name, 4, busy=(Span(0, 9),) * 2) for name in ("s2", "s3", "s4", "s5"))]
    stock += [server(f"z{n}", 8, site="beta", card_type="A100", busy=(Span(n, 9),) * n) for n in range(6)]
    wishes = [
        Wish(f"G{n}", n, (Variant("H100", 2), Variant("A100", 8)), 0, (OCT, NOV, DEC), frozenset()) for n in range(9)
    ]
    problem = write_problem(stock, [wish("A", 1, 4, whole=4), wish("B", 2, 4), *wishes], 5, 1)
    told = {
        subprocess.run(
            [sys.executable, "-m", SEARCH_MODULE],
            input=problem,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": hash_seed},
        ).stdout
        for hash_seed in ("1", "2", "3")
    }
    assert told == {solve(problem)}
    assert len(read_result(*told).places) == 11
