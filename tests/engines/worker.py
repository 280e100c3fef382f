"""A worker process for the crash tests: hears the counts on Kafka and has one effect each, through the real inbox.

`python -m tests.engines.worker BOOTSTRAP DATABASE_URL GROUP`; it hears the lines whose names begin with the group.
Its fault points come from the environment:
`BED_DIE_AFTER_BATCHES=n` kills it with -9 once its n-th batch is durable and its offsets are not committed;
`BED_DIE_IN_BATCH=n` in the n-th batch before its transaction commits; `BED_INSTANCE` makes it a static member.
Every delivery is written down outside the batch's transaction, so that a test can see what came twice.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from sqlalchemy import text

from libs.common import log
from libs.common.bus import Message, Subscription
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_config import KafkaConfig
from tests.engines.bed import TOPIC, Counted, Service, take_effect

DIE_AFTER = int(os.environ.get("BED_DIE_AFTER_BATCHES", "0"))
DIE_IN = int(os.environ.get("BED_DIE_IN_BATCH", "0"))


def die() -> None:
    """As a crash would: no cleaning up, no farewell."""
    os.kill(os.getpid(), signal.SIGKILL)


async def work(bootstrap: str, url: str, group: str) -> None:
    """Hear until SIGTERM."""
    service, batches = Service(url, group), 0

    async def effect(tx, event: Counted, now) -> None:  # type: ignore[no-untyped-def]
        await take_effect(tx, event, now)
        if batches == DIE_IN:
            die()

    async def consume(messages: Sequence[Message]) -> None:
        nonlocal batches
        ours = [message for message in messages if message.key.startswith(group)]
        batches += bool(ours)
        async with service.db.transaction() as tx:
            await tx.execute(text("INSERT INTO delivery (count) VALUES (:count)"), {"count": len(ours)})
        await service.consume(messages)
        if ours and batches == DIE_AFTER:
            die()

    service.handle = effect
    config = KafkaConfig(
        bootstrap,
        session_timeout_ms=3000,
        instance_id=os.environ.get("BED_INSTANCE", ""),
        batch_max=100,
        retry_max_s=0.5,
        stuck_after_s=3,
    )
    bus = KafkaBus(config, frozenset({TOPIC}))
    bus.subscribe(Subscription(group, frozenset({TOPIC}), consume))
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await bus.start()
    sys.stdout.write("joined\n")
    sys.stdout.flush()
    await stopping.wait()
    await bus.stop()
    await service.db.close()


if __name__ == "__main__":
    log.configure()  # not to the pipe on which the test listens, and which nobody empties
    asyncio.run(work(*sys.argv[1:4]))
