"""Facts of organisations change by dated versions; screening reads those in force as the application came (MS-4)."""

from typing import Any

import pytest

from tests.services.intake.people import Office
from tests.services.intake.test_ms4_founding import founded, person

GWANGJU = {"region": "gwangju", "kind": "branch", "since": "2024-03-02"}


async def changed(
    office: Office, who: dict[str, str], organisation_id: str, version: int, status: int, **more: Any
) -> Any:
    """Somebody changes facts of an organisation."""
    told = {"reason": "사업자등록 정정", **more}
    headers = {"If-Match": f'"{version}"'}
    return await office.call("PATCH", f"/organisations/{organisation_id}", status, who=who, json=told, headers=headers)


@pytest.mark.rule("MS-4")
async def test_facts_change_by_versions_that_are_kept(office: Office) -> None:
    """Each change is a version with its day, reason and author; the number stays, and so does what is not told."""
    kim = person(office, "kim")
    mine = await founded(office, kim)
    now = await changed(office, kim, mine, 1, 200, name="두레 테크 ", places=[GWANGJU], valid_from="2025-09-01")
    assert (now["name"], now["version"], now["valid_from"], now["places"]) == ("두레 테크", 2, "2025-09-01", [GWANGJU])
    await changed(office, kim, mine, 1, 412, name="다른 이름")
    await changed(office, kim, mine, 2, 422, business_no="101-81-00005")
    now = await changed(office, kim, mine, 2, 200, representatives=[{"name": "박둘", "born_on": "1991-02-03"}])
    assert (now["valid_from"], now["name"]) == ("2025-09-02", "두레 테크")
    told = (await office.call("GET", f"/organisations/{mine}/versions", 200, who=kim))["items"]
    assert [(one["version"], one["valid_from"], one["name"], one["by"], one["reason"]) for one in told] == [
        (1, "2000-01-01", "두레테크", "kim", "registered"),
        (2, "2025-09-01", "두레 테크", "kim", "사업자등록 정정"),
        (3, "2025-09-02", "두레 테크", "kim", "사업자등록 정정"),
    ]
    assert [one["representatives"][0]["name"] for one in told] == ["김하나", "김하나", "박둘"]


@pytest.mark.parametrize(
    ("edit", "status", "code"),
    [
        pytest.param({"valid_from": "2025-09-03", "name": "내일"}, 422, "facts_in_future", id="tomorrow"),
        pytest.param({"valid_from": "2025-08-31", "name": "전"}, 422, "facts_before_last", id="before the last change"),
        pytest.param({"name": "두레 테크"}, 409, "facts_unchanged", id="nothing"),
        pytest.param({"kind": "provider"}, 422, "organisation_kind_reserved", id="a reserved kind"),
        pytest.param({"affiliates": ["123-45-67890"]}, 422, "affiliate_number_wrong", id="a wrong number"),
    ],
)
async def test_what_no_version_may_say(office: Office, edit: dict[str, Any], status: int, code: str) -> None:
    """A day to come or before the last change, a change that is none, a reserved kind, a number that does not hold."""
    kim = person(office, "kim")
    mine = await founded(office, kim)
    await changed(office, kim, mine, 1, 200, name="두레 테크", valid_from="2025-09-01")
    assert (await changed(office, kim, mine, 2, status, **edit))["code"] == code


@pytest.mark.rule("MS-4")
async def test_screening_reads_the_facts_in_force_as_the_application_came(office: Office) -> None:
    """A kind that changes after the receipt is not screened: the facts of that day are read, whatever holds now."""
    kim = person(office, "kim")
    mine = await founded(office, kim)
    asked = {"programme": "gpu-rental-2025s", "organisation_id": mine, "track": "1", "product": "H100x2"}
    asked |= {"units": 1, "months": 6, "wished_start": "2025-10-01"}
    made = await office.call("POST", "/applications", 201, who=kim, json=asked)
    at = f"/applications/{made['application_id']}"
    await office.call("POST", f"{at}/submit", 200, who=kim)

    async def stands() -> tuple[int, int, str]:
        told = await office.call("GET", f"{at}/screening", 200)
        kinds = [one["outcome"] for one in told["findings"] if one["rule_id"] == "IN-5"]
        return told["run"], told["organisation_version"], kinds[0]

    assert await stands() == (1, 1, "pass")
    office.client.clock.set(office.client.clock.now().replace(day=5))
    await changed(office, kim, mine, 1, 200, kind="individual", valid_from="2025-09-04")
    assert await stands() == (1, 1, "pass")
    assert (await office.call("GET", f"/organisations/{mine}", 200))["kind"] == "individual"
    before = await changed(office, kim, mine, 2, 422, kind="individual", valid_from="2025-09-02")
    assert before["code"] == "facts_before_last"


async def test_a_correction_of_before_the_receipt_is_screened_again(office: Office) -> None:
    """What held already as the application came is told later: a new run reads it, the first stays as it was."""
    application_id = await office.submitted()
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    me = office.applicant(organisation_id)
    await changed(office, me, organisation_id, 1, 200, kind="individual", valid_from="2025-09-01")
    told = await office.call("GET", f"/applications/{application_id}/screening", 200)
    assert (told["run"], told["step"], told["organisation_version"]) == (2, "new_facts", 2)
    assert [one["outcome"] for one in told["findings"] if one["rule_id"] == "IN-5"] == ["fail"]


async def test_a_company_that_supplies_cards_drops_nobody_by_itself(office: Office) -> None:
    """A member changes the name of a provider's company, an officer alone its representatives (AL-5)."""
    kim = person(office, "kim")
    mine = await founded(office, kim)
    people = [{"name": "김하나", "born_on": "1990-01-01"}]
    company = {"provider_id": "alpha", "name": "두레테크", "business_no": "124-81-00998", "representatives": people}
    await office.call("POST", "/providers", 201, json=company)
    others = [{"name": "박둘", "born_on": "1991-02-03"}]
    refused = await changed(office, kim, mine, 1, 409, representatives=others)
    assert refused["code"] == "provider_facts_by_officer"
    await changed(office, kim, mine, 1, 200, name="두레클라우드")
    await changed(office, office.officer, mine, 2, 200, representatives=others)
    assert (await office.call("GET", "/providers/alpha", 200))["version"] == 3
