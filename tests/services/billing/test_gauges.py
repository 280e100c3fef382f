"""Billing's gauges, each with its story; REST and metric say the same number (F-67)."""

import pytest
from sqlalchemy import event

from services.billing.jobs import refresh_gauges, sum_ledger, tell_overdue
from services.billing.metrics import REGISTRY
from tests.services.billing.office import P1, day, use


async def gauge(office, name, *, job=refresh_gauges, **labels):
    """What a gauge says after its job ran."""
    await office.run(job)
    return REGISTRY.get_sample_value(name, labels)


@pytest.mark.rule("BL-9")
async def test_F_67_the_budget_as_a_programme_goes_through_it(office):  # noqa: N802 - the fault's id
    """Committed at selection, spent at approval, what could not be drawn uncovered: as REST says, at every step."""
    await office.open(P1, **{"billing.budget.cap_krw": 1_000_000, "billing.budget.operating_krw": 0})
    path = f"tracks.{next(iter(office.programmes[P1].tracks))}.selection.planning_price_krw"
    await office.revise(P1, path, 400_000)
    await office.price(P1, 5_500)
    await office.announce("A-000001", P1, product="H100x1", months=1, sector="public")
    await office.paid_up("A-000001", sector="public")

    async def said():
        rest = await office.read(f"/budget/{P1}")
        parts = {
            "committed": "committed_krw",
            "spent": "executed_krw",
            "left": "left_krw",
            "uncovered": "uncovered_krw",
        }
        for part, field in parts.items():
            assert await gauge(office, "dure_budget_krw", programme=P1, part=part) == rest[field], part
        return [rest[field] for field in parts.values()]

    assert await said() == [400_000, 0, 600_000, 0]
    await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=200)))
    assert await said() == [0, 1_000_000, 0, 100_000]
    await office.revise(P1, "billing.budget.cap_krw", "none")
    assert await said() == [0, 1_000_000, None, 100_000], "no cap: nothing is left of it, and none is told"
    await office.revise(P1, "billing.budget.cap_krw", 3_000_000)
    assert await said() == [0, 1_000_000, 2_000_000, 100_000]


@pytest.mark.rule("BL-11")
async def test_F_67_settlements_by_state(office):  # noqa: N802 - the fault's id
    """One is parked, then in draft, issued, approved, paid: the gauge follows and equals REST."""
    await office.open(P1)
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=0, unmatched_unit_hours=1))
    steps = [("draft", None), ("issued", "issue"), ("approved", "approve"), ("paid", "pay")]
    for state, step in steps:
        if step:
            await office.settled(settlement_id, step)
        told = {
            s: await gauge(office, "dure_settlements", state=s)
            for s in ("parked", "draft", "issued", "approved", "paid")
        }
        assert {s: n for s, n in told.items() if n} == {state: 1}
        assert (await office.read("/summary"))["settlements"] == {state: 1}


@pytest.mark.rule("BL-5")
async def test_F_67_self_payments_by_state(office):  # noqa: N802 - the fault's id
    """One is due, overdue past its period, covered once it is paid late: overdue is not counted for ever."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    assert await gauge(office, "dure_self_payments", state="due") == 1
    await office.run(tell_overdue, at=day("2025-10-18"))
    assert await gauge(office, "dure_self_payments", state="overdue") == 1
    await office.done("/self-payments/A-000001/deposits", {"amount_krw": 300_000, "reference": "late"})
    told = {s: await gauge(office, "dure_self_payments", state=s) for s in ("due", "overdue", "covered")}
    assert told == {"due": 0, "overdue": 0, "covered": 1}
    assert (await office.read("/summary"))["self_payments"] == {"covered": 1}


@pytest.mark.rule("BL-10")
async def test_F_67_the_ledger(office):  # noqa: N802 - the fault's id
    """A deposit adds two entries that sum to zero, in the metric as in REST."""
    await office.open(P1)
    before = await gauge(office, "dure_ledger_entries", job=sum_ledger)
    await office.paid_up("A-000001")
    assert await gauge(office, "dure_ledger_entries", job=sum_ledger) == before + 2
    assert await gauge(office, "dure_ledger_sum_krw", job=sum_ledger) == 0
    assert (await office.read("/summary"))["ledger"] == {"entries": before + 2, "sum_krw": 0}


@pytest.mark.rule("BL-10")
async def test_the_whole_ledger_is_summed_by_the_seldom_job_only(office):
    """What runs every 15 seconds asks nothing of the ledger's entries; their sum is one statement."""
    await office.open(P1)
    asked = []
    event.listen(office.client.db.engine.sync_engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    await office.run(refresh_gauges)
    assert [statement for statement in asked if "ledger_entry" in statement] == []
    await office.run(sum_ledger)
    assert len([statement for statement in asked if "ledger_entry" in statement]) == 1
