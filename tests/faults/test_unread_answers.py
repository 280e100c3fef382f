"""A caller that reads nothing of its answer holds its connection for a bounded time; on a real process."""

import asyncio
import socket
from pathlib import Path

import psutil
import pytest

from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.stand import standing

ANSWERS = 40
"""Of a megabyte each, one behind the other: more than the buffers of both ends take."""
TRIES = 300


async def test_f_06_a_caller_that_reads_nothing_is_let_go(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-06: After the setting's time the server closes the connection; one that reads slowly has all of its answer."""
    async with standing("intake", frail, tmp_path, DURE_UNREAD_TIMEOUT_S="1") as stand:
        await stand.await_ready()
        page = (await stand.http.get("/intake/docs")).text
        script = next(part for part in page.split('"') if part.endswith(".js"))
        whole = (await stand.http.get(script)).content
        assert len(whole) > 500_000
        loop = asyncio.get_running_loop()
        with socket.socket() as caller:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            caller.setblocking(False)
            await loop.sock_connect(caller, ("127.0.0.1", stand.port))
            await loop.sock_sendall(caller, f"GET {script} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * ANSWERS)
            assert stand.process is not None
            for _ in range(TRIES):
                if not _is_open(stand.process.pid, caller.getsockname()[1]):
                    break
                await asyncio.sleep(0.1)
            else:
                pytest.fail("the connection is still held")
        async with stand.http.stream("GET", script) as slow:
            read = 0
            async for piece in slow.aiter_bytes(200_000):
                read += len(piece)
                await asyncio.sleep(0.3)
        assert read == len(whole)


def _is_open(pid: int, port: int) -> bool:
    return any(one.raddr and one.raddr.port == port for one in psutil.Process(pid).net_connections("tcp"))
