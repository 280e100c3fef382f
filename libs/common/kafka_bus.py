"""The Kafka adapter of the bus: an idempotent producer that all brokers acknowledge, and a hearing per subscription.

Correctness rests on outbox and inbox, not on the producer's idempotence: whatever is published twice has its
effect once.
"""

import asyncio
from collections.abc import Awaitable, Sequence

from aiokafka.errors import (
    InvalidTimestampError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RecordTooLargeError,
)

from libs.common import log
from libs.common.bus import Message, MessageRefused, Subscription
from libs.common.kafka_client import AIOKafkaProducer
from libs.common.kafka_config import KafkaConfig
from libs.common.kafka_consumer import KafkaHearing
from libs.common.kafka_quiet import quieten_aiokafka
from libs.common.kafka_topics import MESSAGE_BYTES_MAX, ensure_topics, known_topics
from libs.common.kafka_why import cause_of
from libs.common.trouble import Trouble

BATCH_BYTES_MAX = 512 * 1024
STOP_LIMIT_S = 20.0
DROP_LIMIT_S = 3.0
UNTOLD_S = 10.0
"""Beyond one more try: a relay that still has something to publish has failed again by then."""

REFUSALS = (MessageSizeTooLargeError, RecordTooLargeError, RecordListTooLargeError, InvalidTimestampError)
"""What is wrong with a record, not with the broker: it would be refused again and again."""

_log = log.get(__name__)


class KafkaPublisher:
    """Publishes batches one after the other, so that order holds; a producer that failed is never used again."""

    def __init__(self, config: KafkaConfig, topics: frozenset[str]) -> None:
        self._config = config
        self._failing = Trouble(config.publish_limit_s + UNTOLD_S)
        self._topics = topics
        self._producer: AIOKafkaProducer | None = None
        self._first_alone = False
        """Whether the first message was refused the last time: it is tried before those behind it go anywhere."""
        self._one_batch = asyncio.Lock()

    @property
    def trouble(self) -> str:
        """Why publishing fails; empty once it works, or when nothing was left to publish: another worker did it."""
        return self._failing.words

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return once the broker has acknowledged every message; raise if any may be missing.

        After a failure (the broker is away, a gap in sequence numbers) the next batch gets a new producer: the old
        one could deliver what it still holds much later. Raises MessageRefused where the broker takes all messages
        before one, and never that one; what it has of those after it comes again, which the inbox makes harmless.
        """
        async with self._one_batch:
            try:
                async with asyncio.timeout(self._config.publish_limit_s):
                    alone = 1 if self._first_alone else 0
                    if alone:
                        await self._send(messages[:alone], 0)
                    self._first_alone = False
                    if messages[alone:]:
                        await self._send(messages[alone:], alone)
            except MessageRefused as refused:
                self._first_alone = True
                self._failing.tell(f"the broker refuses an event: {refused}"[:300])
                raise
            except BaseException as error:
                await self._discard()
                self._failing.tell(f"publishing fails: {error!r}"[:300])
                if isinstance(error, Exception):
                    self._failing.tell(f"publishing fails: {await cause_of(error, self._config)!r}"[:300])
                raise
            self._failing.clear()

    async def stop(self) -> None:
        """Disconnect; what was not acknowledged is still in the outbox."""
        async with self._one_batch:
            await self._discard()

    async def _send(self, messages: Sequence[Message], before: int) -> None:
        """Send them at once, or where the broker refuses one of them, by halves until it is known which."""
        self._producer = self._producer or await self._connect()
        try:
            await _send_all(self._producer, messages)
        except REFUSALS as error:
            await self._discard()
            if len(messages) == 1:
                raise MessageRefused(before, repr(error)) from error
            half = len(messages) // 2
            await self._send(messages[:half], before)
            await self._send(messages[half:], before + half)

    async def _connect(self) -> AIOKafkaProducer:
        config = self._config
        await ensure_topics(config, self._topics)
        producer = AIOKafkaProducer(
            **config.connection(),
            acks="all",
            enable_idempotence=True,
            compression_type="lz4",
            linger_ms=0,
            max_batch_size=BATCH_BYTES_MAX,
            max_request_size=MESSAGE_BYTES_MAX,
        )
        try:
            await producer.start()
        except BaseException:
            await _drop(producer)
            raise
        return producer

    async def _discard(self) -> None:
        """Drop the producer without flushing: a flush waits for a broker that may be away."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _drop(producer)


