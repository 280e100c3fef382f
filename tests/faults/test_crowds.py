"""Many requests of one caller or organisation: each is held or told 429, and nobody else waits for them (F-50)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest

from libs.common.db import connect_arguments
from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.stand import Stand, standing

LOCKED, OTHER = "/intake/v1/organisations", "/intake/v1/programmes"
CROWD, REFUSED, PARALLEL = 100, 10, 6
PER_ORGANISATION = 20
OTHERS_WAIT_S_MAX = 3.0
"""How long whoever is not of the crowd may wait, on a loaded machine too; it was 7 s."""
AT_THE_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'organisation'::regclass"


@pytest.fixture(scope="module")
async def stand(frail: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    """Intake's api with as many connections and places as it has by itself, and a hundred requests a caller at most."""
    told = {
        "DURE_WAITING_PER_CALLER": str(CROWD - PARALLEL),
        "DURE_RATE_PER_ORGANISATION": f"{PER_ORGANISATION}/hour",
        "DURE_DATABASE_LOCK_TIMEOUT_S": "40",
        "DURE_DATABASE_STATEMENT_TIMEOUT_S": "50",
    }
    async with standing("intake", frail, tmp_path_factory.mktemp("crowds"), **told) as one:
        await one.await_ready()
        await one.http.aclose()
        one.http = httpx.AsyncClient(
            base_url=one.http.base_url, timeout=60, trust_env=False, limits=httpx.Limits(max_connections=None)
        )
        yield one


@asynccontextmanager
async def organisations_locked(stand: Stand, frail: EmbeddedPostgres) -> AsyncIterator[asyncpg.Connection]:
    """Another session holds the table of organisations, so that every list of them stays in hand."""
    connection = await asyncpg.connect(**connect_arguments(frail.url(stand.log.stem)))
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE organisation IN ACCESS EXCLUSIVE MODE")
            yield connection
    finally:
        await connection.close()


async def test_f_50_a_hundred_parallel_lists_do_not_hold_others_up(stand: Stand, frail: EmbeddedPostgres) -> None:
    """F-50: Of 110 slow lists a hundred wait their turn, ten are 429 `too_many_at_once`; others are answered."""
    headers = stand.as_("officer", subject="crowd")
    async with organisations_locked(stand, frail) as locking:
        many = [asyncio.create_task(stand.http.get(LOCKED, headers=headers)) for _ in range(CROWD + REFUSED)]
        async with asyncio.timeout(30):
            while sum(one.done() for one in many) < REFUSED:
                await asyncio.wait([one for one in many if not one.done()], return_when=asyncio.FIRST_COMPLETED)
            while await locking.fetchval(AT_THE_LOCK) < PARALLEL:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        assert await locking.fetchval(AT_THE_LOCK) == PARALLEL, "so many of a caller's requests are worked on together"
        calm = stand.http.get(OTHER, headers=stand.as_("officer", subject="calm"))
        assert (await asyncio.wait_for(calm, OTHERS_WAIT_S_MAX)).status_code == 200
        assert sum(one.done() for one in many) == REFUSED
    answers = await asyncio.gather(*many)
    assert [answer.status_code for answer in answers].count(200) == CROWD
    for refused in (answer for answer in answers if answer.status_code != 200):
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
        assert refused.headers["Retry-After"] == "1"
        assert refused.json()["facts"]["parallel_max"] == PARALLEL


async def test_f_50_an_organisation_that_asks_too_often_is_429(stand: Stand) -> None:
    """F-50: All callers of an organisation are counted together, whoever they are; another organisation is not."""

    async def ask(subject: str, organisation: str) -> httpx.Response:
        headers = stand.as_("applicant", subject=subject, organisation_id=organisation)
        return await stand.http.get(OTHER, headers=headers)

    within = [await ask(f"member-{n % 5}", "ORG-1") for n in range(PER_ORGANISATION)]
    assert {answer.status_code for answer in within} == {200}
    for subject in ("member-0", "newcomer"):
        refused = await ask(subject, "ORG-1")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert refused.json()["facts"]["requests_max"] == PER_ORGANISATION
        assert 1 <= int(refused.headers["Retry-After"]) <= 3600
    assert (await ask("member-0", "ORG-2")).status_code == 200
    assert (await ask("officer", "")).status_code == 200
