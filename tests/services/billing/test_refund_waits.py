"""A refund waits for all that is still to be stated; parts of a cap add up to it; sums of deposits have a bound."""

from dataclasses import replace

import pytest

from services.billing.policy import BudgetPolicy
from services.billing.rules.budget import operating_part_krw, subsidy_part_krw
from tests.services.billing.office import P1, day, use

OCTOBER, NOVEMBER = (f"alpha:{P1}:2025-{month}" for month in ("10", "11"))
OWN = "/self-payments/A-000001"
SHIFTS = f"/budget/{P1}/shifts"
WAITS = (409, "use_not_settled")


async def over(office, hours=100):
    """One grant at 1,000 won, its October of a hundred hours, ended with October."""
    await office.open(P1)
    await office.price(P1, 1_000)
    await office.paid_up("A-000001")
    await office.place("A-000001", P1)
    await office.activate("A-000001", P1)
    await office.end("A-000001", P1, day("2025-11-01"))
    return await office.close_statement(P1, use("A-000001", billable_unit_hours=hours))


async def refunded(office):
    """What a proposal to refund is answered: its status, and its code or what it would do."""
    answer = await office.post(f"{OWN}/refund", {"reason": "이용 종료"})
    return answer.status_code, answer.json().get("code") or answer.json().get("would")


@pytest.mark.rule("BL-7")
async def test_nothing_is_refunded_while_a_new_price_is_in_no_draft_yet(office):
    """October is paid at 1,000 and repriced to 2,000; nothing is drafted: 100,000 more will be stated."""
    await office.settled(await over(office))
    await office.price(P1, 2_000, round=2)
    assert await refunded(office) == WAITS
    await office.close_statement(P1, month="2025-11")
    assert await refunded(office) == WAITS
    await office.settled(NOVEMBER, "issue", "approve")
    assert (await office.two_people(f"{OWN}/refund"))["refund_krw"] == 100_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-7")
async def test_a_price_put_back_before_it_was_stated_lets_the_refund_go(office):
    """Repriced to 2,000 and back to 1,000 by a third round: its lines are restated, so it waits."""
    await office.settled(await over(office))
    await office.price(P1, 2_000, round=2)
    await office.price(P1, 1_000, round=3)
    assert await refunded(office) == WAITS


@pytest.mark.rule("BL-7")
async def test_nothing_is_refunded_while_a_decision_is_in_no_draft_yet(office):
    """Half of October is decided; no later settlement is there to carry it out."""
    await over(office)
    await office.settled(OCTOBER, "issue")
    raised = await office.done(
        f"/settlements/{OCTOBER}/lines/1/dispute", {"reason": "x"}, role="provider", organisation_id="alpha"
    )
    await office.two_people(f"/disputes/{raised['dispute_id']}/decision", {"amount_krw": 50_000})
    await office.settled(OCTOBER, "approve", "pay")
    assert await refunded(office) == WAITS
    await office.close_statement(P1, month="2025-11")
    await office.settled(NOVEMBER, "issue", "approve")
    assert (await office.two_people(f"{OWN}/refund"))["refund_krw"] == 250_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-7")
async def test_a_rejected_dispute_keeps_no_refund(office):
    """The decision changes nothing: 200,000 come back at once."""
    await over(office)
    await office.settled(OCTOBER, "issue")
    raised = await office.done(
        f"/settlements/{OCTOBER}/lines/1/dispute", {"reason": "x"}, role="provider", organisation_id="alpha"
    )
    await office.two_people(f"/disputes/{raised['dispute_id']}/decision", {"amount_krw": None})
    await office.settled(OCTOBER, "approve", "pay")
    assert (await office.two_people(f"{OWN}/refund"))["refund_krw"] == 200_000


@pytest.mark.rule("BL-7")
async def test_another_grants_new_price_keeps_no_refund(office):
    """A price of a product that the grant never used changes nothing of it."""
    await office.settled(await over(office))
    await office.price(P1, 2_000, product="H100x2", round=2)
    assert (await office.two_people(f"{OWN}/refund"))["refund_krw"] == 200_000


@pytest.mark.rule("BL-7")
async def test_a_refund_proposed_before_a_new_price_is_not_confirmed_after_it(office):
    """What it rests on is judged again at the confirmation."""
    await office.settled(await over(office))
    asked = await office.done(f"{OWN}/refund", {"reason": "이용 종료"})
    await office.price(P1, 2_000, round=2)
    answer = await office.post(f"/proposals/{asked['proposal_id']}/confirm", subject="lee")
    assert answer.status_code == 409, answer.json().get("did")
    assert (await office.read(OWN))["refunded_krw"] == 0


@pytest.mark.rule("BL-9")
async def test_the_part_for_subsidies_is_never_below_nothing(office):
    """Cap 1,000,000, 200,000 for operation; all moved there, operation then revised to the whole cap."""
    await office.open(P1, **{"billing.budget.cap_krw": 1_000_000, "billing.budget.operating_krw": 200_000})
    move = {"from_part": "subsidy", "to_part": "operating", "amount_krw": 800_000, "reason": "x"}
    await office.two_people(SHIFTS, move)
    await office.revise(P1, "billing.budget.operating_krw", 1_000_000)
    told = await office.read(f"/budget/{P1}")
    assert (told["subsidy_krw"], told["operating_krw"], told["left_krw"]) == (0, 1_000_000, 0)


@pytest.mark.rule("BL-9")
def test_parts_of_a_cap_add_up_to_it_whatever_was_moved():
    """Neither part is below nothing, however much officers moved and whatever a later version keeps."""
    policy = BudgetPolicy(1_000, 800, ())
    for shifted in (-(10**6), -201, -200, 0, 799, 800, 801, 10**6):
        parts = subsidy_part_krw(policy, shifted), operating_part_krw(policy, shifted)
        assert sum(parts) == 1_000, shifted
        assert min(parts) >= 0, shifted
    assert operating_part_krw(replace(policy, cap_krw=None), 0) == 800


@pytest.mark.rule("CV-10")
async def test_deposits_come_to_exactly_the_bound_and_a_reversed_one_makes_room(office):
    """10¹⁵ − 1 and 1 are booked, one more is refused and leaves nothing; the same again changes nothing."""
    await office.open(P1)
    await office.announce("A-000001", P1, product="H100x1")
    big = {"amount_krw": 10**15 - 1, "reference": "b-0"}
    await office.done(f"{OWN}/deposits", big)
    await office.done(f"{OWN}/deposits", {"amount_krw": 1, "reference": "b-1"})
    more = {"amount_krw": 1, "reference": "b-2"}
    assert await office.refused(f"{OWN}/deposits", more) == (409, "received_beyond_bounds")
    told = await office.done(f"{OWN}/deposits", big)
    assert len(told["receipts"]) == 2
    first = told["receipts"][0]["receipt_id"]
    await office.done(f"{OWN}/receipts/{first}/reverse", {"reason": "다른 과제의 입금"})
    await office.done(f"{OWN}/deposits", more)
    assert await office.ledger_sum() == 0
