"""Money adds up through REST: one thing corrected through two channels counts once, and one grant holds no other's."""

import asyncio
import random

import pytest

from services.billing.jobs import refresh_gauges, take_up_parked
from services.billing.metrics import METRICS
from tests.services.billing.office import P1, day, use

OCTOBER, NOVEMBER, DECEMBER = (f"alpha:{P1}:2025-{month}" for month in ("10", "11", "12"))
AS_ALPHA = {"role": "provider", "organisation_id": "alpha"}


async def opened(office, krw=5_500):
    """P1 at a price, with two grants whose self-payment is in."""
    await office.open(P1)
    await office.price(P1, krw)
    await office.paid_up("A-000001")
    await office.paid_up("A-000002", organisation_id="O-2")


async def upheld(office, settlement_id, line, krw):
    """The provider contests a line, an officer upholds it."""
    contest = f"/settlements/{settlement_id}/lines/{line}/dispute"
    raised = await office.done(contest, {"reason": "기록과 다름"}, **AS_ALPHA)
    decision = {"amount_krw": krw, "reason": "확인"}
    return await office.two_people(f"/disputes/{raised['dispute_id']}/decision", decision)


async def stated(office, grant_id, *settlement_ids):
    """What a grant's lines come to over settlements."""
    told = [await office.read(f"/settlements/{settlement_id}") for settlement_id in settlement_ids]
    return sum(line["amount_krw"] for one in told for line in one["lines"] if line["grant_id"] == grant_id)


@pytest.mark.rule("CV-1")
@pytest.mark.parametrize("first", ["the void", "the decision"])
async def test_f_12_a_line_decided_and_voided_comes_back_once(office, first):
    """October 55,000 is decided at 0 and its ten hours are voided, in either order: −55,000 once, fee 0, approved."""
    await opened(office)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=10))
    await office.settled(OCTOBER, "issue")
    void = use("A-000001", billable_unit_hours=-10, adjustment=True)
    other = use("A-000002", billable_unit_hours=10, period="2025-11")
    if first == "the decision":
        await upheld(office, OCTOBER, 1, 0)
    await office.close_statement(P1, void, other, month="2025-11")
    if first == "the void":
        office.client.clock.set(office.client.clock.now().replace(month=11, day=10))
        await upheld(office, OCTOBER, 1, 0)
    assert await stated(office, "A-000001", OCTOBER, NOVEMBER) == 0
    await office.settled(OCTOBER, "approve", "pay")
    paid = await office.settled(NOVEMBER)
    assert (paid["state"], paid["fee_krw"]) == ("paid", 0), "−55,000 of the one grant, 55,000 of the other"
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-11")
async def test_a_grant_without_a_price_holds_no_other_grants_money(office):
    """October is issued, approved and paid without it; November states its October use once the price is there."""
    await opened(office)
    late = use("A-000002", billable_unit_hours=4, priced_product="H100x2")
    await office.close_statement(P1, use("A-000001", billable_unit_hours=100), late)
    paid = await office.settled(OCTOBER)
    assert (paid["state"], paid["fee_krw"]) == ("paid", 550_000)
    (listed,) = (await office.read("/parked-grants?provider=alpha"))["items"]
    assert (listed["grant_id"], listed["stage"], listed["owner"]) == ("A-000002", "lines", "officer")
    assert "H100x2" in listed["reasons"][0]["ko"]
    await office.run(refresh_gauges)
    assert METRICS.settlement_parked_grants.labels("grant_waits")._value.get() == 1
    await office.close_statement(P1, use("A-000001", billable_unit_hours=1, period="2025-11"), month="2025-11")
    assert [one["grant_id"] for one in (await office.read(f"/settlements/{NOVEMBER}"))["parked"]] == ["A-000002"]
    await office.price(P1, 11_000, product="H100x2")
    lines = (await office.read(f"/settlements/{NOVEMBER}"))["lines"]
    assert [(li["grant_id"], li["period"], li["adjustment"], li["amount_krw"]) for li in lines] == [
        ("A-000001", "2025-11", False, 5_500),
        ("A-000002", "2025-10", True, 44_000),
    ]
    assert (await office.read("/parked-grants"))["items"] == []
    await office.settled(NOVEMBER)
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-11")
async def test_more_taken_back_than_reported_is_the_providers_to_mend(office):
    """Eleven of ten hours voided: that grant is parked with the provider as owner, the other is paid."""
    await opened(office)
    await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=10)))
    void = use("A-000001", billable_unit_hours=-11, adjustment=True)
    await office.close_statement(P1, void, use("A-000002", billable_unit_hours=1, period="2025-11"), month="2025-11")
    assert (await office.settled(NOVEMBER))["fee_krw"] == 5_500
    (listed,) = (await office.read("/parked-grants", **AS_ALPHA))["items"]
    assert (listed["owner"], listed["reasons"][0]["code"]) == ("provider", "more_back_than_reported")
    assert (await office.read("/parked-grants", role="provider", organisation_id="beta"))["items"] == []
    mended = use("A-000001", billable_unit_hours=1, adjustment=True)
    await office.close_statement(P1, mended, month="2025-12")
    assert await stated(office, "A-000001", OCTOBER, NOVEMBER, DECEMBER) == 0


