"""A whole worker in miniature for the test of a hung one: relay, a job and a consumer over Kafka and PostgreSQL.

`python -m tests.engines.hung_worker BOOTSTRAP DATABASE_URL GROUP NAME`. Every effect and every run of the job is
written down with the worker's name. `BED_HANG` names where it stops itself with SIGSTOP once it is there: in the
middle of a `batch`, of a `job`, or while it publishes (`relay`).
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from sqlalchemy import MetaData, text

from libs.common import log
from libs.common.bus import Message
from libs.common.clock import Clock
from libs.common.db import Database, Tx
from libs.common.identity import Verifier
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_config import KafkaConfig
from libs.common.service import Job, Runtime, Service
from libs.common.settings import WorkerSettings
from tests.engines.bed import CLOCK, TOPIC, Counted, take_effect

HANG = os.environ.get("BED_HANG", "")
DID = "INSERT INTO did (what, who) VALUES (:what, :who)"


def hang(where: str) -> None:
    """Stop this process, if it is to hang here: it keeps its connections and says nothing more."""
    if where == HANG:
        sys.stdout.write(f"hangs in {where}\n")
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGSTOP)


class HangingBus(KafkaBus):
    """Kafka, whose publisher may hang between reading the outbox and the acknowledgement."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Publish, or hang in it."""
        if any(message.topic == TOPIC for message in messages):
            hang("relay")
        await super().publish(messages)


def service_of(group: str, who: str) -> Service:
    """A service that hears counts and has one job."""

    async def hear(tx: Tx, event: Counted, _: Clock) -> None:
        if not event.line.startswith(group):
            return
        await take_effect(tx, event, CLOCK.now())
        await tx.execute(text("SELECT pg_advisory_xact_lock(7)"))
        hang("batch")

    async def work(db: Database, _: Clock) -> None:
        async with db.transaction() as tx:
            await tx.execute(text(DID), {"what": "job", "who": who})
            hang("job")

    return Service(group, group, [], {Counted: hear}, [Job("work", 0.5, work)], MetaData())


async def work(bootstrap: str, url: str, group: str, who: str) -> None:
    """Work until it is killed."""
    settings = WorkerSettings(database_url=url)
    config = KafkaConfig(bootstrap, session_timeout_ms=settings.kafka_session_timeout_ms, retry_max_s=0.5)
    verifier: Any = Verifier("nobody", "nobody", lambda: None)  # type: ignore[arg-type, return-value]
    runtime = Runtime(service_of(group, who), settings, CLOCK, HangingBus(config, frozenset({TOPIC})), verifier)
    runtime.bus.subscribe(runtime.subscription())
    await runtime.bus.start()
    runtime.start()
    sys.stdout.write("works\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    log.configure()  # not to the pipe on which the test listens, and which nobody empties
    asyncio.run(work(*sys.argv[1:5]))
