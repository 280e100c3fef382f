"""A stream that stands: who tells of it, how it is freed, what is kept of that."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest
from sqlalchemy import text

from libs.common import dead_letters, outbox, streams
from libs.common.bus import EVENT_BYTES_MAX, Message
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.events.envelope import wrap
from libs.common.events.metering import StatementClosed
from libs.common.trouble import LastFailure, Trouble
from libs.embedded.local_bus import LocalBus
from tests.conftest import ServiceClient
from tests.owner import as_owner

Make = Callable[[str], Awaitable[ServiceClient]]
FREE = "/v1/operations/bus/free"


class Stream:
    """Billing behind a local bus of its own, whose handler of statements has a bug for one of them."""

    def __init__(self, client: ServiceClient) -> None:
        self.client, self.heard = client, list[str]()
        self.broken = {"S-1"}
        self.unknown = set[str]()
        self.takes_s = 0.0
        handlers = {**client.service.handlers, StatementClosed: self._hear}
        client.runtime.service = replace(client.runtime.service, handlers=handlers)
        self.bus = client.runtime.bus = LocalBus()
        self.bus.subscribe(client.runtime.subscription())

    async def _hear(self, _tx: Tx, event: StatementClosed, _clock: Clock) -> None:
        await asyncio.sleep(self.takes_s)
        if event.statement_id in self.unknown:
            raise NotFound("provider", event.provider_id)
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

    async def execute(self, statement: str) -> Any:
        """The one value that a statement gives in billing's database, or none."""
        async with self.client.db.transaction() as tx:
            result = await tx.execute(text(statement))
            return result.scalar() if result.returns_rows else None

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


STANDING_ROWS = "SELECT count(*) FROM standing_event"


async def test_an_event_that_becomes_a_dead_letter_stands_no_more(stream: Stream) -> None:
    """With the bug mended it turns out that nobody can handle the event: it is buried, and its note goes with it."""
    await stream.say("S-1", "S-2")
    assert len((await stream.told())["standing"]) == 1
    stream.broken, stream.unknown = set(), {"S-1"}
    runtime = stream.client.runtime
    runtime._notes = streams.Notes(runtime.db, runtime.clock)  # a process that has noted nothing itself
    await stream.bus.catch_up()
    told = await stream.told()
    assert (told["standing"], told["dead_letters"], stream.heard) == ([], 1, ["S-2"])
    assert await stream.execute(STANDING_ROWS) == 0


async def test_what_was_freed_leaves_no_note(stream: Stream) -> None:
    """The note goes in the transaction of the order."""
    await stream.say("S-1")
    assert await stream.execute(STANDING_ROWS) == 1
    await stream.free()
    assert await stream.execute(STANDING_ROWS) == 0


async def test_the_first_success_of_a_process_forgets_what_the_one_before_it_noted(stream: Stream) -> None:
    """A process that was started anew never failed itself; what the last one noted goes all the same."""
    runtime, now = stream.client.runtime, stream.client.clock.now()
    async with runtime.db.transaction() as tx:
        await streams.note_standing(tx, stream.message("S-0"), streams.LIMIT, RuntimeError(), streams.LIMIT, now)
    assert len((await stream.told())["standing"]) == 1
    await stream.say("S-2")
    assert (await stream.told())["standing"] == []


REFUSE = (
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '55000'; END$$"
)
NO_DEAD_LETTERS = (
    "CREATE TRIGGER refuse BEFORE INSERT ON dead_letter FOR EACH ROW"
    " WHEN (NEW.error_code <> 'buried') EXECUTE FUNCTION refuse()"
)


async def test_what_cannot_even_be_read_is_freed_and_the_limit_still_works(stream: Stream) -> None:
    """It stands under a name made of its words, not under the limit's; freed, it is passed by, once and for all."""
    async with as_owner(stream.client.db) as tx:
        for statement in (REFUSE, NO_DEAD_LETTERS):
            await tx.execute(text(statement))
    topic = StatementClosed.topic()
    await stream.bus.publish([Message(topic, "x", "{}"), stream.message("S-2")])
    (standing,) = (await stream.told())["standing"]
    assert standing["error_code"] == "handler_failed"
    assert standing["event_id"].startswith(f"{topic}#sha256:")
    assert (await stream.free()).json()["buried"] == [standing["event_id"]]
    await stream.bus.catch_up()
    told = await stream.told()
    assert (told["standing"], told["dead_letters"], stream.heard) == ([], 1, ["S-2"])
    assert await stream.execute(f"SELECT count(*) FROM inbox WHERE event_id = '{streams.LIMIT}'") == 0
    async with as_owner(stream.client.db) as tx:
        await tx.execute(text("DROP TRIGGER refuse ON dead_letter"))
    stream.client.runtime.settings.dead_letters_max = 1
    await stream.bus.publish([Message(topic, "x", "[]")])
    assert [one["error_code"] for one in (await stream.told())["standing"]] == [streams.LIMIT]
    assert (await stream.free()).json()["dead_letters_max"] >= 2


