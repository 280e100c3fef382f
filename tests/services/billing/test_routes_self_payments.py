"""Self-payments through REST and events: computed, parked, evidenced, deposited, overdue, refunded."""

import asyncio
import datetime as dt

import pytest

from libs.common.dead_letters import list_open
from libs.common.events.allocator import GrantChanged
from libs.common.events.billing import SelfpayDeposited, SelfpayDue, SelfpayOverdue
from services.billing.jobs import take_up_parked, tell_overdue
from tests.services.billing.office import P0, P1, START, day, use

OWN = "/self-payments/A-000001"
BANK = {"amount_krw": 300_000, "reference": "bank-1"}


async def p0_winner(office, **values):
    """P0 with an agreement over four H100 cards for six months: 9,600,000 won."""
    await office.open(P0)
    usual = {"product": "H100-4", "units": 1, "months": 6}
    names = office.programmes[P0].products
    usual["product"] = next(n for n, p in names.items() if p.card_type == "H100" and p.cards_per_unit == 4)
    await office.sign("A-000001", P0, **{**usual, **values})


CLAIM = {"balance_krw": 9_600_000, "document": {"sha256": "9f" * 32, "file_name": "잔액증명서.pdf"}}


async def evidenced(office, balance_krw):
    """The applicant hands in a document and an officer confirms the balance."""
    claim = {**CLAIM, "balance_krw": balance_krw}
    told = await office.done(f"{OWN}/evidence", claim, role="applicant", organisation_id="O-1")
    at = f"{OWN}/evidence/{told['evidence'][-1]['evidence_id']}"
    await office.done(f"{at}/confirm", {"balance_krw": balance_krw}, subject="officer-7")


async def dead_letters(office):
    async with office.client.db.transaction() as tx:
        return await list_open(tx)


@pytest.mark.rule("BL-4")
async def test_the_self_payment_is_computed_at_the_agreement_by_the_asked_type(office):
    """4 H100 × 6 months × 400,000 = 9,600,000, due on an own account, told once."""
    await p0_winner(office)
    own = await office.read(OWN)
    assert (own["due_krw"], own["flow"], own["basis"], own["state"]) == (9_600_000, "own_account", "asked", "due")
    assert [(e.amount_krw, e.flow) for e in await office.client.said(SelfpayDue)] == [(9_600_000, "own_account")]
    assert await office.client.said(SelfpayDeposited) == []


@pytest.mark.rule("BL-4")
@pytest.mark.parametrize(
    ("facts", "due"),
    [
        pytest.param({"youth": True}, 4_800_000, id="youth pays half"),
        pytest.param({"sector": "public"}, 0, id="public is free"),
    ],
)
async def test_who_pays_what(office, facts, due):
    """The reduction that applies decides; who is free is covered at once."""
    await p0_winner(office, **facts)
    assert (await office.read(OWN))["due_krw"] == due
    assert [e.covered for e in await office.client.said(SelfpayDeposited)] == ([True] if due == 0 else [])
    assert [e.flow for e in await office.client.said(SelfpayDue)] == ["free" if due == 0 else "own_account"]


@pytest.mark.rule("BL-4")
async def test_placement_recomputes_by_the_assigned_type_and_fewer_months_lower_it(office):
    """As 16 A100 it stays 9,600,000 and is not told again; lowered to five months it is 8,000,000 and stays covered."""
    await p0_winner(office)
    await evidenced(office, 9_600_000)
    await office.place("A-000001", P0, card_type="A100", cards=16, months=6)
    placed = await office.read(OWN)
    assert (placed["due_krw"], placed["basis"], placed["card_type"], placed["cards"]) == (
        9_600_000,
        "assigned",
        "A100",
        16,
    )
    await office.client.feed(
        GrantChanged(
            grant_id="A-000001", programme_code=P0, units=1, months=5, ends_at=day("2026-03-01"), reason="late start"
        )
    )
    assert (await office.read(OWN))["due_krw"] == 8_000_000
    assert [e.amount_krw for e in await office.client.said(SelfpayDue)] == [9_600_000, 8_000_000]
    assert [e.covered for e in await office.client.said(SelfpayDeposited)] == [True, True]


