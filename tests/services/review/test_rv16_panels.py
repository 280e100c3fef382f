"""Invited reviewers, late sheets, how far applications are, presentations (RV-1, RV-8, RV-16)."""

import datetime as dt

import pytest
import pytest_asyncio

from libs.common.events.review import SeatSeated
from services.review.jobs import count_late
from services.review.metrics import REGISTRY
from tests.services.review.call import CODE, NOW, Call, seats, submitted

PANEL = "panels/PN-000001"
DUE = NOW + dt.timedelta(days=1)


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    made = Call(await service_client("review"))
    await made.open(tracks__2__presentation=["2025-10-01"])
    return made


async def reply(call: Call, number: int, *, accepted: bool = True, reason: str = "", status: int = 200):
    headers = call.client.as_("reviewer", subject=f"reviewer-{number}")
    body = {"accepted": accepted, "reason": reason}
    answer = await call.http.post(f"/v1/{PANEL}/acceptance", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.rule("RV-1")
async def test_a_seat_counts_once_it_is_accepted(call: Call) -> None:
    """Nobody sits before accepting; who accepts scores what is open and may read it, whom the applicant employs not."""
    await call.screen("P1", "P2")
    panel = await call.panel(seats=seats(5, seat2="O-P1"), by_invitation=True)
    assert (panel["seats"], panel["open_applications"]) == ([], 2)
    assert await call.client.said(SeatSeated) == []
    await call.sheet("P1", 1, status=404)
    mine = await call.get("invitations", headers=call.client.as_("reviewer", subject="reviewer-1"))
    assert [(row["panel_id"], row["stage"], row["accepted"]) for row in mine["items"]] == [
        ("PN-000001", "document", None)
    ]
    assert (await reply(call, 1))["accepted"] is True
    await reply(call, 1)
    await reply(call, 2)
    said = [(one.application_id, [s.seat for s in one.seats]) for one in await call.client.said(SeatSeated)]
    assert sorted(said) == [("A-P1", [1]), ("A-P2", [1]), ("A-P2", [2])]
    await call.screen("P3")
    last = (await call.client.said(SeatSeated))[-1]
    assert (last.application_id, [one.seat for one in last.seats]) == ("A-P3", [1, 2])
    await call.sheet("P1", 1)
    assert (await call.sheet("P1", 2, status=409))["code"] == "conflict_of_interest"
    assert (await call.get(PANEL))["open_applications"] == 3


@pytest.mark.rule("RV-1")
async def test_who_declines_says_why_and_leaves_room(call: Call) -> None:
    """A no without a reason, another answer, a stranger's: refused. Of seven one declines: one more is invited."""
    await call.panel(seats=seats(7), by_invitation=True)
    assert (await reply(call, 1, accepted=False, status=409))["code"] == "reason_missing"
    await reply(call, 1, accepted=False, reason="해외 출장")
    assert (await reply(call, 1, status=409))["code"] == "invitation_answered_already"
    await reply(call, 9, status=404)
    more = [{"seat": n, "reviewer_id": f"reviewer-{n}", "name": "위원"} for n in (8, 9)]
    assert (await call.post(f"{PANEL}/invitations", status=409, seats=more))["code"] == "seat_reason_missing"
    third = {"seat": 10, "reviewer_id": "reviewer-10", "name": "위원"}
    many = [{**one, "reason": "분야 전문가"} for one in (*more, third)]
    assert (await call.post(f"{PANEL}/invitations", status=409, seats=many))["code"] == "panel_size"
    again = [{**more[0], "reviewer_id": "reviewer-1"}]
    refused = await call.post(f"{PANEL}/invitations", status=409, seats=again)
    assert refused["code"] == "reviewer_already_invited"
    listed = await call.post(f"{PANEL}/invitations", seats=more[:1])
    assert [(row["seat"], row["accepted"], row["reason"]) for row in listed["items"][::7]] == [
        (1, False, "해외 출장"), (8, None, ""),
    ]  # fmt: skip
    eighth = await call.post(f"{PANEL}/invitations", seats=[{**more[1], "reason": "분야 전문가"}])
    assert eighth["items"][-1]["seat_reason"] == "분야 전문가"
    taken = {"seat": 8, "reviewer_id": "reviewer-20", "name": "대체 위원", "reason": "기한 경과"}
    await call.screen("P1")
    assert (await call.post(f"{PANEL}/substitutes", status=409, **taken))["code"] == "seat_taken"


@pytest.mark.rule("RV-1")
async def test_late_sheets_by_due_time(call: Call) -> None:
    """A seat's own due time goes before the panel's; the list begins with the longest due, the gauge says as many."""
    await call.screen("P1", "P2")
    chairs = seats()
    chairs[4]["due_at"] = (NOW + dt.timedelta(hours=1)).isoformat()
    await call.panel(seats=chairs, due_at=DUE.isoformat())
    for seat in (1, 2, 3):
        await call.sheet("P1", seat)
    assert (await call.get("late-sheets"))["items"] == []
    call.client.clock.set(NOW + dt.timedelta(hours=2))
    late = (await call.get("late-sheets", programme=CODE))["items"]
    assert [(row["application_id"], row["seat"]) for row in late] == [("A-P1", 5), ("A-P2", 5)]
    call.client.clock.set(DUE + dt.timedelta(seconds=1))
    page = await call.get("late-sheets", limit=3)
    rest = await call.get("late-sheets", limit=3, cursor=page["next_cursor"])
    rest_too = await call.get("late-sheets", limit=3, cursor=rest["next_cursor"])
    found = [(row["application_id"], row["seat"]) for one in (page, rest, rest_too) for row in one["items"]]
    assert found == [("A-P1", 5), ("A-P2", 5), ("A-P1", 4), *(("A-P2", seat) for seat in (1, 2, 3, 4))]
    await count_late(call.client.db, call.client.clock)
    assert REGISTRY.get_sample_value("dure_review_late_sheets", {"programme": CODE}) == len(found)


@pytest.mark.rule("RV-1")
async def test_how_far_applications_are(call: Call) -> None:
    """Sheets done and needed, composite, final, rank and flags; only the ids that are asked for."""
    await call.ranked("P1", "P2")
    await call.post("selections", programme=CODE, track="1")
    await call.screen("P3", "P4")
    await call.sheet("P3", 1)
    body = {"reviewer_id": "reviewer-2", "application_id": "A-P3", "reason": "친족"}
    await call.post(f"{PANEL}/conflicts", **body)
    rows = {row["application_id"]: row for row in (await call.get("progress", ids="A-P1,A-P3"))["items"]}
    assert sorted(rows) == ["A-P1", "A-P3"]
    one, three = rows["A-P1"], rows["A-P3"]
    assert (one["sheets_done"], one["sheets_needed"], one["composite"], one["final"], one["rank"]) == (
        5, 5, "95.00", "95.00", 1,
    )  # fmt: skip
    assert (three["sheets_done"], three["sheets_needed"], three["composite"], three["rank"]) == (1, 5, None, None)
    assert three["flags"] == ["conflict", "substitute_needed"]
    counted = await call.get("progress", programme=CODE, count="true", limit=2)
    assert (len(counted["items"]), counted["total"]) == (2, 4)
    await call.get("progress", status=403, headers=call.client.as_("reviewer"))


@pytest.mark.rule("RV-1")
async def test_a_call_not_known_yet_hides_no_other(call: Call) -> None:
    """An application heard before its call's definition is listed; how many sheets it needs nobody says yet."""
    await call.screen("P1")
    await call.panel()
    await call.feed(submitted("P2", programme_code="later-2026"))
    rows = {row["application_id"]: row for row in (await call.get("progress"))["items"]}
    assert {known: (row["sheets_done"], row["sheets_needed"]) for known, row in rows.items()} == {
        "A-P1": (0, 5), "A-P2": (0, None),
    }  # fmt: skip
    export = await call.http.get("/v1/progress/export", headers=call.officer)
    assert (export.status_code, "later-2026" in export.text) == (200, True)


SLOT = {
    "programme": CODE, "track": "2", "starts_at": "2025-10-01T10:00:00+09:00", "ends_at": "2025-10-01T10:30:00+09:00",
    "place": "회의실 3",
}  # fmt: skip


@pytest.mark.rule("RV-8")
async def test_only_those_that_passed_the_documents_present(call: Call) -> None:
    """An application in the document stage is refused; once it passed it is invited, its applicant alone answers."""
    await call.screen("P1", "P2", track="2", product="H100x8")
    await call.panel(track="2")
    slot = (await call.post("presentation-slots", **SLOT))["presentation_slot_id"]
    early = await call.post(f"presentation-slots/{slot}/invitation", status=409, application_id="A-P1")
    assert early["code"] == "does_not_present"
    await call.score("P1", "90")
    await call.score("P2", "10")
    await call.post(f"presentation-slots/{slot}/invitation", application_id="A-P1")
    failed = await call.post(f"presentation-slots/{slot}/invitation", status=409, application_id="A-P2")
    assert failed["code"] == "does_not_present"
    path = f"/v1/presentation-slots/{slot}/answer"
    stranger = call.client.as_("applicant", organisation_id="O-P2")
    assert (await call.http.post(path, json={"attends": True}, headers=stranger)).status_code == 404
    assert (await call.get("presentations", headers=stranger))["items"] == []
    own = call.client.as_("applicant", organisation_id="O-P1")
    answer = await call.http.post(path, json={"attends": True}, headers=own)
    assert (answer.status_code, answer.json()["attends"]) == (200, True)
    (held,) = (await call.get("presentations", headers=own))["items"]
    assert (held["place"], held["attends"], held["starts_at"]) == ("회의실 3", True, "2025-10-01T01:00:00Z")


@pytest.mark.rule("RV-8")
async def test_moving_a_presentation_needs_a_reason_and_a_free_place(call: Call) -> None:
    """Two slots at one place and time, one that ends before it begins, another day than printed: refused."""
    await call.post("stages/skip", programme=CODE, track="2", reason="신청 과제 수가 적음")
    await call.screen("P1", track="2", product="H100x8")
    first = (await call.post("presentation-slots", **SLOT))["presentation_slot_id"]
    assert (await call.post("presentation-slots", status=409, **SLOT))["code"] == "place_taken"
    backwards = {**SLOT, "ends_at": SLOT["starts_at"], "place": "회의실 4"}
    assert (await call.post("presentation-slots", status=409, **backwards))["code"] == "slot_times"
    later = {**SLOT, "starts_at": "2025-10-02T10:00:00+09:00", "ends_at": "2025-10-02T10:30:00+09:00"}
    assert (await call.post("presentation-slots", status=409, **later))["code"] == "not_a_printed_day"
    await call.post("presentation-slots", **later, reason="태풍으로 연기")
    second = (await call.post("presentation-slots", **{**SLOT, "place": "회의실 4"}))["presentation_slot_id"]
    await call.post(f"presentation-slots/{first}/invitation", application_id="A-P1")
    moved = await call.post(f"presentation-slots/{second}/invitation", status=409, application_id="A-P1")
    assert moved["code"] == "reason_missing"
    await call.post(f"presentation-slots/{second}/invitation", application_id="A-P1", reason="신청 기관 요청")
    (held,) = (await call.get("presentations"))["items"]
    assert (held["presentation_slot_id"], held["reason"], held["attends"]) == (second, "신청 기관 요청", None)
