"""AL-1 to AL-8 and AL-16, as tables."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.calendar import months_apart
from services.allocator.model.cards import Card, Span, instant_of, seconds_of
from services.allocator.model.placements import Place, PoolOffer, StartChoice, Variant, Wish
from services.allocator.model.supply import Party, Specification, StockServer
from services.allocator.policy import GatePolicy, SpecPolicy, SubstitutionPolicy, WindowPolicy
from services.allocator.rules.cards import assignment_mode
from services.allocator.rules.conformance import offer_conformance
from services.allocator.rules.delivery import delivery_of
from services.allocator.rules.gates import closed_gates
from services.allocator.rules.naming import may_sit
from services.allocator.rules.places import (
    capacity_breaches,
    lasting_cards,
    placement_breaches,
    seat_cards,
)
from services.allocator.rules.pools import choose_pool
from services.allocator.rules.relations import is_barred_pair
from services.allocator.rules.starts import Season, freed_for, freed_instants, start_choices
from services.allocator.rules.variants import variants_of

S0_SUBSTITUTIONS = SubstitutionPolicy((("H100", "H200", 1), ("H100", "A100", 4)))

SEATS = [
    pytest.param(4, {"a": 8, "b": 8}, 0, {"a": 4}, id="four cards sit on one server"),
    pytest.param(4, {"a": 8, "b": 4, "c": 3}, 0, {"b": 4}, id="on the one that they fill best, partly used or not"),
    pytest.param(8, {"a": 4, "b": 8}, 0, {"b": 8}, id="eight cards still fit one server"),
    pytest.param(16, {"a": 8, "b": 8, "c": 4}, 0, {"a": 8, "b": 8}, id="sixteen cards take the fewest servers"),
    pytest.param(16, dict.fromkeys("abcd", 4), 0, dict.fromkeys("abcd", 4), id="F-24: four halves make sixteen"),
    pytest.param(12, {"a": 8, "b": 8, "c": 5, "d": 3}, 0, {"a": 8, "c": 4}, id="the rest sits where it fills best"),
    pytest.param(5, {"a": 2, "b": 2}, 0, None, id="a card too few"),
    pytest.param(5, {"a": 2, "b": 0, "c": 3}, 0, {"c": 3, "a": 2}, id="a server without a free card is left out"),
    pytest.param(16, {"a": 8, "b": 7, "c": 8}, 8, {"a": 8, "c": 8}, id="two whole servers"),
    pytest.param(16, {"a": 8, "b": 7}, 8, None, id="a server of which one card is held is not whole"),
    pytest.param(4, {"a": 8}, 8, None, id="half a whole server is none"),
]


@pytest.mark.rule("AL-1")
@pytest.mark.parametrize(("cards", "free", "whole", "seats"), SEATS)
def test_how_a_grant_sits_on_servers(
    cards: int, free: dict[str, int], whole: int, seats: dict[str, int] | None
) -> None:
    """Whole servers for server products; one server where they fit for card products, else the fewest."""
    assert seat_cards(cards, free, whole) == seats


@pytest.mark.rule("AL-1")
@given(cards=st.integers(1, 40), rooms=st.lists(st.integers(0, 8), max_size=8))
def test_seats_hold_exactly_the_cards_on_the_fewest_servers(cards: int, rooms: list[int]) -> None:
    """The parts sum to the whole, each fits, and one server less could not hold them; none where all could not."""
    free = {f"s{nth}": room for nth, room in enumerate(rooms)}
    seats = seat_cards(cards, free, 0)
    if seats is None:
        assert sum(rooms) < cards
        return
    assert sum(seats.values()) == cards
    assert all(1 <= count <= free[server] for server, count in seats.items())
    assert sum(sorted(rooms, reverse=True)[: len(seats) - 1]) < cards


@pytest.mark.rule("AL-2")
def test_four_h100_may_be_given_as_four_h200_or_sixteen_a100() -> None:
    """S0: as many H200 or four times as many A100; the asked type comes first."""
    assert variants_of("H100", 4, S0_SUBSTITUTIONS) == (Variant("H100", 4), Variant("H200", 4), Variant("A100", 16))


@pytest.mark.rule("AL-2")
def test_without_a_substitution_only_the_asked_type_is_given() -> None:
    """S1 names no substitution."""
    assert variants_of("H100", 4, SubstitutionPolicy(())) == (Variant("H100", 4),)


SITE = ("alpha", "dc1", "H100")
CAPACITY = [
    pytest.param([(0, 9, 2), (0, 9, 2)], [], id="exactly all cards"),
    pytest.param([(0, 9, 2), (3, 5, 3)], [(3, 5, 4)], id="one card too many for a while"),
    pytest.param([(0, 3, 4), (3, 9, 4)], [], id="one ends when the other begins"),
    pytest.param([(0, 12, 1)], [(9, 1, 0)], id="held beyond the end of the offer"),
]


@pytest.mark.rule("AL-3")
@pytest.mark.parametrize(("held", "breaches"), CAPACITY)
def test_no_more_cards_are_held_than_are_there(
    held: list[tuple[int, int, int]], breaches: list[tuple[int, int, int]]
) -> None:
    """Four cards offered over [0, 9)."""
    found = capacity_breaches([(SITE, Span(0, 9), 4)], [(SITE, Span(a, b), cards) for a, b, cards in held])
    assert [(b.at_s, b.held, b.available) for b in found] == breaches


@pytest.mark.rule("AL-3")
def test_the_checker_finds_what_is_wrong_with_a_placement() -> None:
    """A card that somebody holds, a related provider, a wrong start, a wrong number: each is named."""
    stock = [StockServer("s1", "alpha", "dc1", "H100", ((Span(0, 9),), ()))]
    start = StartChoice(Span(0, 1), 0)
    wish = Wish("A", 1, (Variant("H100", 1),), 0, (start,))
    good = Place("A", "alpha", "dc1", "H100", (Card("s1", 1),), start)
    assert placement_breaches(stock, [wish], [good]) == []
    assert len(placement_breaches(stock, [wish], [replace(good, cards=(Card("s1", 0),))])) == 1
    assert len(placement_breaches(stock, [replace(wish, barred_providers=frozenset({"alpha"}))], [good])) == 1
    assert len(placement_breaches(stock, [wish], [replace(good, start=StartChoice(Span(1, 2), 1))])) == 1
    assert len(placement_breaches(stock, [replace(wish, variants=(Variant("H100", 2),))], [good])) == 1


S0_WINDOW = WindowPolicy(dt.date(2025, 10, 1), dt.date(2026, 6, 30))
STARTS = [
    pytest.param(
        "2025-10-15",
        3,
        "2025-09-01",
        ["2025-10-15", "2025-11-01", "2025-12-01", "2026-01-01"],
        id="the wished day, then later months",
    ),
    pytest.param(
        "2025-12-01",
        6,
        "2025-09-01",
        ["2025-12-01", "2025-11-01", "2026-01-01", "2025-10-01"],
        id="nearest month first, earlier on ties",
    ),
    pytest.param("2026-06-01", 2, "2025-09-01", ["2026-05-01", "2026-04-01"], id="the wished month does not fit"),
    pytest.param("2025-10-01", 10, "2025-09-01", [], id="more months than the window has"),
    pytest.param("2025-10-01", 9, "2025-10-01", ["2025-10-01"], id="nine months, on the last day on which they fit"),
    pytest.param("2025-10-01", 9, "2025-10-02", [], id="F-23: nine months, a day too late"),
    pytest.param("2025-10-01", 8, "2025-10-02", ["2025-10-03", "2025-10-09", "2025-11-01"], id="F-23: the next day"),
    pytest.param("2025-11-01", 8, "2025-10-02", ["2025-11-01"], id="other months have to be ahead"),
    pytest.param("2025-11-01", 3, "2025-11-01", ["2025-11-01", "2025-12-01"], id="its first day lasts till midnight"),
    pytest.param("2025-12-01", 3, "2025-11-01", ["2025-12-01", "2026-01-01"], id="today's month is none still to come"),
    pytest.param("2025-10-15", 3, "2025-10-14", ["2025-10-15", "2025-11-01"], id="the wished day is tomorrow"),
    pytest.param("2025-10-15", 3, "2025-10-20", ["2025-10-21", "2025-11-01"], id="the wished day is over"),
    pytest.param("2025-10-01", 3, "2025-10-31", ["2025-11-01", "2025-12-01"], id="no day of the month is left"),
    pytest.param("2025-10-01", 3, "2025-12-30", ["2025-12-31", "2026-01-01"], id="wholly past: the first open month"),
    pytest.param("2025-10-01", 1, "2026-07-01", [], id="the window is over"),
]


@pytest.mark.rule("AL-4")
@pytest.mark.parametrize(("wished", "months", "today", "first"), STARTS)
def test_the_order_in_which_starts_are_tried(wished: str, months: int, today: str, first: list[str]) -> None:
    """S0's window: 1 October 2025 to 30 June 2026; cards come free on 8 October at noon, and after the month."""
    freed_s = tuple(seconds_of(dt.datetime(2025, month, 8, 3, tzinfo=dt.UTC)) for month in (8, 10, 11))
    choices = start_choices(
        dt.date.fromisoformat(wished), months, Season(S0_WINDOW, dt.date.fromisoformat(today)), freed_s
    )
    days = [(instant_of(c.span.from_s) + dt.timedelta(hours=9)).date() for c in choices]
    assert [day.isoformat() for day in days[: len(first)]] == first
    assert bool(days) == bool(first)
    assert [c.months_off for c in choices] == [months_apart(dt.date.fromisoformat(wished), day) for day in days]


