"""Recording usage on a real database: the totals are those of the events in force, in whatever order they come."""

import json
import random
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.clock import SettableClock
from libs.common.db import Tx
from services.metering.operations.record_usage import record_usage
from services.metering.routes.usage_document import read_batch
from tests.services.metering.meters import Metering, kst, usage_item

NOW = kst(5, month=11)
TOTALS = (
    "SELECT session_id, hour, held_s, held_unit_s, utilisation_weight, events"
    " FROM usage_hour WHERE events > 0 ORDER BY session_id, hour"
)
RECOUNT = (
    "SELECT session_id, hour, sum(held_s), sum(units * held_s), sum(units * held_s * utilisation_bp), count(*)"
    " FROM usage_event e WHERE NOT EXISTS (SELECT 1 FROM usage_event c WHERE c.corrects = e.event_id)"
    " GROUP BY 1, 2 ORDER BY 1, 2"
)


def some_usage(seed: int) -> list[dict[str, Any]]:
    """Hours in halves and wholes, some corrected, some of those corrected again."""
    chance = random.Random(seed)
    items = []
    for hour in range(10, 20):
        for half in range(chance.randint(1, 2)):
            name = f"e-{hour}-{half}"
            figures = {"units": chance.randint(0, 8), "held_s": chance.randint(0, 600)}
            items.append(usage_item(name, kst(1, hour), utilisation_pct=chance.randint(0, 100), **figures))
            while chance.random() < 0.4:
                figures = {"units": chance.randint(0, 8), "held_s": chance.randint(0, 600), "corrects": name}
                name += "c"
                items.append(usage_item(name, kst(1, chance.randint(10, 19)), **figures))
    return items


async def record(tx: Tx, items: list[dict[str, Any]]) -> None:
    """Record one batch of alpha's."""
    clock = SettableClock()
    clock.set(NOW)
    await record_usage(tx, "alpha", read_batch(json.dumps(items).encode(), "alpha"), clock)


@pytest.mark.rule("MT-2")
@pytest.mark.parametrize("seed", range(4))
async def test_order_and_duplicates_do_not_change_totals(metering: Metering, seed: int) -> None:
    """The same items once in order, or shuffled, repeated and cut into batches at will, end in the same totals."""
    items = some_usage(seed)
    chance = random.Random(seed)
    found = []
    for shuffled in (False, True, True):
        sent = items + (chance.choices(items, k=8) if shuffled else [])
        if shuffled:
            chance.shuffle(sent)
        async with metering.db.engine.connect() as tx:
            transaction = await tx.begin()
            while sent:
                size = chance.randint(1, 12) if shuffled else len(sent)
                batch, sent = sent[:size], sent[size:]
                await record(tx, batch)
            totals = [tuple(row) for row in await tx.execute(text(TOTALS))]
            assert totals == [tuple(row) for row in await tx.execute(text(RECOUNT))]
            found.append(totals)
            await transaction.rollback()
    assert found[0] == found[1] == found[2]


@pytest.mark.rule("MT-2")
async def test_a_batch_that_fails_leaves_nothing(metering: Metering) -> None:
    """Rolled back, a batch leaves no event, no total, no count and no word in the outbox."""
    async with metering.db.engine.connect() as tx:
        transaction = await tx.begin()
        await record(tx, [usage_item("e", kst(1, 10))])
        await transaction.rollback()
    async with metering.db.transaction() as tx:
        for table in ("usage_event", "usage_hour", "usage_batch", "outbox"):
            assert (await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0


@pytest.mark.rule("MT-1")
async def test_every_kind_of_text_is_stored_as_it_came(metering: Metering) -> None:
    """Ids and evidence in any script survive the binary COPY."""
    names = ["이벤트-1", "e\"\\'\n\t-2", "😀-3", "e\u2028-4"]
    items = [usage_item(name, kst(1, 10 + n), evidence=name * 3) for n, name in enumerate(names)]
    async with metering.db.transaction() as tx:
        await record(tx, items)
        rows = await tx.execute(text("SELECT event_id, evidence, units, held_s, utilisation_bp FROM usage_event"))
        assert {tuple(row) for row in rows} == {(name, name * 3, 8, 3600, 8750) for name in names}
