"""The next call that an answer names exists and leads on (F-62)."""

import pytest_asyncio

from tests.services.review.call import CODE, Call

POOL = {"programme": CODE, "track": "1"}


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """Track 1 with one scored application."""
    made = Call(await service_client("review"))
    await made.open()
    await made.ranked("P1")
    return made


async def refused(call: Call, path: str, **body) -> str:
    """A step from the wrong state; returns the call that its answer names, and checks that the words agree."""
    problem = await call.post(path, status=409, **body)
    assert problem["code"] == "wrong_state"
    named = str(problem["facts"]["next_call"])
    assert ("다음 절차" in problem["messages"]["ko"]) == (named != "")
    return named


async def follow(call: Call, named: str, **body):
    """Do what an answer says comes next."""
    method, path = named.split(" ")
    assert (method, path.startswith("/review/v1/")) == ("POST", True)
    return await call.post(path.removeprefix("/review/v1/"), **body)


async def test_f62_a_discarded_draft_leads_to_another(call: Call) -> None:
    """F-62: Whoever announces a draft that another one replaced is led to a draft that can be announced."""
    old = (await call.post("selections", **POOL))["selection_id"]
    await call.post("selections", **POOL)
    for step, body in (
        ("announce", {"reason": "x"}),
        ("recompute", {"reason": "x"}),
        ("quota-relaxation", {"reason": "x"}),
    ):
        named = await refused(call, f"selections/{old}/{step}", **body)
        drawn = await follow(call, named, **POOL)
        assert drawn["state"] == "draft"
    announced = await call.announce(drawn["selection_id"])
    assert announced["state"] == "announced"


async def test_f62_an_announced_pool_leads_nowhere(call: Call) -> None:
    """F-62: No call draws an announced pool again, so none is named: neither for it nor for a draft it replaced."""
    old, new = [(await call.post("selections", **POOL))["selection_id"] for _ in range(2)]
    await call.announce(new)
    for selection_id in (old, new):
        assert await refused(call, f"selections/{selection_id}/announce", reason="x") == ""
    await call.post("selections", status=409, **POOL)


async def test_f_54_a_conflict_found_late_leads_to_a_reopening(call: Call) -> None:
    """F-54: A conflict declared after the close is led to the reopening, and this to the declaration while open."""
    body = {"reviewer_id": "reviewer-1", "application_id": "A-P1", "reason": "x"}
    named = await refused(call, "panels/PN-000001/conflicts", **body)
    assert (await follow(call, named, **body))["version"] == 1
    named = await refused(call, "panels/PN-000001/reopenings", **{**body, "reviewer_id": "reviewer-2"})
    assert (await follow(call, named, **{**body, "reviewer_id": "reviewer-2"}))["substitutes_needed"] == 2


async def test_f_54_a_reviewer_is_led_to_no_call_of_an_officer(call: Call) -> None:
    """F-54: The reviewer who finds the own relation late is not sent to a call that answers 403."""
    body = {"reviewer_id": "reviewer-1", "application_id": "A-P1", "reason": "x"}
    reviewer = call.client.as_("reviewer", subject="reviewer-1")
    answer = await call.http.post("/v1/panels/PN-000001/conflicts", json=body, headers=reviewer)
    assert (answer.status_code, answer.json()["facts"]["next_call"]) == (409, "")


async def test_f62_a_begun_stage_leads_nowhere(call: Call) -> None:
    """F-62: A document stage skipped after its begin names no call."""
    await call.screen("P2", track="2", product="H100x8")
    await call.panel(track="2")
    assert await refused(call, "stages/skip", programme=CODE, track="2", reason="x") == ""
