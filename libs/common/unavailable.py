"""Which errors say "not now" rather than "not so": the database away, frozen, full, starting, locked or busy."""

from collections.abc import Iterator

from asyncpg.exceptions import InterfaceError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

BUSY_RETRY_S = 1
AWAY_RETRY_S = 5
BUSY = frozenset({"55P03", "57014", "40001", "40P01"})
"""A lock or a statement took too long, or two transactions stood in each other's way: soon over."""
AWAY = frozenset({"25006", "25P02", "25P03", "57P01", "57P02", "57P03", "57P04", "57P05", "58000", "58030"})
"""Shutting down, starting up, read-only after a switch of servers, the session ended from outside, the disk failing."""
AWAY_CLASSES = ("08", "53")
"""No connection; no disk, memory or connection left."""


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error, what SQLAlchemy wrapped in it, and what caused each."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, getattr(one, "orig", None)]


def sqlstate(error: BaseException) -> str:
    """The state that the server told with an error, "" where it told none."""
    return next((str(state) for one in causes(error) if (state := getattr(one, "sqlstate", None))), "")


def retry_after_s(error: BaseException) -> int | None:
    """After how many seconds the same request may succeed; none where waiting changes nothing."""
    state = sqlstate(error)
    if state:
        if state in BUSY:
            return BUSY_RETRY_S
        return AWAY_RETRY_S if state in AWAY or state.startswith(AWAY_CLASSES) else None
    if isinstance(error, PoolTimeoutError):
        return BUSY_RETRY_S
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return AWAY_RETRY_S if lost or any(_no_answer(one) for one in causes(error)) else None


def _no_answer(error: BaseException) -> bool:
    """Whether a connection failed; an error that names a file is about that file."""
    return isinstance(error, InterfaceError) or (isinstance(error, OSError) and error.filename is None)
