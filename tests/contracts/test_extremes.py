"""Every handler of every service under its own contract's extremes: nothing stops a stream (CV-10, F-01, F-02)."""

import importlib
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from libs.common import dead_letters
from libs.common.bus import Message
from libs.common.errors import InvalidEvent
from libs.common.events.allocator import GrantPlaced
from libs.common.events.billing import SelfpayDue
from libs.common.events.envelope import Event, parse
from libs.common.events.intake import ApplicationSubmitted
from libs.common.events.review import SelectionAnnounced
from libs.common.inbox import inbox_id, redrive
from tests.conftest import ServiceClient
from tests.contracts.extremes import batch_of, golden
from tests.contracts.furnished import FURNISH

LONG_EVENTS = int(os.environ.get("DURE_LONG", "0"))
"""In a long run: how many events in all, spread evenly over the handlers of the five services."""
EVENTS_EACH = 30
BATCH_MAX = 25
BATCH_S_MAX = 20.0
"""The slowest batch; the local bus gives one up after 60 seconds."""
TOLD_MAX = 30
QUIET = {"dead_letters_max": 10**9, "takeover_s": 0}
"""Neither too many letters nor a busy machine is what is looked for here."""
PROGRESS_EVERY = 100
HANDLED = {name: importlib.import_module(f"services.{name}.consumers").HANDLERS for name in FURNISH}
OTHERS = {"grant_id": 3, "application_id": 3, "session_id": 2, "provider_id": 1, "pool_id": 1, "product": 1, "track": 1}
"""How many ids that nobody knows are spoken of beside the known ones."""
NEXT: dict[str, type[Event]] = {
    "intake": SelfpayDue,
    "review": ApplicationSubmitted,
    "allocator": SelectionAnnounced,
    "metering": GrantPlaced,
    "billing": SelectionAnnounced,
}
"""What a service always handles: of a call that no generated event speaks of."""


class Stream:
    """One service that hears generated events: what became of each, and what went wrong."""

    def __init__(self, client: ServiceClient, ids: dict[str, list[Any]]) -> None:
        self._client = client
        self._contracts = sorted(client.service.handlers, key=lambda contract: contract.TYPE)
        self._first = (ids.get("application_id") or ["-"])[0]
        self._known = _names(ids)
        self.heard = 0
        self.wrong: dict[str, str] = {}
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.slowest_s = 0.0

    async def hear(self, number: int) -> None:
        """Hear the batch of this number, then a well-formed event."""
        random = Random(f"{self._client.service.name} {number}")
        messages = batch_of(self._contracts, self._known, random, BATCH_MAX)
        self.heard += len(messages)
        began = time.monotonic()
        try:
            await self._client.runtime.consume(messages)
        except Exception as error:  # noqa: BLE001 - whatever stops the stream is what is looked for
            await self._blame(number, messages, error)
            return
        took_s = time.monotonic() - began
        self.slowest_s = max(self.slowest_s, took_s)
        if took_s > BATCH_S_MAX:
            self._note(number, messages, f"took {took_s:.1f} s")
        await self._account(number, messages)
        if await self._client.feed(self._well_formed(number)) != 1 or self._client.runtime.in_the_way():
            self._note(number, [], f"the next event is not handled: {self._client.runtime.in_the_way()}")

    async def _blame(self, number: int, messages: Sequence[Message], error: Exception) -> None:
        """Find the message of a batch that stops the stream."""
        for message in messages:
            try:
                await self._client.runtime.consume([message])
            except Exception as alone:  # noqa: BLE001 - as above
                self._note(number, [message], f"stops the stream: {alone!r}")
                return
        self._note(number, messages, f"stops the stream together: {error!r}")

    async def _account(self, number: int, messages: Sequence[Message]) -> None:
        """Each is in the inbox or among the dead letters, with a reason; a letter may be tried again."""
        async with self._client.db.transaction() as tx:
            letters = {letter.envelope: letter for letter in await dead_letters.list_open(tx)}
            ids = [inbox_id(parse(m.value)) for m in messages if m.value not in letters]
            query = text("SELECT event_id FROM inbox WHERE event_id = ANY(:ids)")
            known = set((await tx.execute(query, {"ids": ids})).scalars())
            for message in messages:
                letter = letters.get(message.value)
                self.outcomes[_type_of(message), "handled" if letter is None else "dead letter"] += 1
                if letter is not None and not letter.error_detail.strip():
                    self._note(number, [message], "is a dead letter without a reason")
                if letter is None and inbox_id(parse(message.value)) not in known:
                    self._note(number, [message], "has no effect and is no dead letter")
            for letter in letters.values():
                if letter.id % 20 == 0:
                    service = self._client.service
                    await redrive(tx, service.handlers, letter.id, self._client.clock, service.lock_first)
                await dead_letters.close(tx, letter.id, self._client.clock.now())

    def _well_formed(self, number: int) -> Event:
        contract = NEXT[self._client.service.name]
        if contract is SelfpayDue:
            return contract.model_validate({**golden(contract), "application_id": self._first})
        told = {**golden(contract), contract.KEY: f"A-1{number:06d}", "programme_code": "quiet-2025"}
        return contract.model_validate(told)

    def _note(self, number: int, messages: Sequence[Message], why: str) -> None:
        told = f"batch {number}: {', '.join(_type_of(message) for message in messages)} {why[:900]}"
        self.wrong.setdefault(why[:160], told + "".join(f"\n  {message.value[:1500]}" for message in messages[:1]))


