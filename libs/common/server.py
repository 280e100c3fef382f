"""The HTTP server's own limits: heads that never end, bodies that nobody reads, more open files."""

import asyncio
import resource
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

OPEN_FILES_WANTED = 65_536
HEAD_LIMIT_S = 10.0
"""How long the head of a request may take, from the connection on or from its first byte."""
LINGER_LIMIT_S = 15.0
"""How long the rest of a body is still taken, and thrown away, after its answer went out."""


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, for a bounded time: a connection that is no use to anybody is closed."""

    _overdue: asyncio.TimerHandle | None = None
    _whole = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await a head."""
        super().connection_made(transport)
        self._close_in(HEAD_LIMIT_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Await nothing more."""
        self._close_in(None)
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._whole = False
        self._close_in(HEAD_LIMIT_S)

    def on_headers_complete(self) -> None:
        """A head is whole; how long its body may take is the route's business."""
        self._close_in(None)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A body is whole."""
        self._whole = True
        self._close_in(None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer went out, perhaps before its body was whole."""
        super().on_response_complete()
        if not self._whole and self._overdue is None:
            self._close_in(LINGER_LIMIT_S)

    def _close_in(self, seconds: float | None) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
        self._overdue = None if seconds is None else self.loop.call_later(seconds, self._close)

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()


def http_options(keep_alive_s: int) -> dict[str, Any]:
    """What every server of the house tells uvicorn; an idle connection stays open for so many seconds."""
    return {"http": PatientProtocol, "ws": "none", "timeout_keep_alive": keep_alive_s, "log_config": None}


def allow_open_files() -> None:
    """Raise the number of files and connections that this process may hold open, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