@pytest.mark.rule("CV-8")
async def test_an_unset_rate_parks_the_self_payment_and_the_revision_completes_it(office):
    """The bus goes on, nothing is lost or guessed: the missing path shows, and the filled-in rate computes it."""
    await office.open(P1, filled_in=False, **{"billing.self_payment.deposit_days": 15})
    await office.sign("A-000001", P1)
    await office.sign("A-000002", P1, sector="public")
    parked = await office.read(OWN)
    path = "billing.self_payment.rates.H100.standard_krw"
    assert (parked["state"], parked["missing_path"], parked["due_krw"]) == ("awaiting_policy", path, None)
    assert await dead_letters(office) == ()
    assert await office.client.said(SelfpayDue) == []
    assert [p["application_id"] for p in (await office.read("/self-payments?state=awaiting_policy"))["items"]] == [
        "A-000001",
        "A-000002",
    ]
    await office.revise(P1, path, 100_000)
    assert (await office.read(OWN))["due_krw"] == 300_000
    assert (await office.read("/self-payments/A-000002"))["state"] == "awaiting_policy"
    await office.revise(P1, "billing.self_payment.rates.H100.public_krw", 0)
    assert (await office.read("/self-payments/A-000002"))["state"] == "covered"


@pytest.mark.rule("CV-8")
async def test_an_agreement_of_an_unknown_programme_or_product_waits_too(office):
    """Whatever arrives first: the agreement is kept, and computed once the definition is there."""
    await office.sign("A-000001", P1)
    assert (await office.read(OWN))["missing_path"] == "programme"
    await office.open(P1)
    assert (await office.read(OWN))["due_krw"] == 300_000
    await office.sign("A-000002", P1, product="nothing")
    assert (await office.read("/self-payments/A-000002"))["missing_path"] == "products.nothing"
    await office.run(take_up_parked)
    assert await dead_letters(office) == ()


@pytest.mark.rule("BL-5")
async def test_each_flow_has_its_own_way(office):
    """Where an own account is asked no deposit is booked, where a deposit is asked no evidence is taken."""
    await p0_winner(office)
    assert (await office.refused(f"{OWN}/deposits", BANK))[1] == "self_payment_other_flow"
    await office.open(P1)
    await office.sign("A-000002", P1)
    assert (await office.refused("/self-payments/A-000002/evidence", CLAIM))[1] == "self_payment_other_flow"


