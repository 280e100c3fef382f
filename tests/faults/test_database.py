"""A database that is frozen, gone, starting, full, locked or busy: what a caller is told, and how soon."""

import asyncio
import contextlib
import signal
import struct
import time
from collections.abc import AsyncIterator, Iterator

import asyncpg
import httpx
import psutil
import pytest

from libs.common.db import connect_arguments
from libs.embedded.postgres import EmbeddedPostgres
from services.intake.routes.organisations import RegisterOrganisation
from tests.faults.stand import Stand, standing

STATEMENT_S = 3.0
LOCK_S = 1.0
POOL_S = 2.0
SLACK_S = 6.0
"""What a loaded machine may add to any limit."""
LIST = "/intake/v1/organisations"
ORGANISATION = RegisterOrganisation.model_json_schema()["examples"][0]


@pytest.fixture(scope="module")
async def stand(frail: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    """Intake's api with short limits and four connections."""
    folder = tmp_path_factory.mktemp("stand")
    async with standing(
        "intake",
        frail,
        folder,
        DURE_DATABASE_POOL_MAX="4",
        DURE_DATABASE_STATEMENT_TIMEOUT_S=str(STATEMENT_S),
        DURE_DATABASE_LOCK_TIMEOUT_S=str(LOCK_S),
        DURE_DATABASE_POOL_TIMEOUT_S=str(POOL_S),
        DURE_DATABASE_CONNECT_TIMEOUT_S="2",
    ) as one:
        await one.await_ready()
        yield one


@pytest.fixture
async def well(stand: Stand) -> AsyncIterator[Stand]:
    """The stand, ready before and after."""
    await stand.await_ready()
    assert (await ask(stand)).status_code == 200
    yield stand
    await stand.database.restore()
    await stand.await_ready()
    async with asyncio.timeout(30):
        while (await ask(stand)).status_code != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.1)  # nobody here could set an event


async def ask(stand: Stand) -> httpx.Response:
    """A request that needs the database."""
    return await stand.http.get(LIST, headers=stand.as_("officer"))


async def timed(asking: object) -> tuple[httpx.Response, float]:
    """An answer, and how long it took."""
    began = time.monotonic()
    answer = await asking  # type: ignore[misc]
    return answer, time.monotonic() - began


@contextlib.contextmanager
def frozen(server: EmbeddedPostgres) -> Iterator[None]:
    """Every process of the server stands still, as under a hung disk."""
    assert server.pid is not None
    family = [psutil.Process(server.pid)]
    family += family[0].children(recursive=True)
    for process in family:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(family):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


