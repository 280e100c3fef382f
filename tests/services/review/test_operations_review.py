"""From screening to composites: panels, conflicts, sealed sheets, late reviewers, substitutes, stages."""

import asyncio
import datetime as dt
from typing import Any

import pytest
import pytest_asyncio

from services.review.jobs import escalate_late_reviewers
from tests.services.review.call import CODE, NOW, Call, scores, screened, seats, submitted, withdrawn


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    return Call(await service_client("review"))


@pytest.mark.rule("RV-1")
async def test_stage_closes_with_the_last_sheet(call) -> None:
    """Four of five sheets leave the stage open, the fifth closes it and makes the composite."""
    await call.open()
    await call.screen("P1")
    await call.panel()
    for seat, total in ((1, "80"), (2, "90"), (3, "70"), (4, "80.01")):
        assert (await call.sheet("P1", seat, total))["stage_closed"] is False
    assert (await call.get("composites", programme=CODE))["items"] == []
    assert (await call.sheet("P1", 5, "60"))["stage_closed"] is True
    (composite,) = (await call.get("composites", programme=CODE))["items"]
    assert (composite["composite"], composite["dropped_seats"], composite["passed"]) == ("76.67", [2, 5], True)


@pytest.mark.rule("RV-1")
async def test_two_last_sheets_at_one_instant_close_once(call) -> None:
    """Sheets that arrive together neither leave the stage open nor close it twice."""
    await call.open()
    await call.screen("P1")
    await call.panel()
    answers = await asyncio.gather(*(call.sheet("P1", seat) for seat in range(1, 6)))
    assert sorted(answer["stage_closed"] for answer in answers) == [False] * 4 + [True]
    assert len((await call.get("composites", programme=CODE))["items"]) == 1


@pytest.mark.rule("RV-1")
async def test_own_employer_and_declared_relation_cannot_score(call) -> None:
    """A reviewer employed by the applicant and one with a declared relation are refused; five others close it."""
    await call.open()
    await call.screen("P1")
    panel = await call.panel(seats=seats(7, seat2="O-P1"))
    body = {"reviewer_id": "reviewer-3", "application_id": "A-P1", "reason": "공동 연구"}
    await call.post(f"panels/{panel['panel_id']}/conflicts", **body)
    for seat in (2, 3):
        assert (await call.sheet("P1", seat, status=409))["code"] == "conflict_of_interest"
    for seat in (1, 4, 5, 6):
        await call.sheet("P1", seat)
    assert (await call.sheet("P1", 7))["stage_closed"] is True


@pytest.mark.rule("RV-1")
async def test_conflict_declared_after_the_sheet_sets_it_aside(call) -> None:
    """A sheet given before a conflict was declared does not count, and the stage may close by the declaration."""
    await call.open()
    await call.screen("P1")
    panel = await call.panel(seats=seats(6))
    for seat in (1, 2, 3, 4, 5):
        await call.sheet("P1", seat)
    body = {"reviewer_id": "reviewer-6", "application_id": "A-P1", "reason": "친족"}
    headers = call.client.as_("reviewer", subject="reviewer-6")
    answer = await call.http.post(f"/v1/panels/{panel['panel_id']}/conflicts", json=body, headers=headers)
    assert answer.status_code == 201
    assert [row["composite"] for row in (await call.get("composites", programme=CODE))["items"]] == ["80.00"]
    again = await call.post(f"panels/{panel['panel_id']}/conflicts", status=409, **body)
    assert again["code"] == "wrong_state"


@pytest.mark.rule("RV-1")
async def test_nobody_declares_for_somebody_else(call) -> None:
    """A reviewer declares only their own conflict; another's panel is not even there for them."""
    await call.open()
    await call.screen("P1")
    panel = await call.panel()
    headers = call.client.as_("reviewer", subject="reviewer-1")
    body = {"reviewer_id": "reviewer-2", "application_id": "A-P1", "reason": "x"}
    answer = await call.http.post(f"/v1/panels/{panel['panel_id']}/conflicts", json=body, headers=headers)
    assert answer.status_code == 404


