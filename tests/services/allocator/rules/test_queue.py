"""AL-9 and AL-10: the dynamic queue, as tables, and as a machine that tries everything."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.allocator.model.cards import Card
from services.allocator.model.queue import Entitled, PoolQueue, Request, Running
from services.allocator.rules.backfill import head_start
from services.allocator.rules.cards import free_cards, pick_cards
from services.allocator.rules.due import latest_end
from services.allocator.rules.queue import Arrivals, decide_pool

T0 = dt.datetime(2025, 10, 2, 8, tzinfo=dt.UTC)
HOUR = 3600


def hours(count: float) -> dt.datetime:
    """So many hours after 08:00."""
    return T0 + dt.timedelta(hours=count)


def pool(
    cards: int, *grants: str, units: int = 99, running: tuple = (), waiting: tuple = (), mode: str = "dynamic"
) -> PoolQueue:
    """A pool of cards on one server."""
    entitled = {g: Entitled(g, units, 1, i, T0) for i, g in enumerate(grants)}
    return PoolQueue("p", mode, tuple(Card("s", i) for i in range(cards)), running, waiting, None, entitled)  # type: ignore[arg-type]


def cards(*indexes: int) -> tuple[Card, ...]:
    """Cards of the one server."""
    return tuple(Card("s", i) for i in indexes)


def asks(name: str, cards: int, sequence: int, long_h: float | None = None, at: dt.datetime = T0) -> Request:
    """A request of a grant with its own name, one card a unit."""
    return Request(name, name, cards, cards, at, sequence, None if long_h is None else int(long_h * HOUR))


def runs(name: str, *indexes: int, long_h: float | None = None, since: dt.datetime = T0) -> Running:
    """A running session of a grant with its own name."""
    held = cards(*indexes)
    return Running(name, name, len(held), held, since, since, None if long_h is None else int(long_h * HOUR))


def started(queue: PoolQueue, *requests: Request, now: dt.datetime = T0) -> list[str]:
    """Who starts when these requests arrive together."""
    return [s.request.session_id for s in decide_pool(queue, now, Arrivals(requests=requests)).started]


@pytest.mark.rule("AL-9")
def test_the_worked_example() -> None:
    """A holds 2 of 4 until 10:00; B (3, 1 h), C (4, 1 h), D (1, 10 h) wait: D starts, although C is delayed."""
    queue = pool(4, "A", "B", "C", "D", running=(runs("A", 0, 1, long_h=2),))
    requests = (asks("B", 3, 1, 1), asks("C", 4, 2, 1), asks("D", 1, 3, 10))
    assert started(queue, *requests) == ["D"]
    after = decide_pool(queue, T0, Arrivals(requests=requests)).after
    assert [s.request.session_id for s in decide_pool(after, hours(2)).started] == ["B"]


BACKFILL = [
    pytest.param(asks("D", 2, 2, 2), ["D"], id="ends exactly when the head starts"),
    pytest.param(asks("D", 2, 2, 2.001), [], id="ends just after and needs the head's cards"),
    pytest.param(asks("D", 2, 2), [], id="declares no end and needs the head's cards"),
    pytest.param(asks("D", 1, 2), ["D"], id="declares no end but takes only what the head leaves over"),
]


@pytest.mark.rule("AL-9")
@pytest.mark.parametrize(("late", "expected"), BACKFILL)
def test_a_later_request_overtakes_only_without_delaying_the_head(late: Request, expected: list[str]) -> None:
    """Four cards, A holds 2 until 10:00, the head needs 3."""
    queue = pool(4, "A", "B", "D", running=(runs("A", 0, 1, long_h=2),))
    assert started(queue, asks("B", 3, 1, 1), late) == expected


@pytest.mark.rule("AL-9")
def test_nobody_overtakes_while_the_heads_start_cannot_be_computed() -> None:
    """A runs without a declared end, so the head's start is unknown: even a minute's request waits."""
    queue = pool(4, "A", "B", "D", running=(runs("A", 0, 1),))
    assert started(queue, asks("B", 3, 1, 1), asks("D", 1, 2, 0.01)) == []


@pytest.mark.rule("AL-9")
def test_ends_come_before_requests_and_starts_at_one_instant() -> None:
    """At 10:00 A's time is over and B asks for all cards: B starts at once."""
    queue = pool(2, "A", "B", running=(runs("A", 0, 1, long_h=2),))
    decision = decide_pool(queue, hours(2), Arrivals(requests=(asks("B", 2, 1, at=hours(2)),)))
    assert [(e.session.session_id, e.reason, e.released_at) for e in decision.ended] == [
        ("A", "max_duration", hours(2))
    ]
    assert [s.request.session_id for s in decision.started] == ["B"]