def assert_told_to_wait(answer: httpx.Response) -> None:
    """503 as a problem, with the time to wait."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1


async def probes_answer(stand: Stand) -> dict[str, object]:
    """Liveness and metrics answer 200 at once and readiness 503 within two seconds; gives the reason."""
    alive, _ = await timed(stand.probe.get("/healthz"))
    metrics, took_s = await timed(stand.probe.get("/metrics"))
    assert (alive.status_code, metrics.status_code) == (200, 200)
    assert took_s < 2
    assert "dure_http_request_seconds" in metrics.text
    ready, took_s = await timed(stand.probe.get("/readyz"))
    assert ready.status_code == 503
    assert took_s < 3, "F-04: a probe allows three seconds"
    return dict(ready.json())


async def test_f_04_a_frozen_database_hangs_nobody(well: Stand, frail: EmbeddedPostgres) -> None:
    """F-04: While PostgreSQL stands still, requests get 503 in bounded time and every probe its answer."""
    await asyncio.gather(*(ask(well) for _ in range(8)))
    with frozen(frail):
        answers = asyncio.gather(*(timed(ask(well)) for _ in range(8)))
        reason = await probes_answer(well)
        assert str(reason["why_not"]).startswith("database")
        for answer, took_s in await answers:
            assert_told_to_wait(answer)
            assert took_s < STATEMENT_S + 1 + POOL_S + 2 + SLACK_S


async def test_f_04_a_database_behind_a_black_hole_hangs_nobody(well: Stand) -> None:
    """F-04: A network that swallows everything is answered as a frozen database is."""
    well.database.blackhole()
    answers = asyncio.gather(*(timed(ask(well)) for _ in range(8)))
    await probes_answer(well)
    for answer, took_s in await answers:
        assert_told_to_wait(answer)
        assert took_s < STATEMENT_S + 1 + POOL_S + 2 + SLACK_S


async def test_f_04_a_database_that_is_away_is_told_at_once(well: Stand) -> None:
    """F-04: Connections that are cut and refused are 503 with the time to wait, and all is well once it is back."""
    await well.database.cut()
    for _ in range(2):
        answer, took_s = await timed(ask(well))
        assert_told_to_wait(answer)
        assert took_s < SLACK_S
    assert "database" in str((await probes_answer(well))["why_not"])


@pytest.mark.parametrize("state", ["57P03", "57P01", "53300"])
async def test_f_83_a_server_that_takes_nobody_now_is_503(well: Stand, state: str) -> None:
    """F-83: Starting up, shutting down and "too many clients" are told as unavailable, not as an internal error."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = struct.unpack("!I", await reader.readexactly(4))[0]
        code = struct.unpack("!I", (await reader.readexactly(size - 4))[:4])[0]
        if code == 80877103:  # "is there TLS?"
            writer.write(b"N")
            size = struct.unpack("!I", await reader.readexactly(4))[0]
            await reader.readexactly(size - 4)
        fields = f"SFATAL\0C{state}\0Mthe database system takes nobody now\0\0".encode()
        writer.write(b"E" + struct.pack("!I", len(fields) + 4) + fields)
        await writer.drain()
        writer.close()

    port = well.database.port
    await well.database.cut()
    server = await asyncio.start_server(refuse, "127.0.0.1", port)
    try:
        answers = [await ask(well) for _ in range(6)]
    finally:
        server.close()
        await server.wait_closed()
    for answer in answers:
        assert_told_to_wait(answer)


@contextlib.asynccontextmanager
async def locked(stand: Stand, frail: EmbeddedPostgres, table: str) -> AsyncIterator[None]:
    """Another session holds a table so that nobody may even read it."""
    name = stand.log.stem
    connection = await asyncpg.connect(**connect_arguments(frail.url(name)))
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def test_f_04_ten_requests_on_one_lock_wait_only_so_long(well: Stand, frail: EmbeddedPostgres) -> None:
    """F-04: Nobody waits 64 s for a lock: the limit is told as 503 `busy`, for whoever waits for a connection too."""
    async with locked(well, frail, "organisation"):
        for answer, took_s in await asyncio.gather(*(timed(ask(well)) for _ in range(10))):
            assert_told_to_wait(answer)
            assert answer.json()["code"] == "busy"
            assert took_s < POOL_S + LOCK_S + SLACK_S


async def test_f_82_a_busy_pool_does_not_fool_readiness(well: Stand, frail: EmbeddedPostgres) -> None:
    """F-82: While every connection of the request pool is taken the process is ready still, and metrics answer."""
    async with locked(well, frail, "organisation"):
        waiting = asyncio.gather(*(ask(well) for _ in range(12)))
        await asyncio.sleep(0.2)
        ready, took_s = await timed(well.probe.get("/readyz"))
        assert (ready.status_code, took_s < 2) == (200, True), ready.text
        assert (await well.probe.get("/metrics")).status_code == 200
        await waiting


async def test_f_82_a_slow_network_is_only_slow(well: Stand) -> None:
    """F-82: With 150 ms before every piece reads and commands are answered right, and the process stays ready."""
    before = await ask(well)
    well.database.delay_s = 0.15
    answer, took_s = await timed(ask(well))
    assert (answer.status_code, answer.json()) == (200, before.json())
    assert took_s > 2 * well.database.delay_s, "it went through the slow network"
    registered = await well.http.post(LIST, json=ORGANISATION, headers=well.as_("officer"))
    assert registered.status_code == 201, registered.text
    many = asyncio.gather(*(ask(well) for _ in range(8)))
    for _ in range(5):
        ready, took_s = await timed(well.probe.get("/readyz"))
        assert (ready.status_code, ready.json()["notes"]) == (200, []), ready.text
        assert took_s < 3, "F-04: a probe allows three seconds"
    for answer in await many:
        assert answer.status_code == 200, answer.text
        assert [one["name"] for one in answer.json()["items"]] == [ORGANISATION["name"]]