def test_when_cards_come_free() -> None:
    """Where an offer begins and a hold ends: of servers of the type, whose provider may serve the applicant."""
    stock = [
        StockServer("s1", "alpha", "dc1", "H100", ((Span(5, 9),), (Span(0, 9), Span(9, 12))), Span(1, 20)),
        StockServer("s2", "beta", "dc2", "H100", ((Span(0, 7),),), Span(2, 20)),
        StockServer("s3", "alpha", "dc1", "A100", ((Span(0, 8),),), Span(3, 20)),
    ]
    freed = freed_instants(stock)
    assert freed_for(freed, (Variant("H100", 1),), frozenset({"beta"})) == (1, 9, 12)
    assert freed_for(freed, (Variant("H100", 1), Variant("A100", 4)), frozenset()) == (1, 2, 3, 7, 8, 9, 12)
    assert freed_for(freed, (Variant("B200", 1),), frozenset()) == ()


def party(number: str = "1", keys: tuple[str, ...] = (), affiliates: tuple[str, ...] = ()) -> Party:
    """A provider or an applicant."""
    return Party(number, frozenset(keys), frozenset(affiliates))


PAIRS = [
    pytest.param(party("1", ("k",)), party("2", ("k", "l")), True, id="a joint representative is the same"),
    pytest.param(party("1", (), ("2",)), party("2"), True, id="the provider names the applicant as its subsidiary"),
    pytest.param(party("1"), party("2", (), ("1",)), True, id="the applicant names the provider as its affiliate"),
    pytest.param(party("1"), party("1"), True, id="they are the same company"),
    pytest.param(party("1", ("k",), ("3",)), party("2", ("l",), ("4",)), False, id="nothing connects them"),
]


