"""A statement that is too large for one event arrives whole at billing, on either bus."""

import dataclasses
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from libs.common import outbox
from libs.common.bus import Bus
from libs.common.db import Database
from libs.common.events.envelope import Event
from libs.common.events.metering import StatementClosed, StatementClosedPart
from libs.common.settings import WorkerSettings
from libs.embedded.postgres import EmbeddedPostgres
from services.billing.model.settlements import Draft
from services.billing.operations import drafts
from services.metering.operations.telling import PART_LINES_MAX, closed_events
from tests.conftest import ServiceClient
from tests.contracts.conftest import new_bus
from tests.engines.bed import NOW, make_database
from tests.services.billing.office import P1, Office, day, use

Make = Callable[..., Awaitable[ServiceClient]]
LINES = 20_000


def statement(lines: int) -> StatementClosed:
    """A closed statement of so many grants, each with one billable hour."""
    return StatementClosed(
        statement_id=f"alpha:{P1}:2025-10",
        provider_id="alpha",
        programme_code=P1,
        programme_version=1,
        month="2025-10",
        closed_at=day("2025-11-05"),
        sha256="a" * 64,
        lines=[use(f"A-{number:06}", billable_unit_hours=1) for number in range(lines)],
    )


def test_a_statement_is_said_in_parts_only_where_it_must() -> None:
    """One that fits stays the one event that it was; parts are 1…N under one hash, in the order of the lines."""
    small = statement(3)
    assert closed_events(small) == (small,)
    large = statement(LINES)
    parts = [part for part in closed_events(large) if isinstance(part, StatementClosedPart)]
    assert [part.part for part in parts] == list(range(1, 11))
    assert {(part.parts, part.sha256, part.line_count) for part in parts} == {(10, large.sha256, LINES)}
    assert [line for part in parts for line in part.lines] == large.lines
    assert max(len(part.lines) for part in parts) == PART_LINES_MAX
    assert all(outbox.fits(part) for part in parts)


@pytest.fixture(params=["local", pytest.param("kafka", marks=pytest.mark.engines)])
async def heard(
    request: pytest.FixtureRequest, service_client: Make, bed_server: EmbeddedPostgres
) -> AsyncIterator[tuple[Office, Database, Bus]]:
    """Billing behind a bus of either kind, and the database of whoever says."""
    office = Office(await service_client("billing", WorkerSettings))  # a worker hears, with its time limits
    bus, saying = new_bus(request.param), Database(make_database(bed_server, "saying_large"))
    bus.subscribe(dataclasses.replace(office.client.runtime.subscription(), group="large-statement"))
    await bus.start()
    yield office, saying, bus
    await bus.stop()
    await saying.close()


async def test_twenty_thousand_lines_arrive(heard: tuple[Office, Database, Bus]) -> None:
    """All parts, in any order and each twice, make one settlement with every line; no part is left."""
    office, saying, bus = heard
    await office.open(P1)
    await office.price(P1, 5_500)
    parts = list(closed_events(statement(LINES)))
    random.Random(7).shuffle(parts)
    for part in (*parts, *parts[:1]):
        await say(saying, part)
    while await outbox.relay_once(saying, bus, NOW):
        pass
    until = time.monotonic() + 120
    while await one_number(office.client.db, "SELECT coalesce(max(jsonb_array_length(uses)), 0) FROM settlement") == 0:
        assert time.monotonic() < until, (bus.unhealthy(), await bus.lag())
        await outbox.relay_once(saying, bus, NOW)
    assert await one_number(office.client.db, "SELECT max(jsonb_array_length(uses)) FROM settlement") == LINES
    assert await one_number(office.client.db, "SELECT count(*) FROM dead_letter") == 0


async def test_a_worker_that_reckons_for_long_keeps_its_batch(
    service_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a settlement takes, the database hears of it meanwhile, and nobody takes the batch over."""
    office = Office(await service_client("billing", WorkerSettings))
    await office.open(P1)
    await office.price(P1, 5_500)
    settle, takeover_s, took = drafts.settle, 1.5, []

    def slowly(*given: Any) -> Draft:
        time.sleep(3 * takeover_s)
        took.append(given)
        return settle(*given)

    monkeypatch.setattr(drafts, "settle", slowly)
    await office.client.feed(statement(3), takeover_s)
    assert took
    assert await one_number(office.client.db, "SELECT max(jsonb_array_length(uses)) FROM settlement") == 3


async def say(saying: Database, event: Event) -> None:
    """Say an event as its service would."""
    async with saying.transaction() as tx:
        await outbox.say(tx, event, now=NOW)


async def one_number(db: Database, query: str) -> int:
    """What a query counts."""
    async with db.transaction() as tx:
        return int((await tx.execute(text(query))).scalar_one())
