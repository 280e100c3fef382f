"""Attendance of a mandatory course is recorded, listed and taken back, and said to the allocator (AL-7, F-55)."""

import copy
from typing import Any

import pytest

from libs.common.events.allocator import GrantActivated
from libs.common.events.intake import TrainingAttended, TrainingWithdrawn
from tests.services.intake.people import DEFINITION, OPEN_DAY, P0, Office

ATTENDED = {"course": "이용자 사전 교육", "attended_on": "2025-09-02", "people": 2, "evidence": "교육 참석자 명부"}
WRONG = {"reason": "다른 기관의 참석자를 잘못 기록함"}


@pytest.fixture
async def trained(service_client: Any) -> Office:
    """Intake with P0 open, which asks for a course that two people attend."""
    made = Office(await service_client("intake"))
    made.client.clock.set(OPEN_DAY)
    definition = copy.deepcopy(DEFINITION)
    definition["allocation"]["training"] = {"people_min": {"is": 2, "source": "시험"}}
    await made.call("POST", "/programmes", 201, json=definition)
    await made.call("POST", f"/programmes/{P0}/open", 200)
    return made


async def signed(office: Office) -> str:
    """Where an application's attendances stand whose agreement is signed."""
    application_id = await office.selected()
    await office.call("POST", "/agreements", 201, json={"application_id": application_id})
    await office.call("POST", f"/agreements/{application_id}/sign", 200)
    return f"/applications/{application_id}/training-attendances"


async def test_f_55_attendance_is_recorded_listed_and_said(trained: Office) -> None:
    """Two attendances add up; each says how many people have attended by now; the applicant sees them."""
    at = await signed(trained)
    first = await trained.call("POST", at, 201, json=ATTENDED)
    assert (first["attendance_id"], first["people"], first["recorded_by"]) == ("TA-000001", 2, "officer-1")
    await trained.call("POST", at, 201, json={**ATTENDED, "people": 1, "evidence": "명부 2"})
    said = [
        (one.application_id, one.people, one.people_trained, one.facts)
        for one in await trained.client.said(TrainingAttended)
    ]
    assert said == [(first["application_id"], 2, 2, 1), (first["application_id"], 1, 3, 2)]
    listed = await trained.call("GET", at, 200, who=trained.of(at))
    assert (listed["people_trained"], [one["people"] for one in listed["items"]]) == (3, [2, 1])
    stranger = trained.applicant(await trained.organisation())
    await trained.call("GET", at, 404, who=stranger)


async def test_f_55_what_never_was_is_taken_back_before_use(trained: Office) -> None:
    """The counter-fact stays beside the record; a second one is refused; what is right is recorded anew."""
    at = await signed(trained)
    made = await trained.call("POST", at, 201, json=ATTENDED)
    taken = await trained.call("POST", f"{at}/{made['attendance_id']}/withdraw", 200, json=WRONG)
    assert (taken["withdrawn_by"], taken["withdrawn_reason"]) == ("officer-1", WRONG["reason"])
    (said,) = await trained.client.said(TrainingWithdrawn)
    assert (said.people_trained, said.facts, said.reason) == (0, 2, WRONG["reason"])
    again = await trained.call("POST", f"{at}/{made['attendance_id']}/withdraw", 409, json=WRONG)
    assert again["refusals"][0]["code"] == "attendance_withdrawn"
    await trained.call("POST", at, 201, json=ATTENDED)
    assert (await trained.call("GET", at, 200))["people_trained"] == 2
    await trained.call("POST", f"{at}/TA-999999/withdraw", 404, json=WRONG)


async def test_f_55_after_the_activation_nothing_is_taken_back(trained: Office) -> None:
    """Use has begun on what was recorded: the refusal says so in Korean."""
    at = await signed(trained)
    made = await trained.call("POST", at, 201, json=ATTENDED)
    now = trained.client.clock.now()
    active = GrantActivated(
        grant_id=made["application_id"],
        programme_code=P0,
        provider_id="alpha",
        starts_at=now,
        delivered_at=now,
        ends_at=now,
        agreed_at=now,
    )
    await trained.client.feed(active)
    refused = await trained.call("POST", f"{at}/{made['attendance_id']}/withdraw", 409, json=WRONG)
    assert "이용이 이미 시작되었거나 끝난 과제여서" in str(refused)
    assert await trained.client.said(TrainingWithdrawn) == []


async def test_f_55_what_is_no_attendance_is_refused(trained: Office) -> None:
    """No agreement yet, a day to come, nobody, the same sheet twice, an applicant's own word."""
    selected = await trained.selected()
    early = await trained.call("POST", f"/applications/{selected}/training-attendances", 409, json=ATTENDED)
    assert early["code"] == "wrong_state"
    at = await signed(trained)
    tomorrow = await trained.call("POST", at, 422, json={**ATTENDED, "attended_on": "2025-09-03"})
    assert tomorrow["code"] == "attended_in_future"
    await trained.call("POST", at, 422, json={**ATTENDED, "people": 0})
    await trained.call("POST", at, 201, json=ATTENDED)
    twice = await trained.call("POST", at, 409, json={**ATTENDED, "evidence": "교육  참석자 명부 "})
    assert twice["refusals"][0]["code"] == "attendance_known"
    await trained.call("POST", at, 403, json=ATTENDED, who=trained.of(at))
    assert len(await trained.client.said(TrainingAttended)) == 1


async def test_f_55_a_programme_without_a_course_records_none(office: Office) -> None:
    """P0 asks for no training: there is nothing that an attendance could open."""
    refused = await office.call("POST", await signed(office), 409, json=ATTENDED)
    assert refused["refusals"][0]["code"] == "no_mandatory_course"
