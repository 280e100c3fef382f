"""The delivery of a result starts the clock; the applicant accepts, or is silent and listed (RV-13)."""

import asyncio
import copy
import datetime as dt
from typing import Any

import pytest

from services.intake.model.acceptances import Acceptance, Delivery, StandingAcceptance
from services.intake.policy.acceptances import AcceptancePolicy
from services.intake.rules.acceptances import accept_until, acceptance_refusal, acceptance_state, instant_refusal
from tests.services.intake.people import DEFINITION, KST, OPEN_DAY, P0, Office
from tests.services.intake.test_tasks import officer, tasks

AT = dt.datetime(2025, 9, 26, 10, tzinfo=KST)
UNTIL = dt.datetime(2025, 10, 2, tzinfo=KST)
BY_MAIL = {"delivered_at": OPEN_DAY.isoformat(), "way": "email"}


def standing(until: dt.datetime | None = UNTIL, *, accepted: bool = False, withdrawn: bool = False) -> Any:
    """An acceptance with one delivery."""
    gone = ("officer-1", AT, "반송") if withdrawn else (None, None, None)
    delivery = Delivery("RD-000001", "A-000001", AT, "email", until, "officer-1", AT, *gone)
    return StandingAcceptance("A-000001", (delivery,), Acceptance("kim", AT) if accepted else None)


@pytest.mark.rule("RV-13")
@pytest.mark.parametrize(
    ("days", "until"),
    [
        pytest.param(5, UNTIL, id="Wednesday"),
        pytest.param(1, dt.datetime(2025, 9, 30, tzinfo=KST), id="a Saturday runs on to Monday"),
        pytest.param(None, None, id="no clock"),
    ],
)
def test_the_clock_runs_from_the_delivery(days: int | None, until: dt.datetime | None) -> None:
    """CV-7: its own day is not counted; it ends at 24:00 of a working day."""
    assert accept_until(AT, AcceptancePolicy(days)) == until


@pytest.mark.rule("RV-13")
@pytest.mark.parametrize(
    ("found", "now", "code"),
    [
        pytest.param(standing(), UNTIL - dt.timedelta(microseconds=1), None, id="the last instant"),
        pytest.param(standing(), UNTIL, "acceptance_over", id="24:00"),
        pytest.param(standing(None), UNTIL, None, id="a call without a term"),
        pytest.param(standing(withdrawn=True), UNTIL, None, id="the delivery never was"),
        pytest.param(StandingAcceptance("A-000001", (), None), UNTIL, None, id="before any delivery"),
        pytest.param(standing(accepted=True), AT, "accepted_already", id="a second time"),
    ],
)
def test_a_selection_is_accepted_in_time(found: StandingAcceptance, now: dt.datetime, code: str | None) -> None:
    """Once, before the clock has run out."""
    refusal = acceptance_refusal(found, now)
    assert (refusal and refusal.code) == code


@pytest.mark.rule("RV-13")
@pytest.mark.parametrize(
    ("delivered_at", "until", "accepted_at", "state"),
    [
        (None, None, None, "undelivered"),
        (AT, UNTIL + dt.timedelta(seconds=1), None, "open"),
        (AT, None, None, "open"),
        (AT, UNTIL, None, "overdue"),
        (AT, UNTIL, AT, "accepted"),
        (None, None, AT, "accepted"),
    ],
)
def test_where_an_acceptance_stands(delivered_at, until, accepted_at, state: str) -> None:
    """Silent past the end is overdue."""
    assert acceptance_state(delivered_at, until, accepted_at, UNTIL) == state


