"""P1 and P2 share one cap of 19.8 billion won: each draws at most its own part, moved by two people (BL-9)."""

from typing import Any

import pytest

from libs.common.events.billing import BudgetReached
from services.billing.jobs import refresh_gauges, take_up_parked
from services.billing.metrics import METRICS
from tests.services.billing.office import P1, use

P2 = "hpc-2025-npu"
PART, OPERATING, SHARED = "billing.budget.part_krw", "billing.budget.operating_krw", "billing.budget.shared_with"
CAP = 19_800_000_000
MOVES = f"/budget/{P1}/programme-moves"


async def both(office: Any, p1: Any, p2: Any, operating: Any = 0) -> None:
    """P1 and P2 as S1 states them, with these parts of the one cap."""
    await office.open(P1, **{SHARED: [P2], PART: p1, OPERATING: operating})
    await office.open(P2, **{PART: p2, OPERATING: 0})


async def parts(office: Any) -> list[int | None]:
    """What P1 and P2 may draw by now."""
    return [(await office.read(f"/budget/{code}"))["part_krw"] for code in (P1, P2)]


async def free_is_left(office: Any) -> None:
    """The ledger's account of what is free is what the budget tells as left, for both; all entries add up to 0."""
    told = {a["account"]: a["balance_krw"] for a in (await office.read("/ledger/balance"))["accounts"]}
    for code in (P1, P2):
        assert told.get(f"budget:{code}:free", 0) == (await office.read(f"/budget/{code}"))["left_krw"]
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-9")
async def test_bl_9_each_programme_draws_at_most_its_own_part(office: Any) -> None:
    """P1's part is 1,000,000 of the cap, 450,000 of it for operation: of 1,100,000 it covers 550,000; 100 % are told.

    The rest is uncovered, although 19.8 billion are in the cap: they are P2's.
    """
    await both(office, 1_000_000, 19_799_000_000, operating=450_000)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001", sector="public")
    statement = await office.close_statement(P1, use("A-000001", billable_unit_hours=200))
    settled = await office.settled(statement, "issue", "approve")
    assert (settled["subsidy_krw"], settled["uncovered_krw"]) == (550_000, 550_000)
    told = await office.client.said(BudgetReached)
    assert [(e.programme_code, e.level_pct, e.subsidy_krw) for e in told] == [(P1, n, 550_000) for n in (80, 90, 100)]
    budget = await office.read(f"/budget/{P1}")
    assert (budget["cap_krw"], budget["part_krw"], budget["subsidy_krw"]) == (CAP, 1_000_000, 550_000)
    assert await parts(office) == [1_000_000, 19_799_000_000]
    await free_is_left(office)


@pytest.mark.rule("CV-8")
async def test_bl_9_an_unset_part_stops_at_the_step_that_needs_it(office: Any) -> None:
    """Nothing is drawn of a cap that is shared while nobody decided the part: the approval names the path."""
    await office.open(P1, **{SHARED: [P2], PART: "unset"})
    await office.price(P1, 5_500)
    await office.paid_up("A-000001", sector="public")
    budget = await office.read(f"/budget/{P1}")
    assert (budget["subsidy_krw"], budget["missing_path"]) == (None, PART)
    statement = await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    await office.settled(statement, "issue")
    await office.window_over(statement)
    approve = office.step(statement, "approve")
    refused = (await office.post(**approve)).json()
    assert (refused["status"], refused["code"], refused["facts"]["path"]) == (409, "policy_missing", PART)
    await office.revise(P1, PART, 600_000 + 800_000_000)
    settled = await office.done(**approve)
    assert settled["subsidy_krw"] == 550_000


@pytest.mark.rule("BL-9")
async def test_bl_9_parts_that_exceed_the_cap_are_shown_and_never_drawn(office: Any) -> None:
    """P1 has 12 billion when P2 is told 9: 7.8 are left, 1.2 are lacking and alarmed, until P1's part is lowered."""
    await both(office, 12_000_000_000, 9_000_000_000)
    assert await parts(office) == [12_000_000_000, 7_800_000_000]
    await office.run(refresh_gauges)
    assert METRICS.budget_krw.labels(P2, "lacking")._value.get() == 1_200_000_000
    assert (await office.read(f"/budget/{P1}"))["lacking_krw"] == 0
    await office.revise(P1, PART, 10_800_000_000)
    assert await parts(office) == [10_800_000_000, 9_000_000_000]
    assert (await office.read(f"/budget/{P2}"))["lacking_krw"] == 0
    for part in (12_000_000_000, 10_800_000_000):
        await office.revise(P1, PART, part)
        await office.run(take_up_parked)
    assert await parts(office) == [10_800_000_000, 9_000_000_000]
    await free_is_left(office)


@pytest.mark.rule("BL-13")
async def test_bl_9_parts_move_between_programmes_by_two_people(office: Any) -> None:
    """500 million go from P1 to P2: 9.5 and 10.3 billion, the cap stays; more than is free does not, nor elsewhere."""
    await both(office, 10_000_000_000, 9_800_000_000, operating=800_000_000)
    move = {"to_programme": P2, "amount_krw": 500_000_000, "reason": "GPU 잔액을 NPU 수요로 조정"}
    proposal = await office.done(MOVES, move)
    assert await parts(office) == [10_000_000_000, 9_800_000_000], "a proposal moves nothing"
    assert (await office.confirmed(proposal))["did"]["part_krw"] == 9_500_000_000
    assert await parts(office) == [9_500_000_000, 10_300_000_000]
    for code in (P1, P2):
        (shown,) = (await office.read(f"/budget/{code}"))["programme_moves"]
        assert (shown["from_programme"], shown["to_programme"], shown["reason"]) == (P1, P2, move["reason"])
    too_much = {**move, "amount_krw": 8_700_000_001}
    assert await office.refused(MOVES, too_much) == (409, "programme_move_exceeds")
    assert await office.refused(MOVES, {**move, "to_programme": P1}) == (422, "move_needs_two_programmes")
    assert await office.refused(MOVES, {**move, "to_programme": "nothing-2025"}) == (404, "not_found")
    await office.run(take_up_parked)
    assert await parts(office) == [9_500_000_000, 10_300_000_000]
    await free_is_left(office)


@pytest.mark.rule("BL-9")
async def test_bl_9_what_moved_away_is_not_taken_off_again(office: Any) -> None:
    """P1's part is lowered below what it gave away, P2's raised to the whole cap: together they stay within it."""
    await both(office, 10_000_000_000, 9_800_000_000)
    move = {"to_programme": P2, "amount_krw": 8_000_000_000, "reason": "조정"}
    await office.two_people(MOVES, move)
    await office.revise(P1, PART, 1_000_000_000)
    await office.revise(P2, PART, CAP)
    assert await parts(office) == [0, CAP]
    await free_is_left(office)
