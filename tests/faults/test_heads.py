"""Heads of requests that are longer than any of ours: a real process answers them, and no other waits for it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.stand import Stand, standing

LIST = "/intake/v1/organisations"


@pytest.fixture(scope="module")
async def stand(frail: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    """Intake's api."""
    async with standing("intake", frail, tmp_path_factory.mktemp("heads")) as one:
        await one.await_ready()
        yield one


async def answer_to(stand: Stand, *head: bytes) -> bytes:
    """What the process answers to a head that is sent by hand; nothing where it only closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stand.port)
    try:
        async with asyncio.timeout(20):
            for piece in head:
                writer.write(piece)
                await writer.drain()
            return await reader.read()
    finally:
        writer.transport.abort()


@pytest.mark.parametrize("length", [9_000, 60_000, 400_000])
async def test_f_05_a_long_address_is_414(stand: Stand, length: int) -> None:
    """F-05: An address above the limit is 414 by its code and names the limit in both languages, however long it is."""
    answer = await answer_to(
        stand, f"GET /intake/{'a' * length} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 414 "), answer[:200]
    assert b'"code":"address_too_long"' in answer.replace(b": ", b":")
    assert answer.count(b"8,192") >= 2
    assert "바이트".encode() in answer
    assert (await stand.http.get(LIST, headers=stand.as_("officer", subject="after"))).status_code == 200


async def test_f_05_a_long_query_is_414_and_counted(stand: Stand) -> None:
    """F-05: The query counts; the answer carries a correlation id and is seen on the metrics."""
    answer = await stand.http.get(f"{LIST}?cursor={'a' * 9_000}", headers=stand.as_("officer"))
    assert (answer.status_code, answer.json()["code"]) == (414, "address_too_long")
    assert answer.json()["facts"] == {"bytes_sent": len(LIST) + 9_007, "bytes_max": 8_192}
    assert answer.headers["x-correlation-id"] == answer.json()["correlation_id"]
    assert 'status="414"' in (await stand.probe.get("/metrics")).text


async def test_f_05_a_head_without_end_is_431(stand: Stand) -> None:
    """F-05: Headers above the limit, in one piece or many, in one line or many, are 431 before the head is whole."""
    begun = f"GET {LIST} HTTP/1.1\r\nHost: x\r\n".encode()
    for pieces in (
        [begun, b"X-Long: " + b"a" * 40_000],
        [begun, *([b"X-Line: " + b"a" * 1_000 + b"\r\n"] * 40)],
        [begun + b"X-Long: " + b"a" * 40_000 + b"\r\n\r\n"],
    ):
        answer = await answer_to(stand, *pieces)
        assert answer.startswith(b"HTTP/1.1 431 "), answer[:200]
        assert answer.count(b"32,768") >= 2
    allowed = await stand.http.get(LIST, headers={**stand.as_("officer", subject="long"), "X-Long": "a" * 20_000})
    assert allowed.status_code == 200
    assert "Traceback" not in stand.log.read_text()


@pytest.mark.parametrize("length", [100, 12_000], ids=["short", "long"])
async def test_f_05_a_connection_is_used_again_and_again(stand: Stand, length: int) -> None:
    """F-05: The limit is each head's own: a kept connection that sent far more than it in all is still served."""
    head = f"GET {LIST} HTTP/1.1\r\nHost: x\r\nX-Long: {'a' * length}\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", stand.port)
    try:
        async with asyncio.timeout(60):
            for _ in range(2 + 100_000 // len(head)):
                writer.write(head)
                told = await reader.readuntil(b"\r\n\r\n")
                assert told.startswith(b"HTTP/1.1 401 "), told[:200]
                (length_told,) = [line for line in told.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                await reader.readexactly(int(length_told.split(b":")[1]))
    finally:
        writer.transport.abort()


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in pieces"])
async def test_f_62_too_large_a_body_names_the_limit(stand: Stand, declared: bool) -> None:
    """F-62: 413 tells how many bytes are taken, whether the size was told before or came out on the way."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * (1 << 16)

    content = bytes(20 << 16) if declared else pieces()
    headers = {**stand.as_("officer", subject=f"large-{declared}"), "Content-Type": "application/json"}
    answer = await stand.http.post(LIST, content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.json()["facts"] == {"bytes_max": 1 << 20}
    assert "1,048,576바이트" in answer.json()["messages"]["ko"]
    assert "1,048,576 bytes" in answer.json()["messages"]["en"]
