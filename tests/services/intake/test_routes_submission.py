"""The final submit over REST: time, repetition, and how many one applicant may have."""

import asyncio
import datetime as dt

import pytest

from libs.common.events.intake import ApplicationSubmitted, ApplicationWithdrawn
from services.intake.settings import SETTINGS
from tests.services.intake.people import CLOSES, DEFINITION, OPEN_DAY, P0, Office

MS = dt.timedelta(milliseconds=1)


async def summary(office: Office) -> dict[str, int]:
    """The call's counts."""
    counts: dict[str, int] = await office.call("GET", "/summary", 200, params={"programme": P0})
    return counts


@pytest.mark.rule("IN-1")
async def test_exactly_at_the_closing(office: Office) -> None:
    """A submit at the closing instant is in time."""
    application_id = await office.draft(await office.organisation())
    office.client.clock.set(CLOSES)
    receipt = await office.call("POST", f"/applications/{application_id}/submit", 200)
    assert dt.datetime.fromisoformat(receipt["received_at"]) == CLOSES


@pytest.mark.rule("IN-1")
async def test_a_millisecond_late(office: Office) -> None:
    """A millisecond later it is refused, whatever the sender says of the time, and the refusal is counted once."""
    application_id = await office.draft(await office.organisation())
    office.client.clock.set(CLOSES + MS)
    sent = {"Date": "Mon, 15 Sep 2025 05:59:59 GMT", "X-Received-At": CLOSES.isoformat()}
    for _ in range(2):
        refused = await office.call("POST", f"/applications/{application_id}/submit", 409, headers=sent)
        assert (refused["code"], refused["rule_id"]) == ("submitted_too_late", "IN-1")
        assert "마감" in refused["messages"]["ko"]
    counts = await summary(office)
    assert (counts["refused_late"], counts["applications"], counts["received"]) == (1, 1, 0)
    shown = await office.call("GET", f"/applications/{application_id}", 200)
    assert (shown["state"], shown["receipt_no"]) == ("draft", None)
    assert shown["history"][-1]["reason"] == "submitted_too_late"


@pytest.mark.rule("IN-1")
async def test_too_early_is_not_late(office: Office) -> None:
    """Before the opening nothing can be submitted; such a try is not counted as late and can be repeated."""
    application_id = await office.draft(await office.organisation())
    office.client.clock.set(OPEN_DAY - dt.timedelta(days=2))
    refused = await office.call("POST", f"/applications/{application_id}/submit", 409)
    assert refused["code"] == "submitted_too_early"
    office.client.clock.set(OPEN_DAY)
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    assert (await summary(office))["refused_late"] == 0


@pytest.mark.rule("IN-2")
async def test_receipts_count_up(office: Office) -> None:
    """Each submission of the call gets the next number."""
    receipts = []
    for _ in range(3):
        application_id = await office.draft(await office.organisation())
        receipts.append((await office.call("POST", f"/applications/{application_id}/submit", 200))["receipt_no"])
    assert receipts == [f"{P0}-0000{nth}" for nth in (1, 2, 3)]


async def test_a_second_submit_answers_with_the_receipt(office: Office) -> None:
    """A submitted application is not submitted again: the answer names its state and its receipt."""
    application_id = await office.draft(await office.organisation())
    receipt = await office.call("POST", f"/applications/{application_id}/submit", 200)
    again = await office.call("POST", f"/applications/{application_id}/submit", 409)
    assert (again["code"], again["facts"]["state"]) == ("wrong_state", "submitted")
    assert again["facts"]["receipt_no"] == receipt["receipt_no"]
    assert len(await office.client.said(ApplicationSubmitted)) == 1


async def test_the_same_key_answers_the_same(office: Office) -> None:
    """A submit repeated under its Idempotency-Key gets its first answer, even after the closing."""
    application_id = await office.draft(await office.organisation())
    key = {"Idempotency-Key": "submit-1"}
    first = await office.call("POST", f"/applications/{application_id}/submit", 200, headers=key)
    office.client.clock.set(CLOSES + MS)
    again = await office.call("POST", f"/applications/{application_id}/submit", 200, headers=key)
    assert again == first
    assert (await summary(office))["refused_late"] == 0