async def _drop(producer: AIOKafkaProducer) -> None:
    """What `producer.stop` does, without its flush, which waits for ever for a broker that is away."""
    producer._closed = True  # noqa: SLF001  there is no public way to give up what is buffered
    try:
        async with asyncio.timeout(DROP_LIMIT_S):
            await producer.client.close()
            await producer._sender.close()  # noqa: SLF001
    except (KafkaError, TimeoutError) as error:
        _log.info("producer_left_without_farewell", detail=repr(error)[:200])


async def _send_all(producer: AIOKafkaProducer, messages: Sequence[Message]) -> None:
    """`send` only buffers: the futures tell what the broker has acknowledged."""
    acknowledged: list[Awaitable[object]] = []
    try:
        for message in messages:
            headers = [(name, value.encode()) for name, value in message.headers.items()]
            key, value = message.key.encode(), message.value.encode()
            acknowledged.append(await producer.send(message.topic, value, key=key, headers=headers))
        await asyncio.gather(*acknowledged)
    finally:
        # a second failure of the same batch would be reported as never retrieved
        asyncio.gather(*acknowledged, return_exceptions=True).cancel()


class KafkaBus:
    """Apache Kafka behind the port; see `libs.common.bus.Bus` for what each call promises."""

    def __init__(self, config: KafkaConfig, topics: frozenset[str] = frozenset()) -> None:
        """`topics`: those to publish on beside the topics of the event contracts that are loaded."""
        quieten_aiokafka()
        self._config = config
        self._publisher = KafkaPublisher(config, topics | known_topics())
        self._hearings: list[KafkaHearing] = []
        self._tasks: list[asyncio.Task[None]] = []

    def subscribe(self, subscription: Subscription) -> None:
        """Subscribe to some topics; messages are delivered from the next `start` on."""
        self._hearings.append(KafkaHearing(self._config, subscription))

    async def start(self) -> None:
        """Join the groups; a broker that is away is waited for in the background, and `unhealthy` says so."""
        self._tasks = [asyncio.create_task(hearing.run()) for hearing in self._hearings]
        joining = [asyncio.create_task(hearing.joined.wait()) for hearing in self._hearings]
        if not joining:
            return
        try:
            await asyncio.wait(joining, timeout=self._config.start_limit_s)
        finally:
            for task in joining:
                task.cancel()

    async def stop(self) -> None:
        """Finish the batches in hand, leave the groups and disconnect."""
        for hearing in self._hearings:
            hearing.stop()
        for hearing, task in zip(self._hearings, self._tasks, strict=False):  # no task where it was not started
            if not hearing.has_joined:
                task.cancel()  # it has nothing in hand, and may wait for a broker that is away
        if self._tasks:
            _, unfinished = await asyncio.wait(self._tasks, timeout=STOP_LIMIT_S)
            for task in unfinished:
                task.cancel()  # its transaction is rolled back, its offsets are not committed
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._publisher.stop()

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return once all messages are acknowledged by all in-sync brokers, in order per key."""
        await self._publisher.publish(messages)

    async def lag(self) -> dict[str, int | None]:
        """Messages published but not yet handled, by group, on the partitions that this process owns; none where
        that is not known.
        """
        return {hearing.subscription.group: await hearing.lag() for hearing in self._hearings}

    def unhealthy(self, group: str | None = None) -> str:
        """Why nothing goes on: a consumer that has not joined, is stuck or fails, or a producer that cannot publish."""
        told = [(hearing.subscription.group, hearing.trouble) for hearing in self._hearings if hearing.trouble]
        reasons = [f"{name}: {why}" for name, why in told if group in (None, name)]
        return "; ".join([*reasons, *([self._publisher.trouble] if self._publisher.trouble else [])])
