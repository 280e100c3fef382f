"""One subscription's life on Kafka: join the group, hand over batches, commit offsets once they are durable.

The order is what counts: a batch is read, handled in ONE database transaction (inbox, effects and own outbox rows),
and only then are its offsets committed, by hand. A crash in between delivers the batch again, and the inbox knows
it. A batch that fails is read again after a pause: nothing is skipped. What is more than some megabytes is handled in
several transactions, and a record that the client cannot decode is handed over as one that cannot be read.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from libs.common import log
from libs.common.bus import Subscription
from libs.common.kafka_client import AIOKafkaConsumer
from libs.common.kafka_config import KafkaConfig
from libs.common.kafka_group import unheard
from libs.common.kafka_records import POLL_S, Read, read_of, read_one_by_one, slices
from libs.common.kafka_topics import MESSAGE_BYTES_MAX, ensure_topics
from libs.common.kafka_why import cause_of
from libs.common.trouble import Trouble

UNTOLD_S = 60.0
"""A failure that did not come again for so long is over: the partition may be another member's now."""
ANSWER_LIMIT_S = 5.0
"""How long a broker that is there may take to answer."""
POLL_INTERVAL_MS_MAX = 600_000
"""The slowest batch: beyond it the group gives the partitions to another member."""

_log = log.get(__name__)


class StuckError(Exception):
    """The consumer is assigned partitions that lag and gets nothing from them, or nobody is assigned them."""


