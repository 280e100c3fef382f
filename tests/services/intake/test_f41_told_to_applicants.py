"""What an applicant is told of whoever leads: nothing of that person's sanctions and awards (MS-6)."""

import json
from typing import Any

import pytest

from tests.services.intake.people import Office

ARREARS = {"kind": "participation_ban", "from": "2025-01-01", "source": "국세청 체납 조회"}
AWARD = {"programme_code": "hpc-2024-gpu", "government": True, "year": 2025, "running_until": "2025-12-31"}
STRANGER = {"id": "NTIS-99", "name": "홍길동", "is_professor": True}
UNTOUCHED = {"id": "NTIS-98", "name": "임꺽정", "is_professor": True}
AT = "/principal-investigators/NTIS-99"
BY_THE_AGENCY = {
    "outcome": None,
    "code": "checked_by_agency",
    "facts": {},
    "reason": {"ko": "기관이 확인합니다.", "en": "Checked by the agency."},
}
PASSED = {"outcome": "pass", "reason": "확인"}


async def record(office: Office) -> None:
    """A ban and an award of the stranger, on record."""
    await office.call("POST", f"{AT}/restrictions", 201, json=ARREARS)
    await office.call("POST", f"{AT}/awards", 201, json=AWARD)


async def professors(office: Office) -> tuple[str, str]:
    """Two drafts of one university, through the stranger and through somebody of whom nothing is on record."""
    university = await office.organisation(kind="university", legal_form="public_body")
    strangers = await office.draft(university, principal_investigator=STRANGER, youth_claimed=False)
    return strangers, await office.draft(university, principal_investigator=UNTOUCHED, youth_claimed=False)


async def told(office: Office, method: str, application_id: str, more: str = "") -> dict[str, Any]:
    """What the applicant is answered, without the application's own id, receipt and instant."""
    path = f"/applications/{application_id}{more}"
    found: dict[str, Any] = await office.call(method, path, 200, who=office.of(application_id))
    own = ("application_id", "organisation_id", "receipt_no", "received_at", "principal_investigator", "history")
    if "findings" in found:
        found["findings"] = [one for one in found["findings"] if one["rule_id"] != "IN-1"]
    return {name: value for name, value in found.items() if name not in own}


@pytest.mark.rule("MS-6")
async def test_f_41_a_dry_run_tells_nothing_of_a_stranger(office: Office) -> None:
    """F-41: Whoever writes a stranger's number into a draft is answered the same as for somebody without any facts."""
    await record(office)
    strangers, others = await professors(office)
    answer = await told(office, "POST", strangers, "/check")
    assert answer == await told(office, "POST", others, "/check")
    found = [one for one in answer["findings"] if one["rule_id"] in {"IN-7", "IN-8"}]
    assert found == [{"rule_id": rule, **BY_THE_AGENCY} for rule in ("IN-7", "IN-8")]
    verdicts = [one for one in answer["verdicts"] if one["rule_id"] in {"IN-7", "IN-8"}]
    assert [(one["found"], one["outcome"], one["decision"]) for one in verdicts] == [(None, None, None)] * 2
    assert "NTIS" not in json.dumps(answer)
    seen = await office.call("POST", f"/applications/{strangers}/check", 200, who=office.officer)
    assert {one["rule_id"] for one in seen["findings"] if one["outcome"] == "fail"} >= {"IN-7", "IN-8"}


@pytest.mark.rule("MS-6")
async def test_f_41_a_submit_and_its_screening_tell_nothing(office: Office) -> None:
    """F-41: The submit is received, and neither the screening nor the history differs from an untouched person's."""
    await office.call("POST", f"{AT}/restrictions", 201, json=ARREARS)
    both = await professors(office)
    for one in both:
        await office.call("POST", f"/applications/{one}/submit", 200)
    await office.call("POST", f"{AT}/awards", 201, json=AWARD)  # a new run, for the officer alone
    decision = {"rule_id": "IN-8", "outcome": "pass", "reason": "홍길동의 체납은 완납됨"}
    await office.call("POST", f"/applications/{both[0]}/screening/decisions", 201, json=decision)
    screenings = [await told(office, "GET", one, "/screening") for one in both]
    for screening in screenings:
        screening.pop("screened_at")
    assert screenings[0] == screenings[1]
    assert (screenings[0]["run"], screenings[0]["step"], screenings[0]["decisions"]) == (1, "submission", [])
    shown = [await told(office, "GET", one) for one in both]
    for one in shown:
        one.pop("created_at")
        one.pop("filing_sha256")  # of the receipt's own number and of the files' ids
    assert shown[0] == shown[1]
    seen = await office.call("GET", f"/applications/{both[0]}/screening", 200)
    assert (seen["run"], seen["step"], len(seen["decisions"])) == (2, "new_facts", 1)


@pytest.mark.rule("MS-6")
async def test_f_41_the_history_names_no_rule_that_is_a_persons(office: Office) -> None:
    """F-41: Of a person's ban and a kind that may not apply the applicant is told the latter; the officer both."""
    large = await office.organisation(kind="large_enterprise")
    application_id = await office.draft(large, principal_investigator=STRANGER, youth_claimed=False)
    await office.documents(application_id)
    await office.call("POST", f"{AT}/restrictions", 201, json=ARREARS)
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    await office.call("POST", f"/applications/{application_id}/screening/conclude", 200)
    path = f"/applications/{application_id}"
    mine = await office.call("GET", path, 200, who=office.of(application_id))
    assert (mine["history"][-1]["state"], mine["history"][-1]["reason"]) == ("ineligible", "IN-5")
    assert (await office.call("GET", path, 200))["history"][-1]["reason"] == "IN-5, IN-8"


@pytest.mark.rule("MS-6")
async def test_f_41_own_facts_are_told_beside(office: Office) -> None:
    """F-41: The organisation's own ban is told to it with its days; what the person has stays with the agency."""
    await record(office)
    organisation_id = await office.organisation()
    ban = {**ARREARS, "kind": "default"}
    await office.call("POST", f"/organisations/{organisation_id}/restrictions", 201, json=ban)
    application_id = await office.draft(organisation_id, principal_investigator=STRANGER)
    answer = await told(office, "POST", application_id, "/check")
    found = [(one["code"], one["facts"].get("of")) for one in answer["findings"] if one["rule_id"] == "IN-8"]
    assert found == [("restriction_in_force", organisation_id), ("checked_by_agency", None)]
    assert answer["outcome"] == "fail"
    alone = await office.draft(organisation_id)
    answer = await told(office, "POST", alone, "/check")
    assert [one["code"] for one in answer["findings"] if one["rule_id"] == "IN-8"] == ["restriction_in_force"]


@pytest.mark.rule("MS-6")
async def test_f_41_a_signature_tells_nothing_of_a_person(office: Office) -> None:
    """F-41: A ban recorded before the signature stops it without a word of what it is; decided, it is signed."""
    application_id = await office.eligible(principal_investigator=STRANGER)
    await office.announce(application_id)
    await office.call("POST", "/agreements", 201, json={"application_id": application_id})
    await office.call("POST", f"{AT}/restrictions", 201, json=ARREARS)
    refused = await office.call("POST", f"/agreements/{application_id}/sign", 409)
    assert [(one["code"], one["facts"]) for one in refused["refusals"]] == [("agency_still_checks", {})]
    assert "NTIS" not in json.dumps(refused)
    decided = {"rule_id": "IN-8", **PASSED}
    await office.call("POST", f"/applications/{application_id}/screening/decisions", 201, json=decided)
    await office.call("POST", f"/agreements/{application_id}/sign", 200)
