"""Who founds an organisation uses it at once; whoever finds his number taken claims it before an officer (F-44)."""

import asyncio
from typing import Any

import pytest

from tests.services.intake.people import P0, Office, business_no

COMPANY: dict[str, Any] = {
    "name": "두레테크",
    "business_no": "124-81-00998",
    "kind": "sme",
    "legal_form": "corporation",
    "representatives": [{"name": "김하나", "born_on": "1990-01-01"}],
    "opened_on": "2015-03-02",
}
ASKED = {
    "programme": P0,
    "track": "1",
    "product": "H100x2",
    "units": 1,
    "months": 6,
    "wished_start": "2025-10-01",
}
REASON = "당사 번호입니다. 사업자등록증을 담당자에게 보냈습니다."


def person(office: Office, subject: str) -> dict[str, str]:
    """A signed-in person whose token names no organisation."""
    headers: dict[str, str] = office.client.as_("applicant", subject=subject)
    return headers


async def founded(office: Office, who: dict[str, str], **more: Any) -> str:
    """An organisation that somebody founds; returns its id."""
    made = await office.call("POST", "/organisations", 201, who=who, json={**COMPANY, **more})
    return str(made["organisation_id"])


@pytest.mark.rule("MS-4")
async def test_f_44_a_founder_uses_his_organisation_with_the_same_token(office: Office) -> None:
    """F-44: Founded, read, listed, applied for, checked and withdrawn with one token that names no organisation."""
    kim = person(office, "kim")
    mine = await founded(office, kim)
    assert (await office.call("GET", f"/organisations/{mine}", 200, who=kim))["name"] == COMPANY["name"]
    listed = await office.call("GET", "/organisations", 200, who=kim)
    assert [one["organisation_id"] for one in listed["items"]] == [mine]
    made = await office.call("POST", "/applications", 201, who=kim, json={**ASKED, "organisation_id": mine})
    at = f"/applications/{made['application_id']}"
    assert [one["application_id"] for one in (await office.call("GET", "/applications", 200, who=kim))["items"]] == [
        made["application_id"]
    ]
    await office.call("POST", f"{at}/submit", 200, who=kim)
    await office.call("POST", f"{at}/withdraw", 200, who=kim, json={"reason": "사업 계획 변경"})
    me = await office.call("GET", "/me", 200, who=kim)
    assert me["organisations"] == [{"organisation_id": mine, "name": COMPANY["name"], "role": "manager"}]
    for stranger in (person(office, "lee"), office.applicant("O-999999", "lee")):
        await office.call("GET", f"/organisations/{mine}", 404, who=stranger)
        await office.call("GET", at, 404, who=stranger)
        await office.call("POST", "/applications", 404, who=stranger, json={**ASKED, "organisation_id": mine})
        assert (await office.call("GET", "/applications", 200, who=stranger))["items"] == []


async def test_somebody_of_two_organisations_says_for_which_he_applies(office: Office) -> None:
    """Whoever founded two sees both and applies for the one that he names, not for a third."""
    kim = person(office, "kim")
    mine = [await founded(office, kim), await founded(office, kim, business_no=business_no(1))]
    other = await office.organisation(business_no=business_no(2))
    for organisation_id in mine:
        await office.call("POST", "/applications", 201, who=kim, json={**ASKED, "organisation_id": organisation_id})
    await office.call("POST", "/applications", 404, who=kim, json={**ASKED, "organisation_id": other})
    seen = (await office.call("GET", "/applications", 200, who=kim))["items"]
    assert [one["organisation_id"] for one in seen] == mine
    only = await office.call("GET", "/applications", 200, who=kim, params={"organisation_id": mine[1]})
    assert [one["organisation_id"] for one in only["items"]] == mine[1:]


async def test_an_officer_founds_for_others_and_belongs_to_none(office: Office) -> None:
    """What an officer registers has no member; the organisation of a token goes on as before."""
    mine = await office.organisation()
    assert (await office.call("GET", f"/organisations/{mine}/members", 200))["items"] == []
    by_token = office.applicant(mine, "park")
    me = await office.call("GET", "/me", 200, who=by_token)
    assert [(one["organisation_id"], one["role"]) for one in me["organisations"]] == [(mine, "manager")]
    await office.call("POST", f"/organisations/{mine}/invitations", 201, who=by_token, json={"role": "investigator"})


