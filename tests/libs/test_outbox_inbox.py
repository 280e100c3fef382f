"""Whatever crashes, whatever comes twice: every event that was said has its effect exactly once, in order.

A state machine drives two services over `LocalBus` on a real PostgreSQL. One says counts; the other has one effect
per count and answers each with an echo, which the first one hears in its turn. Between the steps, transactions are
rolled back, relays die before and after the acknowledgement, consumers die before and after their commit, messages
come again and everything is replayed.
"""

import asyncio
import contextlib
import datetime as dt
from collections import defaultdict
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from libs.common import inbox, outbox
from libs.common.bus import Message, Subscription
from libs.common.db import Tx, lock_all
from libs.common.errors import NotFound
from libs.common.events.envelope import wrap
from libs.common.held import HeldMessages
from libs.embedded.local_bus import LocalBus
from libs.embedded.postgres import EmbeddedPostgres
from tests.engines.bed import CLOCK, NOW, TOPIC, Counted, Service, make_database, take_effect

R = TypeVar("R")
LINES = st.sampled_from(["line 0", "line 1", "line 2"])
CRASHES = st.sampled_from(
    [
        "nowhere",
        "relay before publishing",
        "relay after half of the batch",
        "relay before the mark",
        "consumer before its transaction",
        "consumer inside its transaction",
        "consumer after its commit",
    ]
)


class Crash(Exception):
    """Somebody died at the point that the rule asked for."""