class KafkaHearing:
    """Hears one subscription until it is stopped; a consumer that breaks or gets stuck is replaced by a new one."""

    def __init__(self, config: KafkaConfig, subscription: Subscription) -> None:
        self.subscription = subscription
        self.joined = asyncio.Event()
        self.rebuilt = 0
        self._away_because = "has not joined its group yet"
        self._failing = Trouble(UNTOLD_S)
        self._broken_in_a_row = 0
        self._config = config
        self._stopping = asyncio.Event()
        self._consumer: AIOKafkaConsumer | None = None
        self._in_hand: dict[TopicPartition, int] = {}
        self._seen: dict[TopicPartition, int] = {}
        self._unheard: set[TopicPartition] = set()
        self._watched_at = 0.0
        self._failures = 0

    @property
    def trouble(self) -> str:
        """Why nothing is heard or handled now; empty while it goes on, or another member has what failed here."""
        return self._failing.words if self.has_joined else self._away_because

    @property
    def has_joined(self) -> bool:
        """Whether it is a member of its group now: only then it may have a batch in hand."""
        return self._consumer is not None

    async def run(self) -> None:
        """Join and listen, again and again, until `stop`."""
        while not self._stopping.is_set():
            try:
                await self._join_and_listen()
            except (Exception, asyncio.CancelledError) as error:
                task = asyncio.current_task()
                if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
                    raise  # we are meant; aiokafka lets out the cancellation of tasks of its own, too
                self.rebuilt += 1
                self._broken_in_a_row += 1
                self._away_because = f"consumer broke: {await cause_of(error, self._config)!r}"[:300]
                _log.warning("consumer_rebuilt", group=self.subscription.group, detail=self._away_because)
                await self._rest()

    def stop(self) -> None:
        """Finish the batch in hand, then leave; `run` returns."""
        self._stopping.set()

    async def lag(self) -> int | None:
        """Messages on this member's partitions that are not handled yet; none where that is not known."""
        if self._consumer is not None:
            try:
                waiting = await self._waiting(self._consumer)
            except (KafkaError, TimeoutError):
                return None
            return sum(max(0, end - at) for at, end in waiting.values())
        return None

    async def _join_and_listen(self) -> None:
        topics = sorted(self.subscription.topics)
        await ensure_topics(self._config, topics)
        consumer = self._new_consumer(topics)
        try:
            await asyncio.wait_for(consumer.start(), self._config.join_limit_s)
            _log.info("consumer_joined", group=self.subscription.group, topics=topics)
            self._consumer, self._watched_at = consumer, time.monotonic()
            self._in_hand, self._seen, self._unheard = {}, {}, set()
            self._failing.clear()
            self.joined.set()
            while not self._stopping.is_set():
                await self._step(consumer)
        finally:
            self._consumer = None
            await _close(consumer)

    def _new_consumer(self, topics: Sequence[str]) -> AIOKafkaConsumer:
        config = self._config
        return AIOKafkaConsumer(
            *topics,
            **config.connection(),
            group_id=self.subscription.group,
            group_instance_id=f"{config.instance_id}-{self.subscription.group}" if config.instance_id else None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",  # a new consumer, or one whose broker lost its data, hears everything
            fetch_max_wait_ms=config.fetch_max_wait_ms,
            max_partition_fetch_bytes=MESSAGE_BYTES_MAX,
            session_timeout_ms=config.session_timeout_ms,
            heartbeat_interval_ms=max(1, config.session_timeout_ms // 4),
            max_poll_interval_ms=POLL_INTERVAL_MS_MAX,
        )

    async def _step(self, consumer: AIOKafkaConsumer) -> None:
        reads = await self._read(consumer)
        if reads:
            await self._take(consumer, reads)
        if time.monotonic() - self._watched_at >= self._config.stuck_after_s:
            self._watched_at = time.monotonic()
            await self._watch(consumer)
            self._broken_in_a_row = 0  # it holds: the next pause is short again

    async def _read(self, consumer: AIOKafkaConsumer, *partitions: TopicPartition) -> Sequence[Read]:
        # a poll that never comes back is stuck, too
        async with asyncio.timeout(POLL_S + max(ANSWER_LIMIT_S, self._config.stuck_after_s)):
            try:
                batches = await consumer.getmany(
                    *partitions, timeout_ms=int(POLL_S * 1000), max_records=self._config.batch_max
                )
                return [read_of(record) for records in batches.values() for record in records]
            except UnicodeError:
                return await read_one_by_one(consumer, self._config.batch_max)

    async def _take(self, consumer: AIOKafkaConsumer, reads: Sequence[Read]) -> None:
        """Handle what was read, slice by slice; where one fails, it and those after it are read again."""
        self._in_hand = {read.partition: read.offset for read in reversed(reads)}
        for part in slices(reads):
            try:
                with self._failing.kept():
                    await self.subscription.consume([read.message for read in part])
            except Exception as error:  # noqa: BLE001  not the message's fault, so nothing is skipped: read it again
                self._failures += 1
                detail = f"handling fails since {self._failures} tries: {error!r}"[:300]
                self._failing.tell(detail)
                _log.warning("batch_failed", group=self.subscription.group, tries=self._failures, detail=detail)
                self._rewind(consumer)
                await self._rest()
                return
            self._failures, self._broken_in_a_row = 0, 0
            self._failing.clear()
            handled = {read.partition: read.offset + 1 for read in part}
            self._in_hand |= handled
            await self._commit(consumer, handled)
            if self._stopping.is_set():
                break  # the rest comes again to whoever is given the partition
        self._in_hand = {}

    def _rewind(self, consumer: AIOKafkaConsumer) -> None:
        for partition, offset in self._in_hand.items():
            if partition in consumer.assignment():
                consumer.seek(partition, offset)
        self._in_hand = {}

    async def _commit(self, consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
        still_ours = {partition: offset for partition, offset in offsets.items() if partition in consumer.assignment()}
        if not still_ours:
            return
        try:
            await asyncio.wait_for(consumer.commit(still_ours), ANSWER_LIMIT_S)
        except (KafkaError, TimeoutError) as error:
            # The effects are durable. The batch may come again (the inbox knows it), or the next commit covers it.
            _log.info("offsets_not_committed", group=self.subscription.group, detail=repr(error)[:200])

    async def _watch(self, consumer: AIOKafkaConsumer) -> None:
        """Raise StuckError where a partition lags, stood still since the last look, and gives nothing when asked.

        So does a broker that lost its data: it knows no partitions, or ends before what was read, and this
        consumer would not hear of what is published to it again.
        """
        for topic in self.subscription.topics:
            if not consumer.partitions_for_topic(topic):
                raise StuckError(f"topic {topic} is gone")
        if not consumer.assignment():
            await self._watch_the_others(consumer)
            return
        waiting = await self._waiting(consumer)
        if any(at > end for at, end in waiting.values()):
            raise StuckError("the broker holds less than was read: it lost data")
        suspects = [p for p, (at, end) in waiting.items() if at < end and self._seen.get(p) == at]
        self._seen = {} if self._failures else {partition: at for partition, (at, _) in waiting.items()}
        if self._failures or not suspects:
            return
        reads = await self._read(consumer, *suspects)
        if not reads:
            raise StuckError(f"{len(suspects)} partitions lag and stand still for {self._config.stuck_after_s} s")
        await self._take(consumer, reads)

    async def _watch_the_others(self, consumer: AIOKafkaConsumer) -> None:
        """Raise StuckError where this member has no partitions and, for two looks, nobody else hears them either.

        A member without partitions is a spare. But one that joined while a topic was away (its broker came back
        empty) is given nothing, and aiokafka may miss the moment to ask again.
        """
        topics = self.subscription.topics
        ours = [TopicPartition(topic, n) for topic in topics for n in consumer.partitions_for_topic(topic) or ()]
        alone = await unheard(self._config, self.subscription.group, ours)
        if alone & self._unheard:
            raise StuckError(f"nobody hears {len(alone & self._unheard)} partitions, and this member has none")
        self._unheard = alone

    async def _waiting(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, tuple[int, int]]:
        """Of each partition of ours: the first offset not handled yet, and the end."""
        async with asyncio.timeout(ANSWER_LIMIT_S):
            try:
                ends: dict[TopicPartition, int] = await consumer.end_offsets(list(consumer.assignment()))
                at = {p: self._in_hand.get(p, await consumer.position(p) or 0) for p in ends}
            except IllegalStateError:  # given to another member while we asked
                return {}
        return {partition: (at[partition], end) for partition, end in ends.items()}

    async def _rest(self) -> None:
        tries = self._failures or self._broken_in_a_row
        pause_s = min(self._config.retry_max_s, self._config.retry_s * 2 ** min(tries, 10))
        try:
            await asyncio.wait_for(self._stopping.wait(), pause_s)
        except TimeoutError:
            return


async def _close(consumer: Any) -> None:
    """Leave the group; a broker that is away does not delay the stop, and one that is cut short leaves nothing behind.

    The farewell runs apart, since aiokafka may swallow its cancellation; without its connections it ends by itself.
    """
    farewell = asyncio.create_task(consumer.stop())
    said = False
    try:
        done, _ = await asyncio.wait({farewell}, timeout=ANSWER_LIMIT_S)
        said = bool(done) and not farewell.cancelled() and not farewell.exception()
    finally:
        if not said:
            _log.info("consumer_left_without_farewell")
            farewell.cancel()
            # else it would stay a member of the group
            closing = asyncio.create_task(consumer._client.close())  # noqa: SLF001
            await asyncio.wait({closing}, timeout=ANSWER_LIMIT_S)
