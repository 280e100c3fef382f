"""What passes between a word and the deed: starts, pools' cards, periods, cuts, who stated a delivery."""

import datetime as dt
from dataclasses import replace

import pytest

from services.allocator.model.cards import Span
from services.allocator.model.deliveries import DeliveryTold
from services.allocator.model.placements import PoolOffer, PoolPlace, StartChoice, Variant, Wish
from services.allocator.model.queue import Entitled
from services.allocator.rules.ending import is_period_over
from services.allocator.rules.fallback import turn_fixed
from services.allocator.rules.parties import stated_it
from services.allocator.rules.places import cards_at, is_pool_too_small, is_start_over, pool_place_breaches
from services.allocator.rules.pools import serve_from_pools
from services.allocator.rules.reduction import as_cut
from tests.services.allocator.rules.test_queue import T0, hours, pool

KST = dt.timezone(dt.timedelta(hours=9))
OCTOBER = dt.datetime(2025, 10, 1, tzinfo=KST)
SECOND = dt.timedelta(seconds=1)
ONE = Variant("H100", 1)
START = StartChoice(Span(10, 20), 0)
WISH = Wish("A", 1, (ONE,), 0, (START,))


def offer(pool_id: str, *spans: Span) -> PoolOffer:
    """A pool of two cards ever, offered over these spans."""
    return PoolOffer(pool_id, "alpha", "H100", 2, 0, spans=spans)


@pytest.mark.rule("AL-3")
def test_a_pools_cards_at_an_instant_are_half_open() -> None:
    """From 0 to 9 and from 9 to 12: one at 9, none at 12; without spans all last."""
    spans = (Span(0, 9), Span(9, 12))
    assert [cards_at(spans, 2, at_s) for at_s in (8, 9, 12)] == [1, 1, 0]
    assert cards_at(None, 2, 99) == 2


@pytest.mark.rule("AL-3")
def test_a_pool_without_cards_at_the_start_serves_nobody() -> None:
    """One left at the start, one shrinks later, one lasts: the last is chosen, else the second, never the first."""
    left, shrinks, lasts = offer("a", Span(0, 10)), offer("b", Span(0, 11)), offer("c", Span(0, 20))
    centres = dict.fromkeys("abc", "dc1")

    def served(*offers: PoolOffer) -> list[str]:
        return [place.pool_id for place in serve_from_pools([WISH], {"A": offers}, centres, {})]

    assert [served(left, shrinks, lasts), served(left, shrinks), served(left)] == [["c"], ["b"], []]


@pytest.mark.rule("AL-3")
def test_the_checker_finds_a_place_in_a_pool_whose_cards_left_before_the_start() -> None:
    """The pool once had two cards; at the start it has none."""
    place = PoolPlace("A", "a", "alpha", "dc1", ONE, START)
    assert pool_place_breaches([offer("a", Span(0, 10))], [WISH], [place], []) == ["A is larger than its pool"]
    assert pool_place_breaches([offer("a", Span(0, 11))], [WISH], [place], []) == []


@pytest.mark.rule("AL-4")
def test_a_start_is_over_with_its_day_in_seoul() -> None:
    """From 1 October: the last second of that day is in time, the next is not."""
    midnight = OCTOBER + dt.timedelta(days=1)
    assert [is_start_over(OCTOBER, now) for now in (OCTOBER, midnight - SECOND, midnight)] == [False, False, True]


@pytest.mark.rule("AL-3")
def test_a_pool_is_too_small_at_the_start_or_now() -> None:
    """A card until noon of the first day: enough in the morning, too few at noon; before that the start counts."""
    noon = OCTOBER + dt.timedelta(hours=12)
    spans = (Span(0, int(noon.timestamp())),)
    judged = [is_pool_too_small(spans, 1, OCTOBER, now) for now in (OCTOBER - SECOND, noon - SECOND, noon)]
    assert judged == [False, False, True]
    assert is_pool_too_small(spans, 2, OCTOBER, OCTOBER)


@pytest.mark.rule("AL-11")
def test_who_is_over_lacks_nothing_at_the_turn_to_fixed() -> None:
    """A's period ends at the switch itself, B's a second later: B gets its card, A none, and A does not wait."""
    ended = Entitled("A", 1, 1, 1, T0, ends_at=hours(1))
    going = replace(ended, grant_id="B", ends_at=hours(1) + SECOND)
    switch = turn_fixed(replace(pool(2), entitled={"A": ended, "B": going}), hours(1))
    assert [lack.grant_id for lack in switch.lacking] == ["B"]
    assert not is_period_over(None, hours(1))


@pytest.mark.rule("RV-12")
@pytest.mark.parametrize(
    ("told", "cuts", "right"),
    [
        pytest.param(3, [], 3, id="nobody cut it: a promotion raises"),
        pytest.param(3, [(2, 1)], 1, id="an officer cut it"),
        pytest.param(1, [(3, 2)], 1, id="told less than the cut"),
        pytest.param(3, [(4, 3), (3, 2)], 2, id="cut twice: the lower one"),
        pytest.param(3, [(1, 1)], 3, id="only the other figure was cut"),
    ],
)
def test_what_is_told_anew_counts_up_to_an_officers_cut(told, cuts, right) -> None:
    """As told, up or down, but never above what an officer lowered it to."""
    assert as_cut(told, cuts) == right


@pytest.mark.rule("AL-16")
def test_who_confirmed_did_not_state() -> None:
    """Kim stated it and took it back, Lee confirmed: only Kim ever stated it, in whatever role he comes."""
    stated = DeliveryTold("A", "stated", OCTOBER, "", "kim", OCTOBER)
    told = (stated, replace(stated, word="withdrawn"), replace(stated, word="confirmed", told_by="lee"))
    assert [stated_it(told, who) for who in ("kim", "lee", "park")] == [True, False, False]
    assert not stated_it((), "kim")
