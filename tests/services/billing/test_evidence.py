"""Evidence of a balance is a document that an officer confirms; a wrong booking is taken back by a fact (BL-14)."""

import asyncio

import pytest

from libs.common.events.billing import SelfpayDeposited
from services.billing.jobs import tell_overdue
from tests.services.billing.office import P0, P1, day, use

OWN = "/self-payments/A-000001"
OTHER = "/self-payments/A-000002"
APPLICANT = {"role": "applicant", "organisation_id": "O-1", "subject": "applicant-1"}
FULL = 9_600_000


def document(balance_krw=FULL, sha256="9f" * 32, **more):
    """A claim of a balance with its document."""
    return {"balance_krw": balance_krw, "document": {"sha256": sha256, "file_name": "1_잔액증명서.pdf", **more}}


async def p0_winner(office, **values):
    """P0 with an agreement over four H100 cards for six months: 9,600,000 won."""
    await office.open(P0)
    await office.sign("A-000001", P0, **{"product": "H100x4", "units": 1, "months": 6, **values})


async def claimed(office, *claims):
    """Hand documents in as the applicant; returns the ids of all evidence."""
    for claim in claims:
        told = await office.done(f"{OWN}/evidence", claim, **APPLICANT)
    return [one["evidence_id"] for one in told["evidence"]]


async def covered(office):
    """What billing told of the gate so far, in order."""
    return [(one.received_krw, one.covered) for one in await office.client.said(SelfpayDeposited)]


async def accounts(office):
    """The balances of the ledger's accounts."""
    return {a["account"]: a["balance_krw"] for a in (await office.read("/ledger/balance"))["accounts"]}


@pytest.mark.rule("BL-14")
async def test_F_13_the_applicants_word_opens_no_gate(office):  # noqa: N802 - the fault's id
    """999,999,999,999 won claimed wait, and nothing is told; the balance that an officer reads counts, both shown."""
    await p0_winner(office)
    (evidence_id,) = await claimed(office, document(999_999_999_999, document_id="D-000101"))
    waiting = await office.read(OWN)
    assert (waiting["covered"], waiting["state"], waiting["received_krw"]) == (False, "due", 0)
    assert [one["state"] for one in waiting["evidence"]] == ["awaiting_confirmation"]
    assert await covered(office) == []
    confirm = f"{OWN}/evidence/{evidence_id}/confirm"
    assert (await office.post(confirm, {"balance_krw": FULL}, **APPLICANT)).status_code == 403
    assert await office.refused(confirm, {"balance_krw": FULL}) == (409, "other_balance_needs_reason")
    told = await office.done(confirm, {"balance_krw": FULL, "reason": "서류의 잔액"}, subject="officer-7")
    assert (told["covered"], told["state"], told["received_krw"]) == (True, "covered", FULL)
    (shown,) = told["evidence"]
    assert (shown["claimed_by"], shown["claimed_krw"], shown["document_id"]) == (
        "applicant-1",
        999_999_999_999,
        "D-000101",
    )
    judged = shown["judgements"][0]
    assert (judged["outcome"], judged["balance_krw"], judged["judged_by"], judged["reason"]) == (
        "confirmed",
        FULL,
        "officer-7",
        "서류의 잔액",
    )
    assert await covered(office) == [(FULL, True)]


@pytest.mark.rule("BL-14")
async def test_nobody_confirms_what_he_claimed(office):
    """An officer who hands a paper in for the applicant does not confirm it, however his name is spelt."""
    await p0_winner(office)
    told = await office.done(f"{OWN}/evidence", document(), subject="officer-1")
    confirm = f"{OWN}/evidence/{told['evidence'][0]['evidence_id']}/confirm"
    for same in ("officer-1", "Officer-1"):
        assert await office.refused(confirm, {"balance_krw": FULL}, subject=same) == (409, "claimant_confirms")
    assert (await office.done(confirm, {"balance_krw": FULL}, subject="officer-2"))["covered"]


