"""A conflict or a skipped stage that was recorded wrongly is taken back by a fact of its own (F-16)."""

import asyncio
import datetime as dt

import pytest
import pytest_asyncio

from tests.services.review.call import CODE, NOW, Call, seats

PANEL = "panels/PN-000001"
RELATED = {"reviewer_id": "reviewer-1", "application_id": "A-P1", "reason": "공동 연구 수행 중"}
NONE = {**RELATED, "reason": "동명이인으로 확인됨"}
CHAIR = {"seat": 7, "reviewer_id": "reviewer-7", "name": "대체 위원", "reason": "이해충돌", "application_ids": ["A-P1"]}
SKIP = {"programme": CODE, "track": "2", "reason": "신청 과제 수가 적음"}
BACK = {**SKIP, "reason": "다른 트랙을 생략하려던 것임"}


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """P1 and P2 before a panel of six, whose sixth reviewer is employed by P2."""
    made = Call(await service_client("review"))
    await made.open()
    await made.screen("P1", "P2")
    await made.panel(seats=seats(6, seat6="O-P2"))
    return made


async def withdraw(call: Call, *, status: int = 201, **change):
    return await call.post(f"{PANEL}/conflicts/withdrawals", status=status, **{**NONE, **change})


@pytest.mark.rule("RV-1")
async def test_f_16_a_conflict_recorded_wrongly_is_taken_back(call: Call) -> None:
    """F-16: The reviewer scores again, the sheet given before counts, and both facts stay with who and why."""
    await call.sheet("P1", 1, "70")
    await call.post(f"{PANEL}/conflicts", **RELATED)
    assert [(row["conflict"], row["application_id"]) for row in await assigned(call, 1)] == [
        (True, "A-P1"),
        (False, "A-P2"),
    ]
    standing = await withdraw(call)
    assert (standing["sheets"], standing["awaited_seats"], standing["closed"]) == (1, [2, 3, 4, 5, 6], False)
    for seat in range(2, 7):
        last = await call.sheet("P1", seat, "80")
    assert last["stage_closed"] is True
    employer, declared = (await call.get(f"{PANEL}/conflicts"))["items"]
    assert (employer["kind"], employer["seat"], employer["withdrawn_at"]) == ("employer", 6, None)
    assert (declared["reason"], declared["declared_by"]) == (RELATED["reason"], "officer-1")
    assert (declared["withdrawn_reason"], declared["withdrawn_by"]) == (NONE["reason"], "officer-1")
    (composite,) = (await call.get("composites", programme=CODE))["items"]
    assert composite["dropped_seats"] == [2, 1]


async def assigned(call: Call, seat: int):
    headers = call.client.as_("reviewer", subject=f"reviewer-{seat}")
    return (await call.get("assignments", headers=headers))["items"]


@pytest.mark.rule("RV-1")
async def test_f_16_declared_taken_back_and_declared_again(call: Call) -> None:
    """F-16: The same conflict may be recorded a second time after it was taken back; each entry stays, none doubles."""
    for _ in range(2):
        await call.post(f"{PANEL}/conflicts", **RELATED)
    await withdraw(call)
    assert (await withdraw(call, status=409))["code"] == "no_conflict_on_record"
    await call.post(f"{PANEL}/conflicts", **RELATED)
    listed = [row for row in (await call.get(f"{PANEL}/conflicts"))["items"] if row["seat"] == 1]
    assert [row["withdrawn_by"] for row in listed] == ["officer-1", None]
    assert (await call.sheet("P1", 1, status=409))["code"] == "conflict_of_interest"
    page = await call.get(f"{PANEL}/conflicts", limit=2)
    rest = await call.get(f"{PANEL}/conflicts", limit=2, cursor=page["next_cursor"])
    assert [row["seat"] for row in (*page["items"], *rest["items"])] == [6, 1, 1]


