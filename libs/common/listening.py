"""Wakes a relay as soon as something is said: LISTEN on a connection of its own, opened again whenever it is lost."""

import asyncio
import contextlib

import asyncpg

from libs.common import log
from libs.common.db_address import connect_arguments

LISTEN_AGAIN_S = 1.0
ASK_EVERY_S = 10.0
"""How often the server is asked whether it is still there: one that is lost without a word ends no connection."""
_log = log.get(__name__)


async def keep_listening(database_url: str, channel: str, wake: asyncio.Event, answer_limit_s: float) -> None:
    """Set `wake` at every word on the channel, and at the beginning, for what was said before; never returns.

    `answer_limit_s`: how long a connection, and an answer on it, may take before it counts as lost.
    """
    while True:
        try:
            await _listen(database_url, channel, wake, answer_limit_s)
        except (OSError, TimeoutError, asyncpg.exceptions.PostgresError, asyncpg.exceptions.InterfaceError):
            _log.warning("listen_lost", channel=channel)
        await asyncio.sleep(LISTEN_AGAIN_S)


async def _listen(database_url: str, channel: str, wake: asyncio.Event, answer_limit_s: float) -> None:
    gone = asyncio.Event()
    told = connect_arguments(database_url)
    connection = await asyncpg.connect(**told, timeout=answer_limit_s)  # type: ignore[no-untyped-call]
    try:
        connection.add_termination_listener(lambda *_: gone.set())
        await connection.add_listener(channel, lambda *_: wake.set())
        wake.set()
        while not gone.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(gone.wait(), ASK_EVERY_S)
                return
            await connection.execute("SELECT 1", timeout=answer_limit_s)
    finally:
        await connection.close(timeout=2)
