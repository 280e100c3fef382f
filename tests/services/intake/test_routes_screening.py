"""Screening over REST: all findings at once, officers' decisions, the conclusion."""

import unicodedata

import pytest

from libs.common.events.intake import ApplicationScreened
from services.intake.model.organisations import NOBODY, Person
from services.intake.store.applications import list_under_screening
from tests.services.intake.people import CLOSES, P0, PDF, Office

BAN = {"kind": "participation_ban", "from": "2025-01-01", "until": "2026-01-01", "source": "NTIS"}


@pytest.mark.rule("IN-12")
async def test_a_dry_run_tells_everything(office: Office) -> None:
    """A draft that breaks many rules hears of all of them, with reasons in both languages, and nothing changes."""
    organisation_id = await office.organisation(kind="large_enterprise")
    await office.call("POST", f"/organisations/{organisation_id}/restrictions", 201, json=BAN)
    award = {"programme_code": "hpc-2025-gpu", "government": True, "year": 2025}
    await office.call("POST", f"/organisations/{organisation_id}/awards", 201, json=award)
    application_id = await office.draft(organisation_id, months=9, wished_start="2025-11-01", units=2)
    checked = await office.call("POST", f"/applications/{application_id}/check", 200)
    failed = {found["rule_id"] for found in checked["findings"] if found["outcome"] == "fail"}
    assert failed == {"IN-4", "IN-5", "IN-7", "IN-8"}
    assert {found["rule_id"] for found in checked["findings"] if found["outcome"] == "officer"} == {"IN-9"}
    assert all(found["reason"]["ko"] and found["reason"]["en"] for found in checked["findings"])
    assert all("{" not in found["reason"]["ko"] + found["reason"]["en"] for found in checked["findings"])
    assert checked["outcome"] == "fail"
    assert await office.state(application_id) == "draft"


@pytest.mark.rule("IN-12")
async def test_a_dry_run_after_the_closing(office: Office) -> None:
    """A late dry run says that a submit would be too late."""
    application_id = await office.draft(await office.organisation())
    office.client.clock.set(CLOSES.replace(hour=16))
    checked = await office.call("POST", f"/applications/{application_id}/check", 200)
    assert [f["code"] for f in checked["findings"] if f["rule_id"] == "IN-1"] == ["submitted_too_late"]


@pytest.mark.rule("IN-12")
async def test_an_ineligible_application_is_received_and_fails(office: Office) -> None:
    """A large enterprise gets its receipt, and screening ends it with the rule's id."""
    application_id = await office.draft(await office.organisation(kind="large_enterprise"))
    await office.documents(application_id)
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    concluded = await office.call("POST", f"/applications/{application_id}/screening/conclude", 200)
    assert concluded["state"] == "ineligible"
    (screened,) = await office.client.said(ApplicationScreened)
    assert (screened.eligible, screened.failed_rules) == (False, ["IN-5"])
    counts = await office.call("GET", "/summary", 200, params={"programme": P0})
    assert (counts["ineligible"], counts["eligible"]) == (1, 0)


@pytest.mark.rule("IN-9")
async def test_what_is_open_must_be_decided_first(office: Office) -> None:
    """Missing documents are for an officer: until decided the screening does not end, and it says why."""
    application_id = await office.draft(await office.organisation())
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    at = f"/applications/{application_id}/screening"
    refused = await office.call("POST", f"{at}/conclude", 409)
    assert [(one["rule_id"], one["code"]) for one in refused["refusals"]] == [("IN-9", "officer_decision_needed")]
    told = {"rule_id": "IN-9", "outcome": "pass", "reason": "공문으로 보완 제출 확인"}
    await office.call("POST", f"{at}/decisions", 201, json=told)
    concluded = await office.call("POST", f"{at}/conclude", 200)
    verdict = next(one for one in concluded["verdicts"] if one["rule_id"] == "IN-9")
    assert (verdict["found"], verdict["outcome"]) == ("officer", "pass")
    assert (verdict["decision"]["reason"], verdict["decision"]["decided_by"]) == (told["reason"], "officer-1")
    assert {f["outcome"] for f in concluded["findings"] if f["rule_id"] == "IN-9"} == {"officer"}