@pytest.mark.rule("IN-3")
async def test_at_most_one_and_withdrawn_ones_do_not_count(office: Office) -> None:
    """A second application of a company is refused until the first is withdrawn."""
    organisation_id = await office.organisation()
    first, second = (
        await office.draft(organisation_id),
        await office.draft(organisation_id, track="2", product="H100x8"),
    )
    await office.call("POST", f"/applications/{first}/submit", 200)
    refused = await office.call("POST", f"/applications/{second}/submit", 409)
    assert (refused["rule_id"], refused["code"]) == ("IN-3", "applications_max_reached")
    await office.call("POST", f"/applications/{first}/withdraw", 200, json={"reason": "트랙 변경"})
    await office.call("POST", f"/applications/{second}/submit", 200)
    (withdrawn,) = await office.client.said(ApplicationWithdrawn)
    assert (withdrawn.application_id, withdrawn.reason) == (first, "트랙 변경")
    assert (await summary(office))["withdrawn"] == 1


@pytest.mark.rule("IN-3")
async def test_two_writers_at_once(office: Office) -> None:
    """Of many applications of a company submitted at the same instant one gets the receipt."""
    organisation_id = await office.organisation()
    drafts = [await office.draft(organisation_id) for _ in range(6)]
    answers = await asyncio.gather(
        *(office.http.post(f"/v1/applications/{one}/submit", headers=office.of(one)) for one in drafts)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert (await summary(office))["received"] == 1


async def test_one_draft_submitted_twice_at_once(office: Office) -> None:
    """The same draft submitted twice at the same instant has one receipt."""
    application_id = await office.draft(await office.organisation())
    answers = await asyncio.gather(
        *(
            office.http.post(f"/v1/applications/{application_id}/submit", headers=office.of(application_id))
            for _ in range(2)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.rule("IN-3")
async def test_a_university_counts_by_its_professor(office: Office) -> None:
    """Two professors of a university apply; a second application of one of them is refused."""
    organisation_id = await office.organisation(kind="university", legal_form="public_body")
    statuses = []
    for professor in ("P-1", "P-2", "P-1"):
        who = {"id": professor, "name": "김교수", "is_professor": True}
        application_id = await office.draft(organisation_id, principal_investigator=who, youth_claimed=False)
        answer = await office.http.post(f"/v1/applications/{application_id}/submit", headers=office.of(application_id))
        statuses.append(answer.status_code)
    assert statuses == [200, 200, 409]
    submitted = await office.client.said(ApplicationSubmitted)
    assert [one.counting_unit for one in submitted] == ["professor:p-1", "professor:p-2"]
    assert {one.sector for one in submitted} == {"public"}


@pytest.mark.rule("IN-3")
@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"track": "9"}, "track_unknown", id="a track that is not there"),
        pytest.param({"product": "H100x8"}, "product_not_in_track", id="another track's product"),
    ],
)
async def test_one_track_and_one_of_its_products(office: Office, more: dict[str, str], code: str) -> None:
    """A draft names a track of the programme and a product of the track."""
    organisation_id = await office.organisation()
    told = {"programme": P0, "organisation_id": organisation_id, "track": "1", "product": "H100x1", "units": 1}
    asked = {"months": 1, "wished_start": "2025-10-01", **more}
    me = office.applicant(organisation_id)
    refused = await office.call("POST", "/applications", 422, who=me, json={**told, **asked})
    assert (refused["code"], refused["rule_id"]) == (code, "IN-3")