@pytest.mark.rule("BL-14")
async def test_evidence_is_judged_once_and_a_rejected_document_may_come_again(office):
    """Rejected with a reason, it stays so; the same document makes a new claim, twice handed in it is one."""
    await p0_winner(office)
    (first,) = await claimed(office, document(), document())
    assert (await office.post(f"{OWN}/evidence/{first}/reject", {})).status_code == 422
    told = await office.done(f"{OWN}/evidence/{first}/reject", {"reason": "예금주가 다름"})
    assert (told["covered"], told["evidence"][0]["state"]) == (False, "rejected")
    for step, body in (("confirm", {"balance_krw": FULL}), ("reject", {"reason": "x"})):
        assert await office.refused(f"{OWN}/evidence/{first}/{step}", body) == (409, "evidence_judged")
    assert await office.refused(f"{OWN}/evidence/{first}/take-back", {"reason": "x"}) == (409, "evidence_not_confirmed")
    _, again = await claimed(office, document())
    assert await office.refused(f"{OWN}/evidence", document(1), **APPLICANT) == (409, "document_claimed")
    assert (await office.done(f"{OWN}/evidence/{again}/confirm", {"balance_krw": FULL}))["covered"]
    assert await covered(office) == [(FULL, True)]


@pytest.mark.rule("BL-14")
@pytest.mark.rule("BL-5")
async def test_the_highest_confirmed_balance_counts_and_a_won_short_does_not_open(office):
    """9,599,999 do not open; 9,600,000 do; a lower balance confirmed later takes nothing back."""
    await p0_winner(office)
    ids = await claimed(office, document(FULL - 1, "a" * 64), document(FULL, "b" * 64), document(5, "c" * 64))
    for evidence_id, krw, opens in zip(ids, (FULL - 1, FULL, 5), (False, True, True), strict=True):
        told = await office.done(f"{OWN}/evidence/{evidence_id}/confirm", {"balance_krw": krw})
        assert told["covered"] is opens
    assert await covered(office) == [(FULL - 1, False), (FULL, True), (FULL, True)]


@pytest.mark.rule("BL-14")
async def test_F_16_a_confirmation_is_taken_back_and_closes_the_gate(office):  # noqa: N802 - the fault's id
    """The lower of two confirmed balances counts again, the gate is told, and the same document may come again."""
    await p0_winner(office)
    low, full = await claimed(office, document(4_000_000, "a" * 64), document())
    for evidence_id, krw in ((low, 4_000_000), (full, FULL)):
        await office.done(f"{OWN}/evidence/{evidence_id}/confirm", {"balance_krw": krw})
    did = await office.two_people(f"{OWN}/evidence/{full}/take-back", {"reason": "위조"})
    assert did == {"evidence_id": full, "evidenced_krw": 4_000_000, "state": "due"}
    told = await office.read(OWN)
    assert (told["covered"], told["state"], told["received_krw"]) == (False, "due", 4_000_000)
    assert [one["outcome"] for one in told["evidence"][1]["judgements"]] == ["confirmed", "taken_back"]
    assert await office.refused(f"{OWN}/evidence/{full}/take-back", {"reason": "x"}) == (409, "evidence_not_confirmed")
    assert await covered(office) == [(4_000_000, False), (FULL, True), (4_000_000, False)]
    *_, again = await claimed(office, document())
    assert (await office.done(f"{OWN}/evidence/{again}/confirm", {"balance_krw": FULL}))["covered"]


