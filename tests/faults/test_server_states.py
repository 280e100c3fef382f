"""A real server that ends sessions, has no connection left or takes no changes: 503 with the time to wait (F-83)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from sqlalchemy.engine import make_url

from libs.common.unavailable import AWAY_RETRY_S
from libs.embedded.postgres import EmbeddedPostgres
from tests.conftest import ServiceClient

LIST = "/v1/organisations"


class House:
    """Intake over a database whose server the test's administrator rules."""

    def __init__(self, client: ServiceClient, pg: EmbeddedPostgres) -> None:
        self.client, self._pg = client, pg
        self.name = str(make_url(client.db.url).database)

    async def rule(self, sql: str) -> str:
        """One statement of the server's administrator."""
        return await asyncio.to_thread(self._pg.execute, sql.format(name=self.name))

    async def end_sessions(self) -> None:
        """End every session of the database, as an administrator or a switch of servers does."""
        await self.rule("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    async def ask(self) -> httpx.Response:
        """A request that reads."""
        return await self.client.http.get(LIST, headers=self.client.as_("officer"))

    async def command(self) -> httpx.Response:
        """A request that writes."""
        example = self.client.app.openapi()["components"]["schemas"]["RegisterOrganisation"]["examples"][0]
        return await self.client.http.post(LIST, json=example, headers=self.client.as_("officer"))

    async def recovers(self) -> None:
        """All is well again, soon: sessions that were ended are told of one by one."""
        async with asyncio.timeout(30):
            while (await self.ask()).status_code != 200:  # noqa: ASYNC110 - nobody here could set an event
                await asyncio.sleep(0.05)


@pytest.fixture
async def house(
    service_client: Callable[[str], Awaitable[ServiceClient]], pg: EmbeddedPostgres
) -> AsyncIterator[House]:
    """A house that is well before, and whose database goes back to its defaults."""
    house = House(await service_client("intake"), pg)
    assert (await house.ask()).status_code == 200
    yield house
    await house.rule("ALTER DATABASE {name} CONNECTION LIMIT -1")
    await house.rule("ALTER DATABASE {name} RESET ALL")


def assert_away(answer: httpx.Response) -> None:
    """503 as a problem, with the time after which to come again."""
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
    assert answer.headers["Retry-After"] == str(AWAY_RETRY_S)


async def test_f_83_sessions_that_were_ended_while_idle(house: House) -> None:
    """F-83: the pool's connections are ended (57P01): at most each is told once as 503, then all is well."""
    await house.end_sessions()
    answers = [await house.ask() for _ in range(6)]
    for answer in answers:
        if answer.status_code != 200:
            assert_away(answer)
    await house.recovers()


async def test_f_83_a_session_that_is_ended_in_its_statement(house: House) -> None:
    """F-83: a request whose statement waits is ended from outside (57P01): 503, not an internal error."""
    async with house.client.db.transaction() as tx:
        await tx.exec_driver_sql("LOCK TABLE organisation IN SHARE MODE")
        waiting = asyncio.create_task(house.command())
        ended = ""
        async with asyncio.timeout(20):
            while "t" not in ended:
                await asyncio.sleep(0.05)
                ended = await house.rule(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = '{name}' AND wait_event_type = 'Lock'"
                )
        assert_away(await waiting)
    await house.recovers()


async def test_f_83_no_connection_left(house: House) -> None:
    """F-83: the server has no connection left for this service (53300), although it had before: 503 until it has."""
    await house.rule("ALTER DATABASE {name} CONNECTION LIMIT 0")
    await house.end_sessions()
    await asyncio.sleep(0.2)
    answers = [await house.ask() for _ in range(8)]
    for answer in answers:
        assert_away(answer)
    await house.rule("ALTER DATABASE {name} CONNECTION LIMIT -1")
    await house.recovers()


async def test_f_83_a_database_that_takes_no_changes(house: House) -> None:
    """F-83: after a switch of servers the database is read only (25006): reading goes on, commands are 503."""
    await house.rule("ALTER DATABASE {name} SET default_transaction_read_only = on")
    await house.end_sessions()
    await house.recovers()
    assert_away(await house.command())
    assert (await house.ask()).status_code == 200
    assert "read only" in await house.client.runtime.not_ready()
    await house.rule("ALTER DATABASE {name} RESET default_transaction_read_only")
    await house.end_sessions()
    await house.recovers()
    assert (await house.command()).status_code == 201
