"""A stream that stands: who tells of it, how it is freed, what is kept of that."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import generate_latest
from sqlalchemy import text

from libs.common import dead_letters
from libs.common.bus import Message
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.events.envelope import wrap
from libs.common.events.metering import StatementClosed
from libs.embedded.local_bus import LocalBus
from tests.conftest import ServiceClient

Make = Callable[[str], Awaitable[ServiceClient]]
FREE = "/v1/operations/bus/free"


class Stream:
    """Billing behind a local bus of its own, whose handler of statements has a bug for one of them."""

    def __init__(self, client: ServiceClient) -> None:
        self.client, self.heard = client, list[str]()
        self.broken = {"S-1"}
        handlers = {**client.service.handlers, StatementClosed: self._hear}
        client.runtime.service = replace(client.runtime.service, handlers=handlers)
        self.bus = client.runtime.bus = LocalBus()
        self.bus.subscribe(client.runtime.subscription())

    async def _hear(self, _tx: Tx, event: StatementClosed, _clock: Clock) -> None:
        if event.statement_id in self.broken:
            raise RuntimeError("a bug of ours")
        self.heard.append(event.statement_id)

    async def say(self, *names: str) -> None:
        """Statements of these ids reach billing."""
        await self.bus.publish([self.message(name) for name in names])

    def message(self, name: str) -> Message:
        """A closed statement as metering says it."""
        now = self.client.clock.now()
        event = StatementClosed(
            statement_id=name, provider_id="alpha", programme_code="p", programme_version=1, month="2025-10",
            closed_at=now, sha256="a" * 64, lines=[],
        )  # fmt: skip
        return Message(event.topic(), name, wrap(event, now=now, correlation_id="t").model_dump_json())

    async def told(self) -> Any:
        """What operators read of the bus."""
        headers = self.client.as_("operator")
        return (await self.client.http.get("/v1/operations/bus", headers=headers)).json()

    async def free(self, reason: str = "오류 7") -> Any:
        """An operator frees the stream."""
        return await self.client.http.post(FREE, json={"reason": reason}, headers=self.client.as_("operator"))

    def metric(self, name: str) -> float:
        """One sample of the service's metrics."""
        told = generate_latest(self.client.runtime.service.registry).decode()
        return next(float(line.rsplit(" ", 1)[1]) for line in told.splitlines() if line.startswith(name + " "))


@pytest.fixture
async def stream(service_client: Make) -> Any:
    """A stream of statements."""
    stream = Stream(await service_client("billing"))
    yield stream
    await stream.bus.stop()


async def test_f_77_a_stream_that_stands_says_why_and_is_freed_without_sql(stream: Stream) -> None:
    """F-77: readiness, operators' view and metric tell it; a command puts the event aside with who and why."""
    await stream.say("S-1", "S-2")
    assert "a bug of ours" in await stream.client.runtime.not_ready()
    told = await stream.told()
    (standing,) = told["standing"]
    assert (standing["key"], standing["error_code"]) == ("S-1", "handler_failed")
    assert "a bug of ours" in standing["error_detail"]
    assert "a bug of ours" in told["stopped_because"]
    assert (told["lag"], told["dead_letters"]) == (2, 0)
    await stream.client.runtime.measure()
    assert stream.metric('dure_consumer_stands{reason="handler_failed"}') == 1
    assert stream.metric("dure_bus_trouble") == 1
    freed = await stream.free()
    assert freed.status_code == 200, freed.text
    assert freed.json() == {"buried": [standing["event_id"]], "dead_letters_max": None}
    await stream.bus.catch_up()
    assert stream.heard == ["S-2"]
    assert await stream.client.runtime.not_ready() == ""
    told = await stream.told()
    assert (told["standing"], told["lag"], told["dead_letters"], told["stopped_because"]) == ([], 0, 1, "")
    await stream.client.runtime.measure()
    assert stream.metric('dure_consumer_stands{reason="handler_failed"}') == 0
    async with stream.client.db.transaction() as tx:
        (letter,) = await dead_letters.list_open(tx)
        order = (await tx.execute(text("SELECT act, actor, reason, event_id FROM bus_order"))).one()
    assert letter.error_code == "buried"
    assert "operator-1" in letter.error_detail
    assert "오류 7" in letter.error_detail
    assert tuple(order) == ("bury", "operator-1", "오류 7", standing["event_id"])


async def test_a_freed_event_has_its_effect_once_it_is_redriven(stream: Stream) -> None:
    """Put aside is not lost: with the bug mended, a redrive handles it, once."""
    await stream.say("S-1", "S-2")
    await stream.free()
    await stream.bus.catch_up()
    async with stream.client.db.transaction() as tx:
        (letter,) = await dead_letters.list_open(tx)
    url, headers = f"/v1/operations/dead-letters/{letter.id}/redrive", stream.client.as_("operator")
    assert (await stream.client.http.post(url, headers=headers)).json() == {"handled": False}
    stream.broken.clear()
    assert (await stream.client.http.post(url, headers=headers)).json() == {"handled": True}
    assert stream.heard == ["S-2", "S-1"]
    await stream.say("S-3")
    assert (await stream.client.http.post(url, headers=headers)).status_code == 404
    assert stream.heard == ["S-2", "S-1", "S-3"]


async def test_the_limit_of_dead_letters_can_be_lifted(stream: Stream) -> None:
    """At its limit the consumer stands and says so; freed, as many again are allowed, and nothing was skipped."""
    stream.client.runtime.settings.dead_letters_max = 1
    topic = StatementClosed.topic()
    await stream.bus.publish([Message(topic, "x", "{}"), Message(topic, "x", "[]"), stream.message("S-2")])
    told = await stream.told()
    assert [one["error_code"] for one in told["standing"]] == ["dead_letter_limit"]
    assert "DeadLetterLimit" in told["stopped_because"]
    assert stream.heard == []
    freed = (await stream.free()).json()
    assert freed["buried"] == []
    assert freed["dead_letters_max"] >= 2
    for _ in range(3):
        await stream.bus.catch_up()
    told = await stream.told()
    assert (told["dead_letters"], told["standing"], stream.heard) == (2, [], ["S-2"])


async def test_where_nothing_stands_nothing_is_freed(stream: Stream) -> None:
    """409 with a code; only operators may; a reason is needed."""
    answer = await stream.free()
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_stands")
    assert (await stream.free("")).status_code == 422
    headers = stream.client.as_("officer")
    assert (await stream.client.http.post(FREE, json={"reason": "x"}, headers=headers)).status_code == 403
