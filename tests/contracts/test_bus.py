"""What every bus promises: at least once, in order per key, effect exactly once, nothing skipped.

The same tests run over `LocalBus` and over `KafkaBus` on a real Apache Kafka broker.
"""

import asyncio
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from libs.common import inbox, outbox
from libs.common.bus import EVENT_BYTES_MAX, Message
from libs.common.db import Tx
from libs.common.errors import EventTooLarge, NotFound
from libs.common.events.envelope import wrap
from libs.common.events.intake import ProgrammeOpened
from libs.common.outbox import relay_once
from tests.contracts.conftest import GROUP
from tests.engines.bed import CLOCK, NOW, TOPIC, Bed, Counted, take_effect


def message(line: str, n: int) -> Message:
    """An event as the relay would publish it."""
    envelope = wrap(Counted(line=line, n=n), now=NOW, correlation_id="bed")
    return Message(TOPIC, line, envelope.model_dump_json())


def altered(line: str, n: Any, **values: Any) -> Message:
    """An event whose JSON says what no `Counted` of ours would."""
    envelope = json.loads(message(line, 1).value)
    envelope["data"]["n"] = n
    return Message(TOPIC, line, json.dumps(envelope | values))


def garbage(line: str, n: int = 0) -> Message:
    """What no consumer can ever handle."""
    return Message(TOPIC, line, f'{{"this is": "no envelope", "n": {n}}}')


async def test_order_holds_per_key(bed: Bed) -> None:
    """Events of five lines, said in many interleaved transactions, have their effect in order on each line."""
    for n in range(40):
        await bed.saying.say(*(Counted(line=f"line {i}", n=n) for i in range(5)))
    await bed.until_effects(200)
    assert await bed.hearing.effects_by_line() == {f"line {i}": list(range(40)) for i in range(5)}


async def test_the_same_message_twice_has_one_effect(bed: Bed) -> None:
    """Delivery is at least once; the inbox makes the effect exactly once, within a batch and over batches."""
    first, second = message("a", 1), message("a", 2)
    await bed.bus.publish([first, first])
    await bed.until_effects(1)
    await bed.bus.publish([first, second])
    await bed.until_effects(2)
    await bed.until(bed.settled)
    assert await bed.hearing.effects() == [("a", 1), ("a", 2)]


class DiesAfterPublishing:
    """A bus whose relay dies between the acknowledgement and the mark in the outbox."""

    def __init__(self, bed: Bed) -> None:
        self._bed = bed

    async def publish(self, messages: Sequence[Message]) -> None:
        """Publish, then die."""
        await self._bed.bus.publish(messages)
        raise ConnectionError("died before the mark")


