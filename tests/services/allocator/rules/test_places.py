"""AL-1 to AL-8 and AL-16, as tables."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.allocator.model.cards import Card, Span, instant_of
from services.allocator.model.placements import Place, PoolOffer, StartChoice, Variant, Wish
from services.allocator.model.supply import Party, Specification, StockServer
from services.allocator.policy import GatePolicy, SpecPolicy, SubstitutionPolicy, WindowPolicy
from services.allocator.rules.cards import assignment_mode
from services.allocator.rules.conformance import offer_conformance
from services.allocator.rules.delivery import delivery_of
from services.allocator.rules.gates import closed_gates
from services.allocator.rules.naming import shape_in
from services.allocator.rules.places import capacity_breaches, placement_breaches, server_shape, variants_of
from services.allocator.rules.pools import choose_pool
from services.allocator.rules.relations import is_barred_pair
from services.allocator.rules.starts import start_choices

S0_SUBSTITUTIONS = SubstitutionPolicy((("H100", "H200", 1), ("H100", "A100", 4)))

SHAPES = [
    pytest.param(4, 8, 0, (4,), id="four cards sit on one server"),
    pytest.param(8, 8, 0, (8,), id="eight cards still fit one server"),
    pytest.param(16, 8, 0, (8, 8), id="sixteen cards take the fewest servers"),
    pytest.param(12, 8, 0, (8, 4), id="twelve cards take a full and a part of a server"),
    pytest.param(16, 8, 8, (8, 8), id="two whole servers"),
    pytest.param(8, 4, 8, None, id="no whole server of eight among servers of four"),
    pytest.param(4, 8, 8, None, id="half a whole server is none"),
]


@pytest.mark.rule("AL-1")
@pytest.mark.parametrize(("cards", "server_cards", "whole", "shape"), SHAPES)
def test_how_a_grant_sits_on_servers(cards: int, server_cards: int, whole: int, shape: tuple[int, ...] | None) -> None:
    """Whole servers for server products; one server where they fit for card products, else the fewest."""
    assert server_shape(cards, server_cards, whole) == shape


@pytest.mark.rule("AL-1")
@given(cards=st.integers(1, 200), server_cards=st.integers(1, 16))
def test_a_shape_holds_exactly_the_cards_on_the_fewest_servers(cards: int, server_cards: int) -> None:
    """The parts sum to the whole, and one server less could not hold them."""
    shape = server_shape(cards, server_cards, 0)
    assert shape is not None
    assert sum(shape) == cards
    assert (len(shape) - 1) * server_cards < cards


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


STARTS = [
    pytest.param(
        "2025-10-15",
        3,
        ["2025-10-15", "2025-11-01", "2025-12-01", "2026-01-01"],
        id="the wished day, then later months",
    ),
    pytest.param(
        "2025-12-01",
        6,
        ["2025-12-01", "2025-11-01", "2026-01-01", "2025-10-01"],
        id="nearest month first, earlier on ties",
    ),
    pytest.param("2026-06-01", 2, ["2026-05-01", "2026-04-01"], id="the wished month does not fit the window"),
    pytest.param("2025-10-01", 10, [], id="more months than the window has"),
]


@pytest.mark.rule("AL-4")
@pytest.mark.parametrize(("wished", "months", "first"), STARTS)
def test_the_order_in_which_starts_are_tried(wished: str, months: int, first: list[str]) -> None:
    """S0's window: 1 October 2025 to 30 June 2026."""
    window = WindowPolicy(dt.date(2025, 10, 1), dt.date(2026, 6, 30))
    choices = start_choices(dt.date.fromisoformat(wished), months, window, dt.date(2025, 9, 1))
    days = [(instant_of(c.span.from_s) + dt.timedelta(hours=9)).date().isoformat() for c in choices]
    assert days[: len(first)] == first
    assert bool(days) == bool(first)


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


def test_where_a_grant_may_sit() -> None:
    """A group of equal servers takes a grant of its type, of an applicant whom its provider may serve, in its shape."""
    h100, a100 = Variant("H100", 16), Variant("A100", 16)
    group = ("alpha", "dc", "H100", 8)
    free, barred = Wish("A", 1, (h100,), 8, ()), Wish("B", 2, (h100,), 8, (), frozenset({"alpha"}))
    assert shape_in(group, h100, free) == (8, 8)
    assert [shape_in(group, a100, free), shape_in(group, h100, barred)] == [None, None]
    assert shape_in(("alpha", "dc", "H100", 4), h100, free) is None
