"""Programme definitions over REST: upload, open, fill in."""

import asyncio
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from libs.common.definition.confidential import CONFIDENTIAL, is_confidential
from libs.common.definition.files import load_definition
from libs.common.events.intake import ProgrammeOpened, ProgrammeRevised
from services.intake.store import programmes as store
from tests.services.intake.people import DEFINITION, OPEN_DAY, P0, Office

CAP = {"path": "billing.budget.cap_krw", "value": 19_800_000_000, "reason": "예산 확정"}


async def test_opening_publishes_the_whole_definition(office: Office) -> None:
    """Every service hears the definition as it was uploaded, the rubric's order included."""
    (opened,) = await office.client.said(ProgrammeOpened)
    assert opened.definition == DEFINITION
    assert list(opened.definition["review"]["rubric"]) == ["goals", "capability", "resource_plan", "results"]
    assert opened.in_force_from == OPEN_DAY


async def test_a_value_makes_a_version_and_versions_are_kept(office: Office) -> None:
    """An officer's value is a new version in force at once; the first stays readable."""
    shown = await office.call("PUT", f"/programmes/{P0}/values", 200, json=CAP, headers={"If-Match": '"1"'})
    assert (shown["version"], shown["in_force_version"]) == (2, 2)
    assert CAP["path"] not in shown["unset_paths"]
    first = await office.call("GET", f"/programmes/{P0}", 200, params={"version": 1})
    assert CAP["path"] in first["unset_paths"]
    (revised,) = await office.client.said(ProgrammeRevised)
    stated = revised.definition["billing"]["budget"]["cap_krw"]
    assert (revised.version, stated["is"], stated["source"]) == (2, CAP["value"], "officer: 예산 확정")
    versions = await office.call("GET", f"/programmes/{P0}/versions", 200)
    assert [one["reason"] for one in versions] == ["uploaded", "billing.budget.cap_krw: 예산 확정"]


async def test_a_value_needs_the_version_it_edits(office: Office) -> None:
    """Without If-Match 428, with an old version 412, and nothing changes."""
    missing = await office.call("PUT", f"/programmes/{P0}/values", 428, json=CAP)
    assert missing["code"] == "if_match_missing"
    stale = await office.call("PUT", f"/programmes/{P0}/values", 412, json=CAP, headers={"If-Match": '"7"'})
    assert (stale["code"], stale["facts"]) == ("stale", {"current": 1})
    assert not await office.client.said(ProgrammeRevised)


async def test_a_value_must_fit_its_path(office: Office) -> None:
    """An unknown path is not found, a wrong kind is refused with its place; nothing is kept."""
    at = {"If-Match": '"1"'}
    unknown = {**CAP, "path": "billing.budget.cap"}
    assert (await office.call("PUT", f"/programmes/{P0}/values", 404, json=unknown, headers=at))["code"] == "not_found"
    wrong = {**CAP, "value": "a lot"}
    refused = await office.call("PUT", f"/programmes/{P0}/values", 422, json=wrong, headers=at)
    assert refused["code"] == "programme_invalid"
    assert (await office.call("GET", f"/programmes/{P0}", 200))["version"] == 1


async def test_none_is_a_decision(office: Office) -> None:
    """`none` decides that there is no limit: the path is unset no more."""
    told = {"path": "billing.budget.cap_krw", "value": "none", "reason": "예산 제한 없음"}
    shown = await office.call("PUT", f"/programmes/{P0}/values", 200, json=told, headers={"If-Match": '"1"'})
    assert told["path"] not in shown["unset_paths"]


async def test_uploading_again(office: Office) -> None:
    """The same definition again changes nothing; another one under the same number is refused; the next is kept."""
    same = await office.call("POST", "/programmes", 201, json=DEFINITION)
    assert same["version"] == 1
    other = {**DEFINITION, "notices": {"S0": "other.txt"}}
    taken = await office.call("POST", "/programmes", 409, json=other)
    assert (taken["code"], taken["facts"]["next_version"]) == ("programme_version_taken", 2)
    shown = await office.call("POST", "/programmes", 201, json={**other, "version": 2})
    assert (shown["version"], shown["in_force_version"]) == (2, 1)
    await office.call("POST", f"/programmes/{P0}/open", 200, json={"reason": "정정 공고"})
    (revised,) = await office.client.said(ProgrammeRevised)
    assert (revised.version, revised.reason) == (2, "정정 공고")


async def test_first_uploads_at_one_instant_take_turns(office: Office) -> None:
    """Of six different definitions of one new code under numbers 1 to 3 the first is kept, the rest are told what next.

    None is a server error, and the programme goes on: the next version can be uploaded.
    """

    async def upload(nth: int) -> tuple[int, int]:
        body = {**DEFINITION, "code": "brand-new", "version": nth % 3 + 1, "notices": {"S0": f"{nth}.txt"}}
        answer = await office.http.post("/v1/programmes", headers=office.officer, json=body)
        facts = answer.json().get("facts", {})
        return answer.status_code, facts.get("next_version", body["version"])

    answers = await asyncio.gather(*(upload(nth) for nth in range(6)))
    assert {status for status, _ in answers} == {201, 409}
    shown = await office.call("GET", "/programmes/brand-new", 200)
    versions = await office.call("GET", "/programmes/brand-new/versions", 200)
    kept = sorted(version for status, version in answers if status == 201)
    assert [one["version"] for one in versions] == kept
    following = {**DEFINITION, "code": "brand-new", "version": shown["version"] + 1}
    await office.call("POST", "/programmes", 201, json=following)


