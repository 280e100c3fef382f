"""Providers are organisations under a code of their own; every change is said, with its reason."""

import asyncio
import datetime as dt
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from libs.common.definition.files import load_definition
from libs.common.events.intake import ProviderChanged, ProviderRegistered
from libs.common.keys import person_key
from services.allocator.routes.supply_views import ProviderView
from tests.services.intake.people import Office, business_no

BODY: dict[str, Any] = {
    "provider_id": "alpha",
    "name": "알파클라우드",
    "business_no": "124-81-00998",
    "representatives": [{"name": "김하늘", "born_on": "1970-05-05"}],
    "affiliates": [],
}
KEY = person_key("김하늘", dt.date(1970, 5, 5))


async def test_a_provider_is_an_organisation(office: Office) -> None:
    """The body that the allocator took founds an organisation, and every service hears of the provider."""
    made = await office.call("POST", "/providers", 201, json=BODY)
    assert (made["provider_id"], made["business_no"], made["csap"], made["version"]) == (
        "alpha",
        "1248100998",
        False,
        1,
    )
    organisation = await office.call("GET", f"/organisations/{made['organisation_id']}", 200)
    assert (organisation["name"], organisation["opened_on"]) == ("알파클라우드", None)
    (said,) = await office.client.said(ProviderRegistered)
    assert said.provider_id == "alpha"
    assert said.organisation_id == made["organisation_id"]
    assert said.representative_keys == [KEY]
    assert [member.business_no for member in said.members] == ["1248100998"]


async def test_a_known_company_is_the_provider(office: Office) -> None:
    """A business number that is an organisation already is that organisation; what was known of it stays."""
    mine = await office.organisation(business_no="124-81-00998", affiliates=[business_no(77)])
    told = {**BODY, "business_no": "１２４-８１-００９９８", "organisation_id": mine, "affiliates": [business_no(78)]}
    made = await office.call("POST", "/providers", 201, json=told)
    assert made["organisation_id"] == mine
    (said,) = await office.client.said(ProviderRegistered)
    assert said.affiliates == sorted([business_no(77), business_no(78)])
    assert len(said.representative_keys) == 2
    other = await office.organisation()
    refused = await office.call(
        "POST", "/providers", 409, json={**BODY, "provider_id": "beta", "organisation_id": other}
    )
    assert refused["code"] == "organisation_has_other_number"


@pytest.mark.rule("CV-9")
async def test_a_code_is_one_however_it_is_spelled(office: Office) -> None:
    """F-42: `ALPHA` in full width is alpha: taken at a registration, found at a reading."""
    await office.call("POST", "/providers", 201, json=BODY)
    taken = await office.call(
        "POST", "/providers", 409, json={**BODY, "provider_id": "ＡＬＰＨＡ", "business_no": business_no(5)}
    )
    assert taken["code"] == "provider_taken"
    found = await office.call("GET", "/providers/AL\u200bPHA", 200)
    assert found["provider_id"] == "alpha"


@pytest.mark.rule("CV-9")
async def test_a_representative_in_nfd_is_the_same_person(office: Office) -> None:
    """F-42: a provider's representative typed in NFD, spaced, has the key of the composed name."""
    name = unicodedata.normalize("NFD", "김 하늘")
    people = [{"name": name, "born_on": "1970-05-05"}, BODY["representatives"][0]]
    await office.call("POST", "/providers", 201, json={**BODY, "representatives": people})
    (said,) = await office.client.said(ProviderRegistered)
    assert KEY in said.representative_keys


async def test_a_consortium_is_told_whole(office: Office) -> None:
    """Members are organisations too: their people and affiliates count, and none may be named twice."""
    other = {
        "name": "베타",
        "business_no": business_no(3),
        "representatives": [{"name": "이바다", "born_on": "1980-01-01"}],
        "affiliates": [business_no(4)],
        "csap": True,
    }
    made = await office.call("POST", "/providers", 201, json={**BODY, "members": [other]})
    assert [(member["name"], member["csap"]) for member in made["members"]] == [("알파클라우드", False), ("베타", True)]
    (said,) = await office.client.said(ProviderRegistered)
    assert (len(said.representative_keys), said.affiliates) == (2, [business_no(4)])
    twice = {**BODY, "provider_id": "gamma", "members": [{"name": "나", "business_no": BODY["business_no"]}]}
    assert (await office.call("POST", "/providers", 422, json=twice))["code"] == "member_twice"


