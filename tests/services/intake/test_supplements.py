"""The agency asks for what is missing, and the answer becomes a version of the filing (IN-9)."""

import asyncio
import copy
import datetime as dt
from typing import Any

import pytest

from services.intake.model.applications import Document
from services.intake.model.supplements import StandingSupplement, Supplement, Wanted
from services.intake.policy.supplements import SupplementPolicy
from services.intake.rules.supplements import (
    answer_refusal,
    documents_of_version,
    due_day_refusal,
    end_of_day,
    state_of,
    supplement_refusal,
)
from tests.services.intake.people import DEFINITION, KST, OPEN_DAY, P0, PDF, Office, pdf

ALLOWED, REFUSED = SupplementPolicy(allowed=True), SupplementPolicy(allowed=False)
DUE = dt.datetime(2025, 9, 21, tzinfo=KST)
ASKED = StandingSupplement(Supplement("SP-000001", "A-000001", ("plan",), (), "", DUE, "o", DUE), (), (), None)
ASK = {"documents": ["plan"], "text": "3쪽이 빠져 있습니다.", "due_on": "2025-09-20"}


@pytest.mark.rule("IN-9")
@pytest.mark.parametrize(
    ("documents", "fields", "policy", "before", "code"),
    [
        pytest.param(("plan",), (), ALLOWED, 0, None, id="a document"),
        pytest.param((), ("purpose",), ALLOWED, 99, None, id="a field, for the hundredth time"),
        pytest.param(("plan",), (), ALLOWED, 100, "supplements_max_reached", id="once too often"),
        pytest.param(("plan",), (), REFUSED, 0, "no_supplements", id="a call that asks for none"),
        pytest.param((), (), ALLOWED, 0, "supplement_names_nothing", id="nothing"),
        pytest.param(("poem",), (), ALLOWED, 0, "supplement_unknown", id="an unknown document"),
        pytest.param(("plan",), ("plan",), ALLOWED, 0, "supplement_unknown", id="a document as a field"),
    ],
)
def test_what_may_be_asked_for(documents, fields, policy, before: int, code: str | None) -> None:
    """Only what the call has, and only where it allows supplements."""
    refusal = supplement_refusal(Wanted(documents, fields, "?"), policy, {"plan"}, {"purpose"}, before)
    assert (refusal and refusal.code) == code


@pytest.mark.rule("IN-9")
@pytest.mark.parametrize(
    ("now", "state", "code"),
    [
        pytest.param(DUE - dt.timedelta(microseconds=1), "open", None, id="the last instant of the day"),
        pytest.param(DUE, "overdue", "supplement_over", id="24:00"),
    ],
)
def test_a_request_ends_at_midnight_in_seoul(now: dt.datetime, state: str, code: str | None) -> None:
    """A stated day ends at 24:00 KST and never moves, though this one is a Saturday."""
    assert end_of_day(dt.date(2025, 9, 20)) == DUE
    assert state_of(DUE, now, answered=False) == state
    refusal = answer_refusal(ASKED, now)
    assert (refusal and refusal.code) == code


@pytest.mark.rule("IN-9")
def test_a_last_day_is_not_over_and_an_extension_is_later() -> None:
    """Today is the first day that can be stated; the same day again extends nothing."""
    now = dt.datetime(2025, 9, 19, 15, tzinfo=dt.UTC)  # 00:00 of the 20th in Seoul
    days = {day: due_day_refusal(dt.date(2025, 9, day), now) for day in (19, 20)}
    assert {day: refusal and refusal.code for day, refusal in days.items()} == {19: "supplement_due_over", 20: None}
    same = due_day_refusal(dt.date(2025, 9, 20), now, DUE)
    assert same is not None
    assert same.code == "supplement_not_extended"
    assert due_day_refusal(dt.date(2025, 9, 21), now, DUE) is None


