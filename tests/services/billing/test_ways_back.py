"""What was wrong is taken back by a fact of its own, with a reason, by two people (F-16, BL-13)."""

import pytest

from libs.common.events.billing import PriceWithdrawn
from tests.services.billing.office import P0, P1, day, use
from tests.services.billing.test_clawbacks import AT, CLAIM, accounts, settled_grant

OCTOBER, NOVEMBER = (f"alpha:{P1}:2025-{month}" for month in ("10", "11"))
DYNAMIC = f"{P1}/alpha/H100x1/dynamic/2025-10"
RATE = f"{P1}/alpha/wait-discount/2025-10"
AS_ALPHA = {"role": "provider", "organisation_id": "alpha"}


async def opened(office, *prices):
    """P1 with a grant, and one round for each of these prices."""
    await office.open(P1)
    for nth, krw in enumerate(prices, start=1):
        await office.price(P1, krw, round=nth)
    await office.paid_up("A-000001")
    await office.place("A-000001", P1)


async def rate(office, pct):
    """Two people record the wait discount rate of October."""
    body = {"programme": P1, "provider_id": "alpha", "rate_pct": pct, "valid_from": "2025-10-01"}
    return await office.two_people("/wait-discounts", body)


async def amounts(office, settlement_id):
    """What a settlement's lines come to, in their order."""
    return [line["amount_krw"] for line in (await office.read(f"/settlements/{settlement_id}"))["lines"]]


@pytest.mark.rule("BL-1", "BL-13")
async def test_f_16_a_third_round_that_was_wrong_is_free_again(office):
    """Rounds at 5,500, 5,000 and, mistyped, 50: the third is taken back, the draft is at 5,000, then at 4,900."""
    await opened(office, 5_500, 5_000, 50)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=10))
    assert await amounts(office, OCTOBER) == [500]
    body = {"price_version": f"{DYNAMIC}/r3", "reason": "오기"}
    proposal = await office.done("/prices/withdrawals", body, subject="kim")
    assert await office.refused(f"/proposals/{proposal['proposal_id']}/confirm", subject="kim") == (
        409,
        "proposer_confirms",
    )
    await office.confirmed(proposal)
    assert await amounts(office, OCTOBER) == [50_000]
    assert await office.refused("/prices/withdrawals", body) == (409, "price_withdrawn")
    (said,) = await office.client.said(PriceWithdrawn)
    assert (said.round_no, said.holds_round_no, said.holds_krw) == (3, 2, 5_000)
    again = await office.price(P1, 4_900, round=3)
    assert again["price_version"] == f"{DYNAMIC}/r3.2"
    assert await amounts(office, OCTOBER) == [49_000]
    listed = {one["price_version"]: one for one in (await office.read(f"/prices?programme={P1}"))["items"]}
    gone = listed[f"{DYNAMIC}/r3"]
    assert (gone["withdrawn_by"], gone["withdrawal_reason"]) == ("officer-confirm", "오기")
    assert listed[f"{DYNAMIC}/r3.2"]["withdrawn_at"] is None
    assert (await office.settled(OCTOBER))["fee_krw"] == 49_000


@pytest.mark.rule("CV-1", "BL-13")
async def test_a_price_that_priced_a_closed_month_is_restated(office):
    """October paid at 6,000, taken back: November states −60,000 and 55,000 of round 1."""
    await opened(office, 5_500, 6_000)
    await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=10)))
    await office.two_people("/prices/withdrawals", {"price_version": f"{DYNAMIC}/r2"})
    await office.close_statement(P1, month="2025-11")
    assert sorted(await amounts(office, NOVEMBER)) == [-60_000, 55_000]
    assert (await office.settled(NOVEMBER))["fee_krw"] == -5_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-11", "BL-13")
async def test_what_no_price_is_left_for_is_parked_until_there_is_one(office):
    """The only price is taken back after October was paid: the grant waits, and is restated at 4,000 then."""
    await opened(office, 5_500)
    await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=10)))
    await office.two_people("/prices/withdrawals", {"price_version": f"{DYNAMIC}/r1"})
    await office.close_statement(P1, month="2025-11")
    assert (await office.read(f"/settlements/{NOVEMBER}"))["state"] == "parked"
    await office.price(P1, 4_000, round=1)
    assert (await office.settled(NOVEMBER))["fee_krw"] == -15_000


