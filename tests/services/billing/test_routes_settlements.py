"""Settlements through REST: from a closed statement to payment, with everything that can come in between."""

import asyncio
import hashlib
import json

import pytest

from libs.common.events.billing import BudgetReached, SettlementApproved, SettlementIssued, SettlementPaid
from tests.services.billing.office import P0, P1, day, monthly_use, use

OCTOBER = f"alpha:{P1}:2025-10"


async def p1(office, **values):
    """P1 open, priced at 5,500 won an hour with 30 % wait discount, and one grant paid up with 300,000 won."""
    await office.open(P1, **values)
    await office.price(P1, 5_500, wait_discount_pct="30")
    await office.paid_up("A-000001")


def sums(settlement):
    names = (
        "charge_krw",
        "discount_krw",
        "deduction_krw",
        "fee_krw",
        "self_payment_krw",
        "subsidy_krw",
        "uncovered_krw",
    )
    return [settlement[name] for name in names]


@pytest.mark.rule("BL-11")
async def test_a_closed_statement_becomes_a_draft_and_is_paid_in_four_steps(office):
    """draft → issued → approved → paid: 550,000 − 9,900 = 540,100, of which 300,000 self-payment; Σ ledger = 0."""
    await p1(office)
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=100, discounted_unit_hours=6))
    drafted = await office.read(f"/settlements/{settlement_id}")
    assert (drafted["state"], drafted["self_payment_krw"]) == ("draft", None)
    states = [(await office.settled(settlement_id, step))["state"] for step in ("issue", "approve", "pay")]
    assert states == ["issued", "approved", "paid"]
    listed = (await office.read(f"/settlements?programme={P1}&month=2025-10"))["items"]
    assert sums(listed[0]) == [550_000, 9_900, 0, 540_100, 300_000, 240_100, 0]
    assert listed[0]["statement_sha256"] == "a" * 64
    assert await office.ledger_sum() == 0
    for event in (SettlementIssued, SettlementApproved, SettlementPaid):
        assert [e.fee_krw for e in await office.client.said(event)] == [540_100]


@pytest.mark.rule("BL-6")
async def test_the_split_is_stated_per_grant_and_the_self_payment_burns_down_over_months(office):
    """October takes 110,000 of 300,000 won, November the rest before any subsidy."""
    await p1(office)
    await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=20)))
    november = use("A-000001", billable_unit_hours=100, period="2025-11")
    paid = await office.settled(await office.close_statement(P1, november, month="2025-11"))
    assert paid["shares"] == [
        {
            "grant_id": "A-000001",
            "fee_krw": 550_000,
            "self_payment_krw": 190_000,
            "subsidy_krw": 360_000,
            "uncovered_krw": 0,
        }
    ]
    own = await office.read("/self-payments/A-000001")
    assert (own["burnt_krw"], own["left_krw"]) == (300_000, 0)


@pytest.mark.rule("BL-9")
async def test_settlements_draw_in_order_of_approval_and_the_rest_is_uncovered(office):
    """1,000,000 is left: the first approved draws 700,000, the second 300,000, 400,000 stay uncovered."""
    await office.open(P1, **{"billing.budget.cap_krw": 1_000_000, "billing.budget.operating_krw": 0})
    for provider in ("alpha", "beta"):
        await office.price(P1, 7_000, provider_id=provider)
    for grant in ("A-000001", "A-000002"):
        await office.paid_up(grant, sector="public")
    first = await office.close_statement(P1, use("A-000002", billable_unit_hours=100), provider="beta")
    second = await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    for settlement_id in (first, second):
        await office.settled(settlement_id, "issue")
    await office.window_over(second)
    draws = [sums(await office.settled(settlement_id, "approve"))[4:] for settlement_id in (first, second)]
    assert draws == [[0, 700_000, 0], [0, 300_000, 400_000]]
    budget = await office.read(f"/budget/{P1}")
    assert (budget["executed_krw"], budget["left_krw"], budget["uncovered_krw"]) == (1_000_000, 0, 400_000)
    assert [e.level_pct for e in await office.client.said(BudgetReached)] == [80, 90, 100]
    approvals = [(await office.read(f"/settlements/{s}"))["approved_at"] for s in (first, second)]
    assert approvals == ["2025-11-11T15:00:00Z", "2025-11-11T15:00:00.000001Z"]
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-11")
async def test_a_missing_price_parks_the_settlement_until_it_arrives(office):
    """Nothing is guessed: the settlement names what it waits for, cannot be issued, and is completed by the price."""
    await office.open(P1)
    await office.paid_up("A-000001")
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=10, discounted_unit_hours=1))
    parked = await office.read(f"/settlements/{settlement_id}")
    assert parked["state"] == "parked"
    assert [missing["path"] for missing in parked["missing"]] == [
        f"{P1}/alpha/H100x1/dynamic/2025-10",
        f"{P1}/alpha/wait-discount/2025-10",
    ]
    assert await office.refused(f"/settlements/{settlement_id}/issue") == (409, "settlement_parked")
    await office.price(P1, 5_500)
    await office.two_people(
        "/wait-discounts", {"programme": P1, "provider_id": "alpha", "rate_pct": "30", "valid_from": "2025-10-01"}
    )
    assert sums(await office.read(f"/settlements/{settlement_id}"))[:4] == [55_000, 1_650, 0, 53_350]
    assert (await office.settled(settlement_id))["state"] == "paid"