@pytest.mark.rule("RV-13")
@pytest.mark.parametrize(
    ("moved", "code"),
    [
        pytest.param(dt.timedelta(), None, id="now"),
        pytest.param(dt.timedelta(microseconds=1), "delivery_in_future", id="in the future"),
        pytest.param(dt.timedelta(hours=-1), None, id="at the announcement"),
        pytest.param(dt.timedelta(hours=-2), "delivery_before_result", id="before it"),
    ],
)
def test_a_delivery_was_between_the_result_and_now(moved: dt.timedelta, code: str | None) -> None:
    """Nothing is delivered that was not announced, or that is still to come."""
    refusal = instant_refusal(AT + moved, AT - dt.timedelta(hours=1), AT)
    assert (refusal and refusal.code) == code


async def office_with(service_client: Any, days: Any) -> Office:
    """Intake with P0 open, whose term for acceptances is this."""
    made = Office(await service_client("intake"))
    made.client.clock.set(OPEN_DAY)
    definition = copy.deepcopy(DEFINITION)
    definition["review"]["acceptance_days"] = {"is": days, "source": "시험"}
    await made.call("POST", "/programmes", 201, json=definition)
    await made.call("POST", f"/programmes/{P0}/open", 200)
    return made


@pytest.fixture
async def five(service_client: Any) -> Office:
    """A term of five days."""
    return await office_with(service_client, 5)


async def accept(office: Office, application_id: str, status: int = 200) -> Any:
    """The applicant accepts."""
    return await office.call("POST", f"/applications/{application_id}/accept", status, who=office.of(application_id))


async def test_a_delivered_selection_is_accepted_in_time(five: Office) -> None:
    """Delivered on 2 September, five days: until 24:00 of Monday the 8th; a second word is refused."""
    application_id = await five.selected()
    at = f"/applications/{application_id}"
    assert (await five.call("GET", f"{at}/acceptance", 200, who=five.of(at)))["state"] == "undelivered"
    delivered = await five.call("POST", f"{at}/deliveries", 201, json=BY_MAIL)
    assert (delivered["state"], delivered["accept_until"]) == ("open", "2025-09-08T15:00:00Z")
    assert (await five.call("POST", f"{at}/deliveries", 409, json=BY_MAIL))["code"] == "delivery_known"
    accepted = await accept(five, application_id)
    assert (accepted["state"], accepted["accepted_at"]) == ("accepted", "2025-09-02T01:00:00Z")
    assert (await accept(five, application_id, 409))["code"] == "accepted_already"


async def test_silence_past_the_end_is_listed_for_the_revocation(five: Office) -> None:
    """Nothing happens by itself; the list names the officer's next call, and that call works."""
    application_id, answered = await five.selected(), await five.selected()
    for one in (application_id, answered):
        await five.call("POST", f"/applications/{one}/deliveries", 201, json=BY_MAIL)
    await accept(five, answered)
    (open_one,) = (await tasks(five, five.of(application_id)))["accept_selection"]
    assert (open_one["thing_id"], open_one["due_at"], open_one["overdue"]) == (
        application_id, "2025-09-08T15:00:00Z", False,
    )  # fmt: skip
    assert "accept_selection" not in await tasks(five, five.of(answered))
    assert "revoke_silent_winner" not in await tasks(five, officer(five))
    five.client.clock.set(dt.datetime(2025, 9, 9, tzinfo=KST))
    assert "accept_selection" not in await tasks(five, five.of(application_id))
    (silent_one,) = (await tasks(five, officer(five)))["revoke_silent_winner"]
    assert (silent_one["thing_id"], silent_one["overdue"]) == (application_id, True)
    assert (await accept(five, application_id, 409))["code"] == "acceptance_over"
    listed = await five.call("GET", "/acceptances", 200, params={"count": "true", "sort": "accept_until"})
    assert {one["application_id"]: one["state"] for one in listed["items"]} == {
        application_id: "overdue",
        answered: "accepted",
    }
    assert listed["by_state"] == {"overdue": 1, "accepted": 1}
    (late,) = (await five.call("GET", "/acceptances", 200, params={"state": "overdue"}))["items"]
    assert late["next_call"] == f"POST /intake/v1/applications/{application_id}/revoke"
    assert await five.state(application_id) == "selected"
    silent = {"ground": "no_acceptance", "reason": "기한 내 회신 없음"}
    proposed = await five.call("POST", f"/applications/{application_id}/revoke", 201, json=silent)
    assert "revoke_silent_winner" not in await tasks(five, officer(five))
    await five.confirmed(proposed)
    assert (await five.call("GET", "/acceptances", 200, params={"state": "overdue"}))["items"] == []