@pytest.mark.rule("BL-14")
async def test_of_two_officers_at_once_one_judges(office):
    """Confirmed and rejected at the same moment, one of both holds."""
    await p0_winner(office)
    (evidence_id,) = await claimed(office, document())
    at = f"{OWN}/evidence/{evidence_id}"
    answers = await asyncio.gather(
        office.post(f"{at}/confirm", {"balance_krw": FULL}), office.post(f"{at}/reject", {"reason": "x"})
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len((await office.read(OWN))["evidence"][0]["judgements"]) == 1


@pytest.mark.rule("BL-14")
async def test_evidence_before_the_agreement_is_kept_and_counts_with_it(office):
    """Selected, the applicant hands in and an officer confirms; the agreement finds the amount covered."""
    await office.open(P0)
    await office.announce("A-000001", P0, product="H100x4", units=1, months=6, units_asked=1, months_asked=6)
    early = await office.read(OWN, **APPLICANT)
    assert (early["state"], early["due_krw"], early["covered"]) == ("awaiting_agreement", None, False)
    assert (await office.get(OWN, role="applicant", organisation_id="O-2")).status_code == 404
    (evidence_id,) = await claimed(office, document())
    told = await office.done(f"{OWN}/evidence/{evidence_id}/confirm", {"balance_krw": FULL})
    assert (told["state"], told["covered"], told["evidenced_krw"]) == ("awaiting_agreement", False, FULL)
    assert await covered(office) == [], "nothing is owed that it could cover"
    await office.sign("A-000001", P0, product="H100x4", units=1, months=6)
    signed = await office.read(OWN)
    assert (signed["state"], signed["due_krw"], signed["covered"]) == ("covered", FULL, True)
    assert await covered(office) == [(FULL, True)]


@pytest.mark.rule("BL-14")
async def test_a_deposit_before_the_agreement_is_kept_and_counts_with_it(office):
    """200,000 of 300,000 won before the agreement are told as a part with it; a refund before it gives nothing."""
    await office.open(P1)
    await office.announce("A-000001", P1, product="H100x1")
    early = await office.done(f"{OWN}/deposits", {"amount_krw": 200_000, "reference": "bank-1"})
    assert (early["state"], early["covered"], early["deposited_krw"]) == ("awaiting_agreement", False, 200_000)
    assert await office.refused(f"{OWN}/refund", {"reason": "x"}) == (409, "nothing_to_refund")
    await office.sign("A-000001", P1)
    assert (await office.read(OWN))["state"] == "due"
    assert await covered(office) == [(200_000, False)]
    assert (await office.done(f"{OWN}/deposits", {"amount_krw": 100_000, "reference": "bank-2"}))["covered"]
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-14")
@pytest.mark.parametrize("gone", ["not selected any more", "withdrawn"])
async def test_what_came_in_for_one_who_gets_no_agreement_goes_back(office, gone):
    """A later run refuses him, or he withdraws: the self-payment is closed and the whole deposit can be refunded."""
    await office.open(P1)
    await office.announce("A-000001", P1, product="H100x1")
    await office.done(f"{OWN}/deposits", {"amount_krw": 200_000, "reference": "bank-1"})
    if gone == "withdrawn":
        await office.withdraw("A-000001", P1)
    else:
        await office.announce("A-000001", P1, product="H100x1", run_version=2, outcome="waiting", refused_by="budget")
    assert (await office.read(OWN))["state"] == "closed"
    assert (await office.two_people(f"{OWN}/refund"))["refund_krw"] == 200_000
    assert (await accounts(office))["self-payment:A-000001"] == 0


@pytest.mark.rule("BL-14")
async def test_one_who_is_selected_again_goes_on_where_he_was(office):
    """Dropped and selected again by later runs, what was paid in is still there."""
    await office.open(P1)
    for run, outcome in enumerate(("selected", "waiting", "selected"), start=1):
        await office.announce("A-000001", P1, product="H100x1", run_version=run, outcome=outcome)
        if run == 1:
            await office.done(f"{OWN}/deposits", {"amount_krw": 300_000, "reference": "bank-1"})
    assert (await office.read(OWN))["state"] == "awaiting_agreement"
    await office.sign("A-000001", P1)
    assert (await office.read(OWN))["state"] == "covered"


@pytest.mark.rule("BL-14")
async def test_a_deposit_while_a_rate_is_unset_is_kept_and_counts_once_it_is_known(office):
    """CV-8 parks the amount, not the money that came in."""
    await office.open(P1, filled_in=False, **{"billing.self_payment.deposit_days": 15})
    await office.sign("A-000001", P1)
    early = await office.done(f"{OWN}/deposits", {"amount_krw": 300_000, "reference": "bank-1"})
    assert (early["state"], early["covered"]) == ("awaiting_policy", False)
    assert await covered(office) == []
    await office.revise(P1, "billing.self_payment.rates.H100.standard_krw", 100_000)
    assert (await office.read(OWN))["state"] == "covered"
    assert await covered(office) == [(300_000, True)]


@pytest.mark.rule("BL-14")
async def test_a_deposit_is_booked_by_an_officer_alone(office):
    """Neither operator nor applicant nor provider books money that came in; its amount has bounds."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    for role in ("operator", "applicant", "provider", "auditor"):
        answer = await office.post(f"{OWN}/deposits", {"amount_krw": 1, "reference": "x"}, role=role)
        assert answer.status_code == 403
    for krw in (0, -1, 10**15 + 1):
        assert (await office.post(f"{OWN}/deposits", {"amount_krw": krw, "reference": "x"})).status_code == 422


@pytest.mark.rule("BL-14")
async def test_F_16_a_deposit_on_the_wrong_grant_is_reversed_and_booked_on_the_right_one(office):  # noqa: N802 - id
    """The ledger mirrors it, both gates are told, the bank's reference is free for the right grant, then taken."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    await office.sign("A-000002", P1, organisation_id="O-2")
    bank = {"amount_krw": 300_000, "reference": "BANK-0001"}
    wrong = (await office.done(f"{OWN}/deposits", bank))["receipts"][0]["receipt_id"]
    assert await office.refused(f"{OTHER}/deposits", bank) == (409, "reference_taken")
    reverse = f"{OWN}/receipts/{wrong}/reverse"
    assert (await office.post(reverse, {})).status_code == 422
    assert (await office.post(reverse, {"reason": "x"}, role="operator")).status_code == 403
    assert await office.refused(f"{OTHER}/receipts/{wrong}/reverse", {"reason": "x"}) == (404, "not_found")
    told = await office.done(reverse, {"reason": "다른 과제의 입금"}, subject="officer-9")
    assert (told["covered"], told["state"], told["deposited_krw"], told["received_krw"]) == (False, "due", 0, 0)
    taken_back = told["receipts"][1]
    assert (taken_back["kind"], taken_back["reverses"], taken_back["reason"], taken_back["recorded_by"]) == (
        "reversal",
        wrong,
        "다른 과제의 입금",
        "officer-9",
    )
    right = await office.done(f"{OTHER}/deposits", bank)
    assert (right["covered"], right["deposited_krw"]) == (True, 300_000)
    assert (await office.done(f"{OTHER}/deposits", {**bank, "reference": "bank-0001"}))["deposited_krw"] == 300_000
    assert await office.refused(f"{OWN}/deposits", bank) == (409, "reference_taken")
    told = [(one.application_id, one.covered) for one in await office.client.said(SelfpayDeposited)]
    assert told == [("A-000001", True), ("A-000001", False), ("A-000002", True)]
    booked = await accounts(office)
    assert (booked["self-payment:A-000001"], booked["self-payment:A-000002"]) == (0, -300_000)
    assert booked[f"agency:{P1}:deposits"] == 300_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-14")
async def test_a_reversal_is_made_once_and_stays(office):
    """Twice at once one holds; a reversal and a refund cannot be reversed; corrected twice, the right amount stands."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    first = (await office.done(f"{OWN}/deposits", {"amount_krw": 3_000_000, "reference": "b-1"}))["receipts"][0]
    at = f"{OWN}/receipts/{first['receipt_id']}/reverse"
    answers = await asyncio.gather(*(office.post(at, {"reason": "금액 오기"}) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert await office.refused(at, {"reason": "x"}) == (409, "receipt_reversed")
    reversal = (await office.read(OWN))["receipts"][1]["receipt_id"]
    assert await office.refused(f"{OWN}/receipts/{reversal}/reverse", {"reason": "x"}) == (409, "reversal_stays")
    for krw in (30_000, 300_000):
        told = await office.done(f"{OWN}/deposits", {"amount_krw": krw, "reference": "b-1"})
        if krw == 30_000:
            newest = told["receipts"][-1]["receipt_id"]
            await office.done(f"{OWN}/receipts/{newest}/reverse", {"reason": "금액 오기"})
    assert (told["deposited_krw"], told["covered"]) == (300_000, True)
    await office.withdraw("A-000001", P1)
    await office.two_people(f"{OWN}/refund")
    refund = (await office.read(OWN))["receipts"][-1]["receipt_id"]
    assert await office.refused(f"{OWN}/receipts/{refund}/reverse", {"reason": "x"}) == (409, "refund_stays")
    assert (await accounts(office))["self-payment:A-000001"] == 0
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-14")
async def test_what_is_burnt_down_or_given_back_cannot_be_reversed(office):
    """110,000 of 300,000 won burnt: the deposit stays, a second one of exactly the rest goes, a refunded one stays."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    await office.done(f"{OWN}/deposits", {"amount_krw": 190_000, "reference": "too-much"})
    first, second = [one["receipt_id"] for one in (await office.read(OWN))["receipts"]]
    await office.place("A-000001", P1)
    await office.activate("A-000001", P1)
    await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=60)))
    assert (await office.read(OWN))["burnt_krw"] == 300_000
    problem = (await office.post(f"{OWN}/receipts/{first}/reverse", {"reason": "x"})).json()
    assert (problem["code"], problem["facts"]["free_krw"]) == ("receipt_used_up", 190_000)
    assert "300,000원 가운데 190,000원만" in problem["messages"]["ko"]
    assert (await office.done(f"{OWN}/receipts/{second}/reverse", {"reason": "x"}))["deposited_krw"] == 300_000
    assert (await office.read(OWN))["covered"]
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-14")
async def test_a_deposit_reversed_after_use_began_is_owed_again_and_overdue(office):
    """The grant stays in use; the gate is told to be closed, and past its term the deposit is overdue."""
    await office.open(P1)
    await office.paid_up("A-000001")
    await office.place("A-000001", P1)
    await office.activate("A-000001", P1)
    (receipt,) = (await office.read(OWN))["receipts"]
    told = await office.done(f"{OWN}/receipts/{receipt['receipt_id']}/reverse", {"reason": "다른 과제의 입금"})
    assert (told["state"], told["covered_at"]) == ("due", None)
    await office.run(tell_overdue, at=day("2025-10-17"))
    assert (await office.read(OWN))["state"] == "overdue"
    part = await office.done(f"{OWN}/deposits", {"amount_krw": 1, "reference": "part"})
    assert part["state"] == "overdue", "a part does not lift it"
    assert (await office.done(f"{OWN}/deposits", {"amount_krw": 299_999, "reference": "rest"}))["state"] == "covered"