@pytest.mark.rule("AL-9")
def test_a_withdrawal_frees_the_entitlement_for_a_request_of_the_same_instant() -> None:
    """Withdrawals come before new requests, so the same unit can be asked for again."""
    queue = pool(1, "A", "B", units=1, running=(runs("A", 0),), waiting=(asks("B", 1, 1),))
    again = replace(asks("B", 1, 2), session_id="B2")
    decision = decide_pool(queue, hours(1), Arrivals(withdrawals=("B",), requests=(again,)))
    assert decision.refused == ()
    assert [r.session_id for r in decision.after.waiting] == ["B2"]


REFUSED = [
    pytest.param(asks("A", 2, 1), [], id="exactly the entitlement and the pool"),
    pytest.param(asks("A", 3, 1), ["entitlement_exceeded", "larger_than_pool"], id="more than both"),
]


@pytest.mark.rule("AL-9")
@pytest.mark.parametrize(("request_", "codes"), REFUSED)
def test_what_can_never_be_served_is_refused_at_once(request_: Request, codes: list[str]) -> None:
    """Entitlement 2, pool of 2: all refusals are told."""
    decision = decide_pool(pool(2, "A", units=2), T0, Arrivals(requests=(request_,)))
    assert [r.code for _, refusals in decision.refused for r in refusals] == codes


@pytest.mark.rule("AL-9")
def test_held_and_waiting_units_count_towards_the_entitlement() -> None:
    """One held, one waiting, one asked: more than two."""
    queue = pool(1, "A", units=2, running=(runs("A", 0),), waiting=(replace(asks("A", 1, 1), session_id="A2"),))
    (refused,) = decide_pool(queue, T0, Arrivals(requests=(replace(asks("A", 1, 2), session_id="A3"),))).refused
    assert dict(refused[1][0].facts) == {"units": 1, "held": 1, "waiting": 1, "entitled": 2}


@pytest.mark.rule("AL-9")
def test_the_heads_start_takes_all_ends_of_one_instant() -> None:
    """Two sessions end together: the head starts then, and what both give beyond its need is left over."""
    two, more, one = cards(0, 1), cards(2, 3), cards(4)
    assert head_start(T0, (), [(hours(1), two), (hours(1), more), (None, one)], {}, 3) == (hours(1), 1)
    assert head_start(T0, (), [(hours(1), two), (None, one)], {}, 3) is None


@pytest.mark.rule("AL-9")
def test_a_session_ends_with_its_grant() -> None:
    """The grant's period is over at 09:00: its session ends then and its request is withdrawn."""
    queue = pool(
        1, "A", "B", running=(runs("A", 0),), waiting=(replace(asks("A", 1, 1), session_id="A2"), asks("B", 1, 2))
    )
    entitled = queue.entitled | {"A": replace(queue.entitled["A"], ends_at=hours(1))}
    decision = decide_pool(replace(queue, entitled=entitled), hours(2))
    assert [(e.reason, e.released_at) for e in decision.ended] == [("grant_ended", hours(1))]
    assert [(w.request.session_id, w.ended_at, w.reason) for w in decision.over] == [("A2", hours(1), "grant_ended")]
    assert [s.request.session_id for s in decision.started] == ["B"]


@pytest.mark.rule("AL-10")
def test_cards_sit_on_the_server_that_they_fill_best() -> None:
    """One free card on s1, three on s2, two on s3: two cards are taken of s3; five of the fewest servers."""
    free = [Card("s1", 0), *(Card("s2", i) for i in range(3)), *(Card("s3", i) for i in range(2))]
    assert pick_cards(free, 2) == (Card("s3", 0), Card("s3", 1))
    assert pick_cards(free, 5) == (*free[1:4], *free[4:6])
    assert pick_cards(free, 7) is None


