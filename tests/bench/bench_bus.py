"""How fast facts travel: `python -m tests.bench.bench_bus` prints one table.

Latency is from the publisher's commit to the consumer's commit, at a steady rate, woken by NOTIFY. Throughput is
given as a ratio to a limit measured in the same run, since machines differ: raw produce for Kafka, a raw COPY of
the same rows for the local bus.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import make_url

from libs.common import outbox
from libs.common.bus import Bus, Message, Subscription
from libs.common.db import raw
from libs.common.events.envelope import wrap
from libs.common.kafka_bus import BATCH_BYTES_MAX, KafkaBus
from libs.common.kafka_client import AIOKafkaProducer
from libs.common.kafka_config import KafkaConfig
from libs.embedded.local_bus import LocalBus
from libs.embedded.postgres import EmbeddedPostgres
from tests.engines.bed import NOW, TOPIC, Counted, Service, make_database
from tests.engines.broker import missing, shared_broker

EVENTS = 20_000
HANDLED = 4_000
RELAY_BATCH = 1000
RATE_PER_S = 200
LATENCY_S = 4.0
LINES = 50
FETCH_WAITS_MS = (5, 500)
PATIENCE_S = 120


def numbered(count: int, mine: str = "") -> list[Counted]:
    """So many events over fifty lines of one measurement."""
    return [Counted(line=f"{mine} {i % LINES}", n=i) for i in range(count)]


def rows_of(events: Sequence[Counted]) -> list[tuple[str, str, str, str, str, dict[str, str]]]:
    """Events as outbox rows."""
    envelopes = [wrap(event, now=NOW, correlation_id="bench") for event in events]
    return [(e.id, TOPIC, e.subject, e.type, e.model_dump_json(exclude_none=True), {}) for e in envelopes]


async def fill(service: Service, count: int, mine: str = "") -> None:
    """Put so many rows into the outbox."""
    async with service.db.transaction() as tx:
        await outbox.append(tx, rows_of(numbered(count, mine)), NOW)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what other tasks and processes do; a bench that hangs fails."""
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():  # noqa: ASYNC110  nobody here could set an event
            await asyncio.sleep(0.01)


async def drain(service: Service, bus: Bus) -> float:
    """Relay everything; returns events per second."""
    began, count = time.perf_counter(), 0
    while done := await outbox.relay_once(service.db, bus, NOW, RELAY_BATCH):
        count += done
    return count / (time.perf_counter() - began)


@asynccontextmanager
async def relaying(service: Service, bus: Bus) -> AsyncIterator[None]:
    """A relay that NOTIFY wakes, in the background."""
    woken = asyncio.Event()
    address = make_url(service.db.url)
    listener = await asyncpg.connect(host=address.query["host"], user="postgres", database=address.database)
    await listener.add_listener(outbox.CHANNEL, lambda *_: woken.set())

    async def relay() -> None:
        while True:
            await woken.wait()
            woken.clear()
            while await outbox.relay_once(service.db, bus, NOW, RELAY_BATCH):
                pass

    task = asyncio.create_task(relay())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await listener.close()


class Watch:
    """The real inbox behind a subscription, and when each count of this measurement became durable."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.handled_at: dict[int, float] = {}

    async def consume(self, messages: Sequence[Message]) -> None:
        """Handle, then note."""
        await self.service.consume(messages)
        at = time.perf_counter()
        for message in messages:
            if message.key.startswith(self.service.mine):
                self.handled_at[int(message.value.rsplit('"n":', 1)[1].split("}")[0])] = at

    async def all_handled(self, count: int) -> bool:
        """Whether so many counts are durable."""
        return len(self.handled_at) >= count


async def latency_ms(saying: Service, bus: Bus, watch: Watch) -> tuple[float, float]:
    """p50 and p99 from commit to handled, in milliseconds, at the bench's rate."""
    watch.handled_at.clear()
    count, said = int(RATE_PER_S * LATENCY_S), {}
    async with relaying(saying, bus):
        began = time.perf_counter()
        for event in numbered(count, watch.service.mine):
            await asyncio.sleep(max(0.0, began + event.n / RATE_PER_S - time.perf_counter()))
            await saying.say(event)
            said[event.n] = time.perf_counter()
        await until(lambda: watch.all_handled(count))
    waits = sorted(max(0.0, watch.handled_at[n] - said[n]) * 1000 for n in said)
    return statistics.median(waits), waits[int(len(waits) * 0.99)]


async def copy_rate(service: Service) -> float:
    """The limit of the local bus: rows per second of one COPY of the same rows into a table like the outbox."""
    rows = [(*row[:5], "{}", NOW) for row in rows_of(numbered(EVENTS))]
    columns = ["event_id", "topic", "key", "type", "envelope", "headers", "said_at"]
    async with service.db.transaction() as tx:
        await tx.exec_driver_sql("CREATE TABLE raw_copy (LIKE outbox INCLUDING ALL)")
        connection: Any = await raw(tx)
        began = time.perf_counter()
        await connection.copy_records_to_table("raw_copy", records=rows, columns=columns)
        return EVENTS / (time.perf_counter() - began)