@pytest.mark.rule("BL-14")
async def test_F_16_a_payment_to_the_wrong_provider_or_grant_is_reversed(office):  # noqa: N802 - the fault's id
    """Booked for one grant of alpha, it is taken back and booked for the other; alpha's account is the same then."""
    await office.open(P0)
    for grant, party in (("A-000001", "O-1"), ("A-000002", "O-2")):
        await office.sign(grant, P0, product="H100x4", units=1, months=6, organisation_id=party)
        await office.place(grant, P0, cards=4, months=6)
        await office.activate(grant, P0)
    alpha = {"role": "provider", "organisation_id": "alpha"}
    paid = {"amount_krw": 1_600_000, "reference": "2025-0001"}
    wrong = (await office.done(f"{OWN}/payments", paid, **alpha))["receipts"][0]["receipt_id"]
    await office.done(f"{OWN}/notices", {"amount_krw": 1_600_000, "due_at": "2025-11-20T15:00:00Z"})
    at = f"{OWN}/receipts/{wrong}/reverse"
    assert (await office.post(at, {"reason": "x"}, **alpha)).status_code == 403
    told = await office.done(at, {"reason": "다른 과제의 납부"})
    assert (told["paid_to_provider_krw"], told["notices"][0]["paid_krw"]) == (0, 0)
    assert (await office.done(f"{OTHER}/payments", paid, **alpha))["paid_to_provider_krw"] == 1_600_000
    booked = await accounts(office)
    assert (booked["self-payment:A-000001"], booked["self-payment:A-000002"]) == (0, -1_600_000)
    assert booked["provider:alpha:payable"] == 1_600_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-14")