@pytest.mark.rule("IN-9")
def test_a_version_holds_of_each_kind_what_came_last() -> None:
    """The first version stays as it was; what was not asked for goes on standing."""

    def one(nth: int, kind: str, version: int) -> Document:
        told = (f"D-{nth}", "A-000001", kind, "f.pdf", "pdf", 1, "0" * 64, "kim", DUE, 1, None, None)
        return Document(*told, filing_version=version)

    every = [one(1, "plan", 1), one(2, "list", 1), one(3, "plan", 2), one(4, "plan", 3), one(5, "plan", 3)]
    stands = {version: [d.document_id for d in documents_of_version(every, version)] for version in (1, 2, 3)}
    assert stands == {1: ["D-1", "D-2"], 2: ["D-2", "D-3"], 3: ["D-2", "D-4", "D-5"]}


async def asked(office: Office, **more: Any) -> tuple[str, str]:
    """A submitted application that lacks its plan, and where its request stands."""
    organisation_id = await office.organisation()
    application_id = await office.draft(organisation_id)
    await office.upload(application_id, "business_registration", "[한빛에이아이1] 4_사업자등록증.pdf", PDF)
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    made = await office.call("POST", f"/applications/{application_id}/supplements", 201, json={**ASK, **more})
    return application_id, f"/applications/{application_id}/supplements/{made['supplement_id']}"


async def give(office: Office, at: str, kind: str = "plan", status: int = 201, content: bytes = PDF) -> Any:
    """Upload a file for an answer."""
    files = {"file": ("[한빛에이아이1] 1_계획서.pdf", content, "application/pdf")}
    return await office.call("POST", f"{at}/files", status, who=office.of(at), data={"kind": kind}, files=files)


async def answer(office: Office, at: str, status: int = 200, **more: Any) -> Any:
    """Answer a request."""
    told = {"text": "다시 냅니다.", **more}
    return await office.call("POST", f"{at}/answer", status, who=office.of(at), json=told)


async def test_an_answer_is_a_version_and_is_screened_anew(office: Office) -> None:
    """What was filed first stays readable, the receipt stays, and screening looks at the newest version."""
    application_id, at = await asked(office)
    before = await office.call("GET", f"/applications/{application_id}", 200)
    file = await give(office, at, content=pdf(2))
    pending = await office.call("GET", f"/applications/{application_id}", 200)
    assert [one["kind"] for one in pending["documents"]] == ["business_registration"]
    answered = await answer(office, at)
    assert (answered["state"], answered["version"], answered["answered_by"]) == ("answered", 2, answered["answered_by"])
    after = await office.call("GET", f"/applications/{application_id}", 200)
    kept = ("receipt_no", "received_at", "filing_sha256", "state")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert {one["document_id"]: one["filing_version"] for one in after["documents"]} == {
        before["documents"][0]["document_id"]: 1,
        file["document_id"]: 2,
    }
    versions = (await office.call("GET", f"/applications/{application_id}/versions", 200, who=office.of(at)))["items"]
    assert [len(one["documents"]) for one in versions] == [1, 2]
    assert versions[0]["sha256"] == before["filing_sha256"] != versions[1]["sha256"]
    assert (versions[0]["at"], versions[1]["supplement_id"]) == (before["received_at"], answered["supplement_id"])
    screened = await office.call("GET", f"/applications/{application_id}/screening", 200)
    missing = [one["facts"]["documents"] for one in screened["findings"] if one["code"] == "document_missing"]
    assert (screened["run"], screened["step"], "plan" in missing) == (2, "supplement", False)


