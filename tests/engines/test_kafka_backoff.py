"""The pauses of a Kafka consumer grow while it fails and are short again after a success, on a real broker."""

import asyncio
import datetime as dt

import pytest

from libs.common.db import Tx
from tests.engines.bed import Bed, Counted, only_hearing, take_effect
from tests.engines.broker import KafkaBroker

pytestmark = pytest.mark.engines

FAILURES = 4


async def count(bed: Bed, n: int) -> None:
    """Count on the bed's own line."""
    await bed.saying.say(Counted(line=bed.hearing.mine, n=n))


@pytest.fixture
async def joined(bed: Bed, request: pytest.FixtureRequest) -> Bed:
    """The bed with its hearing service in a group of its own, which has heard what others left on the broker."""
    bed.bus.subscribe(bed.hearing.subscription(request.node.name))
    await bed.bus.start()

    async def up_to_date() -> bool:
        return bed.bus.unhealthy() == "" and set((await bed.bus.lag()).values()) == {0}

    await bed.until(up_to_date)
    return bed


async def test_f_84_after_a_success_the_first_pause_is_short_again(joined: Bed) -> None:
    """F-84: four failures in a row lengthen the pause; the next message that fails begins at the first one."""
    hearing, before_each_try = only_hearing(joined), list[int]()
    failing = {1: FAILURES, 2: 1}

    async def effect(tx: Tx, event: Counted, now: dt.datetime) -> None:
        before_each_try.append(hearing._failures)
        if failing[event.n]:
            failing[event.n] -= 1
            raise RuntimeError("not now")
        await take_effect(tx, event, now)

    joined.hearing.handle = effect
    await count(joined, 1)
    await joined.until_effects(1)
    await count(joined, 2)
    await joined.until_effects(2)
    assert before_each_try == [*range(FAILURES + 1), 0, 1]


async def test_f_84_after_a_broker_came_back_joining_begins_with_short_pauses(joined: Bed, broker: KafkaBroker) -> None:
    """F-84: a consumer that was rebuilt again and again while the broker was away counts from nothing once it hears."""
    hearing = only_hearing(joined)
    broker.kill9()
    async with asyncio.timeout(120):
        while hearing._broken_in_a_row < 2:  # noqa: ASYNC110 - nobody here could set an event
            await asyncio.sleep(0.1)
    assert hearing._broken_in_a_row >= 2
    await asyncio.to_thread(broker.restart)
    await count(joined, 1)
    await joined.until_effects(1)

    async def forgotten() -> bool:
        return bool(hearing._broken_in_a_row == 0)

    await joined.until(forgotten)
    assert hearing._broken_in_a_row == 0
