"""Two services in miniature on one bus: one says that it counted, the other has one effect per count."""

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any, ClassVar

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.common import dead_letters, inbox, outbox
from libs.common.backbone import V1, V2
from libs.common.bus import Bus, Message, Subscription
from libs.common.clock import SettableClock
from libs.common.db import Database, Tx
from libs.common.events.envelope import REGISTRY, Event
from libs.common.held import HeldMessages
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_client import AIOKafkaAdminClient
from libs.common.kafka_topics import dead_topic
from libs.embedded.postgres import EmbeddedPostgres

NOW = dt.datetime(2025, 10, 1, tzinfo=dt.UTC)
CLOCK = SettableClock()
CLOCK.set(NOW)
WAIT_S_MAX = 90.0
DEAD_LETTERS_MAX = 100
EFFECT = "CREATE TABLE effect (at bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, n int NOT NULL)"


class Counted(Event):
    """Somebody counted to `n` on the line `line`."""

    TYPE: ClassVar[str] = "kr.dure.bed.line.counted.v1"
    KEY: ClassVar[str] = "line"
    TOPIC: ClassVar[str] = "dure.bed.events.v1"

    line: str
    n: int


del REGISTRY[Counted.TYPE]  # a test's event is no contract of the house

TOPIC = Counted.topic()
Handle = Callable[[Tx, Counted, dt.datetime], Awaitable[None]]


async def take_effect(tx: Tx, event: Counted, now: dt.datetime) -> None:
    """The effect to be had exactly once: one row."""
    await tx.execute(text("INSERT INTO effect (key, n) VALUES (:key, :n)"), {"key": event.line, "n": event.n})


async def forget(bootstrap: str) -> None:
    """Leave nothing of the bed's topic on a broker: whoever joins a new group there hears it from its beginning."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        await admin.delete_topics([TOPIC, dead_topic(TOPIC)])
    finally:
        await admin.close()


def make_database(server: EmbeddedPostgres, name: str) -> str:
    """A fresh database with the backbone's tables and the effect's; returns its address."""
    server.drop_databases(name)
    server.create_database(name)
    for statement in (*V1, *V2, EFFECT):
        server.execute(statement, name)
    return server.url(name)


class Service:
    """One service in miniature: its database, and what it does with what it hears."""

    def __init__(self, url: str, mine: str = "") -> None:
        """`mine` begins the lines of this service: it does not hear the counts of other tests on the same topic."""
        self.db = Database(url)
        self.mine = mine
        self.handle: Handle = take_effect
        self.dead_letters_max = DEAD_LETTERS_MAX
        self.tries = 0

    async def consume(self, messages: Sequence[Message]) -> None:
        """The port's consumer: the real inbox."""
        self.tries += 1
        handlers = {Counted: inbox.dated(self.handle)}
        ours = [message for message in messages if message.key.startswith(self.mine)]
        await inbox.consume(self.db, handlers, ours, clock=CLOCK, dead_letters_max=self.dead_letters_max)

    def subscription(self, group: str) -> Subscription:
        """Hear the counts."""
        return Subscription(group, frozenset({TOPIC}), self.consume, HeldMessages(self.db, CLOCK))

    async def say(self, *events: Counted) -> None:
        """Say events in one transaction."""
        async with self.db.transaction() as tx:
            await outbox.say(tx, *events, now=NOW)

    async def effects(self) -> list[tuple[str, int]]:
        """Every effect, in the order in which they were had."""
        async with self.db.transaction() as tx:
            return [(row.key, row.n) for row in await tx.execute(text("SELECT key, n FROM effect ORDER BY at"))]

    async def effects_by_line(self) -> dict[str, list[int]]:
        """Line → its counts, in the order in which they had their effect."""
        lines: dict[str, list[int]] = {}
        for line, n in await self.effects():
            lines.setdefault(line, []).append(n)
        return lines

    async def count(self, query: str) -> int:
        """The one number that a query tells."""
        async with self.db.transaction() as tx:
            return int((await tx.execute(text(query))).scalar_one())

    async def dead(self) -> list[dict[str, object]]:
        """The open dead letters."""
        async with self.db.transaction() as tx:
            return [asdict(letter) for letter in await dead_letters.list_open(tx)]

    async def wipe(self) -> None:
        """Forget everything, as a service that is new."""
        self.handle, self.dead_letters_max, self.tries = take_effect, DEAD_LETTERS_MAX, 0
        async with self.db.transaction() as tx:
            await tx.execute(text("TRUNCATE outbox, inbox, dead_letter, held_message, effect"))


AWAY = (DBAPIError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Bed:
    """Who says, who hears, and the bus between them; `until` is the relay's loop."""

    def __init__(self, bus: Bus, saying: Service, hearing: Service) -> None:
        self.bus = bus
        self.saying = saying
        self.hearing = hearing
        self.relay_failures: list[str] = []

    async def relay(self) -> int:
        """Publish what waits in the outbox; a failure is kept, as the relay's loop would log it and try again."""
        try:
            return await outbox.relay_once(self.saying.db, self.bus, NOW)
        except Exception as error:  # noqa: BLE001  LocalBus hands on whatever the handler raised
            self.relay_failures.append(repr(error))
            return 0

    async def until(self, condition: Callable[[], Awaitable[bool]], limit_s: float = WAIT_S_MAX) -> None:
        """Relay until the condition holds; fails the test after `limit_s`."""
        deadline = time.monotonic() + limit_s
        while True:
            await self.relay()
            with contextlib.suppress(*AWAY):  # the database is away: that is what some tests are about
                if await condition():
                    return
            assert time.monotonic() < deadline, (
                f"not within {limit_s} s; {self.bus.unhealthy()} {self.relay_failures[-1:]}"
            )
            await asyncio.sleep(0.1 if self.relay_failures else 0.03)

    async def until_effects(self, count: int, limit_s: float = WAIT_S_MAX) -> None:
        """Relay until so many effects are there."""

        async def there() -> bool:
            return await self.hearing.count("SELECT count(*) FROM effect") >= count

        await self.until(there, limit_s)

    async def backlog(self) -> int:
        """What was said and is not handled: in the outbox, or on the bus."""
        waiting = await self.saying.count("SELECT count(*) FROM outbox WHERE published_at IS NULL")
        return waiting + sum([lag or 0 for lag in (await self.bus.lag()).values()])

    async def settled(self) -> bool:
        """Whether nothing waits anywhere."""
        return await self.backlog() == 0


def only_hearing(bed: Bed) -> Any:
    """The adapter's one hearing, to put a fault into."""
    assert isinstance(bed.bus, KafkaBus)
    (hearing,) = bed.bus._hearings
    return hearing
