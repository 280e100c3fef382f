"""AL-3 and AL-9: what is over by itself, the earliest reason first; cards that leave with their offers."""

import datetime as dt
from dataclasses import replace

import pytest

from services.allocator.model.cards import Card
from services.allocator.model.queue import Offered, PoolQueue, Request, Running
from services.allocator.rules.backfill import head_start
from services.allocator.rules.due import due_end, ends_with_grant, waits_over
from services.allocator.rules.offered import Shrinking, pick_lasting, shrinkings
from services.allocator.rules.queue import Arrivals, decide_pool
from tests.services.allocator.rules.test_queue import T0, asks, cards, hours, pool, runs

LONG_AGO = T0 - dt.timedelta(days=30)


def leaving(queue: PoolQueue, **until_h: float) -> PoolQueue:
    """A pool whose cards (`c0`, `c1`, …) leave so many hours after 08:00; the pool as it stands when all are there."""
    spans = {Card("s", int(name[1:])): Offered(LONG_AGO, hours(h)) for name, h in until_h.items()}
    return replace(queue, offered=spans)


SESSION = replace(runs("A", 0, 1, long_h=3), idle_since=T0, idle_until=hours(9))
DUE = [
    pytest.param({"c0": 2, "c1": 8}, 4, 3600 * 5, ("offer_ended", 2), id="the first of its cards' offers"),
    pytest.param({"c0": 8, "c1": 8}, 1, 3600 * 5, ("grant_ended", 1), id="its grant"),
    pytest.param({"c0": 8, "c1": 8}, 4, 3600 * 5, ("max_duration", 3), id="its maximum"),
    pytest.param({"c0": 8, "c1": 8}, 4, 1800, ("idle", 0.5), id="idle"),
    pytest.param({"c0": 3, "c1": 8}, 3, 3600 * 3, ("grant_ended", 3), id="all at one instant: the grant first"),
    pytest.param({"c0": 3, "c1": 8}, 4, 3600 * 3, ("offer_ended", 3), id="then the offer"),
]


@pytest.mark.rule("AL-9")
@pytest.mark.parametrize(("offers", "grant_h", "idle_s", "told"), DUE)
def test_f_34_the_earliest_reason_counts(
    offers: dict[str, float], grant_h: float, idle_s: int, told: tuple[str, float]
) -> None:
    """F-34: idle, maximum, offer and grant are all due before noon: the earliest is named, dated to when it was due."""
    queue = leaving(replace(pool(2, "A"), idle_s=idle_s), **offers)
    queue = replace(queue, entitled={"A": replace(queue.entitled["A"], ends_at=hours(grant_h))})
    end = due_end(queue, SESSION, hours(9))
    assert end is not None
    assert (end.reason, end.released_at) == (told[0], hours(told[1]))


def test_nothing_is_due_before_its_time() -> None:
    """A microsecond before its maximum a session runs, and at it no more; none ends before it began."""
    moment = dt.timedelta(microseconds=1)
    assert due_end(pool(2, "A"), SESSION, hours(3) - moment) is None
    assert due_end(pool(2, "A"), SESSION, hours(3)) is not None
    late = replace(SESSION, assigned_at=hours(5), max_duration_s=None)
    end = due_end(pool(2, "A"), late, hours(6), grant_ends_at=hours(4))
    assert end is not None
    assert end.released_at == hours(5)


@pytest.mark.rule("AL-9")
def test_f_34_a_grant_that_ends_late_names_what_was_due_before() -> None:
    """F-34: A ends at noon; its session's maximum was 11:00, and the pool shrank below its wait at 10:00."""
    waiting = (replace(asks("A", 2, 1), session_id="A2"),)
    queue = leaving(pool(1, "A", running=(runs("A", 0, long_h=3),), waiting=waiting), c0=9, c1=2)
    ended, over = ends_with_grant(queue, "A", hours(4))
    assert [(e.reason, e.released_at) for e in ended] == [("max_duration", hours(3))]
    assert [(w.reason, w.ended_at) for w in over] == [("refused", hours(2))]


@pytest.mark.rule("AL-9")
def test_f_20_cards_that_leave_last_are_given_first() -> None:
    """F-20: of three cards two leave at noon: one card is the lasting one; two or three take it and then the others."""
    spans = {card: Offered(LONG_AGO, hours(h)) for card, h in zip(cards(0, 1, 2), (4, 9, 4), strict=True)}
    given = [pick_lasting(cards(0, 1, 2), count, spans) for count in (1, 2, 3, 4)]
    assert given == [cards(1), cards(1, 0), cards(1, 0, 2), None]