@pytest.mark.rule("AL-5")
@pytest.mark.parametrize(("provider", "applicant", "barred"), PAIRS)
def test_a_provider_never_serves_its_own(provider: Party, applicant: Party, barred: bool) -> None:
    """Related pairs are barred, whoever declared it."""
    assert is_barred_pair(provider, applicant) is barred


S1_PRODUCT_3 = SpecPolicy(Decimal("2.1"), 16, 128, Decimal(2), Decimal(1), 32, 384, Decimal(10))
REACHED = Specification("2.1", 32, 384, "10", "1")
OFFERS = [
    pytest.param(REACHED, "pass", id="reaches the larger reading"),
    pytest.param(Specification("2.1", 16, 128, "2", "1"), "officer", id="reaches only the smaller reading"),
    pytest.param(replace(REACHED, cores=24), "officer", id="one value lies between the readings"),
    pytest.param(replace(REACHED, cores=8), "fail", id="too few cores for either reading"),
    pytest.param(replace(REACHED, cpu_ghz="2.09"), "fail", id="the clock is just too slow"),
    pytest.param(replace(REACHED, line_gbps="0.5"), "fail", id="the line is too slow"),
]


@pytest.mark.rule("AL-6")
@pytest.mark.parametrize(("offered", "decision"), OFFERS)
def test_an_offer_for_s1_product_3(offered: Specification, decision: str) -> None:
    """Two H100 cards, a specification that can be read in two ways."""
    assert offer_conformance("H100", 8, offered, frozenset({"H100"}), 2, S1_PRODUCT_3) == decision


