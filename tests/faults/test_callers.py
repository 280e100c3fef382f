"""Callers that send too much, too slowly, nothing, or leave: a real process bounds each of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.stand import Stand, spawn, standing

UPLOAD = "/intake/v1/applications/A-000001/documents"
USERS = "/intake/v1/organisations"
MB = 1 << 20


@pytest.fixture(scope="module")
async def stand(frail: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    """Intake's api with a second for bodies and sixty requests a minute."""
    folder = tmp_path_factory.mktemp("callers")
    more = {"DURE_BODY_TIMEOUT_S": "1", "DURE_RATE_PER_CALLER": "60/minute", "TMPDIR": str(folder)}
    async with standing("intake", frail, folder, **more) as one:
        await one.await_ready()
        yield one


async def pieces(count: int) -> AsyncIterator[bytes]:
    """A form with one file of so many mebibytes."""
    yield b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nplan\r\n'
    yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    for _ in range(count):
        yield b"\0" * MB
    yield b"\r\n--x--\r\n"


async def test_f_05_uploads_without_a_token_are_refused_unread(stand: Stand) -> None:
    """F-05: Eight uploads of 49 MB without a token are 401 each; nothing is spooled, no memory is filled."""
    assert stand.process is not None
    before = psutil.Process(stand.process.pid).memory_info().rss
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    sent = [stand.http.post(UPLOAD, content=pieces(49), headers=headers) for _ in range(8)]
    assert [answer.status_code for answer in await asyncio.gather(*sent)] == [401] * 8
    wrong = {**headers, **stand.as_("reviewer", subject="w")}
    assert (await stand.http.post(UPLOAD, content=pieces(49), headers=wrong)).status_code == 403
    assert psutil.Process(stand.process.pid).memory_info().rss - before < 30 * MB


async def lines(
    stand: Stand, path: str, subject: str, length: int, *rest: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Begin a POST by hand."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stand.port)
    token = stand.as_("officer", subject=subject)["Authorization"]
    head = [f"POST {path} HTTP/1.1", "Host: x", f"Authorization: {token}", f"Content-Length: {length}"]
    writer.write("\r\n".join([*head, "Content-Type: application/json", "", ""]).encode())
    await writer.drain()
    return reader, writer


async def test_f_05_a_body_that_never_ends_is_408(stand: Stand) -> None:
    """F-05: A body that drips in gets no longer than its route allows, and is told so."""
    reader, writer = await lines(stand, USERS, "slow", 1000)
    answer = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
    async with asyncio.timeout(20):
        while not answer.done():
            writer.write(b"{")
            await asyncio.sleep(0.2)
    assert (await answer).startswith(b"HTTP/1.1 408")
    writer.close()


async def test_f_06_a_caller_that_hangs_up_is_no_server_error(stand: Stand) -> None:
    """F-06: Who leaves in the middle of a body is counted as 499, without a traceback in the log."""
    _, writer = await lines(stand, USERS, "gone", 1000)
    writer.write(b'{"name":')
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.transport.abort()
    counted = 'method="POST",route="/v1/organisations",status="499"'
    async with asyncio.timeout(15):
        while counted not in (await stand.probe.get("/metrics")).text:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    assert "Traceback" not in stand.log.read_text()


async def test_f_50_a_caller_that_asks_too_often_is_429(stand: Stand) -> None:
    """F-50: Beyond the limit of its settings a caller waits as long as it is told; others are answered."""
    answers = [await stand.http.get(USERS, headers=stand.as_("officer", subject="eager")) for _ in range(70)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 5
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    assert refused[0].json()["code"] == "too_many_requests"
    assert (await stand.http.get(USERS, headers=stand.as_("officer", subject="calm"))).status_code == 200


async def test_f_50_a_hundred_parallel_lists_do_not_hold_others_up(stand: Stand) -> None:
    """F-50: One caller's hundred parallel requests take at most its own share of the connections."""
    many = asyncio.gather(*(stand.http.get(USERS, headers=stand.as_("officer", subject="crowd")) for _ in range(50)))
    other = await asyncio.wait_for(stand.http.get(USERS, headers=stand.as_("officer", subject="other")), 10)
    assert other.status_code == 200
    assert {answer.status_code for answer in await many} == {200}


async def test_two_thousand_idle_connections_hinder_nobody(stand: Stand) -> None:
    """Connections that say nothing cost a file each, are closed after ten seconds, and hold nobody up."""
    idle = [await asyncio.open_connection("127.0.0.1", stand.port) for _ in range(2000)]
    try:
        answer = await asyncio.wait_for(stand.http.get(USERS, headers=stand.as_("officer", subject="busy")), 10)
        assert answer.status_code == 200
        assert (await stand.probe.get("/readyz")).status_code == 200
        async with asyncio.timeout(40):
            for reader, _ in idle:
                with contextlib.suppress(ConnectionError):
                    assert await reader.read(1) == b""
    finally:
        for _, writer in idle:
            writer.close()


async def test_f_08_an_api_without_an_issuer_does_not_start(tmp_path: Path) -> None:
    """F-08: Empty settings end the start with a sentence that names them."""
    log = tmp_path / "api.log"
    process = spawn("services.intake", "api", {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin"}, log)
    assert await asyncio.to_thread(process.wait, 60) == 2
    assert "DURE_OIDC_ISSUER, DURE_OIDC_JWKS_URL" in log.read_text()


async def test_f_08_an_issuer_that_is_away_is_told(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-08, F-82: Never reached: not ready, 503. Lost later: the last keys serve, and readiness says who is away."""
    async with standing("review", frail, tmp_path, DURE_OIDC_KEYS_OUTLIVE_S="3600") as stand:
        await stand.await_ready()
        await stand.keys.cut()
        answer = await stand.http.get("/review/v1/operations/bus", headers=stand.as_("operator"))
        assert answer.status_code == 200
    async with standing("review", frail, tmp_path, DURE_OIDC_JWKS_URL="http://127.0.0.1:1/jwks") as stand:
        ready = await stand.first_answer("/readyz")
        assert (ready.status_code, ready.json()["why_not"].split(":")[0]) == (503, "issuer")
        await stand.port_open()
        answer = await stand.http.get("/review/v1/operations/bus", headers=stand.as_("operator"))
        assert (answer.status_code, answer.json()["code"]) == (503, "issuer_unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