async def test_a_change_has_its_reason_and_version(office: Office) -> None:
    """A change names the version it changes, is kept with its reason and is said as a whole; lists replace."""
    await office.call("POST", "/providers", 201, json=BODY)
    edit = {"csap": True, "representatives": [{"name": "박산", "born_on": "1965-02-02"}], "reason": "대표 변경"}
    await office.call("PATCH", "/providers/alpha", 428, json=edit)
    await office.call("PATCH", "/providers/alpha", 412, json=edit, headers={"If-Match": '"7"'})
    changed = await office.call("PATCH", "/providers/alpha", 200, json=edit, headers={"If-Match": '"1"'})
    assert (changed["version"], changed["csap"], changed["representatives"][0]["name"]) == (2, True, "박산")
    (said,) = await office.client.said(ProviderChanged)
    assert (said.reason, KEY in said.representative_keys, said.members[0].csap_certified) == ("대표 변경", False, True)
    history = (await office.call("GET", "/providers/alpha", 200))["history"]
    assert [(step["version"], step["reason"], step["by"]) for step in history] == [
        (1, "registered", "officer-1"),
        (2, "대표 변경", "officer-1"),
    ]


async def test_a_company_behind_two_codes_changes_in_both(office: Office) -> None:
    """When a member's facts change, every provider that it belongs to is said anew."""
    await office.call("POST", "/providers", 201, json=BODY)
    member = {"name": "알파클라우드", "business_no": BODY["business_no"]}
    beta = {"provider_id": "beta", "name": "베타", "business_no": business_no(3), "members": [member]}
    await office.call("POST", "/providers", 201, json=beta)
    edit = {"affiliates": [business_no(9)], "reason": "계열사 편입"}
    await office.call("PATCH", "/providers/alpha", 200, json=edit, headers={"If-Match": '"1"'})
    said = await office.client.said(ProviderChanged)
    assert [(one.provider_id, one.affiliates) for one in said] == [
        ("alpha", [business_no(9)]),
        ("beta", [business_no(9)]),
    ]


async def test_a_provider_may_apply_later(office: Office) -> None:
    """A company known as a provider alone registers as an applicant once, and nothing known of it is lost (AL-5)."""
    made = await office.call("POST", "/providers", 201, json=BODY)
    mine = await office.organisation(business_no=BODY["business_no"])
    assert mine == made["organisation_id"]
    (said,) = await office.client.said(ProviderChanged)
    assert KEY in said.representative_keys
    taken = await office.call(
        "POST",
        "/organisations",
        409,
        json={
            "name": "또",
            "business_no": BODY["business_no"],
            "kind": "sme",
            "legal_form": "corporation",
            "representatives": [{"name": "또", "born_on": "1990-01-01"}],
            "opened_on": "2015-03-02",
        },
    )
    assert taken["code"] == "business_number_taken"


async def test_providers_see_themselves(office: Office) -> None:
    """A provider's token carries its code as its organisation: it reads itself, in a list of one; applicants none."""
    await office.call("POST", "/providers", 201, json=BODY)
    await office.call("POST", "/providers", 201, json={**BODY, "provider_id": "beta", "business_no": business_no(3)})
    me = office.client.as_("provider", organisation_id="alpha")
    assert (await office.call("GET", "/providers/alpha", 200, who=me))["provider_id"] == "alpha"
    await office.call("GET", "/providers/beta", 404, who=me)
    listed = (await office.call("GET", "/providers", 200, who=me))["items"]
    assert [one["provider_id"] for one in listed] == ["alpha"]
    everyone = (await office.call("GET", "/providers?limit=1", 200))["items"]
    assert [one["provider_id"] for one in everyone] == ["alpha"]
    await office.call("POST", "/providers", 403, who=me, json=BODY)
    await office.call("GET", "/providers", 403, who=office.applicant("O-000001"))


async def test_providers_move_from_the_allocator(office: Office) -> None:
    """The allocator's own list is the request: the new are registered, the rest told; again changes nothing."""
    await office.call("POST", "/providers", 201, json=BODY)
    page = {
        "items": [
            {"provider_id": "alpha", "name": "알파", "business_no": "1248100998", "affiliates": []},
            {
                "provider_id": "beta",
                "name": "베타",
                "business_no": business_no(3),
                "affiliates": [],
                "registered_at": "2025-03-01T00:00:00Z",
                "representative_keys": [KEY],
                "more": 1,
            },
            {"provider_id": "gamma", "name": "감마", "business_no": "1248100997"},
        ],
        "next_cursor": None,
    }
    moved = (await office.call("POST", "/providers/move", 200, json=page))["items"]
    assert [(one["provider_id"], one["outcome"], one["code"]) for one in moved] == [
        ("alpha", "known", ""),
        ("beta", "registered", ""),
        ("gamma", "refused", "business_number_wrong"),
    ]
    said = (await office.client.said(ProviderRegistered))[-1]
    assert (said.provider_id, said.representative_keys, said.registered_at.isoformat()) == (
        "beta",
        [KEY],
        "2025-03-01T00:00:00+00:00",
    )
    again = (await office.call("POST", "/providers/move", 200, json=page))["items"]
    assert [one["outcome"] for one in again] == ["known", "known", "refused"]
    assert len(await office.client.said(ProviderRegistered)) == 2