@pytest.mark.rule("RV-1")
async def test_substitute_where_too_few_are_left(call) -> None:
    """With one conflict in a panel of five an officer seats a substitute under a new seat number for it."""
    await call.open()
    await call.screen("P1", "P2")
    panel = await call.panel(seats=seats(5, seat1="O-P1"))
    for seat in (2, 3, 4, 5):
        await call.sheet("P1", seat)
    progress = await call.get(f"panels/{panel['panel_id']}/applications")
    assert [row["substitutes_needed"] for row in progress["items"]] == [1, 0]
    chair = {"seat": 6, "reviewer_id": "reviewer-6", "name": "대체 위원", "reason": "이해충돌"}
    taken = await call.post(f"panels/{panel['panel_id']}/substitutes", status=409, **{**chair, "seat": 5})
    assert taken["code"] == "seat_taken"
    seated = await call.post(f"panels/{panel['panel_id']}/substitutes", **chair)
    assert (seated["seats"][5]["seat"], seated["seats"][5]["substitute"]) == (6, True)
    await call.sheet("P2", 6, status=404)
    assert (await call.sheet("P1", 6))["stage_closed"] is True
    none = await call.post(
        f"panels/{panel['panel_id']}/substitutes", status=409, **{**chair, "seat": 7, "reviewer_id": "reviewer-7"}
    )
    assert none["code"] == "no_substitute_needed"


@pytest.mark.rule("RV-1")
async def test_late_reviewer_is_escalated_and_replaced_never_skipped(call) -> None:
    """After the due time the late seat is on record once; the stage waits until a substitute scores in its place."""
    await call.open()
    await call.screen("P1", "P2")
    panel = await call.panel(due_at="2025-09-23T00:00:00Z")
    await call.score("P1", "80")
    for seat in (1, 2, 3, 4):
        await call.sheet("P2", seat)
    call.client.clock.set(NOW)
    await escalate_late_reviewers(call.client.db, call.client.clock)
    assert (await call.get(f"panels/{panel['panel_id']}"))["late"] == []
    for _ in range(2):
        call.client.clock.set(NOW + dt.timedelta(days=2))
        await escalate_late_reviewers(call.client.db, call.client.clock)
    (late,) = (await call.get(f"panels/{panel['panel_id']}"))["late"]
    assert (late["seat"], late["sheets_awaited"]) == (5, 1)
    chair = {"seat": 6, "reviewer_id": "reviewer-6", "name": "대체 위원", "reason": "기한 경과", "replaces_seat": 5}
    await call.post(f"panels/{panel['panel_id']}/substitutes", **chair)
    await call.sheet("P2", 5, status=404)
    assert (await call.sheet("P2", 6))["stage_closed"] is True


WRONG_SCORES = {
    "101": ("101", "score_out_of_range"),
    "99999": ("99999", "score_out_of_range"),
    "a hundredth over the maximum, as a number": (30.01, "score_out_of_range"),
    "below zero": ("-1", "score_out_of_range"),
    "three decimals": ("27.125", "score_decimals"),
    "not a number": ("NaN", "invalid_request"),
}


@pytest.mark.rule("RV-2")
async def test_wrong_score_is_refused_and_nothing_is_stored(call) -> None:
    """A score out of range or with too many decimals is refused with its code, and the seat may still score."""
    await call.open()
    await call.screen("P1")
    await call.panel()
    for sentence, (value, code) in WRONG_SCORES.items():
        refused = await call.sheet("P1", 1, status=422, scores={**scores("80"), "goals": value})
        assert (sentence, refused["code"]) == (sentence, code)
    headers = call.client.as_("reviewer", subject="reviewer-1")
    assert (await call.get("sheets", headers=headers))["items"] == []
    await call.sheet("P1", 1)


@pytest.mark.rule("RV-1")
async def test_score_after_the_stage_has_closed_is_refused(call) -> None:
    """Nobody scores, or scores again, once the stage is closed; nothing changes."""
    await call.open()
    await call.screen("P1")
    await call.panel()
    await call.score("P1", "80")
    refused = await call.sheet("P1", 1, "90", status=409)
    assert (refused["code"], refused["rule_id"]) == ("stage_closed", "RV-1")
    assert len((await call.get("sheets", application="A-P1"))["items"]) == 5


@pytest.mark.rule("RV-1")
async def test_one_sheet_a_seat(call) -> None:
    """A second sheet of a seat is refused while the stage is open."""
    await call.open()
    await call.screen("P1")
    await call.panel()
    await call.sheet("P1", 1)
    assert (await call.sheet("P1", 1, "90", status=409))["code"] == "sheet_given_already"


