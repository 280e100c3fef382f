"""One person alone moves no money (F-10, BL-13): each step of a settlement through REST, tried by who may not."""

import asyncio

import pytest

from tests.services.billing.office import P1, use

OCTOBER = f"alpha:{P1}:2025-10"


async def refusals(office, path, body=None, **who):
    """Status and the codes of everything that stands in the way."""
    answer = await office.post(path, body, **who)
    problem = answer.json()
    return answer.status_code, [each["code"] for each in problem["refusals"]] or [problem["code"]]


@pytest.fixture
async def issued(office):
    """October, issued by Kim: 100 hours, six of them discounted."""
    await office.open(P1)
    await office.price(P1, 5_500, wait_discount_pct="30")
    await office.paid_up("A-000001")
    await office.close_statement(P1, use("A-000001", billable_unit_hours=100, discounted_unit_hours=6))
    return await office.done(f"/settlements/{OCTOBER}/issue", subject="kim")


@pytest.mark.rule("BL-13")
async def test_f_10_one_officer_is_refused_at_every_step(office, issued):
    """Kim issued it: he neither approves nor pays; Lee approves; only a third one pays, with a reference."""
    assert await refusals(office, f"/settlements/{OCTOBER}/approve", subject="kim") == (
        409, ["issuer_approves", "dispute_window_runs"],
    )  # fmt: skip
    await office.window_over(OCTOBER)
    assert await refusals(office, f"/settlements/{OCTOBER}/approve", subject="kim") == (409, ["issuer_approves"])
    await office.done(f"/settlements/{OCTOBER}/approve", subject="lee")
    reference = {"reference": "20251215-000001"}
    for who in ("kim", "lee"):
        assert await refusals(office, f"/settlements/{OCTOBER}/pay", reference, subject=who) == (
            409, ["payer_took_part"],
        )  # fmt: skip
    assert (await office.post(f"/settlements/{OCTOBER}/pay", subject="park")).status_code == 422
    assert (await office.post(f"/settlements/{OCTOBER}/pay", {"reference": " "}, subject="park")).status_code == 422
    paid = await office.done(f"/settlements/{OCTOBER}/pay", reference, subject="park")
    assert [paid[name] for name in ("issued_by", "approved_by", "paid_by")] == ["kim", "lee", "park"]
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-13")
async def test_f_10_nothing_is_approved_while_a_dispute_is_open(office, issued):
    """The window is over and one line is still contested; decided, it can be approved."""
    as_alpha = {"role": "provider", "organisation_id": "alpha"}
    raised = await office.done(f"/settlements/{OCTOBER}/lines/2/dispute", {"reason": "할인이 셋뿐"}, **as_alpha)
    await office.window_over(OCTOBER)
    assert await refusals(office, f"/settlements/{OCTOBER}/approve", subject="lee") == (409, ["dispute_open"])
    decision = f"/disputes/{raised['dispute_id']}/decision"
    for amount_krw in (10**15, 1, -9_901):
        told = await refusals(office, decision, {"amount_krw": amount_krw, "reason": "x"})
        assert told == (409, ["decision_beyond_line"])
    await office.two_people(decision, {"amount_krw": -4_950, "reason": "기록 확인"})
    assert (await office.done(f"/settlements/{OCTOBER}/approve", subject="lee"))["state"] == "approved"


@pytest.mark.rule("BL-13")
async def test_f_10_of_many_at_once_each_step_has_one_person(office, issued):
    """Everyone tries to approve and to pay in parallel: one approval, one payment, three persons."""
    await office.window_over(OCTOBER)
    people = ("kim", "lee", "park", "choi")
    approve = [office.post(f"/settlements/{OCTOBER}/approve", subject=who) for who in people * 4]
    assert sorted(answer.status_code for answer in await asyncio.gather(*approve)) == [200] + [409] * 15
    pay = [office.post(f"/settlements/{OCTOBER}/pay", {"reference": f"r-{who}"}, subject=who) for who in people * 4]
    assert sorted(answer.status_code for answer in await asyncio.gather(*pay)) == [200] + [409] * 15
    paid = await office.read(f"/settlements/{OCTOBER}")
    assert len({paid[name] for name in ("issued_by", "approved_by", "paid_by")}) == 3
    assert await office.ledger_sum() == 0