@pytest.mark.rule("CV-8")
async def test_an_unset_value_stops_the_submit(office: Office) -> None:
    """A call whose limit is unset takes no submission and names the value; once it is filled in it does."""
    definition = {**DEFINITION, "code": "silent-call"}
    definition["intake"] = {**definition["intake"], "max_applications": {"is": "unset", "source": "not printed"}}
    await office.call("POST", "/programmes", 201, json=definition)
    await office.call("POST", "/programmes/silent-call/open", 200)
    application_id = await office.draft(await office.organisation(), programme="silent-call")
    stopped = await office.call("POST", f"/applications/{application_id}/submit", 409)
    assert (stopped["code"], stopped["facts"]["path"]) == ("policy_missing", "intake.max_applications")
    told = {"path": "intake.max_applications", "value": 1, "reason": "담당 부서 결정"}
    await office.call("PUT", "/programmes/silent-call/values", 200, json=told, headers={"If-Match": '"1"'})
    receipt = await office.call("POST", f"/applications/{application_id}/submit", 200)
    assert receipt["programme_version"] == 2


async def test_drafts_change_under_their_version(office: Office) -> None:
    """A draft changes with its ETag, not with an old one, and no more once it is submitted."""
    application_id = await office.draft(await office.organisation())
    told = {"track": "1", "product": "H100x4", "units": 1, "months": 3, "wished_start": "2025-11-01"}
    at = f"/applications/{application_id}"
    changed = await office.call("PUT", at, 200, json=told, headers={"If-Match": '"1"'})
    assert (changed["product"], changed["version"]) == ("H100x4", 2)
    await office.call("PUT", at, 412, json=told, headers={"If-Match": '"1"'})
    await office.call("PUT", at, 428, json=told)
    await office.call("POST", f"{at}/submit", 200)
    late = await office.call("PUT", at, 409, json=told, headers={"If-Match": '"3"'})
    assert late["code"] == "wrong_state"


async def test_applications_are_their_owners(office: Office) -> None:
    """Another organisation's application is not found, in no way and nowhere."""
    application_id = await office.draft(await office.organisation())
    other = office.applicant(await office.organisation())
    at = f"/applications/{application_id}"
    for method, path in (("GET", at), ("POST", f"{at}/check"), ("POST", f"{at}/submit"), ("GET", f"{at}/screening")):
        assert (await office.call(method, path, 404, who=other))["code"] == "not_found"
    await office.call("POST", f"{at}/withdraw", 404, who=other, json={"reason": "남의 것"})
    assert (await office.call("GET", "/applications", 200, who=other))["items"] == []
    auditor = office.client.as_("auditor")
    await office.call("GET", at, 200, who=auditor)
    await office.call("POST", f"{at}/submit", 403, who=auditor)
    await office.call("GET", at, 403, who=office.client.as_("reviewer"))


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"months": 1.5}, id="half a month"),
        pytest.param({"units": 0}, id="no unit"),
        pytest.param({"units": "many"}, id="a word for a number"),
        pytest.param({"wished_start": "9999-12-31"}, id="a day beyond all calendars"),
        pytest.param({"colour": "red"}, id="an unknown field"),
        pytest.param({"title": "a\x00b"}, id="a NUL in a text"),
    ],
)
async def test_malformed_drafts(office: Office, more: dict[str, object]) -> None:
    """Malformed bodies are refused with their places, and nothing is kept."""
    organisation_id = await office.organisation()
    told = {"programme": P0, "organisation_id": organisation_id, "track": "1", "product": "H100x1", "units": 1}
    body = {**told, "months": 1, "wished_start": "2025-10-01", **more}
    assert (await office.call("POST", "/applications", 422, json=body))["code"] == "invalid_request"
    assert (await office.call("GET", "/applications", 200))["items"] == []


