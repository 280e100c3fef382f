"""What the crash tests stand on: a durable PostgreSQL server of their own, one bed and the real broker."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_config import KafkaConfig
from libs.embedded.postgres import EmbeddedPostgres
from tests.engines.bed import TOPIC, Bed, Service, forget, make_database
from tests.engines.broker import KafkaBroker, Secured, require, shared_broker
from tests.engines.certificates import make_certificate

ROOT = Path(__file__).parents[2]
Worker = subprocess.Popen[str]
StartWorker = Callable[..., Worker]
USERS = {"broker": "the-brokers-own", "billing": "only-billing-knows"}
"""Names and passwords of the secured broker."""


@pytest.fixture(scope="session")
def durable_server() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL server that keeps what it acknowledged, at an address that outlives its restart."""
    server = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="bed-")), durable=True)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KafkaBroker, Secured]]:
    """A broker that takes nobody without TLS and a password."""
    require()
    folder = tmp_path_factory.mktemp("secured broker")
    how = Secured(make_certificate(folder / "tls"), USERS)
    broker = KafkaBroker(folder / "broker", how)
    try:
        yield broker.start(), how
    finally:
        broker.stop()


@pytest.fixture
def broker() -> Iterator[KafkaBroker]:
    """The shared broker, after the test running again and without what the test said, whatever it did to it."""
    broker = shared_broker()
    yield broker
    if broker.pid is None:
        broker.restart()
    with ThreadPoolExecutor(max_workers=1) as apart:  # a test's own event loop may not have ended
        apart.submit(asyncio.run, forget(broker.bootstrap)).result()


@pytest.fixture
async def bed(
    broker: KafkaBroker, durable_server: EmbeddedPostgres, request: pytest.FixtureRequest
) -> AsyncIterator[Bed]:
    """A publishing service on Kafka and the database of a hearing one; who hears is up to the test."""
    config = KafkaConfig(
        broker.bootstrap, publish_limit_s=8, session_timeout_ms=3000, stuck_after_s=3, retry_max_s=0.5, start_limit_s=1
    )
    name = request.node.name
    saying = Service(make_database(durable_server, f"saying_{name}"[:60]))
    hearing = Service(make_database(durable_server, f"hearing_{name}"[:60]), name)
    durable_server.execute("CREATE TABLE delivery (count int NOT NULL)", f"hearing_{name}"[:60])
    bus = KafkaBus(config, frozenset({TOPIC}))
    yield Bed(bus, saying, hearing)
    await bus.stop()
    await saying.db.close()
    await hearing.db.close()


@pytest.fixture
def start_worker(bed: Bed, broker: KafkaBroker, request: pytest.FixtureRequest) -> Iterator[StartWorker]:
    """Starts worker processes of one group on the bed's hearing database; those still alive are ended afterwards."""
    workers: list[Worker] = []

    def start(**faults: str) -> Worker:
        command = [
            sys.executable,
            "-m",
            "tests.engines.worker",
            broker.bootstrap,
            bed.hearing.db.url,
            request.node.name,
        ]
        worker = subprocess.Popen(command, cwd=ROOT, env={**PLAIN, **faults}, stdout=subprocess.PIPE, text=True)
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()
        if worker.stdout is not None:
            worker.stdout.close()


PLAIN = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
