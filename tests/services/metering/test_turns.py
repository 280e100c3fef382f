"""What waits for a provider's usage or an outage is judged at an instant after the wait (F-80)."""

import asyncio
import datetime as dt
from collections.abc import Awaitable
from typing import Any

import pytest
from sqlalchemy import text

from services.metering.store.usage import lock_provider
from tests.services.metering.meters import Metering, kst, usage_item

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


async def meanwhile(metering: Metering, held: Any, request: Awaitable[Any], later: dt.datetime) -> Any:
    """A request comes while something is held, waits, and gets on when the clock stands at `later`."""
    async with metering.db.transaction() as tx:
        await tx.execute(text("SELECT 1"))  # begins the transaction that holds what is held
        await held(tx)
        asked = asyncio.ensure_future(request)
        while not asked.done() and not (await tx.execute(WAITING)).scalar_one():  # noqa: ASYNC110 - the database knows
            await asyncio.sleep(0.01)
        metering.clock.set(later)
    return await asked


@pytest.mark.rule("MT-4")
async def test_F_80_an_hour_that_ends_while_the_batch_waits_is_over(metering: Metering) -> None:  # noqa: N802 - the fault's id
    """Sent at 10:59 and judged at 11:00, the hour from 10:00 is taken, plainly and item by item."""

    async def hold(tx: Any) -> None:
        await lock_provider(tx, "alpha")

    metering.clock.set(kst(1, 10, 59))
    batch = [usage_item("e-1", kst(1, 10), held_s=1000)]
    told = await meanwhile(metering, hold, metering.post(*batch, query="?items=all"), kst(1, 11))
    assert [item["outcome"] for item in told["items"]] == ["accepted"]
    metering.clock.set(kst(1, 11, 59))
    careful = [usage_item("e-1", kst(1, 10), held_s=1000), usage_item("e-2", kst(1, 11))]
    told = await meanwhile(metering, hold, metering.post(*careful, query="?items=all"), kst(1, 12))
    assert [item["outcome"] for item in told["items"]] == ["duplicate", "accepted"]


@pytest.mark.rule("MT-10")
async def test_F_80_a_statement_is_closed_when_its_turn_came(metering: Metering) -> None:  # noqa: N802 - the fault's id
    """The closing waits for a batch of usage and is dated after it."""

    async def hold(tx: Any) -> None:
        await lock_provider(tx, "alpha")

    later = metering.clock.now() + dt.timedelta(hours=1)
    closed = (await meanwhile(metering, hold, metering.close(), later)).json()
    assert dt.datetime.fromisoformat(closed["closed_at"]) == later


@pytest.mark.rule("MT-7")
async def test_F_80_an_outage_that_ends_while_its_closing_waits_is_not_in_the_future(metering: Metering) -> None:  # noqa: N802 - the fault's id
    """The end is judged once the outage's row is had; the closing is never dated before the report."""
    body = {"provider_id": "alpha", "scope_kind": "provider", "scope_id": "alpha", "reason": "정전"}
    body["started_at"] = kst(1, 11).isoformat()
    outage = (await metering.http.post("/v1/outages", json=body, headers=metering.provider())).json()

    async def hold(tx: Any) -> None:
        await tx.execute(text("SELECT 1 FROM outage FOR UPDATE"))

    later = metering.clock.now() + dt.timedelta(hours=1)
    close = metering.http.post(
        f"/v1/outages/{outage['outage_id']}/close", json={"ended_at": later.isoformat()}, headers=metering.officer()
    )
    closed = (await meanwhile(metering, hold, close, later)).json()
    assert (closed["state"], dt.datetime.fromisoformat(closed["closed_at"])) == ("closed", later)