@pytest.mark.rule("BL-11")
async def test_an_unset_divisor_parks_the_settlement_until_an_officer_fills_it_in(office):
    """A monthly grant with an outage waits for the hours of a month."""
    await office.open(P0, **{"billing.outage_hours_per_month": "unset"})
    await office.price(P0, 3_000_000)
    settlement_id = await office.close_statement(P0, monthly_use("A-000001", outage_unit_hours=12))
    assert (await office.read(f"/settlements/{settlement_id}"))["missing"] == [
        {"kind": "policy", "path": "billing.outage_hours_per_month"}
    ]
    await office.revise(P0, "billing.outage_hours_per_month", 720)
    assert sums(await office.read(f"/settlements/{settlement_id}"))[:4] == [3_000_000, 0, 50_000, 2_950_000]


@pytest.mark.rule("BL-11")
async def test_an_issued_settlement_never_changes(office):
    """Neither a new price of its month nor the same statement again nor SQL can change it; bytes and hash stay."""
    await p1(office)
    line = use("A-000001", billable_unit_hours=100)
    settlement_id = await office.close_statement(P1, line)
    issued = await office.settled(settlement_id, "issue")
    await office.price(P1, 1, round=2)
    assert await office.close_statement(P1, line) == settlement_id
    await office.revise(P1, "billing.dispute_days", 8)
    assert await office.read(f"/settlements/{settlement_id}") == issued
    with pytest.raises(Exception, match="permission denied"):
        async with office.client.db.transaction() as tx:
            await tx.exec_driver_sql("UPDATE settlement_line SET amount_krw = 1")
    with pytest.raises(Exception, match="is issued: its lines never change"):
        async with office.client.db.transaction() as tx:
            await tx.exec_driver_sql("DELETE FROM settlement_line")
    with pytest.raises(Exception, match="a closed row of settlement never changes"):
        async with office.client.db.transaction() as tx:
            await tx.exec_driver_sql("UPDATE settlement SET fee_krw = 0, charge_krw = 0")


@pytest.mark.rule("BL-11")
async def test_a_wrong_state_names_state_and_next_call(office):
    """Paying a draft says that it is a draft and what comes next."""
    await p1(office)
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=1))
    problem = (await office.post(**office.step(settlement_id, "pay"))).json()
    assert (problem["code"], problem["facts"]["state"]) == ("wrong_state", "draft")
    assert problem["facts"]["next_call"].endswith("issue")


@pytest.mark.rule("BL-10")
async def test_two_approvals_and_two_payments_at_once_happen_once(office):
    """Of two writers at once one gets through and the other a wrong state; nothing is posted twice."""
    await p1(office)
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    await office.settled(settlement_id, "issue")
    await office.window_over(settlement_id)
    for step in ("approve", "pay"):
        answers = await asyncio.gather(*(office.post(**office.step(settlement_id, step)) for _ in range(4)))
        assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
        assert {a.json()["code"] for a in answers if a.status_code == 409} == {"wrong_state"}
    ledger = (await office.read("/ledger?limit=200"))["items"]
    assert len({entry["cause"] for entry in ledger}) == 4
    assert (await office.read("/self-payments/A-000001"))["burnt_krw"] == 300_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-10")
