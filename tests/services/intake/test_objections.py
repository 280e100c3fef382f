"""An applicant objects to the screening or the selection, and another officer decides on it (MS-7)."""

import asyncio
import copy
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from libs.common.events.intake import ApplicationScreened
from libs.common.events.review import SelectionDecided
from services.intake.model.agreements import Announcement
from services.intake.model.applications import Step
from services.intake.model.objections import DecidedObjection, MadeDecision, Objection, OpenDecision, StandingObjection
from services.intake.policy.objections import ObjectionPolicy
from services.intake.rules.objections import decision_against, decision_refusal, objection_refusal, objection_window
from tests.services.intake.people import DEFINITION, KST, OPEN_DAY, P0, Office
from tests.services.intake.test_tasks import officer, tasks

AT = dt.datetime(2025, 9, 15, 11, tzinfo=KST)
MADE = MadeDecision("screening", "screening-1", "ineligible", AT, ("officer-1",))
UNTIL = dt.datetime(2025, 9, 23, tzinfo=KST)
FILED = Objection(
    "OB-000001", "A-000001", "screening", "screening-1", "ineligible", AT, UNTIL, ("officer-1",), "?", "kim", AT
)


@pytest.mark.rule("MS-7")
@pytest.mark.parametrize(
    ("named", "days", "filed", "now", "code"),
    [
        pytest.param("screening-1", 7, False, AT, None, id="at once"),
        pytest.param("screening-1", 7, False, UNTIL - dt.timedelta(microseconds=1), None, id="the last instant"),
        pytest.param("screening-1", 7, False, UNTIL, "objection_too_late", id="24:00 of the seventh day"),
        pytest.param("screening-1", None, False, AT, "no_objections", id="a call that takes none"),
        pytest.param("screening-1", 7, True, AT, "objection_filed", id="a second time"),
        pytest.param("screening-2", 7, False, AT, "decision_not_open", id="another decision"),
    ],
)
def test_one_objection_within_the_window(named, days, filed, now: dt.datetime, code: str | None) -> None:
    """It names the decision that stands, once, until 24:00 of the last day."""
    stands = objection_window(MADE, ObjectionPolicy(days))
    before = [StandingObjection(FILED, None)] if filed else []
    refusal = objection_refusal(named, stands, before, now)
    assert (refusal and refusal.code) == code


@pytest.mark.rule("MS-7")
def test_nothing_stands_nothing_is_objected_to() -> None:
    """An eligible application has no decision against it."""
    refusal = objection_refusal("screening-1", None, (), AT)
    assert refusal is not None
    assert refusal.code == "decision_not_open"


@pytest.mark.rule("MS-7")
@pytest.mark.parametrize(
    ("days", "until"),
    [
        pytest.param(7, UNTIL, id="a Monday"),
        pytest.param(5, dt.datetime(2025, 9, 23, tzinfo=KST), id="a Saturday runs on to Monday"),
        pytest.param(None, None, id="no window"),
    ],
)
def test_the_window_is_counted_in_days(days: int | None, until: dt.datetime | None) -> None:
    """CV-7: the day of the decision is not counted, an end on a weekend moves on."""
    assert objection_window(MADE, ObjectionPolicy(days)) == OpenDecision(MADE, until)


@pytest.mark.rule("MS-7")
def test_who_took_part_does_not_decide_and_nobody_decides_twice() -> None:
    """Another officer decides, once."""
    decided = StandingObjection(FILED, DecidedObjection("rejected", "?", "officer-2", AT))
    codes = [
        refusal and refusal.code
        for refusal in (
            decision_refusal(StandingObjection(FILED, None), "officer-1"),
            decision_refusal(StandingObjection(FILED, None), "officer-2"),
            decision_refusal(decided, "officer-3"),
        )
    ]
    assert codes == ["objection_own_decision", None, "objection_decided"]


@pytest.mark.rule("MS-7")
def test_which_decision_stands_against_an_application() -> None:
    """The second conclusion is another decision; of a selection the newest version that says where it stands."""
    history = [Step("submitted", "", "kim", AT), *([Step("ineligible", "IN-5", "officer-1", AT)] * 2)]
    screened = decision_against("ineligible", history, (), None)
    assert screened is not None
    assert (screened.decision_id, screened.took_part) == ("screening-2", ("officer-1",))
    told = Announcement("A-000001", "S-000001", 2, AT, "waiting", "budget", False, 1, 6, "", None, 3)
    selected = decision_against("waiting", history, (), told)
    assert selected is not None
    assert (selected.decision_id, selected.took_part) == ("S-000001-v2", ())
    by_two = decision_against("waiting", history, (), told, ("officer-1", "officer-2"))
    assert by_two == replace(selected, took_part=("officer-1", "officer-2"))
    assert decision_against("withdrawn", history, (), told) is None


