"""A real PostgreSQL server for the session, and a service's real application over a migrated database of its own."""

import asyncio
import datetime as dt
import importlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from libs.common.app import build_app
from libs.common.bus import Message
from libs.common.clock import SettableClock
from libs.common.db import Database, Tx
from libs.common.events.envelope import Event, wrap
from libs.common.identity import Verifier
from libs.common.inbox import consume
from libs.common.migrate import migrate, split_roles
from libs.common.roles import Roles
from libs.common.service import Runtime, Service
from libs.common.settings import Settings
from libs.embedded.issuer import AUDIENCE, ISSUER, Issuer
from libs.embedded.local_bus import LocalBus
from libs.embedded.postgres import EmbeddedPostgres

os.environ.setdefault("DURE_RATE_PER_CALLER", "1000000/minute")  # one test sends what a caller sends in days
os.environ.setdefault("DURE_RATE_PER_ADDRESS", "1000000/minute")
TOLD = "told"
START = dt.datetime(2025, 9, 1, 1, 0, tzinfo=dt.UTC)


def service_named(name: str) -> Service:
    """The service as its processes run it."""
    service: Service = importlib.import_module(f"services.{name}.__main__").SERVICE
    return service


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests state for the record, such as the versions of the engines, also from a run in parallel."""
    for report in terminalreporter.getreports("passed"):
        for name, words in report.user_properties:
            if name == TOLD:
                terminalreporter.write_line(words)


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """`tell("…")`: one line for the record, at the end of the run where the test passes."""
    return lambda words: record_property(TOLD, words)


@pytest.fixture(scope="session")
def pg() -> Iterator[EmbeddedPostgres]:
    """One PostgreSQL server for the whole run, thrown away afterwards."""
    server = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="dure-test-")) / "pg", durable=False)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """An issuer with a key of its own."""
    return Issuer.open(tmp_path_factory.mktemp("issuer") / "key.json")


class Databases:
    """Hands out migrated databases: one template per service, copied."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._templates: set[str] = set()
        self._count = 0

    async def fresh(self, service: str) -> str:
        """The address of a new, empty, migrated database of a service, for the role that it runs under."""
        template = f"template_{service}"
        if template not in self._templates:
            await asyncio.to_thread(self._server.create_database, template)
            roles = Roles(owner=f"{service}_owner", running=service)
            await split_roles(service, self._server.url(template), roles)
            await migrate(service, self._server.url(template, roles.owner), roles.running)
            self._templates.add(template)
        self._count += 1
        name = f"{service}_{os.getpid()}_{self._count}"
        await asyncio.to_thread(self._server.create_database, name, template)
        return self._server.url(name, service)


@pytest.fixture(scope="session")
def databases(pg: EmbeddedPostgres) -> Databases:
    """Migrated databases for the asking."""
    return Databases(pg)


class ServiceClient:
    """One service's real application, its database, a clock to set, tokens to call with."""

    def __init__(self, service: Service, runtime: Runtime, issuer: Issuer, clock: SettableClock) -> None:
        self.service = service
        self.runtime = runtime
        self.db: Database = runtime.db
        self.clock = clock
        self.app = build_app(runtime)
        self._issuer = issuer
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://service")

    def token(self, *roles: str, organisation_id: str = "", subject: str | None = None) -> str:
        """A signed token."""
        return self._issuer.token(*roles, organisation_id=organisation_id, subject=subject or f"{roles[0]}-1")

    def as_(self, role: str, organisation_id: str = "", subject: str | None = None) -> dict[str, str]:
        """The headers of a caller with this role."""
        return {"Authorization": f"Bearer {self.token(role, organisation_id=organisation_id, subject=subject)}"}

    async def feed(self, event: Event, takeover_s: float = 0) -> int:
        """Deliver an event through the real inbox; returns 1 where it had its effect.

        `takeover_s`: a batch of which the database hears nothing for so long is given up, as a worker's is.
        """
        now = self.clock.now()
        envelope = wrap(event, now=now, correlation_id="test")
        message = Message(event.topic(), event.key(), envelope.model_dump_json())
        heard = {"clock": self.clock, "dead_letters_max": 100, "lock_first": self.service.lock_first}
        return await consume(self.db, self.service.handlers, [message], takeover_s=takeover_s, **heard)

    async def said(self, contract: type[Event]) -> list[Event]:
        """The events of one type in the outbox, in order."""
        query = text("SELECT envelope FROM outbox WHERE type = :type ORDER BY id")
        async with self.db.transaction() as tx:
            rows = (await tx.execute(query, {"type": contract.TYPE})).scalars().all()
        return [contract.model_validate(json.loads(row)["data"]) for row in rows]

    async def close(self) -> None:
        """Give everything back."""
        await self.http.aclose()
        await self.runtime.close()


@pytest.fixture
async def service_client(
    databases: Databases, issuer: Issuer, tmp_path: Path
) -> AsyncIterator[Callable[[str], Awaitable[ServiceClient]]]:
    """`await service_client("intake")`: that service, alone, on a database of its own; with the time limits of its API,
    or of a worker where a test names `WorkerSettings`.
    """
    made: list[ServiceClient] = []

    async def make(name: str, limits: type[Settings] = Settings) -> ServiceClient:
        clock = SettableClock()
        clock.set(START)
        settings = limits(database_url=await databases.fresh(name), database_pool_max=5, state_dir=tmp_path)
        verifier = Verifier(ISSUER, AUDIENCE, issuer.keys)
        service = service_named(name)
        client = ServiceClient(service, Runtime(service, settings, clock, LocalBus(), verifier), issuer, clock)
        made.append(client)
        return client

    yield make
    for client in made:
        await client.close()


@pytest.fixture
async def tx_of(databases: Databases) -> AsyncIterator[Callable[[str], Awaitable[Tx]]]:
    """`await tx_of("intake")`: a transaction on a migrated database, rolled back afterwards."""
    open_ones: list[tuple[Database, object]] = []

    @asynccontextmanager
    async def rolled_back(db: Database) -> AsyncIterator[Tx]:
        async with db.engine.connect() as connection:
            transaction = await connection.begin()
            yield connection
            await transaction.rollback()

    async def begin(service: str) -> Tx:
        db = Database(await databases.fresh(service))
        context = rolled_back(db)
        tx = await context.__aenter__()
        open_ones.append((db, context))
        return tx

    yield begin
    for db, context in reversed(open_ones):
        await context.__aexit__(None, None, None)  # type: ignore[attr-defined]
        await db.close()
