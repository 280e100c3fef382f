"""The next call that an answer names exists and leads on (F-62), in words that people write (F-60)."""

import pytest

from tests.services.billing.office import P1, use

OCTOBER = f"alpha:{P1}:2025-10"
STEPS = {"issue": "draft", "approve": "issued", "pay": "approved"}


async def drafted(office):
    """An October of alpha that is in draft."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    return await office.close_statement(P1, use("A-000001", billable_unit_hours=1))


async def follow(office, call):
    """Do what an answer says comes next, when its time has come and by whose step it is; returns the answer to it."""
    method, path = call.split(" ")
    assert path.startswith("/billing/v1/")
    path = path.removeprefix("/billing/v1")
    if method == "GET":
        return await office.get(path)
    settlement_id, step = path.removeprefix("/settlements/").rsplit("/", 1)
    if step == "approve":
        await office.window_over(settlement_id)
    return await office.post(**office.step(settlement_id, step))


@pytest.mark.rule("BL-11")
async def test_F_62_each_wrong_state_leads_to_the_next_step(office):  # noqa: N802 - the fault's id
    """From draft to paid, by asking for the wrong step and following what the answer says."""
    settlement_id = await drafted(office)
    for wrong, state in (("pay", "issued"), ("pay", "approved"), ("approve", "paid")):
        problem = (await office.post(**office.step(settlement_id, wrong))).json()
        assert problem["code"] == "wrong_state"
        answer = await follow(office, problem["facts"]["next_call"])
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    problem = (await office.post(f"/settlements/{settlement_id}/issue")).json()
    assert problem["facts"]["next_call"] == ""
    assert "지급됨" in problem["messages"]["ko"]
    assert "다음 절차" not in problem["messages"]["ko"]


@pytest.mark.rule("BL-11")
async def test_F_62_a_parked_settlement_leads_to_what_it_waits_for(office):  # noqa: N802 - the fault's id
    """Paying a parked settlement points at the settlement, which names what is missing."""
    await office.open(P1)
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=1))
    problem = (await office.post(f"/settlements/{settlement_id}/approve")).json()
    answer = await follow(office, problem["facts"]["next_call"])
    assert [missing["kind"] for missing in answer.json()["missing"]] == ["price"]


@pytest.mark.rule("BL-11")
async def test_F_62_a_draft_that_is_contested_leads_to_its_issue(office):  # noqa: N802 - the fault's id
    """A draft's line cannot be contested; after the named call it can."""
    settlement_id = await drafted(office)
    contest = f"/settlements/{settlement_id}/lines/1/dispute"
    problem = (await office.post(contest, {"reason": "x"})).json()
    assert (await follow(office, problem["facts"]["next_call"])).status_code == 200
    dispute = await office.done(contest, {"reason": "x"}, role="provider", organisation_id="alpha")
    decision = f"/disputes/{dispute['dispute_id']}/decision"
    await office.two_people(decision, {"reason": "기록과 같음"})
    again = (await office.post(decision, {"reason": "y"})).json()
    assert (again["code"], again["facts"]["next_call"]) == ("wrong_state", "")
    assert "기각됨" in again["messages"]["ko"]


CLAIM = {"balance_krw": 1, "document": {"sha256": "9f" * 32, "file_name": "잔액증명서.pdf"}}


async def test_F_60_facts_stand_as_people_write_them(office):  # noqa: N802 - the fault's id
    """Won with separators, flows and states in words, instants in Seoul time, no code of ours in a Korean sentence."""
    settlement_id = await drafted(office)
    paid = (await office.post("/self-payments/A-000001/evidence", CLAIM)).json()
    assert paid["messages"]["ko"].startswith("이 사업의 자부담금 납부 방식은 '지정계좌 입금'입니다('전용계좌' 방식")
    issued = await office.settled(settlement_id, "issue")
    office.client.clock.set(office.client.clock.now().replace(month=12))
    late = (await office.post(f"/settlements/{settlement_id}/lines/1/dispute", {"reason": "x"})).json()
    assert "기한: 2025. 11. 12.(수) 00:00" in late["messages"]["ko"], issued["dispute_until"]
    move = {"from_part": "operating", "to_part": "subsidy", "amount_krw": 900_000_000, "reason": "x"}
    over = (await office.post(f"/budget/{P1}/shifts", move)).json()
    assert over["messages"]["ko"].startswith("'운영비' 항목에 남은 금액은 800,000,000원이라 900,000,000원을")
