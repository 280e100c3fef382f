"""What wakes a relay notices a database that is lost without a word, and listens again once it is back."""

import asyncio
import contextlib

import asyncpg
import pytest

from libs.common import listening
from libs.common.db_address import connect_arguments
from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.proxy import Proxy, to_socket
from tests.faults.stand import socket_of

CHANNEL = "words"
ANSWER_LIMIT_S = 0.5
WAKE_S_MAX = 20.0


async def is_woken(wake: asyncio.Event) -> bool:
    """Whether the relay is woken within some seconds; it sleeps again afterwards."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(wake.wait(), WAKE_S_MAX)
    woken = wake.is_set()
    wake.clear()
    return woken


async def test_f_82_a_listener_whose_server_is_lost_listens_again(
    frail: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-82: A black hole ends no connection; it is taken for lost after a while, and another one is opened."""
    monkeypatch.setattr(listening, "ASK_EVERY_S", 0.3)
    monkeypatch.setattr(listening, "LISTEN_AGAIN_S", 0.1)
    saying = await asyncpg.connect(**connect_arguments(frail.url("postgres")))
    wake = asyncio.Event()
    async with Proxy(to_socket(socket_of(frail))) as proxy:
        url = f"postgresql+asyncpg://postgres@127.0.0.1:{proxy.port}/postgres"
        task = asyncio.create_task(listening.keep_listening(url, CHANNEL, wake, ANSWER_LIMIT_S))
        try:
            assert await is_woken(wake), "at the beginning, for what was said before"
            await saying.execute(f"NOTIFY {CHANNEL}")
            assert await is_woken(wake), "by a word"
            known = proxy.accepted
            proxy.blackhole()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WAKE_S_MAX):
                    while proxy.accepted == known:  # noqa: ASYNC110 - the proxy tells nobody
                        await asyncio.sleep(0.05)
            assert proxy.accepted > known, "another connection in the place of the one that is silent"
            wake.clear()
            await proxy.cut()
            await proxy.restore()
            assert await is_woken(wake), "once it listens again, for what was said meanwhile"
            await saying.execute(f"NOTIFY {CHANNEL}")
            assert await is_woken(wake), "by a word on the new connection"
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await saying.close()