class CrashingBus(LocalBus):
    """LocalBus whose relays and consumers die where they are told to."""

    def __init__(self) -> None:
        super().__init__()
        self.crash = "nowhere"
        self.published: list[Message] = []

    async def publish(self, messages: Sequence[Message]) -> None:
        """Publish as LocalBus does, up to the point of the crash."""
        self.published += [m for m in messages if m.topic == TOPIC]
        if self.crash == "relay before publishing":
            raise Crash
        if self.crash == "relay after half of the batch":
            await super().publish(messages[: len(messages) // 2])
            raise Crash
        await super().publish(messages)
        if self.crash == "relay before the mark":
            raise Crash


class CrashingService(Service):
    """A service whose consumer dies where the bus says; `echoes` are what it answers."""

    def __init__(self, url: str, mine: str, bus: CrashingBus, *, answers: bool) -> None:
        super().__init__(url, mine)
        self._bus = bus
        self._answers = answers
        self.handle = self._effect

    async def consume(self, messages: Sequence[Message]) -> None:
        """The real inbox, between two points of death."""
        if self._bus.crash == "consumer before its transaction":
            raise Crash
        await super().consume(messages)
        if self._bus.crash == "consumer after its commit":
            raise Crash

    async def _effect(self, tx: Tx, event: Counted, now: dt.datetime) -> None:
        await take_effect(tx, event, now)
        if self._answers:
            await outbox.say(tx, Counted(line=f"echo of {event.line}", n=event.n), now=now)
        if self._bus.crash == "consumer inside its transaction":
            raise Crash


class OutboxAndInbox(RuleBasedStateMachine):
    """What was said, against what had an effect."""

    urls: tuple[str, str]

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._bus = CrashingBus()
        self._saying = CrashingService(self.urls[0], "echo", self._bus, answers=False)
        self._hearing = CrashingService(self.urls[1], "line", self._bus, answers=True)
        for group, service in (("saying", self._saying), ("hearing", self._hearing)):
            self._bus.subscribe(
                Subscription(group, frozenset({TOPIC}), service.consume, HeldMessages(service.db, CLOCK))
            )
        self._said: dict[str, list[int]] = defaultdict(list)
        self._poison = 0
        for service in (self._saying, self._hearing):
            handle = service.handle
            self._run(service.wipe())
            service.handle = handle

    def _run(self, work: Coroutine[Any, Any, R]) -> R:
        return self._loop.run_until_complete(work)

    @rule()
    def try_what_is_held(self) -> None:
        """What a consumer that died left is handed over again."""
        self._run(self._bus.catch_up())

    @rule(line=LINES, count=st.integers(1, 4))
    def say(self, line: str, count: int) -> None:
        """Count on, in one transaction that commits."""
        numbers = [len(self._said[line]) + i for i in range(count)]
        self._run(self._saying.say(*(Counted(line=line, n=n) for n in numbers)))
        self._said[line] += numbers

    @rule(line=LINES)
    def say_and_roll_back(self, line: str) -> None:
        """What a failed transaction said was never said."""

        async def fail() -> None:
            async with self._saying.db.transaction() as tx:
                await outbox.say(tx, Counted(line=line, n=999_999), now=NOW)
                raise Crash

        with pytest.raises(Crash):
            self._run(fail())

    @rule()
    def say_what_nobody_can_handle(self) -> None:
        """Garbage with a key of its own, in the same outbox."""
        self._poison += 1
        row = (f"poison-{self._poison}", TOPIC, "line 0", "poison", f"no envelope {self._poison}", {})

        async def append() -> None:
            async with self._saying.db.transaction() as tx:
                await outbox.append(tx, [row], NOW)

        self._run(append())

    @rule(crash=CRASHES, limit=st.integers(1, 5), echoes=st.booleans())
    def relay(self, crash: str, limit: int, echoes: bool) -> None:
        """One run of a relay, which may die, or whose consumer may."""
        self._bus.crash = crash
        service = self._hearing if echoes else self._saying
        with contextlib.suppress(Crash):  # the rule's point: whatever was in hand comes again
            self._run(outbox.relay_once(service.db, self._bus, NOW, limit))
        self._bus.crash = "nowhere"

    @precondition(lambda self: self._bus.published)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        """A message that was handled comes once more, as after a crash between effect and offset commit."""
        done = set(self._run(self._handled()))
        known = [m for m in self._bus.published if m.value in done]
        if known:
            self._run(self._bus.publish([data.draw(st.sampled_from(known), label="message")]))

    async def _handled(self) -> list[str]:
        """The envelopes of the rows that their relay has marked."""
        envelopes: list[str] = []
        for service in (self._saying, self._hearing):
            async with service.db.transaction() as tx:
                rows = await tx.exec_driver_sql("SELECT envelope FROM outbox WHERE published_at IS NOT NULL")
                envelopes += [row.envelope for row in rows if not row.envelope.startswith("no envelope")]
        return envelopes

    @rule()
    def replay(self) -> None:
        """Everything that was ever said is published again."""

        async def again() -> None:
            async with self._saying.db.transaction() as tx:
                await outbox.replay(tx, NOW)

        self._run(again())

    def teardown(self) -> None:
        """Once everybody lives and everything is relayed, the effects are what was said, once and in order."""
        try:
            self._run(self._settle())
            expected = {line: numbers for line, numbers in self._said.items() if numbers}
            assert self._run(self._hearing.effects_by_line()) == expected
            echoes = {f"echo of {line}": numbers for line, numbers in expected.items()}
            assert self._run(self._saying.effects_by_line()) == echoes
            dead = {str(letter["envelope"]) for letter in self._run(self._hearing.dead())}
            assert dead == {f"no envelope {i + 1}" for i in range(self._poison)}
        finally:
            self._run(self._saying.db.close())
            self._run(self._hearing.db.close())
            self._loop.close()

    async def _settle(self) -> None:
        for _ in range(3):  # an echo of what was held is said when that is handled
            await self._bus.catch_up()
            while sum([await outbox.relay_once(s.db, self._bus, NOW) for s in (self._saying, self._hearing)]):
                pass
        assert set((await self._bus.lag()).values()) == {0}
        await self._bus.stop()


@pytest.fixture
def urls(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two databases on a real server."""
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    server.start()
    yield make_database(server, "saying"), make_database(server, "hearing")
    server.remove()


@pytest.mark.timeout(120)
def test_every_event_has_its_effect_exactly_once(urls: tuple[str, str]) -> None:
    """Under every order of crashes, repetitions and replays, the effects are what was said, once and in order."""
    machine = type("Machine", (OutboxAndInbox,), {"urls": urls})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # a failing walk has 25 steps at most; shortening it would take minutes
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


class Turns:
    """`lock_first` of a worker that says when it asks for its turns, and may rest when it has them a second time."""

    def __init__(self, rests_until: asyncio.Event | None = None) -> None:
        self.asks, self.has_them_again = asyncio.Event(), asyncio.Event()
        self._rests_until = rests_until
        self._times = 0

    async def lock_first(self, tx: Tx, events: Sequence[Counted]) -> None:
        """Take the turn of each line."""
        self._times += 1
        self.asks.set()
        await lock_all(tx, {event.line for event in events})
        if self._times == 2 and self._rests_until is not None:
            self.has_them_again.set()
            await self._rests_until.wait()


async def second_is_nobodys(tx: Tx, event: Counted, now: dt.datetime) -> None:
    """The effect, but for the second count."""
    if event.n == 2:
        raise NotFound("line", event.line)
    await take_effect(tx, event, now)


BATCH = [
    Message(TOPIC, "a", wrap(Counted(line="a", n=n), now=NOW, correlation_id="t").model_dump_json()) for n in (1, 2, 3)
]
HANDLERS = {Counted: inbox.dated(second_is_nobodys)}


async def consume(service: Service, turns: Turns) -> int:
    """One worker is given the batch."""
    return await inbox.consume(
        service.db, HANDLERS, BATCH, clock=CLOCK, dead_letters_max=9, lock_first=turns.lock_first
    )


async def test_two_workers_that_are_given_the_same_batch_wait_in_one_order(urls: tuple[str, str]) -> None:
    """One holds the turns while it goes event by event, since one event is bad; the other one has taken no ids yet."""
    hearing, other = Service(urls[1]), Turns()
    turns = Turns(rests_until=other.asks)
    first = asyncio.create_task(consume(hearing, turns))
    await turns.has_them_again.wait()
    second = asyncio.create_task(consume(hearing, other))
    assert await asyncio.gather(first, second) == [2, 0]
    assert await hearing.effects() == [("a", 1), ("a", 3)]
    assert [letter["failures"] for letter in await hearing.dead()] == [2]
    await hearing.db.close()


async def test_a_dead_letter_is_redriven_beside_a_worker_that_is_given_it_again(urls: tuple[str, str]) -> None:
    """Whoever redrives it takes its turn first and then the letter, as the worker does that buries it again."""
    hearing, other = Service(urls[1]), Turns()
    await consume(hearing, Turns())
    (letter,) = await hearing.dead()
    turns = Turns(rests_until=other.asks)

    async def redrive() -> bool:
        async with hearing.db.transaction() as tx:
            return await inbox.redrive(tx, HANDLERS, int(str(letter["id"])), CLOCK, other.lock_first)

    again = asyncio.create_task(consume(hearing, turns))
    await turns.has_them_again.wait()
    assert await asyncio.gather(again, asyncio.create_task(redrive())) == [0, False]
    (letter,) = await hearing.dead()
    assert (letter["failures"], letter["error_code"]) == (3, "not_found")
    await hearing.db.close()