@pytest.mark.rule("IN-3")
@pytest.mark.rule("CV-9")
@pytest.mark.parametrize(
    "again",
    [
        pytest.param({"id": "ntis-99", "name": "홍길동"}, id="in small letters"),
        pytest.param({"id": "ＮＴＩＳ-99", "name": "홍길동"}, id="in full width"),
        pytest.param({"id": "NTIS\u200b-99", "name": "홍길동"}, id="with a zero-width space"),
        pytest.param({"id": "\u3164NTIS-99", "name": "홍길동"}, id="behind a filler"),
        pytest.param({"name": "홍 길 동", "born_on": "1970-01-01"}, id="without a number, by name and birth date"),
    ],
)
async def test_one_professor_at_two_houses_is_one_person(office: Office, again: dict[str, str]) -> None:
    """F-42: A professor who applied through the university is the same one at its hospital, however it is spelled."""
    university = await office.organisation(kind="university", legal_form="public_body")
    hospital = await office.organisation(kind="university_hospital", legal_form="public_body")
    first = {"id": "NTIS-99", "name": "홍길동", "is_professor": True, "born_on": "1970-01-01"}
    application_id = await office.draft(university, principal_investigator=first, youth_claimed=False)
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    second = await office.draft(hospital, principal_investigator={**again, "is_professor": True}, youth_claimed=False)
    refused = await office.call("POST", f"/applications/{second}/submit", 409)
    assert (refused["rule_id"], refused["code"]) == ("IN-3", "applications_max_reached")


@pytest.mark.rule("IN-3")
async def test_who_leads_must_be_told_apart(office: Office) -> None:
    """A principal investigator without a number and a birth date, or with a number of blanks alone, is refused."""
    told = {"name": "홍길동", "is_professor": True}
    organisation_id = await office.organisation(kind="university", legal_form="public_body")
    body = {"programme": P0, "organisation_id": organisation_id, "track": "1", "product": "H100x2"}
    asked = {**body, "units": 1, "months": 6, "wished_start": "2025-10-01"}
    me = office.applicant(organisation_id)
    for number in ("", "\u200b\u3164"):
        who = {**told, "id": number}
        refused = await office.call("POST", "/applications", 422, who=me, json={**asked, "principal_investigator": who})
        assert refused["code"] == "investigator_not_told_apart"


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(
    "absurd",
    [
        pytest.param({"units": 10**6 + 1}, id="more units than there are"),
        pytest.param({"units": True}, id="a truth for a number"),
        pytest.param({"units": "1"}, id="a text for a number"),
        pytest.param({"months": 121}, id="more than ten years"),
        pytest.param({"wished_start": "2101-01-01"}, id="a day after 2100"),
        pytest.param({"youth_claimed": "yes"}, id="a word for a truth"),
        pytest.param({"title": "\x00"}, id="a NUL"),
        pytest.param({"track": "1" * 41}, id="a track of 41 letters"),
    ],
)
async def test_what_is_out_of_all_bounds(office: Office, absurd: dict[str, object]) -> None:
    """Numbers, days and texts out of the stated ranges are refused before anything is stored."""
    body = {"programme": P0, "organisation_id": await office.organisation(), "track": "1", "product": "H100x2"}
    asked = {**body, "units": 1, "months": 6, "wished_start": "2025-10-01", **absurd}
    assert (await office.call("POST", "/applications", 422, json=asked))["code"] == "invalid_request"


async def test_drafts_have_a_limit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """F-50: An organisation has so many drafts at a time; one withdrawn makes room."""
    monkeypatch.setattr(SETTINGS, "drafts_max", 2)
    organisation_id = await office.organisation()
    first = await office.draft(organisation_id)
    await office.draft(organisation_id)
    body = {"programme": P0, "organisation_id": organisation_id, "track": "1", "product": "H100x2"}
    asked = {**body, "units": 1, "months": 6, "wished_start": "2025-10-01"}
    me = office.applicant(organisation_id)
    refused = await office.call("POST", "/applications", 409, who=me, json=asked)
    assert (refused["code"], refused["facts"]["drafts_max"]) == ("drafts_max_reached", 2)
    await office.call("POST", f"/applications/{first}/withdraw", 200, json={"reason": "쓰지 않음"})
    await office.call("POST", "/applications", 201, who=me, json=asked)
