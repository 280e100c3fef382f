"""Whatever anybody wrote on a topic, and however brokers are named: the consumer goes on, on a real broker."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from libs.common.bus import Message, Subscription
from libs.common.handed import HANDED_BYTES_MAX
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_client import AIOKafkaProducer
from libs.common.kafka_config import KafkaConfig
from tests.engines.bed import TOPIC, Bed, Counted, only_hearing
from tests.engines.broker import KafkaBroker

pytestmark = pytest.mark.engines
MB = 1024 * 1024


class NotText(str):
    """A header's name as a client of another language may write it."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:  # type: ignore[override]
        """Bytes that are no UTF-8."""
        return b"\xff\xfe"


async def write_strangely(bootstrap: str, partition: int, value: bytes) -> None:
    """One record whose header has a name that is no text."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    batch = producer.create_batch()
    batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, 100_000)
    batch.append(timestamp=None, key=b"strange", value=value, headers=[(NotText("x"), b"1")])
    batch.close()
    await (await producer.send_batch(batch, TOPIC, partition=partition))
    await producer.stop()


async def join(bed: Bed, group: str) -> None:
    """The bed with its hearing service in a group of its own."""
    bed.bus.subscribe(bed.hearing.subscription(group))
    await bed.bus.start()

    async def healthy() -> bool:
        return bed.bus.unhealthy() == ""

    await bed.until(healthy)


async def test_a_record_that_the_client_cannot_decode_becomes_a_dead_letter(
    bed: Bed, broker: KafkaBroker, request: pytest.FixtureRequest
) -> None:
    """Its place and the reason are kept, the consumer is not rebuilt, and everything around it is handled once."""
    mine, bed.hearing.mine = bed.hearing.mine, ""
    lines = [f"{mine} {n}" for n in range(12)]
    await bed.saying.say(*(Counted(line=line, n=1) for line in lines))
    await bed.relay()
    for _ in range(2):
        await write_strangely(broker.bootstrap, 0, b"{}")
    await bed.saying.say(*(Counted(line=line, n=2) for line in lines))
    await bed.relay()
    await join(bed, request.node.name)
    hearing = only_hearing(bed)

    async def handled() -> bool:
        there = await bed.hearing.effects_by_line()
        return all(there.get(line) == [1, 2] for line in lines)

    await bed.until(handled)
    await write_strangely(broker.bootstrap, 0, b"{}")
    await bed.saying.say(*(Counted(line=line, n=3) for line in lines))

    async def all_handled() -> bool:
        there = await bed.hearing.effects_by_line()
        return all(there.get(line) == [1, 2, 3] for line in lines) and await bed.settled()

    await bed.until(all_handled)
    letters = [letter for letter in await bed.hearing.dead() if not letter["key"] and not letter["envelope"]]
    assert len(letters) == 3
    assert len({letter["error_detail"] for letter in letters}) == 3
    assert all("of partition 0 cannot be decoded" in str(letter["error_detail"]) for letter in letters)
    assert hearing.rebuilt == 0


async def test_what_is_many_megabytes_is_handled_in_several_transactions(
    broker: KafkaBroker, request: pytest.FixtureRequest
) -> None:
    """No more than 16 MB at once, in order; what fails is read again from there, not from the beginning."""
    handed: list[list[str]] = []
    failing = {"left": 1}

    async def consume(messages: Sequence[Message]) -> None:
        ours = [message for message in messages if message.key == request.node.name]
        assert sum(len(message.value) for message in messages) <= HANDED_BYTES_MAX
        if handed and ours and failing["left"]:
            failing["left"] -= 1
            raise RuntimeError("not now")
        handed.append([message.value[:1] for message in ours])

    publishing = KafkaBus(KafkaConfig(broker.bootstrap), frozenset({TOPIC}))
    await publishing.publish([Message(TOPIC, request.node.name, f"{n}" + "x" * (3 * MB)) for n in range(8)])
    await publishing.stop()
    hearing = KafkaBus(KafkaConfig(broker.bootstrap, retry_s=0.02, retry_max_s=0.2))
    hearing.subscribe(Subscription(request.node.name, frozenset({TOPIC}), consume))
    await hearing.start()
    async with asyncio.timeout(60):
        while sum(map(len, handed)) < 8:  # noqa: ASYNC110 - nobody here could set an event
            await asyncio.sleep(0.05)
    await hearing.stop()
    assert [n for batch in handed for n in batch] == [str(n) for n in range(8)]
    assert max(map(len, handed)) > 1
    assert failing["left"] == 0


async def nobody_consumes(messages: Sequence[Message]) -> None:
    """Never called: there is no broker to hear from."""
    raise AssertionError(messages)


@pytest.mark.parametrize("bootstrap", ["localhost", "127.0.0.1:1,", "[::1]:1", "127.0.0.1:1,kafka.invalid", "a:b", ""])
async def test_however_brokers_are_named_the_consumer_goes_on_trying(bootstrap: str) -> None:
    """An address without a port, with an empty end, of IPv6, or none at all: it is told, and tried again."""
    bus = KafkaBus(KafkaConfig(bootstrap, start_limit_s=0.1, retry_s=0.02), frozenset({TOPIC}))
    bus.subscribe(Subscription("nobody", frozenset({TOPIC}), nobody_consumes))
    await bus.start()
    (hearing,), (task,) = bus._hearings, bus._tasks
    async with asyncio.timeout(60):
        while hearing.rebuilt < 2 and not task.done():  # noqa: ASYNC110 - nobody here could set an event
            await asyncio.sleep(0.02)
    assert not task.done()
    assert "consumer broke" in bus.unhealthy()
    await bus.stop()
