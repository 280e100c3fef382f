"""What wakes a relay notices a database that is lost without a word, and listens again once it is back."""

import asyncio

import asyncpg
import pytest

from libs.common import listening
from libs.common.db_address import connect_arguments
from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.proxy import Proxy, to_socket
from tests.faults.stand import socket_of

CHANNEL = "words"
ANSWER_LIMIT_S = 0.5


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
            await asyncio.wait_for(wake.wait(), 20)  # at the beginning, for what was said before
            wake.clear()
            await saying.execute(f"NOTIFY {CHANNEL}")
            await asyncio.wait_for(wake.wait(), 20)
            known = proxy.accepted
            proxy.blackhole()
            async with asyncio.timeout(20):
                while proxy.accepted == known:  # noqa: ASYNC110 - the proxy tells nobody
                    await asyncio.sleep(0.05)
            wake.clear()
            await proxy.cut()
            await proxy.restore()
            await asyncio.wait_for(wake.wait(), 20)
            wake.clear()
            await saying.execute(f"NOTIFY {CHANNEL}")
            await asyncio.wait_for(wake.wait(), 20)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await saying.close()
