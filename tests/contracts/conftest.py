"""The bed of the contract suite: the same two services in miniature on either bus."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from libs.common.bus import Bus
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_config import KafkaConfig
from libs.embedded.local_bus import LocalBus
from libs.embedded.postgres import EmbeddedPostgres
from tests.engines.bed import TOPIC, Bed, Service, forget, make_database
from tests.engines.broker import shared_broker

GROUP = "hearing"


@pytest.fixture(scope="session")
def bed_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL server for the contract suite alone."""
    server = EmbeddedPostgres(Path(tmp_path_factory.mktemp("bed")), durable=False)
    server.start()
    yield server
    server.remove()


def new_bus(kind: str) -> Bus:
    """A bus of either kind, not yet started."""
    if kind == "local":
        return LocalBus()
    config = KafkaConfig(bootstrap=shared_broker().bootstrap, retry_s=0.02, retry_max_s=0.3, session_timeout_ms=6000)
    return KafkaBus(config, frozenset({TOPIC}))


@pytest.fixture(scope="module", params=["local", pytest.param("kafka", marks=pytest.mark.engines)])
async def joined_bed(request: pytest.FixtureRequest, bed_server: EmbeddedPostgres) -> AsyncIterator[Bed]:
    """The bed on one bus; joining a group costs seconds, so it is joined once for all tests."""
    kind = request.param
    bus = new_bus(kind)
    saying = Service(make_database(bed_server, f"{kind}_saying"))
    hearing = Service(make_database(bed_server, f"{kind}_hearing"))
    bus.subscribe(hearing.subscription(GROUP))
    await bus.start()
    yield Bed(bus, saying, hearing)
    await bus.stop()
    if kind == "kafka":
        await forget(shared_broker().bootstrap)
    await saying.db.close()
    await hearing.db.close()


@pytest.fixture
async def bed(joined_bed: Bed) -> AsyncIterator[Bed]:
    """The bed with nothing said and nothing waiting."""
    await joined_bed.saying.wipe()
    await joined_bed.hearing.wipe()
    joined_bed.relay_failures.clear()
    yield joined_bed
    await joined_bed.saying.wipe()
    await joined_bed.hearing.wipe()
    await joined_bed.until(joined_bed.settled)