@pytest.mark.rule("IN-12")
async def test_an_officer_may_override_both_ways_and_everything_stays(office: Office) -> None:
    """A pass overridden to fail and back: the last word counts, all words stay on record."""
    application_id = await office.submitted()
    at = f"/applications/{application_id}/screening"
    for outcome in ("fail", "pass", "fail"):
        told = {"rule_id": "IN-5", "outcome": outcome, "reason": f"재검토 {outcome}"}
        await office.call("POST", f"{at}/decisions", 201, json=told)
    shown = await office.call("POST", f"{at}/conclude", 200)
    assert (shown["state"], [one["outcome"] for one in shown["decisions"]]) == ("ineligible", ["fail", "pass", "fail"])
    assert next(one for one in shown["verdicts"] if one["rule_id"] == "IN-5")["found"] == "pass"


async def test_a_decision_needs_a_reason_and_a_screened_rule(office: Office) -> None:
    """No reason, an unknown rule or a third outcome are refused; applicants decide nothing."""
    application_id = await office.submitted()
    at = f"/applications/{application_id}/screening/decisions"
    told = {"rule_id": "IN-5", "outcome": "pass", "reason": "확인"}
    await office.call("POST", at, 422, json={**told, "reason": "   "})
    await office.call("POST", at, 422, json={**told, "outcome": "officer"})
    assert (await office.call("POST", at, 422, json={**told, "rule_id": "IN-16"}))["code"] == "rule_not_screened"
    shown = await office.call("GET", f"/applications/{application_id}", 200)
    await office.call("POST", at, 403, who=office.applicant(shown["organisation_id"]), json=told)


@pytest.mark.rule("IN-8")
async def test_a_fact_recorded_during_screening_is_looked_at(office: Office) -> None:
    """A ban recorded after the submit is a new run of the screening; earlier findings stay on record."""
    application_id = await office.submitted()
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    await office.call("POST", f"/organisations/{organisation_id}/restrictions", 201, json=BAN)
    shown = await office.call("GET", f"/applications/{application_id}/screening", 200)
    assert (shown["run"], shown["step"], shown["outcome"]) == (2, "new_facts", "fail")
    concluded = await office.call("POST", f"/applications/{application_id}/screening/conclude", 200)
    assert concluded["state"] == "ineligible"


@pytest.mark.rule("IN-8")
async def test_a_ban_of_the_investigator_counts(office: Office) -> None:
    """The principal investigator's ban fails the application; a ban that ended before the closing day does not."""
    who = {"id": "P-9", "name": "박책임", "is_professor": False}
    barred = await office.submitted(principal_investigator=who)
    await office.call("POST", "/principal-investigators/P-9/restrictions", 201, json={**BAN, "until": "2025-09-14"})
    assert (await office.call("GET", f"/applications/{barred}/screening", 200))["outcome"] == "pass"
    await office.call("POST", "/principal-investigators/P-9/restrictions", 201, json={**BAN, "until": "2025-09-15"})
    shown = await office.call("GET", f"/applications/{barred}/screening", 200)
    assert [f["facts"]["of"] for f in shown["findings"] if f["outcome"] == "fail"] == ["investigator:P-9"]


async def test_a_decision_falls_when_something_else_is_found(office: Office) -> None:
    """An officer's pass on one award does not cover a second one recorded later."""
    application_id = await office.submitted()
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    award = {"programme_code": "tips-2025", "government": True, "year": 2025}
    await office.call("POST", f"/organisations/{organisation_id}/awards", 201, json=award)
    told = {"rule_id": "IN-7", "outcome": "pass", "reason": "중복 아님"}
    shown = await office.call("POST", f"/applications/{application_id}/screening/decisions", 201, json=told)
    assert shown["outcome"] == "pass"
    await office.call("POST", f"/organisations/{organisation_id}/awards", 201, json={**award, "programme_code": "nrf"})
    shown = await office.call("GET", f"/applications/{application_id}/screening", 200)
    assert (shown["outcome"], len(shown["decisions"])) == ("officer", 1)