@pytest.mark.rule("BL-6", "BL-11")
async def test_a_share_that_cannot_be_split_waits_alone_and_is_paid_later(office):
    """One self-payment is unknown at the approval: 5,500 won are parked, the rest is paid, and later so are they."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    both = [use(grant, billable_unit_hours=1) for grant in ("A-000001", "A-000002")]
    await office.close_statement(P1, *both)
    paid = await office.settled(OCTOBER)
    assert [paid[name] for name in ("fee_krw", "self_payment_krw", "subsidy_krw", "parked_krw")] == [
        11_000, 5_500, 0, 5_500,
    ]  # fmt: skip
    assert [one["stage"] for one in paid["parked"]] == ["share"]
    late = {"path": f"/settlements/{OCTOBER}/parked/A-000002/pay", "body": {"reference": "late"}}
    assert await office.refused(**late, subject="officer-pay") == (404, "not_found")
    await office.paid_up("A-000002", organisation_id="O-2")
    for _ in range(2):
        await office.run(take_up_parked)
    now = await office.read(f"/settlements/{OCTOBER}")
    assert (now["self_payment_krw"], now["parked_krw"], now["parked"]) == (11_000, 0, [])
    assert now["sha256"] == paid["sha256"], "what was approved stays as it was approved"
    assert await office.refused(**late, subject="officer-approve") == (409, "payer_took_part")
    await office.done(**late, subject="officer-pay")
    assert await office.refused(**late, subject="officer-pay") == (404, "not_found")
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-13")
async def test_only_the_provider_waives_its_window_and_for_good(office):
    """An officer is refused; waived, it can be approved at once, contested no more, and the waiver stays."""
    await opened(office)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=10))
    waive = f"/settlements/{OCTOBER}/waive-window"
    assert (await office.refused(waive, **AS_ALPHA))[1] == "wrong_state"
    await office.settled(OCTOBER, "issue")
    assert (await office.post(waive)).status_code == 403
    assert await office.refused(waive, role="provider", organisation_id="beta") == (404, "not_found")
    contest = f"/settlements/{OCTOBER}/lines/1/dispute"
    raised = await office.done(contest, {"reason": "확인 요청"}, **AS_ALPHA)
    assert await office.refused(waive, **AS_ALPHA) == (409, "waiver_while_disputed")
    await office.two_people(f"/disputes/{raised['dispute_id']}/decision", {"reason": "기각"})
    waived = await office.done(waive, **AS_ALPHA, subject="alpha-kim")
    assert waived["window_waived_by"] == "alpha-kim"
    assert waived["window_waived_at"] < waived["dispute_until"]
    assert await office.refused(waive, **AS_ALPHA) == (409, "dispute_window_waived")
    assert await office.refused(contest, {"reason": "late"}, **AS_ALPHA) == (409, "dispute_window_waived")
    approved = await office.done(**office.step(OCTOBER, "approve"))
    assert (approved["state"], approved["window_waived_by"]) == ("approved", "alpha-kim")


@pytest.mark.rule("CV-1")
async def test_a_void_and_a_decision_at_once_come_to_the_same(office):
    """November's statement is heard while October's dispute is decided: whichever is first, the sum is 0."""
    await opened(office)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=10))
    await office.settled(OCTOBER, "issue")
    raised = await office.done(f"/settlements/{OCTOBER}/lines/1/dispute", {"reason": "기록과 다름"}, **AS_ALPHA)
    void = use("A-000001", billable_unit_hours=-10, adjustment=True)
    office.client.clock.set(day("2025-12-05"))
    proposed = await office.done(f"/disputes/{raised['dispute_id']}/decision", {"amount_krw": 0, "reason": "확인"})
    decide = office.post(f"/proposals/{proposed['proposal_id']}/confirm", subject="officer-confirm")
    answer, _ = await asyncio.gather(decide, office.close_statement(P1, void, month="2025-11"))
    assert answer.status_code == 200, answer.text
    assert await stated(office, "A-000001", OCTOBER, NOVEMBER) == 0


@pytest.mark.rule("CV-1")
@pytest.mark.parametrize("seed", range(12))
async def test_a_chain_through_the_database_adds_up(office, seed):
    """Three months of use, voids and decisions at random: each is approved; undecided, hours × price; never below 0."""
    chance = random.Random(seed)
    krw, hours, decided = chance.choice([1, 5_501, 7_777]), 0, False
    await opened(office, krw)
    for month in ("2025-10", "2025-11", "2025-12"):
        more = chance.randint(-hours, 20)
        hours += more
        lines = [use("A-000001", billable_unit_hours=more, adjustment=month != "2025-10")]
        settlement_id = await office.close_statement(P1, *lines, month=month)
        issued = await office.settled(settlement_id, "issue")
        line = next(li for li in issued["lines"] if not li["cause"])
        if chance.random() < 0.5:
            decided = True
            await upheld(office, settlement_id, line["line"], chance.choice([0, line["amount_krw"] // 2]))
        assert (await office.settled(settlement_id, "approve", "pay"))["state"] == "paid"
        told = await stated(office, "A-000001", *[s for s in (OCTOBER, NOVEMBER, DECEMBER) if s[-7:] <= month])
        assert told >= 0 if decided else told == hours * krw
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-13")
@pytest.mark.rule("CV-1")
async def test_a_closed_month_is_repriced_by_two_people_and_stated_as_a_difference(office):
    """October, paid at 5,500 won, comes to 5,000: November takes 5,000 back for ten hours, whoever's month it is."""
    await opened(office, 5_500)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=10))
    await office.settled(OCTOBER)
    await office.price(P1, 5_000, round=2)
    assert (await office.read(f"/settlements/{OCTOBER}"))["fee_krw"] == 55_000, "what is issued never changes"
    november = use("A-000001", billable_unit_hours=2, period="2025-11")
    assert await office.close_statement(P1, november, month="2025-11") == NOVEMBER
    lines = (await office.read(f"/settlements/{NOVEMBER}"))["lines"]
    assert sum(line["amount_krw"] for line in lines if line["period"] == "2025-10") == -5_000
    assert sum(line["amount_krw"] for line in lines if line["period"] == "2025-11") == 10_000
    assert (await office.settled(NOVEMBER))["state"] == "paid"
    await office.price(P1, 5_501, round=3)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=1, period="2025-12"), month="2025-12")
    await office.settled(DECEMBER)
    assert await stated(office, "A-000001", OCTOBER, NOVEMBER, DECEMBER) == 13 * 5_501
    assert await office.ledger_sum() == 0
