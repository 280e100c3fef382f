"""The issuer that says who calls: never reached, lost later, hung or slow, and what callers and probes are told."""

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from libs.embedded.issuer import Issuer
from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.stand import Stand, spawn, standing

FETCH_S = 3.0
"""How long a process waits for the issuer's keys."""
SLACK_S = 6.0
"""What a loaded machine may add to any limit."""
ROUTE = "/review/v1/operations/bus"


async def ask(stand: Stand, subject: str, issuer: Issuer | None = None) -> httpx.Response:
    """A request with a new token: of the known issuer's key, or of another one."""
    token = (issuer or stand.issuer).token("operator", subject=subject)
    return await stand.http.get(ROUTE, headers={"Authorization": f"Bearer {token}"})


async def notes(stand: Stand) -> list[str]:
    """What readiness notes of a process that is ready."""
    answer = await stand.probe.get("/readyz")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["notes"])


async def noted_while_asked(stand: Stand, fresh: Issuer) -> None:
    """Ask with a key that is not known until readiness notes the issuer; each answer is 401."""
    async with asyncio.timeout(60):
        while not await notes(stand):
            answer = await ask(stand, "fresh", fresh)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")
            await asyncio.sleep(0.2)


def assert_unavailable(answer: httpx.Response) -> None:
    """503 that names the issuer, with the time to wait."""
    assert (answer.status_code, answer.json()["code"]) == (503, "issuer_unavailable"), answer.text
    assert int(answer.headers["Retry-After"]) >= 1


async def test_f_08_an_api_without_an_issuer_does_not_start(tmp_path: Path) -> None:
    """F-08: Empty settings end the start with a sentence that names them."""
    log = tmp_path / "api.log"
    process = spawn("services.intake", "api", {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin"}, log)
    assert await asyncio.to_thread(process.wait, 60) == 2
    assert "DURE_OIDC_ISSUER, DURE_OIDC_JWKS_URL" in log.read_text()


async def test_f_08_an_issuer_that_is_never_reached_is_told(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-08, F-82: Without ever a key: not ready, and 503 with the time to wait."""
    async with standing("review", frail, tmp_path, DURE_OIDC_JWKS_URL="http://127.0.0.1:1/jwks") as stand:
        ready = await stand.first_answer("/readyz")
        assert (ready.status_code, ready.json()["why_not"].split(":")[0]) == (503, "issuer")
        await stand.port_open()
        assert_unavailable(await ask(stand, "somebody"))


async def test_f_08_an_issuer_that_is_lost_later_is_told(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-08, F-82: Known keys serve on and a new one is 401, while readiness notes who is away; in the end it is 503."""
    fresh = Issuer.open(tmp_path / "fresh.json")
    async with standing("review", frail, tmp_path, DURE_OIDC_KEYS_OUTLIVE_S="25") as stand:
        await stand.await_ready()
        assert await notes(stand) == []
        await stand.keys.cut()
        await noted_while_asked(stand, fresh)
        assert (await ask(stand, "known")).status_code == 200
        assert (await notes(stand))[0].startswith("issuer: ")
        async with asyncio.timeout(60):
            while (answer := await ask(stand, "later")).status_code == 200:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert_unavailable(answer)
        ready = await stand.probe.get("/readyz")
        assert (ready.status_code, ready.json()["why_not"].split(":")[0]) == (503, "issuer")


@pytest.mark.parametrize("how", ["silent", "dripping"])
async def test_f_08_an_issuer_that_hangs_from_the_start_keeps_nobody(
    frail: EmbeddedPostgres, tmp_path: Path, how: str
) -> None:
    """F-08: Twenty first callers of an issuer that says nothing, or a letter now and then, are each 503 in time."""
    started = time.monotonic()
    async with standing("review", frail, tmp_path, issuer_hangs=how) as stand:
        ready = await stand.first_answer("/readyz")
        assert (ready.status_code, ready.json()["why_not"].split(":")[0]) == (503, "issuer")
        await stand.port_open()
        began = time.monotonic()
        for answer in await asyncio.gather(*(ask(stand, f"one-{n}") for n in range(20))):
            assert_unavailable(answer)
        assert time.monotonic() - began < FETCH_S + SLACK_S
        assert stand.keys.accepted <= 1 + (time.monotonic() - started) / FETCH_S, "one at a time"
        stand.key_server.drip_s = 0.0
        await stand.keys.restore()
        await stand.await_ready()
        assert (await ask(stand, "somebody")).status_code == 200
        assert await notes(stand) == []


async def test_f_08_an_issuer_that_hangs_later_delays_only_who_needs_it(
    frail: EmbeddedPostgres, tmp_path: Path
) -> None:
    """F-08: A token with a new key is 401 within the limit, known ones do not wait; once the key is told it holds."""
    fresh = Issuer.open(tmp_path / "fresh.json")
    async with standing("review", frail, tmp_path) as stand:
        await stand.await_ready()
        stand.key_server.drip_s = 0.5
        async with asyncio.timeout(60):
            while not await notes(stand):
                began = time.monotonic()
                asking = asyncio.create_task(ask(stand, "fresh", fresh))
                await asyncio.sleep(0.1)
                assert (await asyncio.wait_for(ask(stand, "known"), FETCH_S)).status_code == 200
                assert (await asking).status_code == 401
                assert time.monotonic() - began < FETCH_S + SLACK_S
        stand.key_server.drip_s = 0.0
        stand.key_server.tell({"keys": [*stand.issuer.jwks()["keys"], *fresh.jwks()["keys"]]})
        async with asyncio.timeout(60):
            while (await ask(stand, "fresh", fresh)).status_code != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert (await ask(stand, "known")).status_code == 200
        assert await notes(stand) == []
