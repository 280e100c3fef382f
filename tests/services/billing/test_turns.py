"""Whatever waits for billing's turn is judged at an instant after the wait (F-80)."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import text

from libs.common.db import lock
from tests.services.billing.office import P0, P1, day, use

OCTOBER = f"alpha:{P1}:2025-10"
WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


async def meanwhile(office, request, later):
    """A request comes, waits for the turn, and gets it when the clock stands at `later`."""
    async with office.client.db.transaction() as tx:
        await lock(tx, "billing")
        asked = asyncio.create_task(request)
        while not asked.done() and not (await tx.execute(WAITING)).scalar_one():  # noqa: ASYNC110 - the database knows
            await asyncio.sleep(0.01)
        office.client.clock.set(later)
    return await asked


@pytest.mark.rule("BL-11")
async def test_F_80_every_step_of_a_settlement_is_dated_when_its_turn_came(office):  # noqa: N802 - the fault's id
    """Issue, approval and payment that waited an hour each are dated after the wait, and their window too."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    seen = []
    for step, field in (("issue", "issued_at"), ("approve", "approved_at"), ("pay", "paid_at")):
        if step == "approve":
            await office.window_over(OCTOBER)
        later = office.client.clock.now() + dt.timedelta(hours=1)
        done = await meanwhile(office, office.done(**office.step(OCTOBER, step)), later)
        assert dt.datetime.fromisoformat(done[field]) == later
        seen.append(later)
    assert dt.datetime.fromisoformat(done["dispute_until"]) == day("2025-11-13")
    assert seen == sorted(seen)


@pytest.mark.rule("BL-11")
async def test_F_80_a_dispute_that_waits_past_the_window_is_refused(office):  # noqa: N802 - the fault's id
    """The window is judged when the turn is had, not when the request came."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    await office.close_statement(P1, use("A-000001", billable_unit_hours=1))
    issued = await office.settled(OCTOBER, "issue")
    until = dt.datetime.fromisoformat(issued["dispute_until"])
    office.client.clock.set(until - dt.timedelta(seconds=1))
    contest = office.refused(f"/settlements/{OCTOBER}/lines/1/dispute", {"reason": "late"})
    assert await meanwhile(office, contest, until) == (409, "dispute_window_closed")


@pytest.mark.rule("BL-5")
async def test_F_80_a_receipt_and_a_handler_are_dated_after_the_wait(office):  # noqa: N802 - the fault's id
    """A deposit that waited is recorded when it was taken; an agreement's posting bears its turn's instant."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    later = office.client.clock.now() + dt.timedelta(hours=1)
    request = office.done("/self-payments/A-000001/deposits", {"amount_krw": 300_000, "reference": "bank-1"})
    paid = await meanwhile(office, request, later)
    assert dt.datetime.fromisoformat(paid["receipts"][0]["recorded_at"]) == later
    assert dt.datetime.fromisoformat(paid["covered_at"]) == later
    latest = later + dt.timedelta(hours=1)
    await meanwhile(office, office.open(P0), latest)
    rows = (await office.read(f"/ledger?programme={P0}"))["items"]
    assert {dt.datetime.fromisoformat(row["at"]) for row in rows} == {latest}


@pytest.mark.rule("BL-11")
async def test_no_step_is_dated_before_the_one_that_it_follows(office):
    """A clock that went back by an hour does not make an approval older than the issue."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    await office.close_statement(P1, use("A-000001", billable_unit_hours=1))
    issued = await office.settled(OCTOBER, "issue")
    office.client.clock.set(office.client.clock.now() - dt.timedelta(hours=1))
    paid = await office.settled(OCTOBER, "approve", "pay")
    assert issued["issued_at"] <= paid["approved_at"] <= paid["paid_at"]