async def test_a_relay_that_dies_before_the_mark_publishes_again(bed: Bed) -> None:
    """Acknowledged but not marked: the rows are published again, and have no second effect."""
    await bed.saying.say(*(Counted(line="a", n=n) for n in range(5)))
    with pytest.raises(ConnectionError):
        await relay_once(bed.saying.db, DiesAfterPublishing(bed), NOW)  # type: ignore[arg-type]
    assert await bed.saying.count("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 5
    assert await bed.relay() == 5
    await bed.until_effects(5)
    await bed.until(bed.settled)
    assert await bed.hearing.effects() == [("a", n) for n in range(5)]


async def test_a_handler_that_fails_is_retried_and_nothing_is_skipped(bed: Bed) -> None:
    """A bug or a database that is away stops the consumer, which says so, and tries again until it goes on."""
    fails = {"left": 3, "said": ""}

    async def fail_three_times(tx: Tx, event: Counted, now: dt.datetime) -> None:
        await take_effect(tx, event, now)  # rolled back with the rest of the batch
        if event.n == 2 and fails["left"]:
            fails["left"] -= 1
            raise RuntimeError("a bug")

    bed.hearing.handle = fail_three_times
    await bed.saying.say(*(Counted(line="a", n=n) for n in range(5)))

    async def told() -> bool:
        fails["said"] = fails["said"] or bed.bus.unhealthy()
        return await bed.hearing.count("SELECT count(*) FROM effect") == 5

    await bed.until(told)
    assert await bed.hearing.effects() == [("a", n) for n in range(5)]
    assert await bed.hearing.dead() == []
    assert GROUP in fails["said"]
    assert bed.bus.unhealthy() == ""
    assert bed.hearing.tries >= 4


async def test_a_message_that_can_never_be_handled_stops_nobody(bed: Bed) -> None:
    """It goes to the dead letters untouched, in the same transaction, and the next message is handled."""
    good, bad, next_one = message("a", 1), garbage("a"), message("a", 2)
    await bed.bus.publish([good, bad, next_one])
    await bed.until_effects(2)
    (letter,) = await bed.hearing.dead()
    assert (letter["topic"], letter["key"], letter["envelope"]) == (TOPIC, "a", bad.value)
    assert letter["error_code"] == "invalid_event"
    assert await bed.hearing.effects() == [("a", 1), ("a", 2)]


async def test_a_dead_letter_is_published_beside_its_topic(bed: Bed) -> None:
    """The dead letter goes out through the outbox: to `<topic>.dead`, value untouched, with what went wrong."""
    await bed.bus.publish([garbage("a")])

    async def buried() -> bool:
        return len(await bed.hearing.dead()) == 1

    await bed.until(buried)
    async with bed.hearing.db.transaction() as tx:
        row = (await tx.execute(text("SELECT topic, key, envelope, headers FROM outbox"))).one()
    assert (row.topic, row.key, row.envelope) == (f"{TOPIC}.dead", "a", garbage("a").value)
    assert row.headers["x-orig-topic"] == TOPIC
    assert row.headers["x-error-type"] == "invalid_event"
    assert await relay_once(bed.hearing.db, bed.bus, NOW) == 1


async def test_redriving_a_dead_letter_has_its_effect_once(bed: Bed) -> None:
    """What people have mended is put back, has its effect, and is no open dead letter any more."""

    async def nobody_home(tx: Tx, event: Counted, now: dt.datetime) -> None:
        await take_effect(tx, event, now)
        raise NotFound("line", event.line)

    bed.hearing.handle = nobody_home
    await bed.saying.say(Counted(line="a", n=1))

    async def buried() -> bool:
        return len(await bed.hearing.dead()) == 1

    await bed.until(buried)
    (letter,) = await bed.hearing.dead()
    dead_id = int(str(letter["id"]))
    async with bed.hearing.db.transaction() as tx:
        assert not await inbox.redrive(tx, {Counted: inbox.dated(nobody_home)}, dead_id, CLOCK)
    async with bed.hearing.db.transaction() as tx:
        assert await inbox.redrive(tx, {Counted: inbox.dated(take_effect)}, dead_id, CLOCK)
        assert not await inbox.redrive(tx, {Counted: inbox.dated(take_effect)}, dead_id, CLOCK)
    assert await bed.hearing.effects() == [("a", 1)]
    assert await bed.hearing.dead() == []


async def test_above_the_limit_of_dead_letters_the_consumer_stops(bed: Bed) -> None:
    """So many bad messages mean that something else is wrong: it stops, says why, and loses nothing."""
    bed.hearing.dead_letters_max = 2
    batch = [*(garbage("a", n) for n in range(4)), message("a", 1)]
    publishing = asyncio.create_task(bed.bus.publish(batch))

    async def stopped() -> bool:
        return "DeadLetterLimit" in bed.bus.unhealthy()

    await bed.until(stopped)
    assert len(await bed.hearing.dead()) <= 2
    assert await bed.hearing.effects() == []
    bed.hearing.dead_letters_max = 100
    await asyncio.gather(publishing, return_exceptions=True)
    if publishing.exception():  # LocalBus gives the batch back to the outbox; Kafka has kept it
        await bed.bus.publish(batch)
    await bed.until_effects(1)
    assert len(await bed.hearing.dead()) == 4
    assert await bed.hearing.effects() == [("a", 1)]


async def test_a_replay_rebuilds_a_new_consumer(bed: Bed) -> None:
    """The outbox is the log of record: a consumer that lost everything hears everything again, in order."""
    await bed.saying.say(*(Counted(line="a", n=n) for n in range(20)))
    await bed.until_effects(20)
    await bed.hearing.wipe()
    async with bed.saying.db.transaction() as tx:
        assert await outbox.replay(tx, NOW) == 20
    await bed.until_effects(20)
    assert await bed.hearing.effects() == [("a", n) for n in range(20)]


async def test_a_replay_changes_nothing_for_those_who_know(bed: Bed) -> None:
    """A consumer that has handled everything stays as it is when everything is published again."""
    await bed.saying.say(*(Counted(line="a", n=n) for n in range(20)))
    await bed.until_effects(20)
    async with bed.saying.db.transaction() as tx:
        await outbox.replay(tx, NOW)
    await bed.until(bed.settled)
    assert await bed.hearing.effects() == [("a", n) for n in range(20)]


async def test_lag_is_told(bed: Bed) -> None:
    """While a handler fails, what waits is told: in the outbox or on the bus; afterwards it is zero."""

    async def fail(tx: Tx, event: Counted, now: dt.datetime) -> None:
        raise RuntimeError("not now")

    bed.hearing.handle = fail
    await bed.saying.say(*(Counted(line="a", n=n) for n in range(7)))

    async def failing() -> bool:
        return bed.hearing.tries > 0

    await bed.until(failing)
    assert await bed.backlog() == 7
    assert set(await bed.bus.lag()) == {GROUP}
    bed.hearing.handle = take_effect
    await bed.until_effects(7)
    await bed.until(bed.settled)


async def test_effect_and_own_events_are_one(bed: Bed) -> None:
    """What a handler says goes out only if its effect stands: a failed try leaves no event behind."""
    fails = {"left": 2}

    async def answer(tx: Tx, event: Counted, now: dt.datetime) -> None:
        await take_effect(tx, event, now)
        await outbox.say(tx, Counted(line="answers", n=event.n), now=now)
        if fails["left"]:
            fails["left"] -= 1
            raise RuntimeError("after the answer")

    bed.hearing.handle = answer
    await bed.saying.say(Counted(line="a", n=1), Counted(line="a", n=2))
    await bed.until_effects(2)
    assert await bed.hearing.count("SELECT count(*) FROM outbox WHERE key = 'answers'") == 2


async def test_an_answer_names_what_caused_it(bed: Bed) -> None:
    """The correlation id travels on, and an event said by a handler names the event that caused it."""

    async def answer(tx: Tx, event: Counted, now: dt.datetime) -> None:
        await take_effect(tx, event, now)
        await outbox.say(tx, Counted(line="answers", n=event.n), now=now)

    bed.hearing.handle = answer
    said = message("a", 1)
    await bed.bus.publish([said])
    await bed.until_effects(1)
    async with bed.hearing.db.transaction() as tx:
        row = (await tx.execute(text("SELECT envelope::jsonb AS e FROM outbox"))).one()
    assert row.e["correlationid"] == "bed"
    assert row.e["causationid"] in said.value


async def test_nobody_hears_what_he_did_not_ask_for(bed: Bed) -> None:
    """A message on another topic reaches no subscription of this one."""
    other = message("a", 1)
    await bed.bus.publish([Message(f"{TOPIC}.dead", other.key, other.value), message("a", 2)])
    await bed.until_effects(1)
    assert await bed.hearing.effects() == [("a", 2)]


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(altered("a", 1, id="\x00"), id="NUL in its id"),
        pytest.param(altered("a", 10**12), id="units 10^12"),
        pytest.param(altered("a", 1, time="9999-12-31T23:59:59Z"), id="said in the year 9999"),
        pytest.param(altered("a", "\ud83d"), id="half a character"),
        pytest.param(altered("a", 1, data={"line": "\x00", "n": 1}), id="NUL in its key"),
        pytest.param(altered("a", 1, correlationid="x" * 10_000), id="a correlation id without end"),
        pytest.param(altered("a", 1, source="/dure/intake"), id="F-48: not from its owner"),
    ],
)
async def test_f_02_values_that_nobody_can_hold_stop_nobody(bed: Bed, bad: Message) -> None:
    """F-02: a dead letter, and the next message is handled."""
    await bed.bus.publish([bad, message("a", 2)])
    await bed.until_effects(1)
    await bed.until(bed.settled)
    assert await bed.hearing.effects() == [("a", 2)]
    (letter,) = await bed.hearing.dead()
    assert (letter["error_code"], letter["envelope"]) == ("invalid_event", bad.value)
    assert bed.bus.unhealthy() == ""


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        pytest.param("INSERT INTO effect (key, n) VALUES ('x', :n)", {"n": 2**40}, id="too large for its column"),
        pytest.param(
            "INSERT INTO effect (key, n) VALUES (:key, 1)", {"key": "a\x00"}, id="a text that cannot be stored"
        ),
        pytest.param("INSERT INTO effect (key, n) VALUES (:key, 1)", {"key": None}, id="a constraint broken"),
        pytest.param("SELECT 1 / cast(:n AS int)", {"n": 0}, id="divided by zero"),
        pytest.param("INSERT INTO late VALUES (1), (1)", {}, id="a constraint that is checked at the commit"),
    ],
)
async def test_f_02_what_the_database_refuses_is_the_messages_fault(
    bed: Bed, statement: str, values: dict[str, Any]
) -> None:
    """F-02: SQLSTATE classes 22 and 23, from the server or its driver, at once or at the commit, are dead letters."""
    async with bed.hearing.db.transaction() as tx:
        await tx.execute(text(LATE))

    async def handle(tx: Tx, event: Counted, now: dt.datetime) -> None:
        await take_effect(tx, event, now)
        if event.n == 1:
            await tx.execute(text(statement), values)

    bed.hearing.handle = handle
    await bed.bus.publish([message("a", 0), message("a", 1), message("a", 2)])
    await bed.until_effects(2)
    await bed.until(bed.settled)
    assert await bed.hearing.effects() == [("a", 0), ("a", 2)]
    assert [letter["error_code"] for letter in await bed.hearing.dead()] == ["invalid_event"]