async def open_provider_call(office: Office) -> None:
    """Open the programme that has a call for providers."""
    definition = json.loads(load_definition(Path("programmes/hpc-2025-gpu.yaml")).model_dump_json(by_alias=True))
    await office.call("POST", "/programmes", 201, json=definition)
    await office.call("POST", "/programmes/hpc-2025-gpu/open", 200)


@pytest.mark.rule("IN-8")
async def test_a_check_relates_to_the_provider(office: Office) -> None:
    """A registered provider is checked by the facts on record of all its members; its checks are listed."""
    other = {"name": "베타", "business_no": business_no(3), "csap": True, "opened_on": "2015-01-01"}
    made = await office.call("POST", "/providers", 201, json={**BODY, "members": [other]})
    ban = {"kind": "tax_arrears", "from": "2022-01-01", "source": "국세청"}
    member_id = made["members"][1]["organisation_id"]
    await office.call("POST", f"/organisations/{member_id}/restrictions", 201, json=ban)
    await open_provider_call(office)
    body = {"programme": "hpc-2025-gpu", "provider_id": "alpha"}
    accounts = [{"business_no": business_no(3), "fully_impaired": True}]
    checked = await office.call("POST", "/provider-checks", 201, json={**body, "accounts": accounts})
    assert checked["provider_id"] == "alpha"
    codes = {(finding["facts"].get("member"), finding["code"]) for finding in checked["findings"]}
    assert {("알파클라우드", "csap_missing"), ("베타", "fully_impaired")} <= codes
    assert ("알파클라우드", "impairment_unknown") in codes
    listed = (await office.call("GET", "/provider-checks?provider_id=alpha", 200))["items"]
    assert [one["check_id"] for one in listed] == [checked["check_id"]]
    assert (await office.call("GET", "/provider-checks?provider_id=beta", 200))["items"] == []
    strangers = {**body, "accounts": [{"business_no": business_no(8), "fully_impaired": True}]}
    assert (await office.call("POST", "/provider-checks", 422, json=strangers))["code"] == "no_member_has_number"
    nobody = {"programme": "hpc-2025-gpu"}
    assert (await office.call("POST", "/provider-checks", 422, json=nobody))["code"] == "check_names_nobody"


async def test_the_allocators_list_is_the_request(office: Office) -> None:
    """What the allocator answers is what the move takes, keys of representatives included."""
    (listed,) = ProviderView.model_config["json_schema_extra"]["examples"]  # type: ignore[index, call-overload]
    page = {"items": [{**listed, "organisation_id": None, "representative_keys": [KEY]}], "next_cursor": None}
    moved = (await office.call("POST", "/providers/move", 200, json=page))["items"]
    assert [one["outcome"] for one in moved] == ["registered"]
    (said,) = await office.client.said(ProviderRegistered)
    assert said.representative_keys == [KEY]
    edit = {"representatives": BODY["representatives"], "reason": "대표자 확인"}
    await office.call("PATCH", "/providers/alpha", 200, json=edit, headers={"If-Match": '"1"'})
    (changed,) = await office.client.said(ProviderChanged)
    assert changed.representative_keys == [KEY]


async def test_many_register_at_once(office: Office) -> None:
    """Of six registrations of one code at one instant one wins; six codes of one company all do, one after another."""

    async def register(code: str, number: str) -> int:
        body = {**BODY, "provider_id": code, "business_no": number}
        answer = await office.http.post("/v1/providers", headers=office.officer, json=body)
        return answer.status_code

    same = await asyncio.gather(*(register("alpha", business_no(nth)) for nth in range(1, 7)))
    assert sorted(same) == [201, 409, 409, 409, 409, 409]
    different = await asyncio.gather(*(register(f"p-{nth}", business_no(20)) for nth in range(6)))
    assert different == [201] * 6
    assert len({one.organisation_id for one in (await office.client.said(ProviderRegistered))[1:]}) == 1
