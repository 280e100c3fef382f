"""A budget with an operating part: levels, what is left, commitments less the self-payment, a cap taken away (F-15)."""

import pytest

from libs.common.events.billing import BudgetReached
from services.billing.jobs import take_up_parked
from tests.services.billing.office import P0, P1, use

CAP, OPERATING = "billing.budget.cap_krw", "billing.budget.operating_krw"
PLANNING = "tracks.1.selection.planning_price_krw"


async def accounts(office, *names):
    """The balances of some of the budget's accounts."""
    told = {a["account"]: a["balance_krw"] for a in (await office.read("/ledger/balance"))["accounts"]}
    return [told.get(f"budget:{P1}:{name}", 0) for name in names]


async def drawn(office, application_id, hours, month="2025-10"):
    """A public grant's month is settled at 5,500 won an hour."""
    await office.paid_up(application_id, sector="public")
    line = use(application_id, billable_unit_hours=hours, period=month)
    return await office.settled(await office.close_statement(P1, line, month=month), "issue", "approve")


@pytest.mark.rule("BL-9")
async def test_F_15_the_levels_are_of_the_part_that_subsidy_may_use(office):  # noqa: N802 - the fault's id
    """Cap 1,000,000, operation 450,000: 550,000 drawn are all of the subsidy: 80, 90 and 100 % are told, once."""
    await office.open(P1, **{CAP: 1_000_000, OPERATING: 450_000})
    await office.price(P1, 5_500)
    settled = await drawn(office, "A-000001", 200)
    assert (settled["subsidy_krw"], settled["uncovered_krw"]) == (550_000, 550_000)
    told = await office.client.said(BudgetReached)
    assert [(e.level_pct, e.executed_krw, e.cap_krw, e.subsidy_krw) for e in told] == [
        (level, 550_000, 1_000_000, 550_000) for level in (80, 90, 100)
    ]
    budget = await office.read(f"/budget/{P1}")
    assert (budget["subsidy_krw"], budget["executed_krw"], budget["left_krw"]) == (550_000, 550_000, 0)
    assert budget["levels_reached_pct"] == [80, 90, 100]
    await drawn(office, "A-000001", 1, month="2025-11")
    await office.run(take_up_parked)
    assert len(await office.client.said(BudgetReached)) == 3


@pytest.mark.rule("BL-9")
async def test_a_shift_out_of_the_subsidy_part_may_reach_a_level(office):
    """440,000 of 600,000 are under 80 %; with 50,000 moved to operation they are exactly 80 % of 550,000."""
    await office.open(P1, **{CAP: 1_000_000, OPERATING: 400_000})
    await office.price(P1, 5_500)
    await drawn(office, "A-000001", 80)
    assert await office.client.said(BudgetReached) == []
    move = {"from_part": "subsidy", "to_part": "operating", "amount_krw": 50_000, "reason": "운영비 부족"}
    await office.done(f"/budget/{P1}/shifts", move)
    assert await office.client.said(BudgetReached) == [], "a proposal tells nothing"
    await office.two_people(f"/budget/{P1}/shifts", move)
    assert [(e.level_pct, e.subsidy_krw) for e in await office.client.said(BudgetReached)] == [(80, 550_000)]


@pytest.mark.rule("BL-9")
async def test_F_15_the_commitment_takes_the_self_payment_off(office):  # noqa: N802 - the fault's id
    """Four H100 for six months at 3,000,000: 62,400,000 as RV-9 planned, not 72,000,000; released to the last won."""
    await office.open(P0, **{PLANNING: 3_000_000})
    await office.announce("A-000001", P0, product="H100x4", units=1, months=6)
    budget = await office.read(f"/budget/{P0}")
    assert (budget["committed_krw"], budget["left_krw"]) == (62_400_000, 1_000_000_000 - 62_400_000)
    await office.withdraw("A-000001", P0)
    budget = await office.read(f"/budget/{P0}")
    assert (budget["committed_krw"], budget["left_krw"]) == (0, 1_000_000_000)
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-9")
async def test_the_agreement_tells_a_youth_enterprise_and_the_commitment_follows(office):
    """The selection does not tell it: 62,400,000 become 67,200,000 with the agreement, once."""
    await office.open(P0, **{PLANNING: 3_000_000})
    asked = {"product": "H100x4", "units": 1, "months": 6}
    await office.announce("A-000001", P0, **asked)
    for _ in range(2):
        await office.sign("A-000001", P0, youth=True, **asked)
    assert (await office.read(f"/budget/{P0}"))["committed_krw"] == 67_200_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("CV-8")