async def test_a_bounced_delivery_is_withdrawn_and_recorded_anew(five: Office) -> None:
    """The clock of what never arrived never ran; both records stay."""
    application_id = await five.selected()
    at = f"/applications/{application_id}/deliveries"
    first = await five.call("POST", at, 201, json=BY_MAIL)
    gone = f"{at}/{first['deliveries'][0]['delivery_id']}/withdraw"
    bounced = await five.call("POST", gone, 200, json={"reason": "전자우편이 반송됨"})
    assert (bounced["state"], bounced["accept_until"]) == ("undelivered", None)
    assert (await five.call("POST", gone, 409, json={"reason": "다시"}))["code"] == "delivery_withdrawn"
    five.client.clock.set(dt.datetime(2025, 9, 9, tzinfo=KST))
    again = {"delivered_at": "2025-09-08T10:00:00+09:00", "way": "telephone"}
    told = await five.call("POST", at, 201, json=again)
    assert (told["state"], [one["withdrawn_reason"] for one in told["deliveries"]]) == (
        "open",
        ["전자우편이 반송됨", None],
    )
    await accept(five, application_id)


async def test_what_cannot_be_delivered_or_accepted(five: Office) -> None:
    """In the future, before the announcement, not selected, by another, by the agency."""
    application_id = await five.selected()
    at = f"/applications/{application_id}"
    tomorrow = {**BY_MAIL, "delivered_at": "2025-09-03T10:00:00+09:00"}
    assert (await five.call("POST", f"{at}/deliveries", 422, json=tomorrow))["code"] == "delivery_in_future"
    before = {**BY_MAIL, "delivered_at": "2025-09-02T09:59:59+09:00"}
    assert (await five.call("POST", f"{at}/deliveries", 422, json=before))["code"] == "delivery_before_result"
    await five.call("POST", f"{at}/deliveries", 403, who=five.of(at), json=BY_MAIL)
    await five.call("POST", f"{at}/accept", 403)
    other = five.applicant(await five.organisation())
    await five.call("POST", f"{at}/accept", 404, who=other)
    await five.call("GET", f"{at}/acceptance", 404, who=other)
    waiting = await five.eligible()
    assert (await accept(five, waiting, 409))["code"] == "wrong_state"
    await five.call("POST", f"/applications/{waiting}/deliveries", 409, json=BY_MAIL)


async def test_accepting_twice_at_once_is_accepting_once(five: Office) -> None:
    """One counts, the others hear that it was accepted."""
    application_id = await five.selected()
    at, who = f"/v1/applications/{application_id}/accept", five.of(application_id)
    answers = await asyncio.gather(*(five.http.post(at, headers=who) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]


@pytest.mark.parametrize(("days", "status"), [("none", 201), ("unset", 409)])
async def test_a_call_decides_whether_a_clock_runs(service_client: Any, days: str, status: int) -> None:
    """`none`: delivered without a clock; unset: the policy that is missing is named, and nothing is recorded."""
    office = await office_with(service_client, days)
    application_id = await office.selected()
    told = await office.call("POST", f"/applications/{application_id}/deliveries", status, json=BY_MAIL)
    if status == 201:
        assert (told["state"], told["accept_until"]) == ("open", None)
        office.client.clock.set(dt.datetime(2026, 9, 9, tzinfo=KST))
        assert (await office.call("GET", f"/applications/{application_id}/acceptance", 200))["state"] == "open"
    else:
        assert told["code"] == "policy_missing"
        assert (await office.call("GET", f"/applications/{application_id}/acceptance", 200))["deliveries"] == []
