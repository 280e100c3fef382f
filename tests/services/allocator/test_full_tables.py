"""The migration that keeps downtimes and deliveries, on a database in which people have worked."""

import asyncio
import datetime as dt

from sqlalchemy import text

from libs.common.db import Database
from libs.common.migrate import migrate
from libs.embedded.postgres import EmbeddedPostgres
from services.allocator.store import downtimes, sessions

CARDS = """INSERT INTO card (provider_id, server_id, card_index) VALUES
    ('alpha', 's1', 0), ('alpha', 's1', 1), ('alpha', 's2', 0), ('beta', 's1', 0)"""
HOLDINGS = """INSERT INTO holding (card_id, layer, kind, holder_id, during, reason) VALUES
    (1, 'allotment', 'down', 's1', '[2025-09-01Z,2025-09-05Z)', '메모리'),
    (2, 'allotment', 'down', 's1', '[2025-09-01Z,2025-09-05Z)', '메모리'),
    (1, 'allotment', 'down', 's1', '[2025-09-06Z,2025-09-07Z)', '전원'),
    (4, 'allotment', 'down', 's1', '[2025-09-01Z,2025-09-05Z)', '메모리'),
    (3, 'allotment', 'pool', 'p', '[2025-09-01Z,2025-11-01Z)', ''),
    (3, 'session', 'session', 'S-000001', '[2025-10-01Z,)', '')"""
SESSION = """INSERT INTO session (session_id, sequence, grant_id, organisation_id, programme_code, provider_id,
    data_centre, pool_id, mode, origin, state, units, cards, requested_at, assigned_at)
    VALUES ('S-000001', 1, 'g', 'o', 'c', 'alpha', 'dc', 'p', 'dynamic', 'request', 'running', 1, 1,
    '2025-10-01Z', '2025-10-01Z')"""


def day(number: int, month: int = 9) -> dt.datetime:
    """A day of 2025, UTC."""
    return dt.datetime(2025, month, number, tzinfo=dt.UTC)


async def test_f_16_cards_that_are_down_and_sessions_that_run_keep_what_they_need(pg: EmbeddedPostgres) -> None:
    """F-16, F-20: each old fault is a downtime of its own server, held under its id; a session ends with its offer."""
    await asyncio.to_thread(pg.create_database, "allocator_before_downtimes")
    url = pg.url("allocator_before_downtimes")
    await migrate("allocator", url, to="allocator_0006")
    db = Database(url, pool_max=1)
    async with db.transaction() as tx:
        for statement in (CARDS, HOLDINGS, SESSION):
            await tx.execute(text(statement))
    await migrate("allocator", url)
    async with db.transaction() as tx:
        found = [*await downtimes.list_downtimes(tx, "alpha", "s1"), *await downtimes.list_downtimes(tx, "beta", "s1")]
        held = {one.down_id: 0 for one in found}
        query = text("SELECT holder_id, count(*) FROM holding WHERE kind = 'down' GROUP BY holder_id")
        held |= {row[0]: row[1] for row in await tx.execute(query)}
        session = await sessions.get_session(tx, "S-000001")
        number = await downtimes.next_down_no(tx)
    await db.close()
    assert [(one.provider_id, one.cards, one.from_at, one.until, one.reason, one.taken_down_by) for one in found] == [
        ("alpha", 2, day(1), day(5), "메모리", None),
        ("alpha", 1, day(6), day(7), "전원", None),
        ("beta", 1, day(1), day(5), "메모리", None),
    ]
    assert sorted(held.items()) == sorted((one.down_id, one.cards) for one in found)
    assert session.due_at == day(1, month=11)
    assert number == len(found) + 1