async def test_a_repeated_command_is_answered_again_and_done_once(office):
    """The same Idempotency-Key gives the first answer."""
    await p1(office)
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    answers = [await office.post(f"/settlements/{settlement_id}/issue", key="issue-1") for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert len(await office.client.said(SettlementIssued)) == 1


@pytest.mark.rule("BL-11")
async def test_any_line_explains_itself_down_to_evidence_and_price(office):
    """Formula in words, price version, uncut and cut amounts, evidence, statement hash, programme version, share."""
    await office.open(P1)
    await office.price(P1, 5_501, wait_discount_pct="30")
    await office.paid_up("A-000001")
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=1, discounted_unit_hours=1))
    await office.settled(settlement_id)
    why = await office.read(f"/settlements/{settlement_id}/lines/2/explain")
    assert (why["uncut_krw"], why["cut_krw"], why["amount_krw"]) == ("-1,650.3", "-0.3", -1_650)
    assert why["rule_ids"] == ["BL-2", "MT-6", "CV-1"]
    assert "5,501원 × 30%" in why["formula"]["ko"]
    assert [(p["version"], p["unit_price_krw"], p["rate_pct"]) for p in why["prices"]] == [
        (f"{P1}/alpha/H100x1/dynamic/2025-10/r1", 5_501, None),
        (f"{P1}/alpha/wait-discount/2025-10", None, "30"),
    ]
    assert (why["usage_events"], why["evidence_sha256"], why["statement_sha256"]) == (10, "e" * 64, "a" * 64)
    assert why["share"]["self_payment_krw"] == 5_501 - 1_650
    assert why["supply_value_krw"] + why["vat_krw"] == why["amount_krw"]


@pytest.mark.rule("BL-8")
async def test_a_shortened_outage_says_by_how_much(office):
    """25 late days stand, 240 outage hours are shortened to what the month still bears."""
    await office.open(P0)
    await office.price(P0, 3_000_000)
    late = monthly_use("A-000001", delivered_at=day("2025-10-26"), outage_unit_hours=240)
    settlement_id = await office.close_statement(P0, late)
    lines = (await office.read(f"/settlements/{settlement_id}"))["lines"]
    assert [(line["kind"], line["amount_krw"]) for line in lines] == [
        ("charge", 3_000_000),
        ("outage_deduction", -500_000),
        ("delay_deduction", -2_500_000),
    ]
    why = await office.read(f"/settlements/{settlement_id}/lines/2/explain")
    assert (why["uncut_krw"], why["shortened_krw"], why["cut_krw"]) == ("-1,000,000", "500,000", "0")


@pytest.mark.rule("BL-11")
async def test_a_late_event_is_a_line_of_the_next_settlement_at_the_price_of_its_month(office):
    """Two corrected hours of October come back in November at October's price, the subsidy first."""
    await p1(office)
    await office.price(P1, 9_000, valid_from="2025-11-01")
    await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=100)))
    correction = use("A-000001", billable_unit_hours=-2, adjustment=True)
    november = use("A-000001", billable_unit_hours=1, period="2025-11")
    settlement_id = await office.close_statement(P1, correction, november, month="2025-11")
    paid = await office.settled(settlement_id)
    assert [(li["period"], li["adjustment"], li["amount_krw"]) for li in paid["lines"]] == [
        ("2025-10", True, -11_000),
        ("2025-11", False, 9_000),
    ]
    assert sums(paid) == [-2_000, 0, 0, -2_000, 0, -2_000, 0]
    assert (await office.read(f"/budget/{P1}"))["executed_krw"] == 250_000 - 2_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("CV-1", "BL-2")