@pytest.mark.rule("AL-6")
def test_type_and_count_must_fit_even_without_a_specification() -> None:
    """S0 prints no specification: only type and count are compared."""
    types = frozenset({"H100", "H200"})
    assert offer_conformance("H200", 8, REACHED, types, 8, None) == "pass"
    assert offer_conformance("H200", 4, REACHED, types, 8, None) == "fail"
    assert offer_conformance("B200", 8, REACHED, types, 8, None) == "fail"


@pytest.mark.rule("AL-7")
def test_every_closed_gate_is_named() -> None:
    """All three are needed; with one open, two refusals say which are not."""
    policy = GatePolicy(("agreement", "self_payment", "training"))
    closed = closed_gates(policy, {"agreement"}, "A")
    assert [(r.rule_id, r.facts["gate"]) for r in closed] == [("AL-7", "self_payment"), ("AL-7", "training")]
    assert closed_gates(policy, {"agreement", "self_payment", "training"}, "A") == []


MODES = [
    pytest.param("dynamic", None, "dynamic", id="the provider follows the programme"),
    pytest.param("dynamic", "fixed", "fixed", id="the provider is fixed from the start"),
    pytest.param("fixed", "dynamic", "fixed", id="an NPU programme is always fixed"),
]


@pytest.mark.rule("AL-8")
@pytest.mark.parametrize(("programme", "offered", "mode"), MODES)
def test_who_is_fixed(programme: str, offered: str | None, mode: str) -> None:
    """A grant is fixed where its programme is, or where its provider takes part so."""
    assert assignment_mode(programme, offered) == mode  # type: ignore[arg-type]


def day(number: int, month: int = 10) -> dt.datetime:
    """00:00 of a day of 2025, UTC."""
    return dt.datetime(2025, month, number, tzinfo=dt.UTC)


DELIVERIES = [
    pytest.param(day(6), (day(6), day(1, 11)), id="five days late, the end stays"),
    pytest.param(day(28, 9), (day(1), day(1, 11)), id="early delivery does not move the start"),
    pytest.param(day(1), (day(1), day(1, 11)), id="exactly on time"),
]


@pytest.mark.rule("AL-16")
@pytest.mark.parametrize(("delivered", "expected"), DELIVERIES)
def test_a_late_delivery_does_not_move_the_end(delivered: dt.datetime, expected: tuple) -> None:
    """Agreed from 1 October until 1 November."""
    assert delivery_of(day(1), day(1, 11), delivered) == expected


H100X2 = (Variant("H100", 2),)
POOLS = [
    PoolOffer("a", "alpha", "H100", 8, 4),
    PoolOffer("b", "beta", "H100", 4, 1),
    PoolOffer("c", "gamma", "A100", 8, 0),
]


