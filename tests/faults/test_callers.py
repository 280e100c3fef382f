"""Callers that send too much, too slowly, nothing, or leave: a real process bounds each of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.stand import Stand, standing

UPLOAD = "/intake/v1/applications/A-000001/documents"
USERS = "/intake/v1/organisations"
KB = 1 << 10
MB = 1 << 20


@pytest.fixture(scope="module")
async def stand(frail: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    """Intake's api with a second for bodies, sixty requests a minute, and a folder for what is temporary."""
    folder = tmp_path_factory.mktemp("callers")
    temporary = folder / "temporary"
    temporary.mkdir()
    more = {"DURE_BODY_TIMEOUT_S": "1", "DURE_RATE_PER_CALLER": "60/minute", "TMPDIR": str(temporary)}
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


async def answered_after(stand: Stand, sent: int, size: int) -> bytes:
    """Begin an upload of `size` bytes without a token, send `sent` of them, and read the answer's first line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stand.port)
    head = f"POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n"
    writer.write(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode())
    try:
        begun = b"".join([piece async for piece in pieces(1)])
        writer.write(begun[:sent])
        return await asyncio.wait_for(reader.readline(), 20)
    finally:
        writer.transport.abort()


def spooled(stand: Stand) -> list[str]:
    """What lies in the folders in which a body could be kept, and the files there that are open without a name."""
    assert stand.process is not None
    folders = [Path(stand.told["TMPDIR"]), Path(stand.told["DURE_STATE_DIR"]) / "incoming"]
    found = [str(one) for folder in folders for one in folder.rglob("*")]
    for one in Path(f"/proc/{stand.process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            found += [str(one.readlink())] * str(one.readlink()).startswith(tuple(map(str, folders)))
    return found


async def test_f_05_uploads_without_a_token_are_refused_unread(stand: Stand) -> None:
    """F-05: Eight uploads of 49 MB without a token are 401 each, before they are read: nothing is kept anywhere."""
    assert stand.process is not None
    process = psutil.Process(stand.process.pid)
    memory, written = process.memory_info().rss, process.io_counters().write_chars
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    sending = asyncio.gather(*(stand.http.post(UPLOAD, content=pieces(49), headers=headers) for _ in range(8)))
    peak, kept = memory, set[str]()
    while not sending.done():
        peak, kept = max(peak, process.memory_info().rss), kept | set(spooled(stand))
        await asyncio.sleep(0.01)
    assert [answer.status_code for answer in await sending] == [401] * 8
    wrong = {**headers, **stand.as_("reviewer", subject="w")}
    assert (await stand.http.post(UPLOAD, content=pieces(49), headers=wrong)).status_code == 403
    assert peak - memory < 30 * MB
    assert kept | set(spooled(stand)) == set()
    assert process.io_counters().write_chars - written < MB, "whatever it was written to, it would be counted here"


@pytest.mark.parametrize("sent", [0, KB, MB])
async def test_f_05_an_upload_without_a_token_is_answered_before_it_is_sent(stand: Stand, sent: int) -> None:
    """F-05: Eight uploads of 49 MB are 401 each after no more than their first bytes: the server asks for no others."""
    answers = await asyncio.gather(*(answered_after(stand, sent, 49 * MB) for _ in range(8)))
    assert {line.split()[1] for line in answers} == {b"401"}
    assert spooled(stand) == []


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