async def test_f_11_what_is_taken_back_adds_up_to_the_won(office):
    """Four discounted hours at 5,501 won, voided two and two: everything is back, and both months are approved."""
    await office.open(P1)
    await office.price(P1, 5_501, wait_discount_pct="30")
    await office.paid_up("A-000001")
    told = []
    for month, hours in (("2025-10", 4), ("2025-11", -2), ("2025-12", -2)):
        both = {"billable_unit_hours": hours, "discounted_unit_hours": hours, "adjustment": month != "2025-10"}
        paid = await office.settled(await office.close_statement(P1, use("A-000001", **both), month=month))
        told.append([line["amount_krw"] for line in paid["lines"]])
    assert told == [[22_004, -6_601], [-11_002, 3_301], [-11_002, 3_300]]
    assert (await office.read(f"/budget/{P1}"))["executed_krw"] == 0
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-11")
async def test_an_adjustment_waits_for_the_month_it_adjusts(office):
    """November adjusts October, so October is issued first."""
    await p1(office)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    correction = use("A-000001", billable_unit_hours=-2, adjustment=True)
    november = await office.close_statement(P1, correction, month="2025-11")
    assert await office.refused(f"/settlements/{november}/issue") == (409, "earlier_month_open")
    await office.settled(OCTOBER, "issue")
    assert (await office.settled(november, "issue"))["state"] == "issued"


@pytest.mark.rule("BL-11")
async def test_a_contested_line_is_corrected_by_a_line_of_a_later_settlement(office):
    """The issued settlement stays; November carries the difference and names the dispute."""
    await p1(office)
    october = use("A-000001", billable_unit_hours=100, discounted_unit_hours=6)
    issued = await office.settled(await office.close_statement(P1, october), "issue")
    as_alpha = {"role": "provider", "organisation_id": "alpha"}
    dispute = await office.done(
        f"/settlements/{OCTOBER}/lines/2/dispute", {"reason": "할인 시간이 셋뿐입니다."}, **as_alpha
    )
    assert (await office.refused(f"/settlements/{OCTOBER}/lines/2/dispute", {"reason": "again"}, **as_alpha))[1] == (
        "line_contested"
    )
    assert await office.refused(**office.step(OCTOBER, "approve")) == (409, "dispute_open")
    november = use("A-000001", billable_unit_hours=10, period="2025-11")
    settlement_id = await office.close_statement(P1, november, month="2025-11")
    decided = await office.two_people(
        f"/disputes/{dispute['dispute_id']}/decision", {"amount_krw": -4_950, "reason": "기록 확인"}
    )
    assert (decided["state"], decided["line_krw"], decided["decided_krw"]) == ("upheld", -9_900, -4_950)
    again = await office.read(f"/settlements/{OCTOBER}")
    assert {k: v for k, v in again.items() if k != "disputes"} == {k: v for k, v in issued.items() if k != "disputes"}
    lines = (await office.read(f"/settlements/{settlement_id}"))["lines"]
    assert [(li["amount_krw"], li["period"], li["cause"]) for li in lines] == [
        (55_000, "2025-11", ""),
        (4_950, "2025-10", "DP-000001"),
    ]
    assert (await office.refused(f"/disputes/{dispute['dispute_id']}/decision", {"reason": "x"}))[1] == "wrong_state"
    assert (await office.settled(OCTOBER, "approve", "pay"))["state"] == "paid"
    assert sums(await office.settled(settlement_id))[3] == 59_950
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-11")
async def test_a_line_cannot_be_contested_before_issue_nor_after_the_window(office):
    """A draft has nothing to contest; after seven days the window is closed; strangers see nothing."""
    await p1(office)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    contest = f"/settlements/{OCTOBER}/lines/1/dispute"
    assert (await office.refused(contest, {"reason": "early"}))[1] == "wrong_state"
    issued = await office.settled(OCTOBER, "issue")
    assert issued["dispute_until"] == "2025-11-11T15:00:00Z"
    stranger = {"role": "provider", "organisation_id": "beta"}
    assert await office.refused(contest, {"reason": "not mine"}, **stranger) == (404, "not_found")
    office.client.clock.set(day("2025-11-13"))
    assert await office.refused(contest, {"reason": "late"}) == (409, "dispute_window_closed")
    assert await office.refused(f"/settlements/{OCTOBER}/lines/9/dispute", {"reason": "none"}) == (404, "not_found")


@pytest.mark.rule("BL-2")
async def test_unmatched_and_non_conforming_use_is_shown_at_zero(office):
    """Nothing is payable for them, and no price is needed."""
    await office.open(P1)
    settlement_id = await office.close_statement(
        P1, use("A-000001", unmatched_unit_hours=4), use("A-000002", billable_unit_hours=9, payable=False)
    )
    shown = await office.settled(settlement_id)
    assert [(li["grant_id"], li["kind"], li["amount_krw"]) for li in shown["lines"]] == [
        ("A-000001", "charge", 0),
        ("A-000001", "unmatched", 0),
        ("A-000002", "charge", 0),
    ]
    assert sums(shown) == [0] * 7