async def test_a_second_file_of_a_kind_stands_for_the_first(office: Office) -> None:
    """The plan of the second answer replaces that of the first; the first one can still be downloaded."""
    application_id, at = await asked(office)
    first = await give(office, at)
    await answer(office, at)
    more = await office.call("POST", f"/applications/{application_id}/supplements", 201, json=ASK)
    again = f"/applications/{application_id}/supplements/{more['supplement_id']}"
    second = await give(office, again, content=pdf(3))
    await answer(office, again)
    shown = await office.call("GET", f"/applications/{application_id}", 200)
    plans = [one["document_id"] for one in shown["documents"] if one["kind"] == "plan"]
    assert plans == [second["document_id"]]
    old = await office.http.get(
        f"/v1/applications/{application_id}/documents/{first['document_id']}", headers=office.officer
    )
    assert (old.status_code, old.content) == (200, PDF)


async def test_a_late_answer_is_refused_until_an_officer_extends(office: Office) -> None:
    """At 24:00 the request is over and listed; it decides nothing; extended with a reason it is answered."""
    application_id, at = await asked(office)
    await give(office, at)
    office.client.clock.set(DUE)
    assert (await answer(office, at, 409))["code"] == "supplement_over"
    assert (await give(office, at, status=409))["code"] == "supplement_over"
    late = await office.call("GET", "/supplements", 200, params={"state": "overdue", "count": "true"})
    assert [(one["application_id"], one["state"]) for one in late["items"]] == [(application_id, "overdue")]
    assert (late["total"], late["by_state"]) == (1, {"overdue": 1})
    assert await office.state(application_id) == "submitted"
    to = {"due_on": "2025-09-22", "reason": "발급기관의 전산 장애"}
    await office.call("POST", f"{at}/extend", 403, who=office.of(at), json=to)
    same = await office.call("POST", f"{at}/extend", 422, json={**to, "due_on": "2025-09-20"})
    assert same["code"] == "supplement_due_over"
    extended = await office.call("POST", f"{at}/extend", 200, json=to)
    assert (extended["state"], extended["due_on"], len(extended["extensions"])) == ("open", "2025-09-22", 1)
    assert (await answer(office, at))["state"] == "answered"
    assert (await office.call("GET", "/supplements", 200, params={"state": "overdue"}))["items"] == []
    assert (await office.call("POST", f"{at}/extend", 409, json=to))["code"] == "supplement_answered"


async def test_two_answers_at_once_are_one(office: Office) -> None:
    """One becomes the version, the other hears that it was answered."""
    application_id, at = await asked(office)
    await give(office, at)
    told = {"text": "다시 냅니다."}
    answers = await asyncio.gather(
        *(office.http.post(f"/v1{at}/answer", headers=office.of(at), json=told) for _ in range(4))
    )
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"supplement_answered"}
    versions = await office.call("GET", f"/applications/{application_id}/versions", 200)
    assert [one["version"] for one in versions["items"]] == [1, 2]


async def test_what_is_no_answer_is_refused_in_words(office: Office) -> None:
    """Empty, not asked for, by a stranger, by the agency, or to another application's request."""
    application_id, at = await asked(office)
    assert (await answer(office, at, 409))["code"] == "supplement_empty"
    assert (await give(office, at, "application_sheet", 409))["code"] == "supplement_not_asked"
    assert (await answer(office, at, 409, form={"purpose": "x"}))["code"] == "supplement_not_asked"
    await office.call("POST", f"{at}/answer", 403, json={"text": ""})
    other = office.applicant(await office.organisation())
    await office.call("POST", f"{at}/answer", 404, who=other, json={"text": ""})
    await office.call("GET", f"/applications/{application_id}/supplements", 404, who=other)
    others, _ = await asked(office)
    wrong = at.replace(application_id, others)
    assert (await office.call("POST", f"{wrong}/answer", 404, who=office.of(wrong), json={}))["code"] == "not_found"
    file = await give(office, at)
    await office.call("DELETE", f"{at}/files/{file['document_id']}", 204, who=office.of(at))
    await office.call("DELETE", f"{at}/files/{file['document_id']}", 404, who=office.of(at))
    assert (await answer(office, at, 409))["code"] == "supplement_empty"