@pytest.mark.rule("IN-6")
@pytest.mark.parametrize(
    ("born", "claimed", "youth"),
    [
        pytest.param(["1985-08-15"], True, True, id="born on the line and claimed"),
        pytest.param(["1985-08-14"], True, False, id="born a day before the line"),
        pytest.param(["1960-01-01", "1990-01-01"], True, True, id="one of joint representatives"),
        pytest.param(["1990-01-01"], False, False, id="young and not claimed"),
    ],
)
async def test_youth_enterprises(office: Office, born: list[str], claimed: bool, youth: bool) -> None:
    """Review and billing hear whether the reduction is due; an unmet claim costs nothing else."""
    people = [{"name": "김하나", "born_on": day} for day in born]
    application_id = await office.draft(await office.organisation(representatives=people), youth_claimed=claimed)
    await office.documents(application_id)
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    await office.call("POST", f"/applications/{application_id}/screening/conclude", 200)
    (screened,) = await office.client.said(ApplicationScreened)
    assert (screened.youth, screened.eligible) == (youth, True)


@pytest.mark.rule("IN-5")
async def test_a_university_through_a_student(office: Office) -> None:
    """A university that applies through a student fails."""
    organisation_id = await office.organisation(kind="university", legal_form="public_body")
    who = {"id": "P-3", "name": "이학생", "is_professor": False}
    application_id = await office.draft(organisation_id, principal_investigator=who)
    checked = await office.call("POST", f"/applications/{application_id}/check", 200)
    assert [f["code"] for f in checked["findings"] if f["rule_id"] == "IN-5"] == ["professor_needed"]


async def test_screening_steps_keep_their_order(office: Office) -> None:
    """A draft is not concluded, and a concluded application is not concluded again."""
    draft = await office.draft(await office.organisation())
    refused = await office.call("POST", f"/applications/{draft}/screening/conclude", 409)
    assert (refused["facts"]["state"], refused["facts"]["allowed"]) == ("draft", "submitted")
    done = await office.eligible()
    await office.call("POST", f"/applications/{done}/screening/conclude", 409)
    assert len(await office.client.said(ApplicationScreened)) == 1


@pytest.mark.rule("CV-9")
@pytest.mark.parametrize(
    "who",
    [
        pytest.param({"id": "ntis-99", "name": "홍길동"}, id="in small letters"),
        pytest.param({"id": "ＮＴＩＳ-99", "name": "홍길동"}, id="in full width"),
        pytest.param({"id": "NTIS-\u200b99", "name": "홍길동"}, id="with a zero-width space"),
        pytest.param({"id": "NTIS\u3164-99\u00ad", "name": "홍길동"}, id="with a filler and a soft hyphen"),
        pytest.param({"name": "홍길동", "born_on": "1970-01-01"}, id="leaving the number out"),
        pytest.param(
            {"id": "\u3164\u200b", "name": unicodedata.normalize("NFD", "홍 길 동"), "born_on": "1970-01-01"},
            id="a number of nothing visible, the name in NFD with blanks",
        ),
    ],
)
async def test_a_ban_finds_whom_it_bars(office: Office, who: dict[str, str]) -> None:
    """F-42: A ban on `NTIS-99` bars whoever that is, however the applicant spells it, and is shown as it was typed."""
    ban = {**BAN, "name": "홍길동", "born_on": "1970-01-01"}
    await office.call("POST", "/principal-investigators/NTIS-99/restrictions", 201, json=ban)
    application_id = await office.draft(
        await office.organisation(), principal_investigator={**who, "is_professor": False}
    )
    checked = await office.call("POST", f"/applications/{application_id}/check", 200)
    barred = [found for found in checked["findings"] if found["rule_id"] == "IN-8" and found["outcome"] == "fail"]
    assert [found["facts"]["of"] for found in barred] == ["investigator:NTIS-99"]


