"""`dure bus` against a service that listens: what stands is shown and freed with a reason."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from typer.testing import CliRunner, Result

from libs.common.app import Mounted
from libs.common.bus import Message
from libs.common.events.metering import StatementClosed
from libs.operator.__main__ import app
from libs.operator.services import SERVICES
from tests.conftest import ServiceClient
from tests.libs.test_streams import Stream

Make = Callable[[str], Awaitable[ServiceClient]]


@asynccontextmanager
async def listening(client: ServiceClient, *names: str) -> AsyncIterator[str]:
    """The service at an address of its own, under these names."""
    apps = dict.fromkeys(names or ("billing",), client.app)
    config = uvicorn.Config(Mounted(apps), "127.0.0.1", 0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def dure(url: str, client: ServiceClient, *arguments: str) -> Result:
    """The operator's command, called by somebody with an operator's token."""
    told = {"DURE_API_URL": url, "DURE_TOKEN": client.token("operator"), "SERVICE": "billing"}
    return await asyncio.to_thread(CliRunner().invoke, app, ["bus", *arguments], env=told)


async def test_f_77_an_operator_frees_a_stream_from_the_command_line(service_client: Make) -> None:
    """F-77: `bus free` puts the standing event aside with a name and a reason; where nothing stands it says so."""
    stream: Any = Stream(await service_client("billing"))
    await stream.say("S-1", "S-2")
    async with listening(stream.client) as url:
        freed = await dure(url, stream.client, "free", "billing", "--reason", "오류 7", "--json")
        assert freed.exit_code == 0, freed.output
        await stream.bus.catch_up()
        assert stream.heard == ["S-2"]
        again = await dure(url, stream.client, "free", "billing", "--reason", "오류 7")
        dead = await dure(url, stream.client, "dead", "--service", "billing")
    assert again.exit_code == 1
    assert "dure: " in again.stderr
    assert dead.exit_code == 1
    assert "오류 7" in dead.stdout
    await stream.bus.stop()


@pytest.mark.parametrize(
    ("arguments", "words"), [(("free", "nobody", "--reason", "x"), "nobody"), (("free", "billing"), "--reason")]
)
async def test_asked_wrongly_it_says_what_is_missing(
    service_client: Make, arguments: tuple[str, ...], words: str
) -> None:
    """An unknown service and a missing reason end with 2 and a sentence."""
    client = await service_client("billing")
    told = await dure("http://127.0.0.1:1", client, *arguments)
    assert told.exit_code == 2
    assert words in told.stderr


async def test_what_a_stranger_wrote_cannot_steer_the_terminal(service_client: Make) -> None:
    """Keys and errors of foreign messages are shown with their escapes, in `dead` and in `lag`."""
    stream: Any = Stream(await service_client("billing"))
    topic, evil = StatementClosed.topic(), "k\x1b]0;owned\x07"
    await stream.bus.publish([Message(topic, evil, "{}")])
    await stream.bus.publish([replace(stream.message("S-1"), key=evil)])
    async with listening(stream.client, *SERVICES) as url:
        dead = await dure(url, stream.client, "dead", "--service", "billing")
        lag = await dure(url, stream.client, "lag")
    for told in (dead, lag):
        assert "k\\x1b]0;owned\\x07" in told.stdout
        assert "\x1b" not in told.stdout
    await stream.bus.stop()