async def test_after_the_conclusion_nothing_is_asked_or_answered(office: Office) -> None:
    """An officer may conclude while a request is open; then it takes no answer, and none is asked for."""
    application_id, at = await asked(office)
    await give(office, at)
    waived = {"rule_id": "IN-9", "outcome": "pass", "reason": "원본 대조 완료"}
    await office.call("POST", f"/applications/{application_id}/screening/decisions", 201, json=waived)
    await office.call("POST", f"/applications/{application_id}/screening/conclude", 200)
    refused = await answer(office, at, 409)
    assert (refused["code"], refused["facts"]["state"]) == ("wrong_state", "eligible")
    await office.call("POST", f"/applications/{application_id}/supplements", 409, json=ASK)


async def test_an_applicant_asks_for_nothing(office: Office) -> None:
    """Only officers ask, and only for what the call has, on an application under screening."""
    application_id, _ = await asked(office)
    at = f"/applications/{application_id}/supplements"
    await office.call("POST", at, 403, who=office.of(at), json=ASK)
    assert (await office.call("POST", at, 409, json={**ASK, "documents": ["poem"]}))["code"] == "supplement_unknown"
    early = {**ASK, "due_on": "2025-09-01"}
    assert (await office.call("POST", at, 422, json=early))["code"] == "supplement_due_over"
    draft = await office.draft(await office.organisation())
    assert (await office.call("POST", f"/applications/{draft}/supplements", 409, json=ASK))["code"] == "wrong_state"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param({"is": "none", "source": "S3 §5"}, "no_supplements", id="a call without supplements"),
        pytest.param({"is": "unset", "source": "시험"}, "policy_missing", id="a call that does not say"),
    ],
)
async def test_a_call_decides_whether_supplements_are_asked(service_client: Any, value: Any, code: str) -> None:
    """`none` is refused in words, a silent call by the policy that is missing."""
    office = Office(await service_client("intake"))
    office.client.clock.set(OPEN_DAY)
    definition = copy.deepcopy(DEFINITION)
    definition["intake"]["supplement"] = value
    await office.call("POST", "/programmes", 201, json=definition)
    await office.call("POST", f"/programmes/{P0}/open", 200)
    application_id = await office.draft(await office.organisation())
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    refused = await office.call("POST", f"/applications/{application_id}/supplements", 409, json=ASK)
    assert refused["code"] == code


async def test_values_of_the_form_are_answered_and_the_first_stay(service_client: Any) -> None:
    """A field that was asked for takes its new value; version 1 keeps the old one."""
    office = Office(await service_client("intake"))
    office.client.clock.set(OPEN_DAY)
    definition = copy.deepcopy(DEFINITION)
    definition["intake"]["form"] = {
        "goal": {"name": {"ko": "목표", "en": "goal"}, "kind": "number", "required": False},
        "note": {"name": {"ko": "비고", "en": "note"}, "kind": "text", "required": False},
    }
    await office.call("POST", "/programmes", 201, json=definition)
    await office.call("POST", f"/programmes/{P0}/open", 200)
    application_id = await office.draft(await office.organisation(), form={"goal": 1, "note": "가"})
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    wanted = {**ASK, "documents": [], "fields": ["goal"]}
    made = await office.call("POST", f"/applications/{application_id}/supplements", 201, json=wanted)
    at = f"/applications/{application_id}/supplements/{made['supplement_id']}"
    wrong = await answer(office, at, 422, form={"goal": "많이"})
    assert "goal" in str(wrong)
    await answer(office, at, form={"goal": 7})
    versions = (await office.call("GET", f"/applications/{application_id}/versions", 200))["items"]
    assert [one["form"] for one in versions] == [{"goal": 1, "note": "가"}, {"goal": 7, "note": "가"}]
    assert (await office.call("GET", f"/applications/{application_id}", 200))["form"] == {"goal": 7, "note": "가"}