async def test_an_unset_rate_commits_nothing_until_it_is_filled_in(office):
    """What the user pays is not guessed: the commitment waits, then is the planning price less the rate."""
    path = "billing.self_payment.rates.H100.standard_krw"
    await office.open(P1, **{path: "unset", PLANNING: 400_000})
    await office.announce("A-000001", P1, product="H100x1")
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 0
    await office.revise(P1, path, 100_000)
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 900_000


@pytest.mark.rule("BL-9")
async def test_F_15_what_is_left_is_neither_committed_nor_executed(office):  # noqa: N802 - the fault's id
    """Appropriated = committed + executed + left, at each step; committed money cannot be moved away."""
    await office.open(P1, **{CAP: 2_000_000, OPERATING: 500_000, PLANNING: 400_000})
    await office.price(P1, 5_500)

    async def parts():
        told = await office.read(f"/budget/{P1}")
        assert told["subsidy_krw"] == told["committed_krw"] + told["executed_krw"] + told["left_krw"]
        assert (await accounts(office, "free"))[0] == told["left_krw"]
        return told["committed_krw"], told["executed_krw"], told["left_krw"]

    assert await parts() == (0, 0, 1_500_000)
    await office.announce("A-000001", P1, product="H100x1", sector="public")
    assert await parts() == (1_200_000, 0, 300_000)
    move = {"from_part": "subsidy", "to_part": "operating", "amount_krw": 300_001, "reason": "x"}
    assert await office.refused(f"/budget/{P1}/shifts", move) == (409, "shift_exceeds_part")
    await drawn(office, "A-000001", 100)
    assert await parts() == (650_000, 550_000, 300_000)
    await office.announce("A-000002", P1, product="H100x1", sector="public")
    assert await parts() == (1_850_000, 550_000, -900_000)
    assert await office.refused(f"/budget/{P1}/shifts", {**move, "amount_krw": 1}) == (409, "shift_exceeds_part")


@pytest.mark.rule("BL-9")
async def test_a_cap_changed_to_none_books_its_appropriation_back_and_a_new_one_books_it_again(office):
    """What was appropriated goes to 0, what was committed and moved stays; a cap decided later is booked whole."""
    await office.open(P1, **{CAP: 2_000_000, OPERATING: 500_000, PLANNING: 100_000})
    await office.announce("A-000001", P1, product="H100x1", sector="public")
    assert await accounts(office, "appropriation:free", "appropriation:operating") == [-1_500_000, -500_000]
    await office.revise(P1, OPERATING, "none")
    await office.revise(P1, CAP, "none")
    assert await accounts(office, "appropriation:free", "appropriation:operating") == [0, 0]
    assert await accounts(office, "free", "operating", "committed") == [-300_000, 0, 300_000]
    assert (await office.read(f"/budget/{P1}"))["left_krw"] is None
    await office.revise(P1, CAP, 1_000_000)
    assert await accounts(office, "free", "operating", "committed") == [700_000, 0, 300_000]
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-9")
async def test_a_programme_that_never_had_a_cap_books_nothing(office):
    """`none` from the start: no posting, no level, nothing left of nothing."""
    await office.open(P1, **{OPERATING: "none", CAP: "none"})
    budget = await office.read(f"/budget/{P1}")
    assert (budget["cap_krw"], budget["left_krw"], budget["operating_krw"]) == (None, None, 0)
    assert (await office.read("/ledger?limit=10"))["items"] == []