async def test_evidence_booked_before_documents_were_asked_counts_until_it_is_reversed(office):
    """A receipt of kind `evidence` of an older version still covers; reversed, it does not, and moves no money."""
    await p0_winner(office)
    async with office.client.db.transaction() as tx:
        await tx.exec_driver_sql(
            "INSERT INTO self_payment_receipt (receipt_id, application_id, scope, kind, amount_krw, reference,"
            " reference_key, recorded_by, recorded_at) VALUES ('RC-000900', 'A-000001', 'A-000001', 'evidence',"
            f" {FULL}, 'cert-1', 'cert-1', 'applicant-1', '2025-10-01T00:00:00Z')"
        )
        await tx.exec_driver_sql(
            f"UPDATE self_payment SET evidenced_krw = {FULL}, state = 'covered', covered_at = '2025-10-01T00:00:00Z'"
        )
    (low,) = await claimed(office, document(5))
    assert (await office.done(f"{OWN}/evidence/{low}/confirm", {"balance_krw": 5}))["covered"]
    told = await office.done(f"{OWN}/receipts/RC-000900/reverse", {"reason": "서류 없음"})
    assert (told["covered"], told["evidenced_krw"]) == (False, 5)
    assert [row for row in (await office.read("/ledger?limit=100"))["items"] if "reversed" in row["cause"]] == []


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(document(10**15 + 1), id="more than there is"),
        pytest.param(document(-1), id="less than nothing"),
        pytest.param(document(1, "9F" * 32), id="a hash in capitals"),
        pytest.param(document(1, "9f" * 31), id="a hash too short"),
        pytest.param({"balance_krw": 1, "evidence": "I say so"}, id="words instead of a document"),
        pytest.param({"balance_krw": 1, "document": {"sha256": "9f" * 32, "file_name": "\u200b"}}, id="no name"),
    ],
)
async def test_a_malformed_claim_is_refused_and_leaves_nothing(office, claim):
    """422 with a stable code, and no evidence."""
    await p0_winner(office)
    assert await office.refused(f"{OWN}/evidence", claim, **APPLICANT) == (422, "invalid_request")
    assert (await office.read(OWN))["evidence"] == []