@pytest.mark.rule("BL-11")
async def test_the_same_facts_settle_byte_for_byte_the_same(office, service_client):
    """Two offices, other clocks, other order of grants: the same canonical bytes and hash."""
    from tests.services.billing.office import Office

    contents = []
    other = Office(await service_client("billing"))
    for place, late in ((office, False), (other, True)):
        await p1(place)
        await place.paid_up("A-000002", organisation_id="O-2")
        lines = [
            use("A-000001", billable_unit_hours=100, discounted_unit_hours=6),
            use("A-000002", billable_unit_hours=3),
        ]
        if late:
            place.client.clock.set(day("2025-12-24"))
        settlement_id = await place.close_statement(P1, *(lines[::-1] if late else lines))
        await place.settled(settlement_id)
        answer = await place.get(f"/settlements/{settlement_id}/canonical")
        assert hashlib.sha256(answer.content).hexdigest() == answer.headers["X-Content-SHA256"]
        contents.append(answer.content)
    assert contents[0] == contents[1]
    assert json.loads(contents[0])["shares"][0]["self_payment_krw"] == "300000"


@pytest.mark.rule("BL-6")
async def test_a_fee_without_a_known_self_payment_is_not_approved(office):
    """Who pays cannot be said before the self-payment is known; nothing is drawn."""
    stated = {"billing.dispute_days": 7, "billing.budget.operating_krw": 0, "billing.budget.part_krw": 10**10}
    await office.open(P1, filled_in=False, **stated)
    await office.price(P1, 5_500)
    await office.sign("A-000001", P1)
    await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=1)), "issue")
    await office.window_over(OCTOBER)
    assert await office.refused(**office.step(OCTOBER, "approve")) == (409, "self_payment_unknown")
    assert (await office.read(f"/settlements/{OCTOBER}"))["state"] == "issued"
    assert (await office.read(f"/budget/{P1}"))["executed_krw"] == 0


@pytest.mark.rule("CV-8")
async def test_an_unset_budget_stops_the_approval_and_names_the_value(office):
    """policy_missing names the path; filled in, the approval goes through."""
    await office.open(P1, **{"billing.budget.operating_krw": "unset"})
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=1)), "issue")
    await office.window_over(OCTOBER)
    problem = (await office.post(**office.step(OCTOBER, "approve"))).json()
    assert (problem["code"], problem["facts"]["path"]) == ("policy_missing", "billing.budget.operating_krw")
    await office.revise(P1, "billing.budget.operating_krw", 0)
    assert (await office.settled(OCTOBER, "approve"))["state"] == "approved"


async def test_providers_see_their_own_settlements_only(office):
    """A provider's list holds its own; someone else's settlement is not found; applicants have no part in it."""
    await p1(office)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=1))
    as_beta = {"role": "provider", "organisation_id": "beta"}
    assert (await office.read("/settlements?provider=alpha", **as_beta))["items"] == []
    assert (await office.get(f"/settlements/{OCTOBER}", **as_beta)).status_code == 404
    assert (await office.get(f"/settlements/{OCTOBER}/canonical", **as_beta)).status_code == 404
    assert len((await office.read("/settlements", role="provider", organisation_id="alpha"))["items"]) == 1
    assert (await office.get("/settlements", role="applicant", organisation_id="O-1")).status_code == 403
    assert (await office.post(f"/settlements/{OCTOBER}/approve", role="auditor")).status_code == 403


async def test_the_list_takes_few_queries_whatever_its_length(office):
    """Fields and cursor work; a page of settlements is one query."""
    from sqlalchemy import event

    await p1(office)
    for provider in ("alpha", "beta", "gamma"):
        await office.close_statement(P1, use("A-000001", billable_unit_hours=0), provider=provider)
    asked = []
    engine = office.client.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    first = await office.read("/settlements?limit=2&fields=id,fee_krw")
    assert len(asked) <= 5
    assert first["items"][0] == {"id": OCTOBER, "fee_krw": 0}
    rest = await office.read(f"/settlements?limit=2&cursor={first['next_cursor']}")
    assert [item["provider"] for item in rest["items"]] == ["gamma"]
