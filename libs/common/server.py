"""The HTTP server's own limits: heads that are too long or never end, bodies that nobody reads, more open files."""

import asyncio
import json
import resource
import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from libs.common.arrival import keep_arrival
from libs.common.problems import MEDIA_TYPE, TITLES, problem_body
from libs.common.settings import Settings
from libs.common.size_limits import ADDRESS_BYTES_MAX

OPEN_FILES_WANTED = 65_536
HEAD_BYTES_MAX = 32_768
"""How long the head of a request may be: address and headers together."""


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, for a bounded time: a connection that is no use to anybody is closed."""

    patience: Settings
    """How long for what: its timeouts of head, linger and unread."""
    _overdue: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _whole = True
    _head_bytes = 0
    _in_head = True
    _ended_here = False
    """Whether a request ended in the bytes that are being taken."""
    _refused = False
    url = b""
    _taken_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await a head."""
        super().connection_made(transport)
        self._close_in(self.patience.head_timeout_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Await nothing more."""
        self._close_in(None)
        self._read_again()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The caller reads nothing of its answer."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self.patience.unread_timeout_s, self._close)

    def resume_writing(self) -> None:
        """It reads on."""
        self._read_again()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Take the next bytes; a head that is too long already is not awaited any further."""
        if self._refused:
            return
        self._ended_here = False
        self._taken_at = time.monotonic()
        super().data_received(data)
        if self._in_head and not self._refused:
            # bytes that a request ended in are its own; of the next one's head they hold a part at most
            self._head_bytes = 0 if self._ended_here else self._head_bytes + len(data)
            if self._head_bytes > HEAD_BYTES_MAX:
                self._refuse()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._whole, self._in_head, self._head_bytes = False, True, 0
        self._close_in(self.patience.head_timeout_s)

    def on_headers_complete(self) -> None:
        """A head is whole; how long its body may take is the route's business."""
        self._close_in(None)
        self._in_head = False
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES_MAX:
            self._refuse()
        else:
            keep_arrival(self.scope["state"], self._taken_at)
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """A body is whole."""
        self._whole = self._ended_here = True
        if self._refused:
            return
        self._in_head, self._head_bytes = True, 0
        self._close_in(None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer went out, perhaps before its body was whole."""
        super().on_response_complete()
        if not self._whole and self._overdue is None:
            self._close_in(self.patience.linger_timeout_s)

    def _refuse(self) -> None:
        """Answer that the address or the whole head is too long, and read nothing more of this connection."""
        self._refused = True
        too_long = len(self.url) > ADDRESS_BYTES_MAX
        status, code = (414, "address_too_long") if too_long else (431, "head_too_large")
        facts = (
            {"bytes_sent": len(self.url), "bytes_max": ADDRESS_BYTES_MAX} if too_long else {"bytes_max": HEAD_BYTES_MAX}
        )
        body = json.dumps(problem_body(None, status, code, facts), ensure_ascii=False).encode()
        head = (
            f"HTTP/1.1 {status} {TITLES[status][1]}\r\nContent-Type: {MEDIA_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._close_in(self.patience.linger_timeout_s)

    def _read_again(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _close_in(self, seconds: float | None) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
        self._overdue = None if seconds is None else self.loop.call_later(seconds, self._close)

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()


def http_options(settings: Settings) -> dict[str, Any]:
    """What every server of the house tells uvicorn."""
    protocol = type("Protocol", (PatientProtocol,), {"patience": settings})
    return {"http": protocol, "ws": "none", "timeout_keep_alive": settings.keep_alive_s, "log_config": None}


def allow_open_files() -> None:
    """Raise the number of files and connections that this process may hold open, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
