"""Real kills on a real broker and a real PostgreSQL: nothing is lost, and nothing is done twice."""

import asyncio
import os
import shutil
import signal

import pytest

from libs.common import outbox
from libs.embedded.postgres import EmbeddedPostgres
from tests.engines.bed import NOW, Bed, Counted
from tests.engines.broker import KafkaBroker
from tests.engines.conftest import StartWorker, Worker

pytestmark = pytest.mark.engines

LINES = 20
DELIVERED = "SELECT coalesce(sum(count), 0) FROM delivery"
EFFECTS = "SELECT count(*) FROM effect"


async def count_to(bed: Bed, first: int, end: int) -> None:
    """Count from `first` up to before `end` on every line, one transaction per number."""
    for n in range(first, end):
        await bed.saying.say(*(Counted(line=f"{bed.hearing.mine} {i}", n=n) for i in range(LINES)))


async def assert_once_and_in_order(bed: Bed, numbers: int) -> None:
    """Every count of every line has had its effect exactly once, in order."""
    assert await bed.hearing.effects_by_line() == {
        f"{bed.hearing.mine} {i}": list(range(numbers)) for i in range(LINES)
    }
    assert await bed.hearing.dead() == []


def dead_by_kill(worker: Worker) -> bool:
    """Whether the process has ended by kill -9."""
    return worker.poll() == -signal.SIGKILL


async def until_dead(bed: Bed, worker: Worker) -> None:
    """Relay until the worker has hit its fault point."""

    async def dead() -> bool:
        return dead_by_kill(worker)

    await bed.until(dead)


async def test_a_worker_killed_between_effect_and_offset_commit(bed: Bed, start_worker: StartWorker) -> None:
    """The batch is durable, its offsets are not: it is delivered again, and has no second effect."""
    await count_to(bed, 0, 50)
    await until_dead(bed, start_worker(BED_DIE_AFTER_BATCHES="2"))
    durable = await bed.hearing.count(EFFECTS)
    assert 0 < durable < 50 * LINES
    start_worker()
    await bed.until_effects(50 * LINES)
    await assert_once_and_in_order(bed, 50)
    assert await bed.hearing.count(DELIVERED) > 50 * LINES, "nothing was delivered twice: the fault point was missed"


async def test_a_worker_killed_inside_its_transaction(bed: Bed, start_worker: StartWorker) -> None:
    """Killed before the commit, the whole batch is as if it had never been, and is done by the next worker."""
    await count_to(bed, 0, 50)
    await until_dead(bed, start_worker(BED_DIE_IN_BATCH="2"))
    assert await bed.hearing.count(EFFECTS) < await bed.hearing.count(DELIVERED)
    start_worker()
    await bed.until_effects(50 * LINES)
    await assert_once_and_in_order(bed, 50)


async def test_another_worker_takes_over(bed: Bed, start_worker: StartWorker) -> None:
    """Of two workers of a group one is killed in the middle of the stream; the other finishes its share."""
    first, second = start_worker(), start_worker()
    await count_to(bed, 0, 50)
    await bed.until_effects(10 * LINES)
    first.kill()
    await count_to(bed, 50, 100)
    await bed.until_effects(100 * LINES)
    await assert_once_and_in_order(bed, 100)
    assert second.poll() is None


async def test_a_static_member_comes_back_to_its_partitions(bed: Bed, start_worker: StartWorker) -> None:
    """A killed worker that has a name of its own goes on where it was, under the same name."""
    first = start_worker(BED_INSTANCE="worker-0")
    await count_to(bed, 0, 20)
    await bed.until_effects(20 * LINES)
    first.kill()
    first.wait()
    start_worker(BED_INSTANCE="worker-0")
    await count_to(bed, 20, 40)
    await bed.until_effects(40 * LINES)
    await assert_once_and_in_order(bed, 40)


async def test_the_broker_killed_in_the_middle_of_a_stream(
    bed: Bed, broker: KafkaBroker, start_worker: StartWorker
) -> None:
    """Kill -9 of the broker while events are published and handled: after its restart all of them arrive, once."""
    start_worker()
    saying = asyncio.create_task(count_to(bed, 0, 150))
    await bed.until_effects(20 * LINES)
    broker.kill9()
    relaying = asyncio.create_task(bed.relay())
    await asyncio.gather(saying, asyncio.to_thread(broker.restart))
    await relaying
    assert await bed.hearing.count(EFFECTS) < 150 * LINES
    await bed.until_effects(150 * LINES)
    await assert_once_and_in_order(bed, 150)
    assert bed.bus.unhealthy() == ""


async def test_a_broker_that_comes_back_empty_is_rebuilt_from_the_outbox(bed: Bed, broker: KafkaBroker) -> None:
    """The broker loses all its data; what was said is published again from the outbox, and has its effect once."""
    bed.bus.subscribe(bed.hearing.subscription("rebuilt"))
    await bed.bus.start()
    await count_to(bed, 0, 10)
    await bed.until_effects(10 * LINES)
    await come_back_empty(broker)
    await count_to(bed, 10, 20)
    await say_all_again(bed)
    await bed.until_effects(20 * LINES, limit_s=150)
    await assert_once_and_in_order(bed, 20)


async def come_back_empty(broker: KafkaBroker) -> None:
    """Kill the broker, lose its disk, start it again on the same address."""
    broker.kill9()
    shutil.rmtree(broker.folder / "data")
    broker.log.unlink()
    await asyncio.to_thread(broker.start)


async def say_all_again(bed: Bed) -> None:
    """Have everything said so far published again."""
    async with bed.saying.db.transaction() as tx:
        await outbox.replay(tx, NOW)


async def test_the_database_goes_away_and_comes_back(
    bed: Bed, durable_server: EmbeddedPostgres, start_worker: StartWorker
) -> None:
    """PostgreSQL is stopped in the middle of the stream and started again: everything goes on by itself."""
    start_worker()
    await count_to(bed, 0, 30)
    await bed.until_effects(5 * LINES)
    await asyncio.to_thread(durable_server.stop)
    assert await bed.relay() == 0
    await asyncio.to_thread(durable_server.start)

    async def back() -> bool:
        await count_to(bed, 30, 31)
        return True

    await bed.until(back)
    await count_to(bed, 31, 60)
    await bed.until_effects(60 * LINES)
    await assert_once_and_in_order(bed, 60)


async def test_a_crashed_database_keeps_what_it_acknowledged(
    bed: Bed, durable_server: EmbeddedPostgres, start_worker: StartWorker
) -> None:
    """Kill -9 of PostgreSQL in the middle of the stream: after its recovery nothing is missing and nothing doubled."""
    start_worker()
    await count_to(bed, 0, 40)
    await bed.until_effects(5 * LINES)
    killed = durable_server.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    await bed.until_effects(40 * LINES, limit_s=150)
    await assert_once_and_in_order(bed, 40)
    assert durable_server.pid not in (None, killed)