async def produce_rate(bootstrap: str) -> float:
    """The limit of the Kafka bus: acknowledged messages per second of one idempotent producer without an outbox."""
    messages = [(row[2].encode(), row[4].encode()) for row in rows_of(numbered(EVENTS))]
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        max_batch_size=BATCH_BYTES_MAX,
    )
    await producer.start()
    await producer.send_and_wait(TOPIC, b"warm")
    began = time.perf_counter()
    await asyncio.gather(*[await producer.send(TOPIC, value, key=key) for key, value in messages])
    rate = EVENTS / (time.perf_counter() - began)
    await producer.stop()
    return rate


async def handled_rate(saying: Service, hearing: Service, bus: Bus) -> float:
    """Events per second from a full outbox to effects in another database, relay and consumer side by side."""
    await fill(saying, HANDLED, hearing.mine)
    before = await hearing.count("SELECT count(*) FROM effect")

    async def all_there() -> bool:
        return await hearing.count("SELECT count(*) FROM effect") >= before + HANDLED

    began = time.perf_counter()
    await drain(saying, bus)
    await until(all_there)
    return HANDLED / (time.perf_counter() - began)


async def bench_local(server: EmbeddedPostgres) -> list[str]:
    """The local bus's lines of the table."""
    saying = Service(make_database(server, "bench_local_saying"))
    hearing = Service(make_database(server, "bench_local_hearing"), "local")
    watch = Watch(hearing)
    deaf, bus = LocalBus(), LocalBus()
    bus.subscribe(Subscription("bench", frozenset({TOPIC}), watch.consume))
    p50, p99 = await latency_ms(saying, bus, watch)
    limit = await copy_rate(saying)
    await fill(saying, EVENTS)
    relayed = await drain(saying, deaf)
    through = await handled_rate(saying, hearing, bus)
    await saying.db.close()
    await hearing.db.close()
    return [
        f"local  outbox to handled at {RATE_PER_S}/s     p50 {p50:6.1f} ms   p99 {p99:6.1f} ms",
        f"local  raw COPY of the same rows    {limit:9,.0f} /s   1.00",
        f"local  outbox relay                 {relayed:9,.0f} /s   {relayed / limit:.2f}",
        f"local  outbox to effect             {through:9,.0f} /s   {through / limit:.2f}",
    ]


async def kafka_latency(server: EmbeddedPostgres, bootstrap: str, wait_ms: int) -> str:
    """One line of latency on Kafka with this `fetch_max_wait_ms`."""
    saying = Service(make_database(server, f"bench_kafka_saying_{wait_ms}"))
    hearing = Service(make_database(server, f"bench_kafka_hearing_{wait_ms}"), f"wait {wait_ms}")
    watch = Watch(hearing)
    bus = KafkaBus(KafkaConfig(bootstrap, fetch_max_wait_ms=wait_ms), frozenset({TOPIC}))
    bus.subscribe(Subscription(f"bench-{wait_ms}", frozenset({TOPIC}), watch.consume))
    await bus.start()
    await saying.say(Counted(line=hearing.mine, n=999_999))
    await drain(saying, bus)
    await until(lambda: watch.all_handled(1))  # the first message also brings up the connections
    p50, p99 = await latency_ms(saying, bus, watch)
    await bus.stop()
    await saying.db.close()
    await hearing.db.close()
    return f"kafka  same, fetch_max_wait_ms={wait_ms:<3}      p50 {p50:6.1f} ms   p99 {p99:6.1f} ms"


async def bench_kafka(server: EmbeddedPostgres) -> list[str]:
    """The Kafka bus's lines of the table, or the one that says why there are none."""
    if lacking := missing():
        return [f"kafka  left out: {lacking} not found"]
    broker = shared_broker()
    latencies = [await kafka_latency(server, broker.bootstrap, wait_ms) for wait_ms in FETCH_WAITS_MS]
    saying = Service(make_database(server, "bench_kafka_saying"))
    hearing = Service(make_database(server, "bench_kafka_hearing"), "through")
    relay_only = KafkaBus(KafkaConfig(broker.bootstrap), frozenset({TOPIC}))
    await fill(saying, 10)
    await drain(saying, relay_only)
    limit = await produce_rate(broker.bootstrap)
    await fill(saying, EVENTS)
    relayed = await drain(saying, relay_only)
    await relay_only.stop()
    bus = KafkaBus(KafkaConfig(broker.bootstrap), frozenset({TOPIC}))
    bus.subscribe(hearing.subscription("bench"))
    await bus.start()

    async def caught_up() -> bool:
        return (await bus.lag())["bench"] == 0

    await until(caught_up)
    through = await handled_rate(saying, hearing, bus)
    await bus.stop()
    await saying.db.close()
    await hearing.db.close()
    return [
        *latencies,
        f"kafka  raw idempotent produce       {limit:9,.0f} /s   1.00   (Apache Kafka {broker.version()})",
        f"kafka  outbox relay                 {relayed:9,.0f} /s   {relayed / limit:.2f}",
        f"kafka  outbox to effect             {through:9,.0f} /s   {through / limit:.2f}",
    ]


async def run() -> list[str]:
    """The whole table."""
    server = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="bench-")), durable=True)
    server.start()
    try:
        return [*await bench_local(server), *await bench_kafka(server)]
    finally:
        server.remove()


if __name__ == "__main__":
    sys.stdout.write("\n".join(["event bus", *asyncio.run(run()), ""]))