def chosen(*, barred: str = "", wished: str | None = None, pools: list[PoolOffer] = POOLS) -> str | None:
    """The pool that a grant of two H100 gets."""
    found = choose_pool(pools, H100X2, frozenset({barred}), wished)
    return found[0].pool_id if found else None


@pytest.mark.rule("AL-1")
def test_a_dynamic_grant_draws_from_the_least_entitled_pool_that_may_serve_it() -> None:
    """6/8 and 3/4 are equal: the smaller id; a wish comes first; a relation never; the type must fit."""
    assert chosen() == "a"
    assert chosen(wished="beta") == "b"
    assert chosen(barred="alpha", wished="alpha") == "b"
    assert chosen(pools=POOLS[2:]) is None
    assert chosen(pools=[replace(POOLS[0], conforms="fail"), POOLS[1]]) == "b"


@pytest.mark.rule("AL-3")
def test_what_of_a_pool_lasts_to_a_grants_end() -> None:
    """Half-open: a card offered to the very end counts, one that comes a second after the start does not."""
    pool = replace(POOLS[1], spans=(Span(0, 9), Span(0, 8), Span(1, 9), Span(0, 12)))
    assert lasting_cards(pool, Span(0, 9)) == 2
    assert lasting_cards(POOLS[1], Span(0, 9)) == 4


def test_where_a_grant_may_sit() -> None:
    """A group takes a grant of its type, whose applicant its provider may serve, by the server only of its size."""
    h100, a100 = Variant("H100", 16), Variant("A100", 16)
    by_server, any_server = ("alpha", "dc", "H100", 8), ("alpha", "dc", "H100", 0)
    free, barred = Wish("A", 1, (h100,), 8, ()), Wish("B", 2, (h100,), 8, (), frozenset({"alpha"}))
    assert [may_sit(by_server, h100, free), may_sit(any_server, h100, replace(free, server_cards=0))] == [True, True]
    assert [may_sit(by_server, a100, free), may_sit(by_server, h100, barred)] == [False, False]
    assert [may_sit(("alpha", "dc", "H100", 4), h100, free), may_sit(any_server, h100, free)] == [False, False]


@pytest.mark.rule("AL-1")
def test_the_checker_finds_who_sits_badly() -> None:
    """Two servers where one would do; half a server for a server product; neither is a fault where nothing else is."""
    held = (Span(0, 9),)
    stock = [StockServer(name, "alpha", "dc1", "H100", ((), (), (), ())) for name in ("s1", "s2")]
    half = [replace(server, busy=((), (), held, held)) for server in stock]
    start = StartChoice(Span(0, 1), 0)
    wish = Wish("A", 1, (Variant("H100", 4),), 0, (start,))
    two = Place("A", "alpha", "dc1", "H100", (Card("s1", 0), Card("s1", 1), Card("s2", 0), Card("s2", 1)), start)
    assert placement_breaches(half, [wish], [two]) == []
    assert placement_breaches(stock, [wish], [two]) == ["A sits on more servers than it needs"]
    whole = replace(wish, server_cards=4)
    assert placement_breaches(half, [whole], [two]) == ["A is given servers that are not whole"]
    one = replace(two, cards=tuple(Card("s1", slot) for slot in range(4)))
    other = Wish("B", 2, (Variant("H100", 2),), 0, (start,))
    there = Place("B", "alpha", "dc1", "H100", (Card("s2", 2), Card("s2", 3)), start)
    assert placement_breaches(stock, [whole, other], [one, there]) == []
    beside = replace(there, cards=(Card("s1", 2), Card("s1", 3)))
    later = replace(beside, start=StartChoice(Span(1, 2), 1))
    assert placement_breaches(half[1:] + stock[:1], [wish, other], [two, beside]) == []
    moved = replace(other, starts=(later.start,))
    assert placement_breaches(half[1:] + stock[:1], [wish, moved], [two, later]) == [
        "A sits on more servers than it needs"
    ]
