"""What somebody tried against intake, each with its right answer: readings without a row, a ban that is overlooked."""

import pytest
from sqlalchemy import text

from tests.services.intake.people import Office
from tests.services.intake.test_provider_checks import MEMBER
from tests.services.intake.test_routes_providers import open_provider_call

BAN = {"kind": "participation_ban", "from": "2025-01-01", "source": "NTIS"}


async def actors(office: Office) -> set[str]:
    """Everybody who did or read something."""
    async with office.client.db.transaction() as tx:
        return {row[0] for row in await tx.execute(text("SELECT actor FROM act"))}


@pytest.mark.rule("MS-6")
@pytest.mark.parametrize("listed", [True, False])
async def test_who_read_a_ban_in_a_proposal_is_on_record(office: Office, listed: bool) -> None:
    """A proposal to end a person's ban tells the ban; an auditor who reads it leaves a row."""
    ban = await office.call("POST", "/principal-investigators/NTIS-99/restrictions", 201, json=BAN)
    ending = {"last_day": "2025-08-10", "reason": "제재 해제"}
    proposal = await office.call("POST", f"/restrictions/{ban['id']}/end", 201, json=ending)
    auditor = office.client.as_("auditor", subject="auditor-1")
    path = "/proposals" if listed else f"/proposals/{proposal['proposal_id']}"
    told = await office.call("GET", path, 200, who=auditor)
    assert "NTIS-99" in str(told)
    assert "auditor-1" in await actors(office)


@pytest.mark.rule("IN-8")
async def test_a_company_checked_by_its_number_has_its_ban_on_record(office: Office) -> None:
    """An organisation is banned; a consortium of companies names its business number: the check finds the ban."""
    banned = await office.organisation(name="하늘클라우드", business_no=MEMBER["business_no"])
    await office.call("POST", f"/organisations/{banned}/restrictions", 201, json={**BAN, "kind": "default"})
    await open_provider_call(office)
    told = {"programme": "hpc-2025-gpu", "members": [MEMBER], "cards": ["H100"]}
    checked = await office.call("POST", "/provider-checks", 201, json=told)
    assert checked["outcome"] == "fail"


@pytest.mark.rule("MS-6")
async def test_a_ban_recorded_later_changes_nothing_that_is_told_nor_the_etag(office: Office) -> None:
    """A ban recorded after the submit changes neither the version nor anything else its applicant is told."""
    leads = {"id": "NTIS-99", "name": "홍길동", "is_professor": False}
    application_id = await office.submitted(principal_investigator=leads)
    me = office.of(application_id)
    path = f"/v1/applications/{application_id}"
    seen = []
    for _ in range(2):
        answers = [await office.http.get(path + more, headers=me) for more in ("", "/screening")]
        answers.append(await office.http.post(path + "/check", headers=me))
        answers.append(await office.http.get("/v1/applications", headers=me))
        seen.append([(a.status_code, a.text, a.headers.get("etag")) for a in answers])
        await office.call("POST", "/principal-investigators/NTIS-99/restrictions", 201, json=BAN)
    assert seen[0] == seen[1]


@pytest.mark.rule("MS-6")
async def test_who_is_told_of_arrears_by_a_refusal_is_on_record(office: Office) -> None:
    """A conclusion is refused and tells the officer a person's arrears: that he was told stands on record."""
    leads = {"id": "NTIS-99", "name": "홍길동", "is_professor": False}
    application_id = await office.submitted(principal_investigator=leads)
    arrears = {"kind": "tax_arrears", "from": "2025-01-01", "instalments_approved": True, "source": "국세청"}
    await office.call("POST", "/principal-investigators/NTIS-99/restrictions", 201, json=arrears)
    curious = office.client.as_("officer", subject="officer-2")
    refused = await office.call("POST", f"/applications/{application_id}/screening/conclude", 409, who=curious)
    assert "NTIS-99" in str(refused)
    assert "officer-2" in await actors(office)
