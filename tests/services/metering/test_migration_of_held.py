"""An upgrade holds the corrections that already wait, and takes out of the hours what they counted there."""

import asyncio

import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.migrate import migrate
from libs.embedded.postgres import EmbeddedPostgres

EVENT = text(
    "INSERT INTO usage_event (provider_id, event_id, batch_no, hour, units, held_s, utilisation_bp, digest,"
    " grant_id, session_id, evidence, corrects) VALUES ('alpha', :id, 1, '2025-10-01T01:00:00Z', 2, :held_s,"
    " 5000, '\\x00', 'A-1', 'S-1', '', :corrects)"
)
HOUR = text("INSERT INTO usage_hour VALUES ('alpha', 'A-1', 'S-1', '2025-10-01T01:00:00Z', 1500, 3000, 15000000, 2)")
EVENTS = [("e-1", 600, None), ("c-1", 800, "e-0"), ("c-2", 900, "c-1"), ("e-2", 700, None), ("c-3", 0, "e-2")]


@pytest.mark.rule("MT-3")
async def test_corrections_that_wait_are_held_by_an_upgrade(pg: EmbeddedPostgres) -> None:
    """Of 600 s and a waiting correction's 900 s the 600 s are left; the chain of both corrections is held."""
    await asyncio.to_thread(pg.create_database, "metering_before_held")
    url = pg.url("metering_before_held")
    await migrate("metering", url, to="metering_0006")
    db = Database(url)
    async with db.transaction() as tx:
        for event_id, held_s, corrects in EVENTS:
            await tx.execute(EVENT, {"id": event_id, "held_s": held_s, "corrects": corrects})
        await tx.execute(HOUR)
        await tx.execute(text("INSERT INTO awaited_event VALUES ('alpha', 'e-0')"))
    await migrate("metering", url)
    async with db.transaction() as tx:
        held = (await tx.execute(text("SELECT event_id, awaits FROM held_event ORDER BY event_id"))).all()
        hour = (await tx.execute(text("SELECT held_s, held_unit_s, utilisation_weight, events FROM usage_hour"))).one()
    await db.close()
    assert [tuple(row) for row in held] == [("c-1", "e-0"), ("c-2", "e-0")]
    assert tuple(hour) == (600, 1200, 6_000_000, 1)
