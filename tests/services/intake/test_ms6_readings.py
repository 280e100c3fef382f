"""Whoever of the agency reads personal data leaves a row: who, what, when (MS-6)."""

import inspect
import json
from typing import Any

import pytest
from sqlalchemy import text

from services.intake.__main__ import SERVICE
from tests.services.intake.people import PDF, Office

BAN = {"kind": "default", "from": "2025-01-01", "source": "NTIS"}
AWARD = {"programme_code": "tips-2025", "government": True, "year": 2025}
PERSONAL = {
    ("GET", "/v1/organisations"): ("organisation", "{organisation_id}"),
    ("GET", "/v1/organisations/export"): ("organisation", "{organisation_id}"),
    ("GET", "/v1/organisations/{organisation_id}"): ("organisation", "{organisation_id}"),
    ("GET", "/v1/organisations/{organisation_id}/members"): ("organisation", "{organisation_id}"),
    ("GET", "/v1/organisations/{organisation_id}/invitations"): ("organisation", "{organisation_id}"),
    ("GET", "/v1/organisations/{organisation_id}/versions"): ("organisation", "{organisation_id}"),
    ("GET", "/v1/organisation-claims"): ("organisation_claim", "{claim_id}"),
    ("GET", "/v1/organisation-claims/{claim_id}"): ("organisation_claim", "{claim_id}"),
    ("GET", "/v1/people"): ("people", "applicant-1"),
    ("GET", "/v1/restrictions"): ("restriction", "{restriction_id}"),
    ("GET", "/v1/restrictions/export"): ("restriction", "{restriction_id}"),
    ("GET", "/v1/awards"): ("award", "{award_id}"),
    ("GET", "/v1/awards/export"): ("award", "{award_id}"),
    ("GET", "/v1/key-collisions"): ("key_collision", "1"),
    ("GET", "/v1/applications"): ("application", "{application_id}"),
    ("GET", "/v1/applications/export"): ("application", "{application_id}"),
    ("GET", "/v1/applications/{application_id}"): ("application", "{application_id}"),
    ("POST", "/v1/applications/{application_id}/check"): ("application", "{application_id}"),
    ("GET", "/v1/applications/{application_id}/screening"): ("application", "{application_id}"),
    ("GET", "/v1/applications/{application_id}/documents/{document_id}"): ("document", "{document_id}"),
    ("GET", "/v1/applications/{application_id}/document-slots"): ("application", "{application_id}"),
    ("GET", "/v1/applications/{application_id}/evidence"): ("application", "{application_id}"),
    ("GET", "/v1/applications/{application_id}/supplements"): ("application", "{application_id}"),
    ("GET", "/v1/applications/{application_id}/objections"): ("application", "{application_id}"),
    ("GET", "/v1/providers"): ("provider", "alpha"),
    ("GET", "/v1/providers/{provider_id}"): ("provider", "alpha"),
    ("GET", "/v1/provider-checks"): ("provider_check", "{check_id}"),
    ("GET", "/v1/provider-checks/{check_id}"): ("provider_check", "{check_id}"),
}
"""What hands out personal data → the kind of thing that is read, and its id."""
IMPERSONAL = {
    "/v1/programmes": "what is published, and by whom it was written",
    "/v1/programmes/{code}": "what is published",
    "/v1/programmes/{code}/versions": "which officer wrote a version",
    "/v1/agreements/{application_id}": "units, months and days",
    "/v1/summary": "counts",
    "/v1/me": "what is one's own",
    "/v1/public/calls": "what is published",
    "/v1/public/open-calls.json": "what is published",
    "/v1/public/calls/{code}": "what is published",
    "/v1/public/calls/{code}/files": "what is published",
    "/v1/public/calls/{code}/files/{file_id}": "what is published",
    "/v1/applications/{application_id}/acceptance": "a term and its instants",
    "/v1/applications/{application_id}/training-attendances": "how many people attended which course",
    "/v1/provider-agreements": "companies, prices and due dates",
    "/v1/organisations/{organisation_id}/status-checks": "what the tax office says of a business number",
}
"""What else is read, and what it holds."""
BY_REVIEWERS = {"/v1/reviewing/{application_id}", "/v1/reviewing/{application_id}/documents/{document_id}"}
"""What seated reviewers alone read: each opening is kept (`test_rv16_reading.py`)."""
NOT_FURNISHED = {
    "/v1/applications/{application_id}/evidence/{evidence_id}",
    "/v1/applications/{application_id}/receipt.pdf",
    "/v1/applications/{application_id}/filing.pdf",
    "/v1/applications/{application_id}/versions",
    "/v1/supplements",
    "/v1/acceptances",
}
"""Personal data too, of things that the tests here do not make: each of these routes keeps its readings itself."""


