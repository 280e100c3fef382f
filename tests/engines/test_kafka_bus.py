"""The Kafka adapter's own promises, on a real broker: topics, watchdog, producers that fail, brokers that are away."""

import asyncio
import datetime as dt
import os
import signal
import time
import types
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka.coordinator.protocol import ConsumerProtocol
from aiokafka.errors import OutOfOrderSequenceNumber

from libs.common.bus import Message, Subscription
from libs.common.db import Tx
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_client import AIOKafkaAdminClient
from libs.common.kafka_config import KafkaConfig
from libs.common.kafka_consumer import KafkaHearing, StuckError
from libs.common.kafka_group import unheard
from libs.common.kafka_topics import ensure_topics, known_topics, partitions
from tests.engines.bed import TOPIC, Bed, Counted, only_hearing, take_effect
from tests.engines.broker import KafkaBroker, free_ports
from tools.asyncapi import contracts

pytestmark = pytest.mark.engines


async def say(bed: Bed, *numbers: int) -> None:
    """Count on the bed's own line."""
    await bed.saying.say(*(Counted(line=bed.hearing.mine, n=n) for n in numbers))


@pytest.fixture
async def joined(bed: Bed, request: pytest.FixtureRequest) -> Bed:
    """The bed with its hearing service in a group of its own."""
    bed.bus.subscribe(bed.hearing.subscription(request.node.name))
    await bed.bus.start()
    await bed.until(lambda: healthy(bed))
    return bed


async def healthy(bed: Bed) -> bool:
    """Whether the bus has no complaint."""
    return bed.bus.unhealthy() == ""


async def test_topics_are_made_as_wide_as_planned(broker: KafkaBroker) -> None:
    """Twelve partitions for measured usage, six for the others, one for dead letters; making them again is harmless."""
    contracts()
    await ensure_topics(KafkaConfig(broker.bootstrap), known_topics())
    await ensure_topics(KafkaConfig(broker.bootstrap), known_topics())
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    described = await admin.describe_topics(sorted(partitions(known_topics())))
    await admin.close()
    wide = {topic["topic"]: len(topic["partitions"]) for topic in described}
    assert wide == partitions(known_topics())
    assert wide["dure.metering.usage.v1"] == 12
    assert wide["dure.intake.events.v1"] == 6
    assert wide["dure.intake.events.v1.dead"] == 1


async def test_a_consumer_that_gets_nothing_is_rebuilt(joined: Bed) -> None:
    """Assigned, lagging and without progress: the watchdog says so and joins anew, and everything is handled."""
    hearing, complaints = only_hearing(joined), set()
    await say(joined, 0)
    await joined.until_effects(1)
    stuck = hearing._consumer
    stuck.pause(*stuck.assignment())  # what a stalled fetch looks like from outside
    await say(joined, 1, 2)

    async def rebuilt() -> bool:
        complaints.add(joined.bus.unhealthy())
        return await joined.hearing.count("SELECT count(*) FROM effect") == 3

    await joined.until(rebuilt)
    assert hearing._consumer is not stuck
    assert any("stand still" in complaint for complaint in complaints)
    assert [n for _, n in await joined.hearing.effects()] == [0, 1, 2]
    await joined.until(lambda: healthy(joined))


async def assert_replaced(joined: Bed, broken: Any) -> None:
    """Another consumer takes its place, and the two counts that were said have had their effect."""
    await joined.until_effects(2)

    async def replaced() -> bool:  # what it was asked before it broke may still have brought both counts
        return only_hearing(joined)._consumer not in (None, broken)

    await joined.until(replaced)
    assert [n for _, n in await joined.hearing.effects()] == [0, 1]


@pytest.mark.parametrize("where", ["stop", "getmany"])
async def test_a_cancellation_that_nobody_asked_for_ends_no_hearing(joined: Bed, where: str) -> None:
    """aiokafka lets out the cancellation of its own tasks; the hearing joins anew instead of falling silent."""
    hearing = only_hearing(joined)
    broken = hearing._consumer
    really = getattr(broken, where)

    async def do_and_be_cancelled(*arguments: Any, **named: Any) -> None:
        await really(*arguments, **named)
        raise asyncio.CancelledError

    setattr(broken, where, do_and_be_cancelled)
    if where == "stop":
        broken.pause(*broken.assignment())  # so that it is found stuck and given up
    await say(joined, 0, 1)
    await assert_replaced(joined, broken)


async def test_a_consumer_that_was_given_nothing_is_rebuilt(joined: Bed) -> None:
    """A member without partitions that nobody else hears joins anew; what was said meanwhile is handled."""
    hearing = only_hearing(joined)
    given_nothing = hearing._consumer
    coordinator = given_nothing._coordinator

    async def assign_nothing(response: Any) -> dict[str, Any]:
        return {member[0]: ConsumerProtocol.ASSIGNMENT(0, [], b"") for member in response.members}

    coordinator._perform_assignment = assign_nothing  # what joining while the topic is away comes to
    coordinator.request_rejoin()

    async def nothing_left() -> bool:
        return not given_nothing.assignment()

    await joined.until(nothing_left)
    await say(joined, 0, 1)
    await assert_replaced(joined, given_nothing)


