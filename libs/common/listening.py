"""Wakes a relay as soon as something is said: LISTEN on a connection of its own, opened again whenever it is lost."""

import asyncio

import asyncpg

from libs.common import log
from libs.common.db_address import connect_arguments

LISTEN_AGAIN_S = 1.0
_log = log.get(__name__)


async def keep_listening(database_url: str, channel: str, wake: asyncio.Event) -> None:
    """Set `wake` at every word on the channel, and at the beginning, for what was said before; never returns."""
    while True:
        try:
            await _listen(database_url, channel, wake)
        except (OSError, asyncpg.exceptions.PostgresError, asyncpg.exceptions.InterfaceError):
            _log.warning("listen_lost", channel=channel)
        await asyncio.sleep(LISTEN_AGAIN_S)


async def _listen(database_url: str, channel: str, wake: asyncio.Event) -> None:
    gone = asyncio.Event()
    connection = await asyncpg.connect(**connect_arguments(database_url))  # type: ignore[no-untyped-call]
    try:
        connection.add_termination_listener(lambda *_: gone.set())
        await connection.add_listener(channel, lambda *_: wake.set())
        wake.set()
        await gone.wait()
    finally:
        await connection.close(timeout=2)
