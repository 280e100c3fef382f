"""What the clock alone brings about, and that the job which looks for it writes nothing where nothing changed."""

import datetime as dt

import pytest
from sqlalchemy import text

from libs.common.events.billing import SelfpayDue
from services.billing.jobs import take_up_parked
from tests.services.billing.office import P0, P1, START, monthly_use, use

CAP = "billing.budget.cap_krw"
PLANNING_PRICE = "tracks.1.selection.planning_price_krw"
LATER = START + dt.timedelta(days=30)
WRITTEN = ("settlement", "settlement_line", "dispute", "self_payment", "commitment", "ledger_posting", "outbox")


async def rows(office):
    """Which row versions there are: one that is written again, even with the same values, has another."""
    async with office.client.db.transaction() as tx:
        return {
            name: sorted(tuple(row) for row in await tx.execute(text(f"SELECT ctid::text, xmin::text FROM {name}")))
            for name in WRITTEN
        }


@pytest.mark.rule("BL-9")
async def test_a_revision_that_comes_into_force_by_the_clock_books_its_cap_and_estimates_what_waited(office):
    """Heard on 1 October, in force on the 31st: the job books the new cap and commits the estimate then, once."""
    await office.open(P1, **{CAP: 1_000_000_000, "billing.budget.operating_krw": 0})
    await office.revise(P1, PLANNING_PRICE, "unset")
    await office.announce("A-000001", P1, product="H100x1", sector="public")
    await office.revise(P1, PLANNING_PRICE, 400_000, in_force_from=LATER)
    await office.revise(P1, CAP, 1_500_000_000, in_force_from=LATER)
    await office.run(take_up_parked, at=LATER - dt.timedelta(seconds=1))

    async def booked():
        accounts = {a["account"]: a["balance_krw"] for a in (await office.read("/ledger/balance"))["accounts"]}
        return [accounts.get(f"budget:{P1}:{part}", 0) for part in ("free", "committed")]

    assert await booked() == [1_000_000_000, 0]
    office.client.clock.set(LATER)
    await office.run(take_up_parked)
    assert await booked() == [1_500_000_000 - 1_200_000, 1_200_000]
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 1_200_000
    before = await rows(office)
    await office.run(take_up_parked)
    assert await rows(office) == before
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-11")
async def test_the_job_writes_nothing_where_nothing_changed(office):
    """Parked and drafted settlements, parked self-payments and estimates that still wait keep their very rows."""
    await office.open(P1, filled_in=False, **{"billing.dispute_days": 7, PLANNING_PRICE: "unset"})
    await office.price(P1, 5_500)
    await office.announce("A-000001", P1, product="H100x1")
    await office.sign("A-000001", P1)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=1))
    unpriced = use("A-000002", billable_unit_hours=1, priced_product="H100x2", period="2025-11")
    parked = await office.close_statement(P1, unpriced, month="2025-11")
    assert (await office.read(f"/settlements/{parked}"))["state"] == "parked"
    assert (await office.read("/self-payments/A-000001"))["state"] == "awaiting_policy"
    before = await rows(office)
    assert all(before[name] for name in ("settlement", "settlement_line", "self_payment", "commitment"))
    await office.run(take_up_parked)
    assert await rows(office) == before
    assert await office.client.said(SelfpayDue) == []


@pytest.mark.rule("BL-11")
async def test_what_a_parked_month_brings_reaches_the_drafts_that_rest_on_it(office):
    """The grant waits for its divisor in both months; once it is there, November gives back what is then too much."""
    path = "billing.outage_hours_per_month"
    await office.open(P0, **{path: "unset"})
    await office.price(P0, 3_000_000)
    october = await office.close_statement(P0, monthly_use("A-000001", outage_unit_hours=720))
    halved = monthly_use("A-000001", adjustment=True, months_before="1", months_after="1/2")
    november = await office.close_statement(P0, halved, month="2025-11")

    async def stand():
        told = [await office.read(f"/settlements/{settlement_id}") for settlement_id in (october, november)]
        return [(one["state"], one["fee_krw"]) for one in told]

    later = office.client.clock.now() + dt.timedelta(days=1)
    await office.revise(P0, path, 720, in_force_from=later)
    assert await stand() == [("parked", 0), ("parked", 0)], "November rests on the same divisor"
    office.client.clock.set(later)
    await office.run(take_up_parked)
    assert await stand() == [("draft", 0), ("draft", 0)], "3,000,000 deducted in October, 1,500,000 of it given back"


@pytest.mark.rule("BL-11")
async def test_a_settlement_with_a_parked_grant_carries_a_dispute_out_once(office):
    """November waits for one grant's price and carries another's decision: the job writes neither of them again."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    october = await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    await office.settled(october, "issue")
    dispute = await office.done(
        f"/settlements/{october}/lines/1/dispute",
        {"reason": "두 시간이 더 들어갔습니다."},
        role="provider",
        organisation_id="alpha",
    )
    await office.two_people(
        f"/disputes/{dispute['dispute_id']}/decision", {"amount_krw": 539_000, "reason": "기록 확인"}
    )
    unpriced = use("A-000002", billable_unit_hours=1, priced_product="H100x2", period="2025-11")
    november = await office.close_statement(P1, unpriced, month="2025-11")
    carried = (await office.read(f"/settlements/{november}"))["lines"]
    assert [(line["amount_krw"], line["cause"]) for line in carried] == [(-11_000, dispute["dispute_id"])]
    before = await rows(office)
    await office.run(take_up_parked)
    assert await rows(office) == before