async def office_with(service_client: Any, days: Any) -> Office:
    """Intake with P0 open, whose window for objections is this."""
    made = Office(await service_client("intake"))
    made.client.clock.set(OPEN_DAY)
    definition = copy.deepcopy(DEFINITION)
    definition["review"]["objection_days"] = {"is": days, "source": "시험"}
    await made.call("POST", "/programmes", 201, json=definition)
    await made.call("POST", f"/programmes/{P0}/open", 200)
    return made


@pytest.fixture
async def seven(service_client: Any) -> Office:
    """A window of seven days."""
    return await office_with(service_client, 7)


async def ineligible(office: Office) -> str:
    """A large enterprise's application, found ineligible by officer-1."""
    application_id = await office.draft(await office.organisation(kind="large_enterprise"))
    await office.documents(application_id)
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    await office.call("POST", f"/applications/{application_id}/screening/conclude", 200)
    return application_id


async def file(office: Office, application_id: str, decision_id: str, status: int = 201) -> Any:
    """The applicant objects."""
    told = {"decision_id": decision_id, "text": "대기업이 아닙니다."}
    at = f"/applications/{application_id}/objections"
    return await office.call("POST", at, status, who=office.of(application_id), json=told)


async def decide(office: Office, filed: Any, outcome: str, status: int = 201, subject: str = "officer-2") -> Any:
    """An officer decides on an objection."""
    at = f"/applications/{filed['application_id']}/objections/{filed['objection_id']}/decision"
    who = office.client.as_("officer", subject=subject)
    return await office.call("POST", at, status, who=who, json={"outcome": outcome, "reason": "기록을 다시 확인함"})


async def test_an_upheld_objection_is_screened_anew(seven: Office) -> None:
    """History stays, the state goes back, and the new conclusion is a new decision that review hears of."""
    application_id = await ineligible(seven)
    at = f"/applications/{application_id}/objections"
    shown = await seven.call("GET", at, 200, who=seven.of(at))
    assert (shown["open_decision"]["decision_id"], shown["items"]) == ("screening-1", [])
    assert shown["open_decision"]["objection_until"].startswith("2025-09-09T15:00")
    filed = await file(seven, application_id, "screening-1")
    waits = [one["thing_id"] for one in (await tasks(seven, officer(seven, "officer-2")))["decide_objection"]]
    assert waits == [filed["objection_id"]]
    assert "decide_objection" not in await tasks(seven, officer(seven, "officer-1"))
    assert (filed["state"], filed["took_part"], filed["took_part_known"]) == ("open", ["officer-1"], True)
    own = await decide(seven, filed, "upheld", 409, "officer-1")
    assert own["code"] == "objection_own_decision"
    upheld = await decide(seven, filed, "upheld")
    assert (upheld["state"], upheld["decided_by"]) == ("upheld", "officer-2")
    assert "decide_objection" not in await tasks(seven, officer(seven, "officer-2"))
    assert upheld["next_call"] == f"POST /intake/v1/applications/{application_id}/screening/conclude"
    again = await seven.call("GET", f"/applications/{application_id}", 200)
    assert (again["state"], again["eligible"]) == ("submitted", None)
    assert [step["state"] for step in again["history"]] == ["draft", "submitted", "ineligible", "submitted"]
    screened = await seven.call("GET", f"/applications/{application_id}/screening", 200)
    assert (screened["run"], screened["step"]) == (2, "objection")
    waived = {"rule_id": "IN-5", "outcome": "pass", "reason": "중견기업 확인서 확인"}
    await seven.call("POST", f"/applications/{application_id}/screening/decisions", 201, json=waived)
    await seven.call("POST", f"/applications/{application_id}/screening/conclude", 200)
    assert [one.eligible for one in await seven.client.said(ApplicationScreened)] == [False, True]
    assert (await decide(seven, filed, "rejected", 409))["code"] == "objection_decided"


async def test_a_rejected_objection_changes_nothing_and_stays(seven: Office) -> None:
    """The application stays ineligible; a second objection to the same decision is refused."""
    application_id = await ineligible(seven)
    rejected = await decide(seven, await file(seven, application_id, "screening-1"), "rejected")
    assert (rejected["state"], rejected["next_call"]) == ("rejected", None)
    assert await seven.state(application_id) == "ineligible"
    assert (await file(seven, application_id, "screening-1", 409))["code"] == "objection_filed"
    shown = await seven.call("GET", f"/applications/{application_id}/objections", 200)
    assert [(one["state"], one["reason"]) for one in shown["items"]] == [("rejected", "기록을 다시 확인함")]


async def test_an_announced_selection_is_objected_to(seven: Office) -> None:
    """Who selected was not said, and that is told; upheld, the officer's next call is the reopening."""
    application_id = await seven.eligible()
    await seven.announce(application_id, outcome="refused", refused_by="score")
    assert (await file(seven, application_id, "screening-1", 409))["code"] == "decision_not_open"
    filed = await file(seven, application_id, "S-000001-v1")
    assert (filed["decision"], filed["took_part"], filed["took_part_known"]) == ("selection", [], False)
    upheld = await decide(seven, filed, "upheld", subject="officer-1")
    assert upheld["next_call"] == "POST /review/v1/panels/{panel_id}/reopenings"
    assert await seven.state(application_id) == "refused"