@pytest.mark.rule("RV-1")
async def test_f_16_two_that_take_it_back_at_once(call: Call) -> None:
    """F-16: One takes it back, the other is told that there is none."""
    await call.post(f"{PANEL}/conflicts", **RELATED)
    path = f"/v1/{PANEL}/conflicts/withdrawals"
    answers = await asyncio.gather(*(call.http.post(path, json=NONE, headers=call.officer) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


@pytest.mark.rule("RV-1")
async def test_f_16_a_conflict_that_was_acted_on_stays(call: Call) -> None:
    """F-16: Once a substitute sits there, once the stage is closed, or by the employer on record: it stays."""
    employed = {"reviewer_id": "reviewer-6", "application_id": "A-P2"}
    assert (await withdraw(call, status=409, **employed))["code"] == "conflict_by_employer"
    assert (await withdraw(call, status=409, reviewer_id="reviewer-2"))["code"] == "no_conflict_on_record"
    assert (await withdraw(call, status=404, reviewer_id="reviewer-9"))["code"] == "not_found"
    await call.post(f"{PANEL}/conflicts", **RELATED)
    await call.post(f"{PANEL}/substitutes", **CHAIR)
    refused = await withdraw(call, status=409)
    assert (refused["code"], refused["facts"]["substitute"]) == ("substitute_seated_already", 7)
    for seat in range(2, 8):
        await call.sheet("P1", seat)
    closed = await withdraw(call, status=409)
    assert (closed["code"], closed["facts"]["state"], closed["facts"]["next_call"]) == ("wrong_state", "closed", "")


@pytest.mark.rule("RV-1")
async def test_f_16_an_earlier_substitute_of_another_seat_is_no_obstacle(call: Call) -> None:
    """F-16: A substitute who sat there before the conflict was recorded was not seated because of it."""
    await call.post(f"{PANEL}/substitutes", **{**CHAIR, "replaces_seat": 5})
    call.client.clock.set(NOW + dt.timedelta(minutes=1))
    await call.post(f"{PANEL}/conflicts", **RELATED)
    assert (await withdraw(call))["closed"] is False
    told = [one for one in (await call.get(f"{PANEL}/conflicts"))["items"] if one["seat"] == 1]
    assert [one["withdrawn_reason"] for one in told] == [NONE["reason"]]
    await call.sheet("P1", 1, "70")


@pytest.mark.rule("RV-17")
async def test_f_16_a_reopening_for_a_wrong_conflict_is_closed_by_taking_it_back(call: Call) -> None:
    """F-16: No substitute was seated yet: all sheets count again, the same result is the next version of the stage."""
    for seat in range(1, 7):
        await call.sheet("P1", seat, "80")
    await call.post(f"{PANEL}/reopenings", **RELATED)
    assert (await withdraw(call))["closed"] is True
    (composite,) = (await call.get("composites", programme=CODE))["items"]
    assert (composite["composite"], composite["version"], len(composite["counted_seats"])) == ("80.00", 2, 4)


@pytest.mark.rule("RV-1")
async def test_f_16_nobody_takes_the_own_conflict_back(call: Call) -> None:
    """F-16: The reviewer who is related is interested in the answer: only an officer takes a conflict back."""
    reviewer = call.client.as_("reviewer", subject="reviewer-1")
    await call.http.post(f"/v1/{PANEL}/conflicts", json=RELATED, headers=reviewer)
    answer = await call.http.post(f"/v1/{PANEL}/conflicts/withdrawals", json=NONE, headers=reviewer)
    assert answer.status_code == 403


@pytest.mark.rule("RV-8")
async def test_f_16_a_skipped_stage_is_taken_back_and_may_be_skipped_again(call: Call) -> None:
    """F-16: The applications go to the document panel after all; a second skip brings them to the presentation."""
    await call.screen("P3", track="2", product="H100x8")
    assert (await call.post("stages/skip/withdrawals", status=409, **BACK))["code"] == "stage_not_skipped"
    await call.post("stages/skip", **SKIP)
    told = await call.post("stages/skip/withdrawals", **BACK)
    assert told == {"programme": CODE, "track": "2", "skipped": False}
    assert (await call.post("stages/skip/withdrawals", status=409, **BACK))["code"] == "stage_not_skipped"
    await call.post("stages/skip", **SKIP)
    await call.post("stages/skip/withdrawals", **BACK)
    await call.panel(track="2", seats=seats(5, "paper"))
    await call.score("P3", "80", prefix="paper")
    (composite,) = (await call.get("composites", programme=CODE))["items"]
    assert (composite["application_id"], composite["stage"]) == ("A-P3", "document")


@pytest.mark.rule("RV-8")
async def test_f_16_a_skip_on_which_a_panel_rests_stays(call: Call) -> None:
    """F-16: Once a panel has an application for the presentation, the skip is not taken back."""
    await call.screen("P3", track="2", product="H100x8")
    await call.post("stages/skip", **SKIP)
    await call.panel(track="2", stage="presentation", seats=seats(5, "hall"))
    refused = await call.post("stages/skip/withdrawals", status=409, **BACK)
    assert (refused["code"], refused["facts"]["state"], refused["facts"]["next_call"]) == ("wrong_state", "begun", "")