class QueueMachine(RuleBasedStateMachine):
    """Requests, releases, withdrawals in any order: no card twice, first come first served but for backfill."""

    CARDS = 6

    @initialize()
    def empty(self) -> None:
        """Nobody runs, nobody waits."""
        self.now = T0
        self.number = 0
        self.promise: tuple[str, dt.datetime] | None = None
        self.queue = pool(self.CARDS, *"ABC")

    @rule(minutes=st.integers(0, 90))
    def time_passes(self, minutes: int) -> None:
        """The clock moves and what is due ends."""
        self.now += dt.timedelta(minutes=minutes)
        self.step(Arrivals())

    @rule(grant=st.sampled_from("ABC"), cards=st.integers(1, 7), minutes=st.none() | st.integers(1, 240))
    def request(self, grant: str, cards: int, minutes: int | None) -> None:
        """Somebody asks."""
        self.number += 1
        long_s = None if minutes is None else minutes * 60
        self.step(Arrivals(requests=(Request(f"S{self.number}", grant, cards, cards, self.now, self.number, long_s),)))

    @rule(which=st.integers(0, 20))
    def release(self, which: int) -> None:
        """A running session gives its cards back."""
        if self.queue.running:
            self.step(Arrivals(releases=(self.queue.running[which % len(self.queue.running)].session_id,)))

    @rule(which=st.integers(0, 20))
    def withdraw(self, which: int) -> None:
        """A waiting request is taken back."""
        if self.queue.waiting:
            self.step(Arrivals(withdrawals=(self.queue.waiting[which % len(self.queue.waiting)].session_id,)))

    def step(self, arrivals: Arrivals) -> None:
        """Decide, and check the decision against an independent reading of the rule."""
        decision = decide_pool(self.queue, self.now, arrivals)
        waiting = [r for r in self.queue.waiting if r not in [wait.request for wait in decision.over]]
        waiting += [r for r in arrivals.requests if r not in [refused for refused, _ in decision.refused]]
        begun = [s.request for s in decision.started]
        overtaken = [r for i, r in enumerate(waiting) if r not in begun and any(w in begun for w in waiting[i + 1 :])]
        if overtaken:
            self.check_backfill(waiting, begun, decision.ended)
        self.queue = decision.after
        assert all(s.assigned_at == self.now for s in decision.started)

    def check_backfill(self, waiting: list[Request], begun: list[Request], ended: tuple) -> None:
        """Those who overtook the head leave its earliest start where it was."""
        head = next(r for r in waiting if r not in begun)
        gone = {e.session.session_id for e in ended}
        holding = [
            (latest_end(s.assigned_at, s.max_duration_s, s.mode), s.cards)
            for s in self.queue.running
            if s.session_id not in gone
        ]
        in_turn = [r for r in begun if waiting.index(r) < waiting.index(head)]
        late = [r for r in begun if waiting.index(r) > waiting.index(head)]
        holding += [self.held(r) for r in in_turn]
        before = head_start(self.now, self.left(holding), holding, {}, head.cards)
        holding += [self.held(r) for r in late]
        after = head_start(self.now, self.left(holding), holding, {}, head.cards)
        assert before is not None
        assert after is not None
        assert after[0] == before[0]

    def held(self, request: Request) -> tuple[dt.datetime | None, tuple[Card, ...]]:
        """What a request holds once it starts now; which cards they are does not matter here."""
        end = None if request.max_duration_s is None else self.now + dt.timedelta(seconds=request.max_duration_s)
        return end, cards(*range(request.cards))

    def left(self, holding: list) -> tuple[Card, ...]:
        """As many cards as nobody holds."""
        return cards(*range(self.CARDS - sum(len(held) for _, held in holding)))

    @invariant()
    def no_card_has_two_holders(self) -> None:
        """Cards in use are all different, and the pool's own."""
        used = [card for s in self.queue.running for card in s.cards]
        assert len(used) == len(set(used))
        assert set(used) <= set(self.queue.cards)
        assert len(free_cards(self.queue.cards, [used])) == self.CARDS - len(used)

    @invariant()
    def the_head_starts_as_soon_as_it_fits(self) -> None:
        """The first of the queue never waits while enough cards are free, and order of arrival is kept."""
        if self.queue.waiting:
            used = sum(len(s.cards) for s in self.queue.running)
            assert self.queue.waiting[0].cards > self.CARDS - used
        order = [r.sequence for r in self.queue.waiting]
        assert order == sorted(order)


QueueMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.mark.rule("AL-9")
class TestQueue(QueueMachine.TestCase):  # type: ignore[misc]
    """Hypothesis drives the queue."""