async def test_who_selected_does_not_decide_on_an_objection(seven: Office) -> None:
    """Whoever drew, cut, proposed or confirmed it, whether review said so before the objection or after."""
    known, unknown = await seven.eligible(), await seven.eligible()
    for application_id, selection_id in ((known, "S-000001"), (unknown, "S-000002")):
        await seven.announce(application_id, outcome="refused", refused_by="score", selection_id=selection_id)

    async def said(selection_id: str, version: int, *took_part: str) -> None:
        told = {"selection_id": selection_id, "programme_code": P0, "run_version": version, "at": OPEN_DAY}
        await seven.client.feed(SelectionDecided(**told, took_part=list(took_part)))

    await said("S-000001", 1, "officer-1", "officer-2")
    filed = await file(seven, known, "S-000001-v1")
    assert (filed["took_part"], filed["took_part_known"]) == (["officer-1", "officer-2"], True)
    assert "decide_objection" not in await tasks(seven, officer(seven, "officer-2"))
    for subject in ("officer-1", "officer-2"):
        assert (await decide(seven, filed, "rejected", 409, subject))["code"] == "objection_own_decision"
    later = await file(seven, unknown, "S-000002-v1")
    assert (later["took_part"], later["took_part_known"]) == ([], False)
    await said("S-000002", 1, "officer-3")
    await said("S-000002", 1, "officer-3")
    assert (await decide(seven, later, "rejected", 409, "officer-3"))["code"] == "objection_own_decision"
    assert (await decide(seven, later, "rejected", subject="officer-1"))["decided_by"] == "officer-1"
    assert (await decide(seven, filed, "upheld", subject="officer-3"))["decided_by"] == "officer-3"


async def test_the_window_closes_at_midnight(seven: Office) -> None:
    """At 24:00 of the seventh day it is over."""
    application_id = await ineligible(seven)
    seven.client.clock.set(dt.datetime(2025, 9, 10, tzinfo=KST))
    assert (await file(seven, application_id, "screening-1", 409))["code"] == "objection_too_late"


async def test_two_objections_at_once_are_one(seven: Office) -> None:
    """One is filed, the others hear of it; of two decisions at once one counts."""
    application_id = await ineligible(seven)
    told = {"decision_id": "screening-1", "text": "대기업이 아닙니다."}
    at = f"/v1/applications/{application_id}/objections"
    who = seven.of(application_id)
    answers = await asyncio.gather(*(seven.http.post(at, headers=who, json=told) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    filed = next(one.json() for one in answers if one.status_code == 201)
    decisions = await asyncio.gather(
        *(
            seven.http.post(
                f"{at}/{filed['objection_id']}/decision",
                headers=seven.client.as_("officer", subject=f"second-{nth}"),
                json={"outcome": "upheld", "reason": "확인"},
            )
            for nth in range(3)
        )
    )
    assert sorted(one.status_code for one in decisions) == [201, 409, 409]
    history = (await seven.call("GET", f"/applications/{application_id}", 200))["history"]
    assert [step["state"] for step in history].count("submitted") == 2


async def test_applicants_see_and_file_their_own_alone(seven: Office) -> None:
    """A stranger finds nothing, the agency writes nothing, an applicant decides nothing."""
    application_id = await ineligible(seven)
    at = f"/applications/{application_id}/objections"
    other = seven.applicant(await seven.organisation())
    await seven.call("GET", at, 404, who=other)
    told = {"decision_id": "screening-1", "text": "?"}
    await seven.call("POST", at, 404, who=other, json=told)
    await seven.call("POST", at, 403, json=told)
    filed = await file(seven, application_id, "screening-1")
    own = {"outcome": "upheld", "reason": "?"}
    await seven.call("POST", f"{at}/{filed['objection_id']}/decision", 403, who=seven.of(at), json=own)
    await seven.call("POST", f"{at}/OB-999999/decision", 404, json=own)
    assert await seven.state(application_id) == "ineligible"


@pytest.mark.parametrize(("days", "code"), [("none", "no_objections"), ("unset", "policy_missing")])
async def test_a_call_decides_whether_objections_are_taken(service_client: Any, days: str, code: str) -> None:
    """`none` is refused in words, a silent call by the policy that is missing; reading tells no window."""
    office = await office_with(service_client, days)
    application_id = await ineligible(office)
    shown = await office.call("GET", f"/applications/{application_id}/objections", 200)
    assert shown["open_decision"]["objection_until"] is None
    assert (await file(office, application_id, "screening-1", 409))["code"] == code
