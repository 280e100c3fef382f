"""Somebody without an account sees what screening would find (IN-12, MS-5)."""

import pytest
from sqlalchemy import text

from tests.services.intake.people import P0, Office

COMPANY = {
    "kind": "sme",
    "legal_form": "corporation",
    "representatives_born_on": ["1990-01-01"],
    "opened_on": "2015-03-02",
    "track": "1",
    "product": "H100x2",
    "units": 1,
    "months": 6,
    "wished_start": "2025-10-01",
    "documents": [
        "plan", "application_sheet", "self_check_and_consent", "business_registration", "sme_certificate",
        "corporate_registry", "tax_clearance", "financial_statements",
    ],
}  # fmt: skip
ARREARS = {"kind": "tax_arrears", "from": "2025-03-01", "instalments_approved": False, "source": "본인 진술"}
AWARD = {"programme_code": "hpc-2025-gpu", "government": True, "year": 2025, "running_until": None}


async def check(office: Office, status: int = 200, **changes):
    """The answer to somebody without a token."""
    answer = await office.http.post(f"/v1/public/calls/{P0}/self-check", json={**COMPANY, **changes})
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("changes", "outcome", "rule", "code"),
    [
        ({}, "pass", "IN-5", "applicant_kind_admitted"),
        ({"kind": "individual"}, "fail", "IN-5", "applicant_kind_refused"),
        ({"months": 9, "wished_start": "2025-10-02"}, "fail", "IN-4", "outside_use_window"),
        ({"documents": []}, "officer", "IN-9", "document_missing"),
        ({"documents": [*COMPANY["documents"], "diary"]}, "officer", "IN-9", "document_unknown"),
        ({"restrictions": [ARREARS]}, "fail", "IN-8", "restriction_in_force"),
        ({"restrictions": [{**ARREARS, "instalments_approved": True}]}, "officer", "IN-8", None),
        ({"awards": [AWARD]}, "fail", "IN-7", None),
    ],
    ids=[
        "all in order",
        "an individual",
        "too long",
        "no documents",
        "a foreign document",
        "arrears",
        "instalments",
        "award",
    ],
)
async def test_what_screening_would_find(
    office: Office, changes: dict, outcome: str, rule: str, code: str | None
) -> None:
    """The rules of a submission over what is typed, with their words in both languages."""
    told = await check(office, **changes)
    assert told["outcome"] == outcome
    worst = [found for found in told["findings"] if found["rule_id"] == rule and found["outcome"] == outcome]
    assert worst
    assert all(found["reason"]["ko"] and found["reason"]["en"] for found in worst)
    assert code is None or code in {found["code"] for found in worst}


async def test_a_young_company_sees_its_reduction(office: Office) -> None:
    """Youth is reckoned from the typed birth date: met, and not met."""
    young = await check(office, youth_claimed=True)
    old = await check(office, youth_claimed=True, representatives_born_on=["1985-08-14"])
    of = [{found["code"] for found in told["findings"] if found["rule_id"] == "IN-6"} for told in (young, old)]
    assert of[0] != of[1]
    assert (young["outcome"], old["outcome"]) == ("pass", "pass")


async def test_half_a_wish_is_told_what_is_missing(office: Office) -> None:
    """What is not said is told first; what no draft can say is refused."""
    told = await check(office, months=None, product=None)
    assert [found["facts"]["asked_field"] for found in told["findings"]] == ["product", "months"]
    assert (await check(office, 422, product="H100x8"))["code"] == "product_not_in_track"
    assert (await check(office, 422, business_no="1248100998"))["code"] == "invalid_request"


async def test_nothing_is_stored_and_nobody_is_looked_up(office: Office) -> None:
    """No table has a row more; a person on record as barred makes no difference to who types that name."""
    barred = {
        "kind": "participation_ban",
        "from": "2025-01-01",
        "source": "통보",
        "name": "김하나",
        "born_on": "1970-01-01",
    }
    await office.call("POST", "/principal-investigators/NTIS-1/restrictions", 201, json=barred)
    names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    async with office.client.db.transaction() as tx:
        tables = sorted((await tx.execute(text(names))).scalars())
        counted = text(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables))
        before = (await tx.execute(counted)).all()
    leads = {"id": "NTIS-1", "name": "김하나", "is_professor": False, "born_on": "1970-01-01"}
    assert (await check(office, principal_investigator=leads))["outcome"] == "pass"
    async with office.client.db.transaction() as tx:
        assert (await tx.execute(counted)).all() == before