@pytest.mark.rule("BL-1")
async def test_a_dynamic_price_stays_while_a_fixed_one_rests_on_it(office):
    """Fixed 2,750 rests on dynamic 5,500: the fixed one goes first, then the dynamic one."""
    await opened(office, 5_500)
    await office.price(P1, 2_750, mode="fixed")
    body = {"price_version": f"{DYNAMIC}/r1", "reason": "오기"}
    assert await office.refused("/prices/withdrawals", body) == (409, "fixed_price_rests_on_it")
    fixed = f"{P1}/alpha/H100x1/fixed/2025-10/r1"
    await office.two_people("/prices/withdrawals", {"price_version": fixed})
    await office.two_people("/prices/withdrawals", body)
    assert await office.refused("/prices/withdrawals", {**body, "price_version": "x/y"}) == (404, "not_found")


@pytest.mark.rule("CV-1", "BL-13")
@pytest.mark.parametrize("closed", [False, True], ids=["the month is open", "the month is paid"])
async def test_f_16_a_wrong_wait_discount_rate_is_replaced(office, closed):
    """Four hours discounted at 30 % that should be 3 %: 22,000 − 6,600 becomes 22,000 − 660, closed or not."""
    await opened(office, 5_500)
    await rate(office, "30")
    await office.close_statement(P1, use("A-000001", billable_unit_hours=4, discounted_unit_hours=4))
    if closed:
        await office.settled(OCTOBER)
    assert await amounts(office, OCTOBER) == [22_000, -6_600]
    other = {"programme": P1, "provider_id": "alpha", "rate_pct": "3", "valid_from": "2025-10-01", "reason": "x"}
    assert await office.refused("/wait-discounts", other) == (409, "wait_discount_taken")
    did = await office.two_people("/wait-discounts/withdrawals", {"discount_version": RATE})
    assert did == {"discount_version": RATE, "rate_pct": "30"}
    gone = {"discount_version": RATE, "reason": "x"}
    assert await office.refused("/wait-discounts/withdrawals", gone) == (409, "wait_discount_withdrawn")
    assert (await rate(office, "3"))["discount_version"] == f"{RATE}.2"
    listed = (await office.read(f"/wait-discounts?programme={P1}"))["items"]
    assert [(one["rate_pct"], one["withdrawn_by"]) for one in listed] == [("30", "officer-confirm"), ("3", None)]
    if closed:
        await office.close_statement(P1, month="2025-11")
        assert sorted(await amounts(office, NOVEMBER)) == [-660, 6_600]
        assert (await office.settled(NOVEMBER))["fee_krw"] == 5_940
    else:
        assert (await office.settled(OCTOBER))["fee_krw"] == 21_340
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-14")
async def test_one_document_is_confirmed_for_one_organisation_alone(office):
    """The same SHA-256 for O-2 is refused to the officer, who is told whose it is; O-2 reads only that it waits."""
    await office.open(P0)
    ids = []
    for application, organisation in (("A-000001", "O-1"), ("A-000002", "O-2")):
        await office.announce(application, P0, organisation_id=organisation)
        shown = {"balance_krw": 1_000, "document": {"sha256": "9f" * 32, "file_name": "잔액증명서.pdf"}}
        at = f"/self-payments/{application}/evidence"
        told = await office.done(at, shown, role="applicant", organisation_id=organisation)
        ids.append((application, organisation, told["evidence"][0]["evidence_id"]))
    (first, _, one), (second, org, other) = ids
    await office.done(f"/self-payments/{first}/evidence/{one}/confirm", {"balance_krw": 1_000})
    confirm = f"/self-payments/{second}/evidence/{other}/confirm"
    answer = await office.post(confirm, {"balance_krw": 1_000})
    assert (answer.status_code, answer.json()["code"]) == (409, "document_confirmed_elsewhere")
    assert "'O-1'의 신청 'A-000001'" in answer.json()["messages"]["ko"]
    seen = await office.get(f"/self-payments/{second}", role="applicant", organisation_id=org)
    assert "A-000001" not in seen.text
    assert seen.json()["evidence"][0]["state"] == "awaiting_confirmation"
    await office.two_people(f"/self-payments/{first}/evidence/{one}/take-back")
    await office.done(confirm, {"balance_krw": 1_000})