@pytest.mark.rule("BL-5")
async def test_part_deposits_are_held_and_only_the_full_amount_opens_the_gate(office):
    """299,999 won in two parts do not open; the last won does; every deposit is in the ledger."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    for amount, covered in ((200_000, False), (99_999, False), (1, True)):
        answer = await office.done(f"{OWN}/deposits", {"amount_krw": amount, "reference": f"bank-{amount}"})
        assert answer["covered"] is covered
    accounts = {a["account"]: a["balance_krw"] for a in (await office.read("/ledger/balance"))["accounts"]}
    assert accounts["self-payment:A-000001"] == -300_000
    assert accounts[f"agency:{P1}:deposits"] == 300_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-10")
async def test_a_deposit_reference_counts_once_whoever_sends_it_how_often(office):
    """Twice at once it is one deposit; with another amount or for another application it is refused."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    await office.sign("A-000002", P1, organisation_id="O-2")
    answers = await asyncio.gather(*(office.post(f"{OWN}/deposits", BANK) for _ in range(4)))
    assert {(a.status_code, a.json()["deposited_krw"]) for a in answers} == {(200, 300_000)}
    assert await office.refused(f"{OWN}/deposits", {**BANK, "amount_krw": 1}) == (409, "reference_taken")
    assert await office.refused("/self-payments/A-000002/deposits", BANK) == (409, "reference_taken")
    assert (await office.read("/self-payments/A-000002"))["deposited_krw"] == 0
    assert len(await office.client.said(SelfpayDeposited)) == 1
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-5")
async def test_a_deposit_is_overdue_when_its_period_has_ended(office):
    """15 days from 1 October end on the 16th, 24:00 KST: overdue then, told once; a late deposit still opens."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    due_at = dt.datetime.fromisoformat((await office.read(OWN))["due_at"])
    assert due_at == day("2025-10-17")
    await office.run(tell_overdue, at=due_at - dt.timedelta(seconds=1))
    assert await office.client.said(SelfpayOverdue) == []
    for _ in range(2):
        await office.run(tell_overdue, at=due_at)
    assert [(e.due_krw, e.received_krw) for e in await office.client.said(SelfpayOverdue)] == [(300_000, 0)]
    assert (await office.read(OWN))["state"] == "overdue"
    late = await office.done(f"{OWN}/deposits", BANK)
    assert (late["state"], late["covered"]) == ("covered", True)
    assert late["overdue_at"] is not None


@pytest.mark.rule("BL-5")
async def test_the_user_pays_the_provider_on_notice_and_overdue_is_visible(office):
    """Only after use has started, never above what is owed; a notice unpaid past its date is overdue and told once."""
    await p0_winner(office)
    notice = {"amount_krw": 1_600_000, "due_at": "2025-11-20T15:00:00Z"}
    assert (await office.refused(f"{OWN}/notices", notice))[1] == "use_not_started"
    await office.place("A-000001", P0, cards=4, months=6)
    await office.activate("A-000001", P0)
    told = await office.done(f"{OWN}/notices", notice)
    assert (told["notices"][0]["amount_krw"], told["notices"][0]["overdue_at"]) == (1_600_000, None)
    by_term = (await office.done(f"{OWN}/notices", {"amount_krw": 1_000_000}))["notices"][1]
    assert dt.datetime.fromisoformat(by_term["due_at"]) == day("2025-10-16")
    assert (await office.refused(f"{OWN}/notices", {"amount_krw": 7_000_001}))[1] == "notice_over_due"
    paid = await office.done(
        f"{OWN}/payments", {"amount_krw": 2_000_000, "reference": "pay-1"}, role="provider", organisation_id="alpha"
    )
    assert [n["paid_krw"] for n in paid["notices"]] == [1_600_000, 400_000]
    await office.run(tell_overdue, at=day("2025-11-30"))
    await office.run(tell_overdue, at=day("2025-11-30"))
    told = await office.client.said(SelfpayOverdue)
    assert [(e.due_krw, e.received_krw) for e in told] == [(2_600_000, 2_000_000)]
    notices = (await office.read(OWN))["notices"]
    assert [n["overdue_at"] is not None for n in notices] == [False, True]
    assert (await office.refused(f"{OWN}/payments", {"amount_krw": 7_600_001, "reference": "pay-2"}))[
        1
    ] == "payment_over_due"
    assert await office.ledger_sum() == 0


@pytest.mark.rule("CV-8")
async def test_a_notice_without_a_date_needs_the_programmes_term(office):
    """The unset term is named; an officer may state the date instead."""
    await p0_winner(office)
    await office.revise(P0, "billing.self_payment.notified_days", "unset")
    await office.place("A-000001", P0, cards=4, months=6)
    await office.activate("A-000001", P0)
    problem = (await office.post(f"{OWN}/notices", {"amount_krw": 1})).json()
    assert (problem["code"], problem["facts"]["path"]) == ("policy_missing", "billing.self_payment.notified_days")
    await office.done(f"{OWN}/notices", {"amount_krw": 1, "due_at": "2025-11-20T15:00:00Z"})


@pytest.mark.rule("BL-7")
async def test_a_winner_who_withdraws_before_use_gets_everything_back_once(office):
    """300,000 won come back once, whoever confirms how often; Σ ledger stays 0."""
    await office.open(P1)
    await office.paid_up("A-000001")
    await office.withdraw("A-000001", P1)
    assert (await office.read(OWN))["state"] == "closed"
    asked = [await office.done(f"{OWN}/refund", {"reason": "포기"}) for _ in range(3)]
    confirmations = [f"/proposals/{one['proposal_id']}/confirm" for one in asked]
    answers = await asyncio.gather(*(office.post(path, subject="officer-confirm") for path in confirmations))
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"proposal_outdated"}
    assert await office.refused(f"{OWN}/refund", {"reason": "포기"}) == (409, "nothing_to_refund")
    assert (await office.read(OWN))["refunded_krw"] == 300_000
    accounts = {a["account"]: a["balance_krw"] for a in (await office.read("/ledger/balance"))["accounts"]}
    assert accounts["self-payment:A-000001"] == 0
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-7")
async def test_a_refund_waits_until_use_is_settled_and_gives_back_the_unburnt_rest(office):
    """After 110,000 of 300,000 won were burnt down, 190,000 come back, and not before the last month is approved."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    await office.place("A-000001", P1)
    await office.activate("A-000001", P1)
    over = {"reason": "이용 종료"}
    assert await office.refused(f"{OWN}/refund", over) == (409, "nothing_to_refund"), "the grant runs"
    await office.end("A-000001", P1, day("2025-11-01"))
    assert await office.refused(f"{OWN}/refund", over) == (409, "use_not_settled")
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=20))
    await office.settled(settlement_id, "issue")
    assert await office.refused(f"{OWN}/refund", over) == (409, "use_not_settled")
    await office.settled(settlement_id, "approve")
    assert (await office.two_people(f"{OWN}/refund", over))["refund_krw"] == 190_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-7")
