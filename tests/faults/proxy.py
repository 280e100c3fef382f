"""A TCP proxy for tests that can delay what passes, swallow it, or cut every connection."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Self

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CHUNK = 65_536


def to_socket(path: str) -> Callable[[], Awaitable[Streams]]:
    """Connects to a socket in the file system, such as the embedded PostgreSQL's."""
    return lambda: asyncio.open_unix_connection(path)


def to_port(port: int) -> Callable[[], Awaitable[Streams]]:
    """Connects to a port of this machine."""
    return lambda: asyncio.open_connection("127.0.0.1", port)


class Proxy:
    """Stands before a server; passes everything on until told otherwise."""

    def __init__(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        self._connect = connect
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._passing = asyncio.Event()
        self._passing.set()
        self.port = 0
        self.delay_s = 0.0
        """How long every piece waits before it is passed on."""
        self.accepted = 0

    async def __aenter__(self) -> Self:
        await self.restore()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    def blackhole(self) -> None:
        """Keep connections and take new ones, but let nothing through: a host that is gone without a word."""
        self._passing.clear()

    async def cut(self) -> None:
        """End every connection and refuse new ones: a server that is not there."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def restore(self) -> None:
        """Let everything through again, on the same port."""
        self.delay_s = 0.0
        self._passing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._open.add(writer)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            there = await self._connect()
            self._open.add(there[1])
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, there[1]))
                both.create_task(self._pump(there[0], writer))
            there[1].close()
            self._open.discard(there[1])
        writer.close()
        self._open.discard(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(CHUNK):
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                await self._passing.wait()
                writer.write(piece)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