def test_somebody_is_told_of_what_stands() -> None:
    """An alert looks at each of the two metrics."""
    rules = Path(__file__).parents[2] / "deploy/prometheus/rules.yml"
    groups = yaml.safe_load(rules.read_text(encoding="utf-8"))["groups"]
    told = " ".join(rule["expr"] for group in groups for rule in group["rules"])
    assert "dure_consumer_stands" in told
    assert "dure_bus_trouble" in told


async def test_f_82_what_stands_is_told_while_it_is_tried_again_however_long_that_takes(stream: Stream) -> None:
    """A slow try is no sign that it goes on: readiness says why until it is known."""
    runtime = stream.client.runtime
    runtime._trouble = Trouble(lasts_s=0.2)
    failing = [stream.message("S-1")]
    with pytest.raises(RuntimeError):
        await runtime.consume(failing)
    stream.takes_s = 1.0
    trying = asyncio.create_task(runtime.consume(failing))
    await asyncio.sleep(0.6)
    assert "a bug of ours" in await runtime.not_ready()
    stream.broken.clear()
    await trying
    assert await runtime.not_ready() == ""


def test_the_same_failure_again_is_not_a_new_one() -> None:
    """Whatever its words are; another kind, another line or another event is, and so is the same after a success."""

    def fail(words: str) -> BaseException:
        with pytest.raises(RuntimeError) as caught:
            raise RuntimeError(words)
        return caught.value

    last = LastFailure()
    assert [last.is_new(fail("at 12:00"), "X"), last.is_new(fail("at 12:01"), "X")] == [True, False]
    assert [last.is_new(fail("at 12:02"), "Y"), last.is_new(ValueError(), "Y")] == [True, True]
    last.clear()
    assert last.is_new(ValueError(), "Y")


async def test_what_stands_is_counted_however_much_it_is(stream: Stream) -> None:
    """The metric tells how many events stand, without reading them."""
    runtime = stream.client.runtime
    await stream.execute(
        "INSERT INTO standing_event (event_id, topic, key, envelope, error_code, error_detail, since, last_failed_at)"
        " SELECT 'e' || n, 't', 'k', '{}', 'handler_failed', '', now(), now() FROM generate_series(1, 150) AS n"
    )
    await runtime.measure()
    assert stream.metric('dure_consumer_stands{reason="handler_failed"}') == 150
    assert len((await stream.told())["standing"]) == streams.STANDING_MAX


async def test_a_list_of_dead_letters_is_bounded_in_bytes(stream: Stream) -> None:
    """No more than 16 MB of envelopes at once; without envelopes, all of them."""
    await stream.execute(
        "INSERT INTO dead_letter (topic, key, envelope, error_code, error_detail, first_failed_at)"
        f" SELECT 't', 'k', repeat('x', {EVENT_BYTES_MAX}), 'c', '', now() FROM generate_series(1, 6)"
    )
    url, headers = "/v1/operations/dead-letters", stream.client.as_("operator")
    whole = (await stream.client.http.get(url, headers=headers)).json()
    bare = (await stream.client.http.get(url, params={"envelopes": False}, headers=headers)).json()
    assert [len(letter["envelope"]) for letter in whole] == [EVENT_BYTES_MAX] * 4
    assert [letter["envelope"] for letter in bare] == [""] * 6


async def test_a_relay_goes_on_until_nothing_waits(stream: Stream) -> None:
    """A round that was cut because of its bytes is not the last one."""
    rows = [(f"e{n}", "dure.nobody.v1", "k", "t", "x" * EVENT_BYTES_MAX, {}) for n in range(6)]
    async with stream.client.db.transaction() as tx:
        await outbox.append(tx, rows, stream.client.clock.now())  # type: ignore[arg-type]
    assert await stream.client.runtime.relay_all() == 6
    assert not await stream.client.runtime.has_to_say()