def _names(ids: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Known and unknown ids by the names of the fields of events that hold one."""
    known = {name: [*ids.get(name, []), *ids.get(name, [])] for name in OTHERS}
    known["programme_code"] = [*ids["programme"] * 4, "unknown-2025"]
    for one, other in (("grant_id", "application_id"), ("application_id", "grant_id")):
        known[one] = known[one] or [*ids.get(other, []) * 2]
    for name, count in OTHERS.items():
        known[name] += [f"{'A' if name in ('grant_id', 'application_id') else 'X'}-90000{n}" for n in range(count)]
    return known | {"programme": list(ids["programme"]), "organisation_id": list(ids.get("organisation_id", []))}


def _type_of(message: Message) -> str:
    try:
        return parse(message.value).type
    except InvalidEvent:
        return "no envelope"


@pytest.mark.slow
@pytest.mark.timeout(0 if LONG_EVENTS else 300)
@pytest.mark.parametrize("name", FURNISH)
async def test_f_02_extremes_of_a_contract_stop_no_stream(name, service_client) -> None:
    """F-01, F-02: each generated event is handled, kept, or a dead letter with its reason, and the next is handled."""
    client = await service_client(name)
    client.runtime.settings = client.runtime.settings.model_copy(update=QUIET)
    stream = Stream(client, await FURNISH[name](client))
    each = max(EVENTS_EACH, -(-LONG_EVENTS // sum(map(len, HANDLED.values()))))
    number = 0
    while stream.heard < each * len(HANDLED[name]):
        await stream.hear(number)
        number += 1
        if LONG_EVENTS and number % PROGRESS_EVERY == 0:
            print(f"{name}: {stream.heard} events, {len(stream.wrong)} wrong", flush=True)  # noqa: T201
    await _goes_on(client, stream)
    print(f"{name}: {stream.heard} events, slowest batch {stream.slowest_s:.2f} s")  # noqa: T201
    for (kind, outcome), count in sorted(stream.outcomes.items()):
        print(f"  {kind} {outcome}: {count}")  # noqa: T201
    assert not stream.wrong, "\n".join(list(stream.wrong.values())[:TOLD_MAX])
    for contract in HANDLED[name]:
        assert stream.outcomes[contract.TYPE, "handled"] > 0, contract.TYPE
        assert stream.outcomes[contract.TYPE, "dead letter"] > 0, contract.TYPE


async def _goes_on(client: ServiceClient, stream: Stream) -> None:
    """What was kept can be read, measured and worked on: it does not stop the service later."""
    for work in (client.runtime.run_jobs, client.runtime.measure):
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - as above
            stream.wrong[work.__name__] = f"{work.__name__}: {error!r}"[:1500]
    for path, methods in client.app.openapi()["paths"].items():
        if "get" in methods and "{" not in path:
            answer = await client.http.get(path, headers=client.as_("officer"))
            if answer.status_code >= 500:
                stream.wrong[path] = f"GET {path}: {answer.text[:300]}"
