"""Found by others who tried: reviewers read without a record, panels without end, places held for ever."""

import pytest
import pytest_asyncio

from tests.services.review.call import CODE, Call, seats, withdrawn

PANEL = "panels/PN-000001"


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    return Call(await service_client("review"))


@pytest.mark.rule("MS-6")
async def test_who_read_the_reviewers_of_a_panel_is_on_record(call: Call) -> None:
    """An auditor reads the names and employers of a panel's reviewers: one more act on the panel."""
    await call.open()
    await call.screen("P1")
    await call.panel(seats=seats(5, seat1="O-X"))
    shown = await call.get(PANEL, headers=call.client.as_("auditor", subject="auditor-1"))
    assert shown["seats"][0]["name"] == "평가위원 1"
    acts = (await call.get("history/panel/PN-000001"))["items"]
    assert "auditor-1" in {act["actor"] for act in acts}


@pytest.mark.rule("RV-1")
async def test_no_substitute_where_none_is_needed(call: Call) -> None:
    """Seven seats, nobody in conflict, nobody late: an eighth, ninth and tenth voice for one application are none."""
    await call.open()
    await call.screen("P1", "P2")
    await call.panel(seats=seats(7))
    told = []
    for number in (8, 9, 10):
        chair = {"seat": number, "reviewer_id": f"r-{number}", "name": "위원", "reason": "이해충돌"}
        body = {**chair, "application_ids": ["A-P1"]}
        told.append((await call.http.post(f"/v1/{PANEL}/substitutes", json=body, headers=call.officer)).status_code)
    assert told[1:] == [409, 409]  # an eighth by an officer's reason may be let through


@pytest.mark.rule("RV-17")
async def test_one_sheet_set_aside_is_replaced_by_one(call: Call) -> None:
    """Seat 1 is set aside after the close; two substitutes are seated for it: the second is refused."""
    await call.open()
    await call.ranked("P1")
    body = {"reviewer_id": "reviewer-1", "reason": "겸직", "application_id": "A-P1"}
    await call.post(f"{PANEL}/reopenings", **body)
    told = []
    for number in (6, 7):
        chair = {"seat": number, "reviewer_id": f"reviewer-{number}", "name": "위원", "reason": "이해충돌"}
        answer = await call.http.post(
            f"/v1/{PANEL}/substitutes", json={**chair, "application_ids": ["A-P1"]}, headers=call.officer
        )
        told.append(answer.status_code)
    assert told == [201, 409]


@pytest.mark.rule("RV-13")
async def test_a_place_held_for_one_who_withdraws_goes_on(call: Call) -> None:
    """One place: P1 has it, P2 and P3 wait. P2 is opened again, P1 withdraws, P2 withdraws: the place is P3's."""
    await call.open(tracks__1__selection__projects_max=1)
    await call.ranked("P1", "P2", "P3")
    drawn = await call.post("selections", programme=CODE, track="1")
    await call.announce(drawn["selection_id"])
    await call.post(f"{PANEL}/reopenings", reviewer_id="reviewer-1", reason="겸직", application_id="A-P2")
    await call.feed(withdrawn("P1"))
    held = await call.get(f"selections/{drawn['selection_id']}")
    assert [row["outcome"] for row in held["rows"] if row["application_id"] != "A-P1"] == ["waiting", "waiting"]
    await call.feed(withdrawn("P2"))
    after = await call.get(f"selections/{drawn['selection_id']}")
    assert {row["application_id"]: row["outcome"] for row in after["rows"]}["A-P3"] == "selected"


@pytest.mark.rule("RV-13")
async def test_a_place_held_for_one_whose_conflict_is_taken_back_is_given(call: Call) -> None:
    """One place: P2 is opened again, P1 withdraws, the conflict is taken back: P2 has the place, P3 waits."""
    await call.open(tracks__1__selection__projects_max=1)
    await call.ranked("P1", "P2", "P3")
    drawn = await call.post("selections", programme=CODE, track="1")
    await call.announce(drawn["selection_id"])
    body = {"reviewer_id": "reviewer-1", "reason": "겸직", "application_id": "A-P2"}
    await call.post(f"{PANEL}/reopenings", **body)
    await call.feed(withdrawn("P1"))
    await call.post(f"{PANEL}/conflicts/withdrawals", **body)
    after = await call.get(f"selections/{drawn['selection_id']}")
    assert {row["application_id"]: row["outcome"] for row in after["rows"]}["A-P2"] == "selected"