async def test_a_refused_version_says_which_may_be_uploaded(office: Office) -> None:
    """A number that is taken and one that is ahead get the same true sentence, in both languages."""
    for version in (1, 5):
        body = {**DEFINITION, "version": version, "notices": {"S0": "other.txt"}}
        refused = await office.call("POST", "/programmes", 409, json=body)
        assert refused["messages"] == {
            "ko": f"사업 '{P0}'의 {version}판은 올릴 수 없습니다. 다음에 올릴 수 있는 판은 2판입니다.",
            "en": f"Version {version} of programme '{P0}' cannot be uploaded; the next that can be is 2.",
        }


async def test_the_newest_versions_are_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more versions than a list tells, the oldest are left out."""
    monkeypatch.setattr(store, "VERSIONS_MAX", 2)
    for version in (2, 3):
        await office.call("POST", "/programmes", 201, json={**DEFINITION, "version": version})
    versions = await office.call("GET", f"/programmes/{P0}/versions", 200)
    assert [one["version"] for one in versions] == [2, 3]


async def test_opening_twice(office: Office) -> None:
    """A programme that is in force cannot be opened again: the answer names the state and the next call."""
    answer = await office.call("POST", f"/programmes/{P0}/open", 409)
    assert (answer["code"], answer["facts"]["state"]) == ("wrong_state", "open")


async def test_a_broken_definition(office: Office) -> None:
    """Every wrong place is told at once, in the dry run and in the upload."""
    broken: dict[str, Any] = {**DEFINITION, "version": 0, "tracks": {}, "notice_date": {"is": "soon", "source": "S0"}}
    for path in ("/programmes/check", "/programmes"):
        refused = await office.call("POST", path, 422, json=broken)
        assert refused["code"] == "programme_invalid"
        assert "version" in refused["facts"]["places"]
        assert "notice_date" in refused["facts"]["places"]
    checked = await office.call("POST", "/programmes/check", 200, json=DEFINITION)
    assert "billing.budget.cap_krw" in checked["unset_paths"]


async def test_a_draft_is_the_agencys_own(office: Office) -> None:
    """A programme that was never opened is not found by applicants."""
    await office.call("POST", "/programmes", 201, json={**DEFINITION, "code": "not-yet"})
    applicant = office.applicant("O-000001")
    await office.call("GET", "/programmes/not-yet", 404, who=applicant)
    await office.call("GET", f"/programmes/{P0}", 200, who=applicant)
    listed = await office.call("GET", "/programmes", 200, who=applicant)
    assert [one["code"] for one in listed["items"]] == [P0]
    await office.call("POST", "/programmes", 403, who=applicant, json=DEFINITION)


@pytest.mark.parametrize("role", ["applicant", "provider", "reviewer"])
async def test_confidential_values_are_the_agencys(office: Office, role: str) -> None:
    """F-47: Planning price, the track's budget and the cap are shown to the agency only; the rest to everybody."""
    at = {"If-Match": '"1"'}
    price = {"path": "tracks.1.selection.planning_price_krw", "value": 5_500, "reason": "내부 단가"}
    await office.call("PUT", f"/programmes/{P0}/values", 200, json=CAP, headers=at)
    await office.call("PUT", f"/programmes/{P0}/values", 200, json=price, headers={"If-Match": '"2"'})
    for agency in ("officer", "operator", "auditor"):
        whole = await office.call("GET", f"/programmes/{P0}", 200, who=office.client.as_(agency))
        assert whole["definition"]["billing"]["budget"]["cap_krw"]["is"] == CAP["value"]
        assert "billing.budget.operating_krw" in whole["unset_paths"]
    who = office.client.as_(role, organisation_id="alpha")
    answer = await office.http.get(f"/v1/programmes/{P0}", headers=who)
    shown = answer.json()
    assert list(shown["definition"]["billing"]["budget"]) == ["levels_pct", "shared_with"]
    assert not {"budget_krw", "planning_price_krw"} & set(shown["definition"]["tracks"]["1"]["selection"])
    assert shown["definition"]["intake"] == DEFINITION["intake"]
    assert not [path for path in shown["unset_paths"] if is_confidential(path)]
    assert "내부 단가" not in answer.text
    assert str(CAP["value"]) not in answer.text


async def test_f_47_the_document_of_the_api_shows_no_confidential_value(office: Office) -> None:
    """F-47: Who reads the API's document, without a token, finds neither such a value nor an example of one."""
    document = (await office.http.get("/openapi.json")).text
    assert not [name for name in ("cap_krw", "operating_krw", "budget_krw", "planning_price_krw") if name in document]


@pytest.mark.parametrize("role", ["applicant", "provider", "reviewer"])
async def test_f_47_versions_and_values_are_the_agencys(office: Office, role: str) -> None:
    """F-47: Earlier versions, reasons, the check of a definition and the setting of values are closed to others."""
    who = office.client.as_(role, organisation_id="alpha")
    await office.call("PUT", f"/programmes/{P0}/values", 200, json=CAP, headers={"If-Match": '"1"'})
    await office.call("GET", f"/programmes/{P0}", 404, who=who, params={"version": 1})
    await office.call("GET", f"/programmes/{P0}/versions", 403, who=who)
    await office.call("POST", "/programmes/check", 403, who=who, json=DEFINITION)
    await office.call("PUT", f"/programmes/{P0}/values", 403, who=who, json=CAP, headers={"If-Match": '"2"'})
    assert (await office.http.get(f"/v1/programmes/{P0}")).status_code == 401


def test_confidential_paths_are_values_of_a_definition() -> None:
    """F-47: Every declared path names a stated value of the shipped programmes: a rename would fail here."""
    stated = load_definition(Path("programmes/gpu-rental-2025s.yaml")).stated_values()
    found = {pattern for pattern in CONFIDENTIAL for path in stated if fnmatch(path, pattern)}
    assert found == set(CONFIDENTIAL)