async def test_a_spare_is_left_alone(joined: Bed) -> None:
    """A member without partitions stays while others hear all of them; an unknown group hears none."""
    hearing = only_hearing(joined)
    mine = hearing._consumer.assignment()
    config, group = hearing._config, hearing.subscription.group
    assert mine
    assert await unheard(config, group, mine) == set()
    assert await unheard(config, "nobody", mine) == set(mine)
    spare = KafkaHearing(hearing._config, hearing.subscription)
    consumer = types.SimpleNamespace(assignment=set, partitions_for_topic=lambda _: {p.partition for p in mine})
    for _ in range(3):
        await spare._watch(consumer)  # type: ignore[arg-type]
    lonely = KafkaHearing(hearing._config, Subscription("nobody", frozenset({TOPIC}), hearing.subscription.consume))
    await lonely._watch(consumer)  # type: ignore[arg-type]
    with pytest.raises(StuckError, match="nobody hears"):
        await lonely._watch(consumer)  # type: ignore[arg-type]


async def test_an_idle_consumer_is_not_rebuilt(joined: Bed) -> None:
    """Nothing to hear is no reason to join anew."""
    hearing = only_hearing(joined)
    await say(joined, 0)
    await joined.until_effects(1)
    before = hearing._consumer
    await asyncio.sleep(2.5 * hearing._config.stuck_after_s)
    assert hearing._consumer is before
    assert joined.bus.unhealthy() == ""


async def test_a_gap_in_sequence_numbers_needs_a_new_producer(bed: Bed) -> None:
    """After OutOfOrderSequenceNumber the batch goes back to the outbox, and the next try has a producer of its own."""
    assert isinstance(bed.bus, KafkaBus)
    await say(bed, 0)
    assert await bed.relay() == 1
    broken = bed.bus._publisher._producer
    assert broken is not None

    async def refuse(*arguments: Any, **named: Any) -> None:
        raise OutOfOrderSequenceNumber

    broken.send = types.MethodType(refuse, broken)
    await say(bed, 1)
    assert await bed.relay() == 0
    assert "OutOfOrderSequenceNumber" in bed.bus.unhealthy()
    assert await bed.relay() == 1
    assert bed.bus._publisher._producer is not broken
    assert bed.bus.unhealthy() == ""


async def test_a_broker_that_does_not_answer_keeps_nobody_waiting(bed: Bed, broker: KafkaBroker) -> None:
    """An idempotent producer would wait for ever: the batch is given back in time, and published once it answers."""
    await say(bed, 0)
    assert await bed.relay() == 1
    pid = broker.pid
    assert pid is not None
    await say(bed, 1, 2)
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert await bed.relay() == 0
        assert time.monotonic() - began < 30
        assert "Timeout" in bed.relay_failures[-1]
        assert await bed.saying.count("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 2
    finally:
        os.kill(pid, signal.SIGCONT)

    async def published() -> bool:
        return await bed.saying.count("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0

    await bed.until(published)


async def test_a_worker_starts_while_the_broker_is_away() -> None:
    """Starting does not fail and does not hang: the bus says what is missing, and stops at once when told to."""
    (port,) = free_ports(1)
    bus = KafkaBus(KafkaConfig(f"127.0.0.1:{port}", start_limit_s=0.5), frozenset({TOPIC}))
    bus.subscribe(Subscription("nobody", frozenset({TOPIC}), nobody_consumes))
    began = time.monotonic()
    await bus.start()
    assert "KafkaConnectionError" in bus.unhealthy()
    assert await bus.lag() == {"nobody": None}
    await bus.stop()
    assert time.monotonic() - began < 10


async def nobody_consumes(messages: Sequence[Message]) -> None:
    """Never called: there is no broker to hear from."""
    raise AssertionError(messages)


async def test_a_batch_in_hand_survives_a_rebalance(joined: Bed, broker: KafkaBroker) -> None:
    """Another member joins while a slow batch is handled: what comes again has no second effect."""

    async def slowly(tx: Tx, event: Counted, now: dt.datetime) -> None:
        await asyncio.sleep(0.05)
        await take_effect(tx, event, now)

    joined.hearing.handle = slowly
    await joined.saying.say(*(Counted(line=f"{joined.hearing.mine} {i % 12}", n=i) for i in range(60)))
    await joined.relay()
    config = KafkaConfig(broker.bootstrap, session_timeout_ms=3000, batch_max=20, retry_max_s=0.5)
    other = KafkaBus(config)
    other.subscribe(joined.hearing.subscription(only_hearing(joined).subscription.group))
    await other.start()
    await joined.until_effects(60)
    await other.stop()
    lines = await joined.hearing.effects_by_line()
    assert lines == {f"{joined.hearing.mine} {i}": list(range(i, 60, 12)) for i in range(12)}


async def test_lag_counts_what_is_in_hand(joined: Bed) -> None:
    """Messages that were read and are not handled yet still count as lag."""
    group = only_hearing(joined).subscription.group
    held = asyncio.Event()

    async def hold(tx: Tx, event: Counted, now: dt.datetime) -> None:
        await held.wait()
        await take_effect(tx, event, now)

    joined.hearing.handle = hold
    await joined.until(lambda: nothing_waits(joined))  # what other tests left on the topic
    await say(joined, *range(5))
    await joined.relay()
    await asyncio.sleep(0.5)
    assert (await joined.bus.lag())[group] == 5
    held.set()
    await joined.until_effects(5)
    await joined.until(lambda: nothing_waits(joined))


async def nothing_waits(bed: Bed) -> bool:
    """Whether the bus has handed over everything."""
    return all(lag == 0 for lag in (await bed.bus.lag()).values())