@pytest.mark.rule("RV-1")
async def test_scores_stay_sealed_until_the_stage_closes(call) -> None:
    """A reviewer sees their own sheets only, the agency none before the close and all after it, an applicant never."""
    await call.open()
    await call.screen("P1")
    await call.panel()
    await call.sheet("P1", 1)
    first, second = (call.client.as_("reviewer", subject=f"reviewer-{seat}") for seat in (1, 2))
    assert len((await call.get("sheets", headers=first))["items"]) == 1
    assert (await call.get("sheets", headers=second))["items"] == []
    assert (await call.get("sheets"))["items"] == []
    for seat in (2, 3, 4, 5):
        await call.sheet("P1", seat)
    assert len((await call.get("sheets"))["items"]) == 5
    await call.get("sheets", status=403, headers=call.client.as_("applicant", organisation_id="O-P1"))


async def test_batch_of_sheets_costs_a_bad_one_only_itself(call) -> None:
    """In a batch the bad sheet is refused with its code and the others are kept."""
    await call.open()
    await call.screen("P1", "P2")
    await call.panel()
    body = [
        {"application_id": f"A-{name}", "stage": "document", "scores": {**scores("80"), "goals": goals}}
        for name, goals in (("P1", "30"), ("P2", "101"), ("P9", "30"))
    ]
    headers = call.client.as_("reviewer", subject="reviewer-1")
    answer = await call.http.post("/v1/sheets/batch", json={"sheets": body}, headers=headers)
    assert [(item["outcome"], item["code"]) for item in answer.json()["items"]] == [
        ("accepted", ""),
        ("refused", "score_out_of_range"),
        ("refused", "not_found"),
    ]
    assert len((await call.get("sheets", headers=headers))["items"]) == 1


@pytest.mark.rule("RV-8")
async def test_document_then_presentation(call) -> None:
    """In track 2 only those that pass the document stage go to the presentation panel, and its composite is final."""
    await call.open()
    await call.screen("P1", "P2", track="2", product="H100x8")
    await call.panel(track="2")
    await call.panel(track="2", stage="presentation", seats=seats(5, "presenter"))
    await call.score("P1", "80")
    await call.score("P2", "69.99")
    await call.sheet("P2", 1, stage="presentation", prefix="presenter", status=404)
    await call.score("P1", "75", stage="presentation", prefix="presenter")
    selection = await call.post("selections", programme=CODE, track="2")
    assert [(row["application_id"], row["score"], row["refused_by"]) for row in selection["rows"]] == [
        ("A-P1", "75.00", ""),
        ("A-P2", "69.99", "score"),
    ]


@pytest.mark.rule("RV-8")
async def test_document_stage_skipped(call) -> None:
    """Where the notice allows it and no panel has begun, the document stage is skipped with a reason."""
    await call.open()
    await call.screen("P1", track="2", product="H100x8")
    told = {"programme": CODE, "reason": "신청 과제 수가 적음"}
    assert (await call.post("stages/skip", status=409, track="1", **told))["code"] == "stage_not_skippable"
    await call.post("stages/skip", track="2", **told)
    assert (await call.post("stages/skip", status=409, track="2", **told))["code"] == "stage_skipped_already"
    await call.screen("P2", track="2", product="H100x8")
    await call.panel(track="2", stage="presentation")
    for name in ("P1", "P2"):
        await call.score(name, "80", stage="presentation")
    assert [row["outcome"] for row in (await call.post("selections", programme=CODE, track="2"))["rows"]] == [
        "selected"
    ] * 2


@pytest.mark.rule("RV-1")
async def test_panels_for_named_applications(call) -> None:
    """Several panels may share a track; an application has one panel, and one without a panel can be named later."""
    await call.open()
    await call.screen("P1", "P2")
    await call.panel(application_ids=["A-P1"])
    again = await call.panel(status=422, application_ids=["A-P1"], seats=seats(5, "other"))
    assert again["code"] == "applications_not_in_stage"
    await call.panel(seats=seats(5, "other"))
    assert (await call.panel(status=409))["code"] == "panel_takes_all_already"
    await call.sheet("P1", 1)
    await call.sheet("P2", 1, prefix="other")
    await call.sheet("P2", 1, status=404)


def with_reason(count: int, reason: str = "분야 전문가 보강") -> list[dict[str, Any]]:
    """Seats, those above the seventh with a reason."""
    return [{**one, "reason": reason if one["seat"] > 7 else ""} for one in seats(count)]