def test_f_20_instants_at_which_a_pool_shrinks() -> None:
    """F-20: two cards leave at 10:00 and one at noon, one comes at 11:00: 2 are left from 10:00 on, 2 from noon on."""
    spans = {
        card: Offered(since, hours(h))
        for card, since, h in zip(cards(0, 1, 2, 3, 4), (T0, T0, T0, hours(3), T0), (2, 2, 4, 9, 9), strict=True)
    }
    assert shrinkings(cards(3, 4), spans, T0, hours(5)) == (Shrinking(hours(2), 2), Shrinking(hours(4), 2))
    assert shrinkings(cards(3, 4), spans, hours(2), hours(4)) == (Shrinking(hours(4), 2),)


@pytest.mark.rule("AL-9")
def test_f_20_a_wait_that_no_longer_fits_is_refused_when_the_pool_shrank() -> None:
    """F-20: B waits for two of two cards, one leaves at 10:00: refused then, noticed at noon; C waits on."""
    queue = leaving(
        pool(1, "A", "B", "C", running=(runs("A", 0),), waiting=(asks("B", 2, 1), asks("C", 1, 2))), c0=9, c1=2
    )
    over = waits_over(queue, hours(4), ())
    assert [(w.request.session_id, w.ended_at, w.reason) for w in over] == [("B", hours(2), "refused")]
    assert dict(over[0].refusals[0].facts) == {"cards": 2, "pool_cards": 1}
    assert waits_over(queue, hours(4), ("B",)) == over, "taken back later, it was over before"


@pytest.mark.rule("AL-9")
def test_f_20_nothing_starts_on_a_card_that_has_left_or_is_still_to_come() -> None:
    """F-20: the queue's cards are those offered now; a request for more than they are is larger than the pool."""
    queue = replace(pool(1, "A"), offered={Card("s", 1): Offered(hours(2), hours(9))})
    decision = decide_pool(queue, hours(1), Arrivals(requests=(asks("A", 2, 1),)))
    assert [r.code for _, refusals in decision.refused for r in refusals] == ["larger_than_pool"]


@pytest.mark.rule("AL-9")
def test_f_20_the_heads_start_knows_which_cards_leave_and_come() -> None:
    """F-20: A's two cards come back at 10:00, but one of them leaves at 09:00: the head of two starts never, or at
    11:00, when another comes.
    """
    spans = {Card("s", 0): Offered(LONG_AGO, hours(9)), Card("s", 1): Offered(LONG_AGO, hours(1))}
    assert head_start(T0, (), [(hours(2), cards(0, 1))], spans, 2) is None
    coming = {**spans, Card("s", 2): Offered(hours(3), hours(9))}
    assert head_start(T0, (), [(hours(2), cards(0, 1))], coming, 2) == (hours(3), 0)


@pytest.mark.rule("AL-9")
@pytest.mark.parametrize(
    ("until_h", "started"),
    [pytest.param(2, ["C"], id="leaves when the head starts"), pytest.param(9, [], id="stays beyond it")],
)
def test_f_20_who_overtakes_gives_its_cards_back_with_their_offers(until_h: float, started: list[str]) -> None:
    """F-20: the head B needs A's three cards at 10:00; C declares no end, but its card leaves at 10:00 anyway."""
    queue = pool(4, "A", "B", "C", running=(runs("A", 0, 1, 2, long_h=2),), waiting=(asks("B", 3, 1, 1),))
    if until_h > 2:
        queue = replace(queue, waiting=(asks("B", 4, 1, 1),))
    queue = leaving(queue, c0=99, c1=99, c2=99, c3=until_h)
    decision = decide_pool(queue, T0, Arrivals(requests=(asks("C", 1, 2),)))
    assert [s.request.session_id for s in decision.started] == started


def test_f_20_a_session_knows_when_it_ends_at_the_latest() -> None:
    """F-20: its declared maximum or the end of the first of its cards' offers, the earlier; fixed ones too."""
    queue = leaving(pool(2, "A"), c0=5, c1=2)
    cases = (("dynamic", 1, 2, 1), ("dynamic", 4, 2, 2), ("fixed", 1, 2, 2), ("dynamic", 9, 1, 5))
    for mode, long_h, cards_, due_h in cases:
        (begun,) = decide_pool(
            replace(queue, mode=mode),
            T0,
            Arrivals(requests=(asks("A", cards_, 1, long_h),)),  # type: ignore[arg-type]
        ).started
        assert begun.due_at == hours(due_h)


def test_a_waiting_request_keeps_its_place_while_it_fits() -> None:
    """Cards that left before a request came do not count against it."""
    request = Request("S", "A", 1, 1, hours(3), 1)
    queue = leaving(pool(1, "A", running=(Running("R", "A", 1, cards(0), T0, T0),), waiting=(request,)), c0=9, c1=2)
    assert waits_over(queue, hours(4), ()) == ()