@pytest.mark.rule("MS-4")
async def test_f_44_a_number_that_was_squatted_is_won_back(office: Office) -> None:
    """F-44: A stranger registers the number; its owner claims it, an officer accepts, the stranger is removed."""
    squatter, owner = person(office, "squatter"), person(office, "owner")
    taken = await founded(office, squatter)
    refused = await office.call("POST", "/organisations", 409, who=owner, json=COMPANY)
    assert refused["code"] == "business_number_taken"
    assert refused["facts"]["next_call"] == "POST /intake/v1/organisation-claims"
    told = {"business_no": COMPANY["business_no"], "reason": REASON}
    claim = await office.call("POST", "/organisation-claims", 201, who=owner, json=told)
    assert (claim["state"], claim["organisation_id"]) == ("open", None)
    at = f"/organisation-claims/{claim['claim_id']}"
    await office.call("GET", at, 404, who=squatter)
    await office.call("GET", f"/organisations/{taken}/members", 404, who=owner)
    await office.call("POST", f"{at}/decision", 403, who=owner, json={"outcome": "accepted", "reason": "제 것"})
    decided = {"outcome": "accepted", "reason": "사업자등록증과 대표자 신분 확인"}
    await office.call("POST", f"{at}/decision", 200, json=decided)
    seen = await office.call("GET", at, 200, who=owner)
    assert (seen["state"], seen["organisation_id"], seen["decision"]) == ("accepted", taken, decided["reason"])
    assert seen["decided_by"] is None
    again = await office.call("POST", f"{at}/decision", 409, json={**decided, "outcome": "refused"})
    assert (again["code"], again["rule_id"]) == ("claim_decided", "MS-4")
    gone = f"/organisations/{taken}/members/squatter"
    await office.call("DELETE", gone, 200, who=office.officer, params={"because": "번호 선점"})
    await office.call("GET", f"/organisations/{taken}", 404, who=squatter)
    assert (await office.call("GET", f"/organisations/{taken}", 200, who=owner))["organisation_id"] == taken
    history = (await office.call("GET", f"/history/organisation/{taken}", 200))["items"]
    assert ("remove_member", "officer-1", "번호 선점") in [(one["did"], one["actor"], one["reason"]) for one in history]


async def test_a_refused_claim_opens_nothing(office: Office) -> None:
    """A claimant whose claim is refused learns the reason, sees nothing of the organisation, and may claim again."""
    taken = await founded(office, person(office, "kim"))
    lee = person(office, "lee")
    told = {"business_no": "1248100998", "reason": REASON}
    claim = await office.call("POST", "/organisation-claims", 201, who=lee, json=told)
    at = f"/organisation-claims/{claim['claim_id']}"
    await office.call("POST", f"{at}/decision", 200, json={"outcome": "refused", "reason": "증빙 없음"})
    seen = await office.call("GET", at, 200, who=lee)
    assert (seen["state"], seen["decision"], seen["organisation_id"]) == ("refused", "증빙 없음", None)
    await office.call("GET", f"/organisations/{taken}", 404, who=lee)
    again = await office.call("POST", "/organisation-claims", 201, who=lee, json=told)
    assert again["claim_id"] != claim["claim_id"]
    back = await office.call("POST", f"/organisation-claims/{again['claim_id']}/withdraw", 200, who=lee)
    assert back["state"] == "withdrawn"
    free = {**told, "business_no": business_no(7)}
    refused = await office.call("POST", "/organisation-claims", 409, who=lee, json=free)
    assert refused["code"] == "business_number_free"


async def test_two_who_found_one_number_at_once_leave_one_organisation_and_one_claim(office: Office) -> None:
    """Two register the same number together, then the loser claims it four times together: one of each."""
    people = {name: person(office, name) for name in ("kim", "lee")}
    post = office.http.post
    answers = await asyncio.gather(*(post("/v1/organisations", headers=who, json=COMPANY) for who in people.values()))
    assert sorted(one.status_code for one in answers) == [201, 409]
    loser = list(people.values())[[one.status_code for one in answers].index(409)]
    told = {"business_no": COMPANY["business_no"], "reason": REASON}
    claims = await asyncio.gather(*(post("/v1/organisation-claims", headers=loser, json=told) for _ in range(4)))
    assert {one.status_code for one in claims} == {201}
    assert len({one.json()["claim_id"] for one in claims}) == 1
    assert len((await office.call("GET", "/organisations", 200))["items"]) == 1
    assert len((await office.call("GET", "/organisation-claims", 200))["items"]) == 1


async def test_nobody_decides_a_claim_of_his_own(office: Office) -> None:
    """An officer who claimed as an applicant, under whatever spelling of his name, decides nothing on it."""
    await founded(office, person(office, "kim"))
    told = {"business_no": COMPANY["business_no"], "reason": REASON}
    claim = await office.call("POST", "/organisation-claims", 201, who=person(office, "Officer-1"), json=told)
    at = f"/organisation-claims/{claim['claim_id']}/decision"
    own = await office.call("POST", at, 409, json={"outcome": "accepted", "reason": "확인"})
    assert own["code"] == "claim_of_ones_own"
    other = office.client.as_("officer", subject="officer-2")
    await office.call("POST", at, 200, who=other, json={"outcome": "refused", "reason": "확인"})


async def test_f_44_a_providers_company_is_not_had_by_naming_its_number(office: Office) -> None:
    """F-44: A stranger who names a provider's number learns nothing and claims it; an officer completes it."""
    people = [{"name": "박공급", "born_on": "1970-05-05"}]
    company = {"provider_id": "alpha", "name": "알파", "business_no": "124-81-00998", "representatives": people}
    await office.call("POST", "/providers", 201, json=company)
    lee = person(office, "lee")
    refused = await office.call("POST", "/organisations", 409, who=lee, json=COMPANY)
    assert refused["code"] == "business_number_taken"
    assert "박공급" not in str(refused)
    told = {"business_no": COMPANY["business_no"], "reason": REASON}
    await office.call("POST", "/organisation-claims", 201, who=lee, json=told)
    whole = await office.call("POST", "/organisations", 201, json=COMPANY)
    assert [one["name"] for one in whole["representatives"]] == ["김하나", "박공급"]
    assert (await office.call("GET", "/organisations", 200, who=lee))["items"] == []