@pytest.mark.rule("IN-3")
async def test_a_namesake_is_not_barred(office: Office) -> None:
    """Two researcher numbers are two people though name and birth date are the same."""
    ban = {**BAN, "name": "홍길동", "born_on": "1970-01-01"}
    await office.call("POST", "/principal-investigators/NTIS-99/restrictions", 201, json=ban)
    who = {"id": "NTIS-98", "name": "홍길동", "born_on": "1970-01-01", "is_professor": False}
    application_id = await office.draft(await office.organisation(), principal_investigator=who)
    checked = await office.call("POST", f"/applications/{application_id}/check", 200)
    assert [found["outcome"] for found in checked["findings"] if found["rule_id"] == "IN-8"] == ["pass"]


async def test_a_fact_of_one_person_leaves_others_alone(office: Office) -> None:
    """Recording a ban looks again at that person's applications, not at those that name nobody."""
    nobodys = await office.submitted()
    someones = await office.submitted(principal_investigator={"id": "P-7", "name": "김하나", "is_professor": False})
    async with office.client.db.transaction() as tx:
        found = await list_under_screening(tx, organisation_id=None, person=Person("p-7", ""))
        assert [one.application_id for one in found] == [someones]
        assert await list_under_screening(tx, organisation_id=None, person=NOBODY) == ()
    assert nobodys != someones


@pytest.mark.rule("IN-8")
async def test_provider_checks(office: Office) -> None:
    """Every member is checked; a programme without a call for providers says which value is missing."""
    member = {"name": "하늘클라우드", "business_no": "124-81-00998", "opened_on": "2022-02-21", "csap_certified": True}
    weak = {**member, "name": "구름", "opened_on": "2010-01-01", "fully_impaired": True, "csap_certified": False}
    body = {"programme": P0, "members": [member, weak]}
    missing = await office.call("POST", "/provider-checks", 409, json=body)
    assert (missing["code"], missing["facts"]["path"]) == ("policy_missing", "intake.provider_call")
    definition = await _with_provider_call(office)
    checked = await office.call("POST", "/provider-checks", 201, json={**body, "programme": definition})
    assert [f["code"] for f in checked["findings"] if f["outcome"] != "pass"] == [
        "impairment_unchecked",
        "fully_impaired",
        "csap_missing",
    ]
    assert await office.call("GET", f"/provider-checks/{checked['check_id']}", 200) == checked
    wrong = {**body, "members": [{**member, "business_no": "124-81-00997"}]}
    assert (await office.call("POST", "/provider-checks", 422, json=wrong))["rule_id"] == "IN-11"


async def _with_provider_call(office: Office) -> str:
    shown = await office.call("GET", f"/programmes/{P0}", 200)
    definition = {**shown["definition"], "code": "with-providers"}
    definition["intake"] = {
        **definition["intake"],
        "provider_call": {
            "closes_at": {"is": "2025-02-21T15:00:00+09:00", "source": "S1 §7"},
            "impairment_unchecked_since": {"is": "2022-02-21", "source": "S1 §8"},
            "csap": {"is": True, "source": "S1 §2"},
            "restrictions": {k: v for k, v in definition["intake"]["restrictions"].items() if k != "private_kinds"},
        },
    }
    await office.call("POST", "/programmes", 201, json=definition)
    await office.call("POST", "/programmes/with-providers/open", 200)
    return "with-providers"


@pytest.mark.rule("IN-9")
async def test_a_wrong_document_is_for_an_officer(office: Office) -> None:
    """A picture named as a PDF, under another name, is two findings of IN-9 beside what is missing."""
    application_id = await office.draft(await office.organisation())
    await office.upload(application_id, "plan", "계획.pdf", b"\x89PNG\r\n\x1a\n" + bytes(40) + b"IEND")
    await office.upload(application_id, "business_registration", "[다른 회사] 4_사업자등록증.pdf", PDF)
    checked = await office.call("POST", f"/applications/{application_id}/check", 200)
    codes = [f["code"] for f in checked["findings"] if f["rule_id"] == "IN-9" and f["code"] != "document_missing"]
    assert codes == ["document_wrong_format", "document_file_name", "document_file_name"]