async def furnished(office: Office) -> dict[str, str]:
    """One of each thing that can be read; returns their ids."""
    organisation_id = await office.organisation()
    leads = {"id": "P-1", "name": "박책임", "is_professor": False}
    application_id = await office.draft(organisation_id, principal_investigator=leads)
    document = await office.upload(application_id, "plan", "계획서.pdf", PDF)
    number = (await office.call("GET", f"/organisations/{organisation_id}", 200))["business_no"]
    told = {"business_no": number, "reason": "당사 번호"}
    claim = await office.call("POST", "/organisation-claims", 201, who=office.applicant(""), json=told)
    ban = await office.call("POST", "/principal-investigators/P-1/restrictions", 201, json=BAN)
    award = await office.call("POST", "/principal-investigators/P-1/awards", 201, json=AWARD)
    company = {"provider_id": "alpha", "name": "알파", "business_no": "124-81-00998"}
    await office.call("POST", "/providers", 201, json=company)
    definition = (await office.call("GET", "/programmes/gpu-rental-2025s", 200))["definition"]
    applicants = definition["intake"]["restrictions"]
    call = {
        "closes_at": {"is": "2025-02-21T15:00:00+09:00", "source": "S1 §7"},
        "impairment_unchecked_since": {"is": "none", "source": "S1 §8"},
        "csap": {"is": True, "source": "S1 §2"},
        "restrictions": {name: value for name, value in applicants.items() if name != "private_kinds"},
    }
    definition = {**definition, "code": "with-providers", "intake": {**definition["intake"], "provider_call": call}}
    await office.call("POST", "/programmes", 201, json=definition)
    await office.call("POST", "/programmes/with-providers/open", 200)
    check = {"programme": "with-providers", "provider_id": "alpha"}
    checked = await office.call("POST", "/provider-checks", 201, json=check)
    async with office.client.db.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO key_collision (kind, key, spellings, things, found_by)"
                " VALUES ('investigator', 'investigator:p-1', ARRAY['P-1', 'p-1'], ARRAY['A-000001'], 'intake_0004')"
            )
        )
    return {
        "organisation_id": organisation_id,
        "application_id": application_id,
        "document_id": document["document_id"],
        "restriction_id": ban["id"],
        "award_id": award["id"],
        "check_id": checked["check_id"],
        "claim_id": claim["claim_id"],
        "provider_id": "alpha",
    }


async def read(office: Office, method: str, path: str, who: dict[str, str]) -> None:
    """Read one thing."""
    params = {"ids": "applicant-1"} if path == "/v1/people" else {}
    answer = await office.http.request(method, path, headers=who, params=params)
    assert answer.status_code == 200, answer.text


async def readings(office: Office) -> list[tuple[str, str, str, str, str]]:
    """Who read what: actor, roles, what was done, and the thing."""
    query = text("SELECT actor, roles, did, thing, thing_id FROM act ORDER BY id")
    async with office.client.db.transaction() as tx:
        return [(row[0], json.dumps(list(row[1])), *row[2:]) for row in await tx.execute(query)]


@pytest.mark.rule("MS-6")
async def test_every_reading_of_personal_data_is_kept(office: Office) -> None:
    """Each route that hands out personal data leaves a row with the auditor's name, the route and each thing read."""
    known = await furnished(office)
    auditor = office.client.as_("auditor", subject="auditor-1")
    names = {(method, route.path): route.name for router in SERVICE.routers for route, method in _routes(router)}
    for (method, path), (thing, thing_id) in PERSONAL.items():
        before = len(await readings(office))
        await read(office, method, path.format(**known), auditor)
        kept = (await readings(office))[before:]
        expected = ("auditor-1", '["auditor"]', names[method, path], thing, thing_id.format(**known))
        assert expected in kept, path
        assert {one[:3] for one in kept} == {expected[:3]}


@pytest.mark.rule("MS-6")
async def test_ones_own_is_read_without_a_row(office: Office) -> None:
    """An applicant that reads its own application, and a provider that reads itself, leave no row."""
    known = await furnished(office)
    before = await readings(office)
    me, provider = office.of(known["application_id"]), office.client.as_("provider", organisation_id="alpha")
    for (method, path), (thing, _) in PERSONAL.items():
        if thing in {"application", "document", "organisation"}:
            await read(office, method, path.format(**known), me)
        if thing == "provider":
            await read(office, method, path.format(**known), provider)
    assert await readings(office) == before


@pytest.mark.rule("MS-6")
async def test_a_page_keeps_what_it_handed_out(office: Office) -> None:
    """Of three organisations a page of two is kept as two readings, and the history of each tells it."""
    ids = [await office.organisation() for _ in range(3)]
    await office.call("GET", "/organisations", 200, params={"limit": 2})
    told = [one[4] for one in await readings(office) if one[2] == "list_organisations"]
    assert told == ids[:2]


def test_every_route_that_reads_is_one_or_the_other() -> None:
    """A new GET stands in one of the two lists: it keeps who read it, or says why it holds nothing personal."""
    read_by = {route.path for router in SERVICE.routers for route, method in _routes(router) if method == "GET"}
    personal = {path for method, path in PERSONAL if method == "GET"}
    assert read_by == personal | set(IMPERSONAL) | BY_REVIEWERS | NOT_FURNISHED


def test_what_is_not_furnished_keeps_its_readings() -> None:
    """Each of these routes calls what keeps a reading."""
    routes = {route.path: route.endpoint for router in SERVICE.routers for route, _ in _routes(router)}
    assert [path for path in sorted(NOT_FURNISHED) if "keep_readings(" not in inspect.getsource(routes[path])] == []


def _routes(router: Any) -> list[tuple[Any, str]]:
    return [(route, method) for route in router.routes for method in route.methods]