@pytest.mark.rule("RV-1")
async def test_an_eighth_sits_by_reason(call) -> None:
    """S0 §5 asks for about five to seven: an eighth seat needs an officer's reason, which the panel shows."""
    await call.open()
    await call.screen("P1")
    panel = await call.panel(seats=with_reason(8))
    assert [(one["seat"], one["substitute"]) for one in panel["seats"] if one["reason"]] == [(8, False)]
    assert panel["seats"][7]["reason"] == "분야 전문가 보강"
    for seat in range(1, 8):
        assert (await call.sheet("P1", seat))["stage_closed"] is False
    assert (await call.sheet("P1", 8))["stage_closed"] is True


WRONG_PANELS = {
    "four seats": ({"seats": seats(4)}, 409, "panel_size"),
    "eight seats without a reason": ({"seats": seats(8)}, 409, "seat_reason_missing"),
    "eight seats with a blank reason": ({"seats": with_reason(8, "  ")}, 409, "seat_reason_missing"),
    "nine seats with reasons": ({"seats": with_reason(9)}, 409, "panel_size"),
    "a seat twice": ({"seats": [*seats(5), *seats(1)]}, 409, "seat_taken"),
    "a stage that the track does not have": ({"stage": "presentation"}, 422, "stage_unknown"),
    "a track that the programme does not have": ({"track": "9"}, 404, "not_found"),
    "a programme that nobody opened": ({"programme": "unknown"}, 404, "not_found"),
    "an unknown field": ({"colour": "red"}, 422, "invalid_request"),
    "an unknown application": ({"application_ids": ["A-none"]}, 422, "applications_not_in_stage"),
}


@pytest.mark.rule("RV-1")
async def test_wrong_panels_are_refused(call) -> None:
    """A panel that cannot be is refused with a stable code, and none is kept."""
    await call.open()
    for sentence, (body, status, code) in WRONG_PANELS.items():
        assert (sentence, (await call.panel(status=status, **body))["code"]) == (sentence, code)
    assert (await call.get("panels"))["items"] == []


async def test_assignments_show_what_is_to_do(call) -> None:
    """A reviewer's list shows the applications, what is scored, and where a conflict forbids it; it pages."""
    await call.open()
    await call.screen("P1", "P2", "P3")
    await call.panel(seats=seats(5, seat1="O-P2"))
    await call.sheet("P1", 1)
    headers = call.client.as_("reviewer", subject="reviewer-1")
    first = await call.get("assignments", headers=headers, limit=2)
    assert [(row["application_id"], row["scored"], row["conflict"]) for row in first["items"]] == [
        ("A-P1", True, False),
        ("A-P2", False, True),
    ]
    rest = await call.get("assignments", headers=headers, limit=2, cursor=first["next_cursor"])
    assert ([row["application_id"] for row in rest["items"]], rest["next_cursor"]) == (["A-P3"], None)


async def test_withdrawn_and_ineligible_applications_are_not_scored(call) -> None:
    """Only eligible applications are reviewed; one that withdraws is scored no more, and stays withdrawn."""
    await call.open()
    await call.feed(submitted("P1"), screened("P2", eligible=False), screened("P3"))
    await call.panel()
    await call.feed(withdrawn("P3"), screened("P3"))
    for name in ("P1", "P2"):
        await call.sheet(name, 1, status=404)
    assert (await call.sheet("P3", 1, status=409))["code"] == "wrong_state"


async def test_a_withdrawal_that_is_heard_first_waits_for_its_application(call) -> None:
    """Its application's events are dead letters still: so is the withdrawal, and redriven after them it counts."""
    await call.open()
    await call.feed(withdrawn("P1"))
    operator = call.client.as_("operator")
    (letter,) = await call.get("operations/dead-letters", headers=operator)
    assert letter["error_code"] == "not_found"
    await call.screen("P1")
    redriven = await call.http.post(f"/v1/operations/dead-letters/{letter['id']}/redrive", headers=operator)
    assert redriven.json() == {"handled": True}
    await call.screen("P2")
    await call.panel()
    reviewer = call.client.as_("reviewer", subject="reviewer-1")
    assigned = await call.get("assignments", headers=reviewer)
    assert [row["application_id"] for row in assigned["items"]] == ["A-P2"]


async def test_unset_policy_stops_the_step(call) -> None:
    """A value that the notice leaves unset stops the step that needs it, by name."""
    await call.open(review__seats_max="unset")
    missing = await call.panel(status=409)
    assert (missing["code"], missing["facts"]["path"]) == ("policy_missing", "review.seats_max")