async def test_what_was_paid_above_the_amount_owed_comes_back_while_the_grant_runs(office):
    """An overpaid deposit is held, never burnt, and refundable."""
    await office.open(P1)
    await office.paid_up("A-000001")
    await office.done(f"{OWN}/deposits", {"amount_krw": 50_000, "reference": "twice"})
    assert (await office.read(OWN))["left_krw"] == 300_000
    assert (await office.two_people(f"{OWN}/refund"))["refund_krw"] == 50_000


async def test_everyone_sees_and_changes_only_their_own_self_payment(office):
    """Another organisation, another provider and other roles get 404 or 403."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    await office.place("A-000001", P1)
    assert (await office.get(OWN, role="applicant", organisation_id="O-1")).status_code == 200
    assert (await office.get(OWN, role="provider", organisation_id="alpha")).status_code == 200
    assert (await office.get(OWN, role="applicant", organisation_id="O-2")).status_code == 404
    assert (await office.get(OWN, role="provider", organisation_id="beta")).status_code == 404
    assert (await office.read("/self-payments", role="applicant", organisation_id="O-2"))["items"] == []
    assert (await office.post(f"{OWN}/deposits", BANK, role="applicant", organisation_id="O-1")).status_code == 403
    assert (await office.post(f"{OWN}/refund", {"reason": "x"}, role="auditor")).status_code == 403
    stranger = {"role": "applicant", "organisation_id": "O-2"}
    assert await office.refused(f"{OWN}/evidence", CLAIM, **stranger) == (
        404,
        "not_found",
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"amount_krw": 0, "reference": "x"}, id="nothing"),
        pytest.param({"amount_krw": -5, "reference": "x"}, id="less than nothing"),
        pytest.param({"amount_krw": 1.5, "reference": "x"}, id="half a won"),
        pytest.param({"amount_krw": 10**30, "reference": "x"}, id="more than there is"),
        pytest.param({"amount_krw": 1, "reference": ""}, id="no reference"),
        pytest.param({"amount_krw": 1, "reference": "x", "note": "hi"}, id="an unknown field"),
        pytest.param({"reference": "x"}, id="no amount"),
    ],
)
async def test_a_malformed_deposit_is_refused_and_leaves_nothing(office, body):
    """422 with a stable code, no receipt, no entry."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    assert await office.refused(f"{OWN}/deposits", body) == (422, "invalid_request")
    assert (await office.read(OWN))["receipts"] == []


async def test_the_same_agreement_again_changes_nothing(office):
    """A redelivered fact under a new event id opens no second self-payment."""
    await office.open(P1)
    for _ in range(2):
        await office.sign("A-000001", P1, signed_at=START)
    assert len(await office.client.said(SelfpayDue)) == 1