LATE = "CREATE TABLE IF NOT EXISTS late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"


async def test_a_message_that_no_bus_would_take_is_refused_when_it_is_said(bed: Bed) -> None:
    """It would stop everything behind it: the transaction that says it fails, with its size and the limit."""
    large = ProgrammeOpened(code="p", version=1, in_force_from=NOW, definition={"x": "y" * EVENT_BYTES_MAX})
    async with bed.saying.db.transaction() as tx:
        with pytest.raises(EventTooLarge, match="4194304"):
            await outbox.say(tx, large, now=NOW)
    assert await bed.saying.count("SELECT count(*) FROM outbox") == 0


async def test_what_a_stranger_writes_beside_a_message_stops_nobody(bed: Bed) -> None:
    """A key and headers without bounds, NUL in a header's name: a dead letter, whose copy any bus takes."""
    headers = {"x\x00y": "1", "huge": "h" * 2_000_000, "x-orig-offset": "7", "x-orig-partition": "0"}
    await bed.bus.publish([Message(TOPIC, "k" * 3_000_000, garbage("a").value, headers), message("a", 2)])
    await bed.until_effects(1)
    await bed.until(bed.settled)
    (letter,) = await bed.hearing.dead()
    assert letter["envelope"] == garbage("a").value
    assert letter["key"] == "k" * 2_000
    async with bed.hearing.db.transaction() as tx:
        row = (await tx.execute(text("SELECT key, headers FROM outbox"))).one()
    assert row.key == "k" * 200
    assert sorted(row.headers) == [
        "x-error-count", "x-error-detail", "x-error-type", "x-first-failed-at",
        "x-orig-offset", "x-orig-partition", "x-orig-topic",
    ]  # fmt: skip
    assert await relay_once(bed.hearing.db, bed.bus, NOW) == 1
