"""No connection to a broker is left behind, whatever a start or an end is cut short by; on a real broker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.protocol.admin import ApiVersionRequest
from aiokafka.protocol.metadata import MetadataRequest

from libs.common import kafka_client
from libs.common.bus import Message, Subscription
from libs.common.kafka_bus import KafkaBus, KafkaPublisher
from libs.common.kafka_client import AIOKafkaAdminClient
from libs.common.kafka_config import KafkaConfig
from libs.common.kafka_topics import ensure_topics
from tests.engines.bed import TOPIC
from tests.engines.broker import KafkaBroker

pytestmark = pytest.mark.engines


class Watched:
    """Every connection that comes up meanwhile; the answer to one request is held back until it is let go.

    Others of this process, such as the consumer that a whole run of tests shares, are none of its business.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[AIOKafkaConnection] = []
        self._meant: type[Any] | None = None
        self._nth = 0
        self._sent, self._let_go = asyncio.Event(), asyncio.Event()
        really = AIOKafkaConnection.send

        def send(connection: AIOKafkaConnection, request: Any, expect_response: bool = True) -> Any:
            if isinstance(request, ApiVersionRequest):  # the greeting of a new one
                self.made.append(connection)
            answer = really(connection, request, expect_response)
            if self._meant is not None and isinstance(request, self._meant):
                self._nth -= 1
                if self._nth == 0:
                    self._sent.set()
                    return self._held(asyncio.ensure_future(answer))
            return answer

        monkeypatch.setattr(AIOKafkaConnection, "send", send)

    async def _held(self, answer: asyncio.Future[Any]) -> Any:
        try:
            await self._let_go.wait()
            return await answer
        finally:
            answer.cancel()

    def hold(self, request: type[Any], nth: int = 1) -> Awaitable[object]:
        """Hold back the answer to the nth such request from now; what is returned is done when it has gone out."""
        self._meant, self._nth = request, nth
        return asyncio.create_task(asyncio.wait_for(self._sent.wait(), 20))

    def let_go(self) -> None:
        """Let the answer come."""
        self._let_go.set()

    @property
    def open(self) -> list[AIOKafkaConnection]:
        """Those that hold a socket."""
        return [connection for connection in self.made if connection.connected()]


@pytest.fixture
async def watched(broker: KafkaBroker, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    """What the clients of one test open, on a broker that has the topic."""
    await ensure_topics(KafkaConfig(broker.bootstrap), [TOPIC])
    watched = Watched(monkeypatch)
    yield watched
    for connection in watched.open:
        connection.close()


STARTS: dict[str, Callable[[KafkaConfig], Awaitable[object]]] = {
    "topics": lambda config: ensure_topics(config, [TOPIC]),
    "publisher": lambda config: KafkaPublisher(config, frozenset({TOPIC})).publish([Message(TOPIC, "k", "{}")]),
}


@pytest.mark.parametrize(("start", "nth"), [("topics", 1), ("topics", 2), ("publisher", 1), ("publisher", 3)])
async def test_a_start_cut_while_the_broker_thinks_leaves_no_connection(
    start: str, nth: int, broker: KafkaBroker, watched: Watched
) -> None:
    """The broker was asked what it holds, for the nth time, and has not answered."""
    asked = watched.hold(MetadataRequest, nth)
    starting = asyncio.ensure_future(STARTS[start](KafkaConfig(broker.bootstrap)))
    await asyncio.wait({asked, starting}, return_when=asyncio.FIRST_COMPLETED)
    assert not starting.done()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert watched.made
    assert watched.open == []


async def test_a_bus_that_stops_while_it_joins_leaves_no_connection(broker: KafkaBroker, watched: Watched) -> None:
    """It is told to stop before its consumer has joined, at a different instant each time."""

    async def consume(_: list[Message]) -> None:
        await asyncio.sleep(0)

    for n in range(8):
        bus = KafkaBus(KafkaConfig(broker.bootstrap, start_limit_s=0.01 * n + 0.001))
        bus.subscribe(Subscription(f"cut short {n}", frozenset({TOPIC}), consume))
        await bus.start()
        await bus.stop()
        assert watched.open == []


async def test_a_connection_that_comes_up_while_its_client_closes_is_closed(
    broker: KafkaBroker, watched: Watched
) -> None:
    """A question opened it, and the client was closed before the broker had greeted."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    greeted = watched.hold(ApiVersionRequest, 2)  # the first greeting is the start's own
    await admin._client.bootstrap()
    asking = asyncio.create_task(admin._client.ready(admin._client.get_random_node()))
    await greeted
    await admin._client.close()
    watched.let_go()
    assert await asking is False
    assert watched.open == []


async def test_a_client_that_connects_again_keeps_nothing_of_what_it_had(
    broker: KafkaBroker, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the tasks of a client open after its start is not noted as opened by the start."""
    starts: list[kafka_client._Start] = []

    class Noted(kafka_client._Start):
        def __init__(self) -> None:
            super().__init__()
            starts.append(self)

    monkeypatch.setattr(kafka_client, "_Start", Noted)
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    for _ in range(3):
        before = len(watched.made)
        for connection in watched.open:
            connection.close(reason=CloseReason.CONNECTION_BROKEN)
        assert await admin._client.force_metadata_update()
        assert len(watched.made) > before
    await admin.close()
    assert [start.opened for start in starts] == [[]]
