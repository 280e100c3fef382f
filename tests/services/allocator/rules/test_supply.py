"""Offers, downtimes, the servers of a pool and the pools of grants, as tables."""

import datetime as dt
from dataclasses import replace

import pytest

from services.allocator.model.cards import Span
from services.allocator.model.placements import PoolOffer, StartChoice, Variant, Wish
from services.allocator.model.pools import PoolAsk
from services.allocator.model.supply import OfferedServer, Provider, StockServer
from services.allocator.rules.places import pool_breaches
from services.allocator.rules.pools import is_of_one_site, pool_cards, serve_from_pools
from services.allocator.rules.relations import with_known_relations
from services.allocator.rules.supply import cards_refusal, ends_before_start, repeated_names

T = dt.datetime(2025, 10, 2, 8, tzinfo=dt.UTC)
SERVER = OfferedServer("alpha", "s1", 8, "dc1", "p1", "H100", T, T)
ASK = PoolAsk("pool", "p1", ("s1",))
START = StartChoice(Span(0, 10), 0)


def test_an_offer_lasts_longer_than_nothing() -> None:
    """It ends after it begins."""
    later = T + dt.timedelta(seconds=1)
    assert [ends_before_start(T, later), ends_before_start(T, T), ends_before_start(later, T)] == [False, True, True]


def test_names_that_are_used_twice() -> None:
    """CV-9: told twice or taken already, however spelt; new ones are none of them."""
    assert repeated_names(["s1", "S1", "s2", "s3"], ["ｓ2"]) == ("S1", "s1", "s2")
    assert repeated_names(["s1", "s2"], []) == ()


@pytest.mark.parametrize(
    ("ask", "servers", "one"),
    [
        pytest.param(ASK, [SERVER, replace(SERVER, server_id="s2")], True, id="one site"),
        pytest.param(ASK, [SERVER, replace(SERVER, data_centre="dc2")], False, id="two data centres"),
        pytest.param(replace(ASK, programme="p2"), [SERVER], False, id="another programme"),
        pytest.param(replace(ASK, provider_id="ALPHA", card_type="h100"), [SERVER], True, id="another spelling"),
        pytest.param(replace(ASK, card_type="A100"), [SERVER], False, id="another type"),
    ],
)
def test_a_pool_is_of_one_site(ask: PoolAsk, servers: list[OfferedServer], one: bool) -> None:
    """AL-9: one provider, data centre, type and programme, and what is told of them agrees."""
    assert is_of_one_site(ask, servers) is one


def test_the_cards_of_a_pool() -> None:
    """As many as asked, else all."""
    assert [pool_cards(ASK, [SERVER, SERVER]), pool_cards(replace(ASK, cards_max=3), [SERVER])] == [16, 3]


def test_a_pool_holds_no_more_than_is_offered() -> None:
    """AL-3: three cards over two of one server are a breach from the first instant."""
    stock = [StockServer("s1", "alpha", "dc1", "H100", ((), ()), Span(0, 10))]
    site = ("alpha", "dc1", "H100")
    assert pool_breaches(stock, site, [Span(0, 10)] * 2) == []
    [breach] = pool_breaches(stock, site, [Span(0, 10)] * 3)
    assert (breach.at_s, breach.held, breach.available) == (0, 3, 2)


def test_pools_fill_up_grant_by_grant() -> None:
    """The second of two equal grants goes to the emptier of two pools; without a start nothing is served."""
    offers = [PoolOffer(name, name, "H100", 8, 0) for name in ("a", "b")]
    h100 = (Variant("H100", 4),)
    wishes = [Wish("A", 1, h100, 0, (START,)), Wish("B", 2, h100, 0, (START,)), Wish("C", 3, h100, 0, ())]
    places = serve_from_pools(wishes, {wish.grant_id: offers for wish in wishes}, {"a": "dc-a", "b": "dc-b"}, {})
    assert [(p.grant_id, p.pool_id, p.data_centre) for p in places] == [("A", "a", "dc-a"), ("B", "b", "dc-b")]


def test_what_barred_a_pair_still_bars_it() -> None:
    """AL-5: of a provider known before intake told of it no relation is lost; afterwards intake's word alone counts."""
    told = Provider("alpha", "O-1", "Alpha", "1", (), ("k2",), ("9",), T, T)
    known = replace(told, organisation_id=None, representative_keys=("k1",), affiliates=("8", "9"))
    joined = with_known_relations(told, known)
    assert (joined.representative_keys, joined.affiliates) == (("k2", "k1"), ("9", "8"))
    assert with_known_relations(told, None) == with_known_relations(told, replace(known, organisation_id="O-1")) == told


def test_a_pool_takes_only_cards_that_are_free() -> None:
    """AL-3: as many as there are; not one more."""
    assert cards_refusal(8, 8) is None
    refusal = cards_refusal(9, 8)
    assert refusal is not None
    assert refusal.facts == {"wanted": 9, "free": 8}
