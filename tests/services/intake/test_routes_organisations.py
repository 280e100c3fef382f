"""Organisations and their facts over REST."""

import hashlib
import unicodedata

import pytest

from tests.services.intake.people import Office, business_no

COMPANY = {
    "name": "두레테크",
    "business_no": "124-81-00998",
    "kind": "sme",
    "legal_form": "corporation",
    "representatives": [{"name": "김하나", "born_on": "1990-01-01"}],
    "opened_on": "2015-03-02",
}


async def test_nobody_registers_as_a_provider_alone(office: Office) -> None:
    """The kind that marks companies known as providers alone cannot be sent: the next to name the number would win."""
    told = {**COMPANY, "kind": "provider"}
    refused = await office.call("POST", "/organisations", 422, json=told)
    assert refused["code"] == "organisation_kind_reserved"
    assert refused["messages"]["ko"].startswith("'provider'는 기관이 스스로 고를 수 있는 유형이 아닙니다.")
    await office.call("POST", "/organisations", 422, who=office.applicant(""), json=told)
    assert (await office.call("GET", "/organisations", 200))["items"] == []
    mine = await office.call("POST", "/organisations", 201, json=COMPANY)
    await office.call("POST", "/organisations", 409, json={**COMPANY, "name": "남의회사"})
    assert (await office.call("GET", f"/organisations/{mine['organisation_id']}", 200))["name"] == COMPANY["name"]


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize("fact", ["restrictions", "awards"])
async def test_a_researcher_number_has_its_length(office: Office, fact: str) -> None:
    """A number of 100 letters is kept as an application's is; a longer one is refused, not left to an index."""
    bodies = {
        "restrictions": {"kind": "default", "from": "2025-09-01", "source": "은행연합회"},
        "awards": {"programme_code": "hpc-2025-gpu", "government": True, "year": 2025},
    }
    await office.call("POST", f"/principal-investigators/{'가' * 100}/{fact}", 201, json=bodies[fact])
    beyond_an_index = "".join(hashlib.sha256(bytes([nth])).hexdigest() for nth in range(100))
    for number in (beyond_an_index, "P" * 101):
        refused = await office.call("POST", f"/principal-investigators/{number}/{fact}", 422, json=bodies[fact])
        assert [(one["code"], one["in"]) for one in refused["errors"]] == [("too_long", "path")]


@pytest.mark.rule("IN-11")
async def test_a_number_must_hold(office: Office) -> None:
    """A wrong business number is refused, the organisation's own and its affiliates'."""
    wrong = await office.call("POST", "/organisations", 422, json={**COMPANY, "business_no": "124-81-00997"})
    assert (wrong["code"], wrong["rule_id"]) == ("business_number_wrong", "IN-11")
    wrong = await office.call("POST", "/organisations", 422, json={**COMPANY, "affiliates": ["123-45-67890"]})
    assert wrong["code"] == "affiliate_number_wrong"


async def test_a_number_is_registered_once(office: Office) -> None:
    """The same number under another spelling is taken; names are kept composed."""
    name = unicodedata.normalize("NFD", "  두레   테크 ")
    made = await office.call(
        "POST", "/organisations", 201, json={**COMPANY, "name": name, "affiliates": [business_no(9)]}
    )
    assert (made["name"], made["business_no"], made["business_no_printed"]) == (
        "두레 테크",
        "1248100998",
        "124-81-00998",
    )
    taken = await office.call("POST", "/organisations", 409, json={**COMPANY, "business_no": "1248100998"})
    assert taken["code"] == "business_number_taken"


async def test_organisations_are_their_own(office: Office) -> None:
    """Applicants read their own organisation; officers all; providers none."""
    mine, other = await office.organisation(), await office.organisation()
    me = office.applicant(mine)
    assert (await office.call("GET", f"/organisations/{mine}", 200, who=me))["organisation_id"] == mine
    assert (await office.call("GET", f"/organisations/{other}", 404, who=me))["code"] == "not_found"
    listed = await office.call("GET", "/organisations", 200, who=me)
    assert [one["organisation_id"] for one in listed["items"]] == [mine]
    assert len((await office.call("GET", "/organisations", 200))["items"]) == 2
    await office.call("GET", f"/organisations/{mine}", 403, who=office.client.as_("provider", organisation_id="alpha"))
    draft = {"programme": "gpu-rental-2025s", "organisation_id": other, "track": "1", "product": "H100x1"}
    asked = {"units": 1, "months": 1, "wished_start": "2025-10-01"}
    await office.call("POST", "/applications", 404, who=me, json={**draft, **asked})


async def test_facts_are_the_officers(office: Office) -> None:
    """Only officers record facts; a period that runs backwards and an unknown organisation are refused."""
    mine = await office.organisation()
    fact = {"kind": "default", "from": "2025-09-01", "until": "2025-08-01", "source": "은행연합회"}
    path = f"/organisations/{mine}/restrictions"
    assert (await office.call("POST", path, 422, json=fact))["code"] == "period_backwards"
    await office.call("POST", path, 403, who=office.applicant(mine), json={**fact, "until": None})
    await office.call("POST", "/organisations/O-9/restrictions", 404, json={**fact, "until": None})
    award = {"programme_code": "hpc-2025-gpu", "government": True, "year": 2025}
    await office.call("POST", "/organisations/O-9/awards", 404, json=award)
    await office.call("POST", "/principal-investigators/P-1/awards", 201, json=award)


async def test_a_professors_award_is_the_professors(office: Office) -> None:
    """Where a professor counts, a colleague's award does not stand in the way."""
    university = await office.organisation(kind="university", legal_form="public_body")
    award = {"programme_code": "hpc-2025-gpu", "government": True, "year": 2025}
    await office.call("POST", "/principal-investigators/P-1/awards", 201, json=award)
    outcomes = []
    for professor in ("P-1", "P-2"):
        who = {"id": professor, "name": "김교수", "is_professor": True}
        application_id = await office.draft(university, principal_investigator=who)
        checked = await office.call("POST", f"/applications/{application_id}/check", 200)
        outcomes += [f["outcome"] for f in checked["findings"] if f["rule_id"] == "IN-7"]
    assert outcomes == ["fail", "pass"]