@pytest.mark.rule("BL-12", "BL-10")
async def test_a_clawback_is_paid_in_parts_and_never_above_it(office):
    """250,000 claimed: 100,000 and 150,000 come in, a won more is refused, each reference once, Σ = 0."""
    await settled_grant(office)
    await office.two_people(AT, CLAIM)
    made = (await office.read(AT))["clawbacks"][0]
    assert (made["state"], made["owed_krw"]) == ("claimed", 250_000)
    pay = f"{AT}/{made['clawback_id']}/payments"
    part = {"amount_krw": 100_000, "reference": "KB-1"}
    for spelling in ("KB-1", "ｋｂ-１"):
        shown = (await office.done(pay, {**part, "reference": spelling}))["clawbacks"][0]
    assert (shown["state"], shown["paid_krw"], len(shown["payments"])) == ("claimed", 100_000, 1)
    assert await office.refused(pay, {**part, "amount_krw": 5}) == (409, "reference_taken")
    assert await office.refused(pay, {"amount_krw": 150_001, "reference": "KB-2"}) == (409, "clawback_overpaid")
    shown = (await office.done(pay, {"amount_krw": 150_000, "reference": "KB-2"}))["clawbacks"][0]
    assert (shown["state"], shown["owed_krw"]) == ("paid", 0)
    assert await accounts(office, "clawback:A-000001") == [0]
    for role in ("operator", "auditor", "provider", "applicant"):
        assert (await office.post(pay, part, role=role, organisation_id="O-1")).status_code == 403
    first = shown["payments"][0]["payment_id"]
    shown = (await office.done(f"{pay}/{first}/reverse", {"reason": "다른 과제"}))["clawbacks"][0]
    assert (shown["state"], shown["owed_krw"]) == ("claimed", 100_000)
    assert await office.refused(f"{pay}/{first}/reverse", {"reason": "x"}) == (409, "clawback_payment_reversed")
    assert (await office.done(pay, part))["clawbacks"][0]["state"] == "paid", "its reference is free again"
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-12", "BL-13")
async def test_what_was_paid_of_a_claim_taken_back_is_owed_and_given_back_by_two(office):
    """250,000 paid, then withdrawn: 250,000 owed back; refunded once; the account is 0."""
    await settled_grant(office)
    await office.two_people(AT, CLAIM)
    at = f"{AT}/{(await office.read(AT))['clawbacks'][0]['clawback_id']}"
    give_back = {"reference": "OUT-1", "reason": "청구 취소"}
    await office.done(f"{at}/payments", {"amount_krw": 250_000, "reference": "KB-1"})
    assert await office.refused(f"{at}/refunds", give_back) == (409, "clawback_owes_nothing")
    await office.two_people(f"{at}/withdraw")
    shown = (await office.read(AT))["clawbacks"][0]
    assert (shown["state"], shown["refund_owed_krw"]) == ("withdrawn", 250_000)
    assert await accounts(office, "clawback:A-000001") == [-250_000]
    assert await office.refused(f"{at}/payments", {"amount_krw": 1, "reference": "KB-2"}) == (
        409,
        "clawback_withdrawn",
    )
    assert (await office.two_people(f"{at}/refunds", give_back))["refund_krw"] == 250_000
    assert (await office.read(AT))["clawbacks"][0]["refund_owed_krw"] == 0
    assert await office.refused(f"{at}/refunds", {**give_back, "reference": "OUT-2"}) == (409, "clawback_owes_nothing")
    assert await accounts(office, "clawback:A-000001") == [0]
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-7", "BL-13")
async def test_an_open_dispute_holds_the_refund_and_says_so(office):
    """October of an ended grant is contested: the refund names the dispute; rejected and paid, it goes."""
    await opened(office, 1_000)
    await office.activate("A-000001", P1)
    await office.end("A-000001", P1, day("2025-11-01"))
    await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    await office.settled(OCTOBER, "issue")
    raised = await office.done(f"/settlements/{OCTOBER}/lines/1/dispute", {"reason": "확인"}, **AS_ALPHA)
    refund = "/self-payments/A-000001/refund"
    answer = await office.post(refund, {"reason": "이용 종료"})
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_waits_for_dispute")
    assert raised["dispute_id"] in answer.json()["messages"]["ko"]
    await office.two_people(f"/disputes/{raised['dispute_id']}/decision")
    await office.settled(OCTOBER, "approve", "pay")
    assert (await office.two_people(refund))["refund_krw"] == 200_000
