"""What `LocalBus` does beyond the promises of every bus: it holds what a subscriber that stands did not hear."""

import datetime as dt
from collections.abc import AsyncIterator

import pytest

from libs.common import outbox
from libs.common.bus import EVENT_BYTES_MAX, Message
from libs.common.db import Tx
from libs.common.held import HeldMessages
from libs.embedded.local_bus import LocalBus
from libs.embedded.postgres import EmbeddedPostgres
from tests.contracts.conftest import GROUP
from tests.contracts.test_bus import garbage, message
from tests.engines.bed import CLOCK, NOW, TOPIC, Bed, Counted, Service, make_database, take_effect


@pytest.fixture
async def bed(bed_server: EmbeddedPostgres) -> AsyncIterator[Bed]:
    """Two services whose bus is up to the test."""
    saying = Service(make_database(bed_server, "held_saying"))
    hearing = Service(make_database(bed_server, "held_hearing"))
    yield Bed(LocalBus(), saying, hearing)
    await saying.db.close()
    await hearing.db.close()


async def test_f_77_one_that_stands_stops_nobody_else(bed: Bed, bed_server: EmbeddedPostgres) -> None:
    """F-77: one group is above its limit of dead letters; the publisher and another group go on without it."""
    other = Service(make_database(bed_server, "other_hearing"), "b")
    bed.hearing.dead_letters_max = 0
    bus = LocalBus()
    for service, group in ((bed.hearing, GROUP), (other, "other")):
        bus.subscribe(service.subscription(group))
    try:
        await bus.publish([garbage("b"), message("b", 1)])
        await bed.saying.say(Counted(line="b", n=2))
        assert await outbox.relay_once(bed.saying.db, bus, NOW) == 1
        assert await other.effects() == [("b", 1), ("b", 2)]
        assert await bed.hearing.effects() == []
        assert await bus.lag() == {GROUP: 3, "other": 0}
        assert "DeadLetterLimit" in bus.unhealthy(GROUP)
        assert bus.unhealthy("other") == ""
        bed.hearing.dead_letters_max = 100
        await bus.catch_up()
        assert await bed.hearing.effects() == [("b", 1), ("b", 2)]
    finally:
        await bus.stop()
        await other.db.close()


async def test_f_77_what_is_held_outlives_the_process(bed: Bed) -> None:
    """F-77: a bus that begins anew goes on with what its predecessor held, before anything newer."""

    async def fail(tx: Tx, event: Counted, now: dt.datetime) -> None:
        raise RuntimeError("not now")

    bed.hearing.handle = fail
    before, after = LocalBus(), LocalBus()
    for bus in (before, after):
        bus.subscribe(bed.hearing.subscription(GROUP))
    await before.publish([message("a", 1)])
    await before.stop()
    bed.hearing.handle = take_effect
    await after.publish([message("a", 2)])
    assert await bed.hearing.effects() == []
    await after.catch_up()
    assert await bed.hearing.effects() == [("a", 1), ("a", 2)]
    await after.publish([message("a", 3)])
    assert await bed.hearing.effects() == [("a", 1), ("a", 2), ("a", 3)]
    await after.stop()


async def test_what_is_held_is_read_in_bounded_pieces(bed: Bed) -> None:
    """However large the messages are, no more than 16 MB and one message are in memory at once; none is left out."""
    held = HeldMessages(bed.hearing.db, CLOCK)
    size = EVENT_BYTES_MAX - 1024
    await held.keep([Message(TOPIC, "k", f"{n}".ljust(size)) for n in range(7)])
    pieces = []
    while rows := await held.first(500):
        pieces.append([int(message.value) for _, message in rows])
        await held.drop([number for number, _ in rows])
    assert pieces == [[0, 1, 2, 3, 4], [5, 6]]
