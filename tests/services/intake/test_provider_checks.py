"""Checks of providers: what contradicts itself is refused, what is found is said in words, codes are folded."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.services.intake.people import Office, business_no
from tests.services.intake.test_routes_providers import BODY, open_provider_call

MEMBER: dict[str, Any] = {
    "name": "하늘클라우드",
    "business_no": business_no(3),
    "opened_on": "2010-01-01",
    "fully_impaired": False,
    "csap_certified": True,
}
ARREARS: dict[str, Any] = {"kind": "tax_arrears", "from": "2022-03-01", "source": "국세청"}
SOUND = {"business_no": "124-81-00998", "fully_impaired": False}
IMPAIRED = {"business_no": "1248100998", "fully_impaired": True}


@pytest.mark.rule("IN-8")
@pytest.mark.parametrize(
    ("told", "code"),
    [
        pytest.param(
            {"members": [{**MEMBER, "restrictions": [{**ARREARS, "until": "2022-02-28"}]}]},
            "period_backwards",
            id="a restriction that ends before it begins",
        ),
        pytest.param(
            {"provider_id": "alpha", "accounts": [SOUND, IMPAIRED]}, "accounts_twice", id="two accounts of one number"
        ),
        pytest.param(
            {"provider_id": "alpha", "accounts": [SOUND, {**IMPAIRED, "business_no": "１２４ ８１ ００９９８"}]},
            "accounts_twice",
            id="two accounts of one number in full width",
        ),
        pytest.param(
            {"members": [MEMBER], "accounts": [IMPAIRED]}, "accounts_without_provider", id="accounts beside companies"
        ),
        pytest.param(
            {"provider_id": "alpha", "members": [MEMBER]}, "check_names_nobody", id="a provider beside companies"
        ),
    ],
)
async def test_what_contradicts_itself_is_refused(office: Office, told: dict[str, Any], code: str) -> None:
    """A check of facts that cannot be is none: nothing is kept, and the answer says what is wrong."""
    await office.call("POST", "/providers", 201, json=BODY)
    await open_provider_call(office)
    refused = await office.call("POST", "/provider-checks", 422, json={"programme": "hpc-2025-gpu", **told})
    assert (refused["code"], refused["rule_id"]) == (code, "IN-8")
    assert (await office.call("GET", "/provider-checks", 200))["items"] == []


@pytest.mark.rule("IN-8")
async def test_a_restriction_names_the_member_it_bars(office: Office) -> None:
    """The sentences name the member, and say no more of a period than is known."""
    await open_provider_call(office)
    restrictions = [ARREARS, {**ARREARS, "until": "2030-12-31"}, {**ARREARS, "instalments_approved": True}]
    told = {"programme": "hpc-2025-gpu", "cards": ["H100"], "at_agreement": True}
    body = {**told, "members": [{**MEMBER, "restrictions": restrictions}]}
    checked = await office.call("POST", "/provider-checks", 201, json=body)
    first, second, third = [one["reason"] for one in checked["findings"] if one["outcome"] != "pass"]
    on, on_en = "2025. 9. 2.(화)", "2 September 2025"
    assert first == {
        "ko": f"{on} 기준 참여 제한 사유(국세·지방세 체납)가 있습니다(대상 하늘클라우드, 기간 2022. 3. 1.(화)부터).",
        "en": f"On {on_en} a restriction (tax arrears) of 하늘클라우드 is in force (from 1 March 2022).",
    }
    assert second["ko"].endswith("(대상 하늘클라우드, 기간 2022. 3. 1.(화)부터 2030. 12. 31.(화)까지).")
    assert third["ko"] == (
        f"{on} 기준 체납이 있으나 분납 계획이 승인되었습니다(대상 하늘클라우드). 담당자의 판단이 필요합니다."
    )


@pytest.mark.rule("CV-9")
async def test_checks_are_found_however_the_code_is_spelled(office: Office) -> None:
    """`ALPHA` in full width is alpha in the list of checks as it is among the providers; nobody's code finds none."""
    await office.call("POST", "/providers", 201, json=BODY)
    await open_provider_call(office)
    made = await office.call(
        "POST", "/provider-checks", 201, json={"programme": "hpc-2025-gpu", "provider_id": "alpha"}
    )
    for spelled in ("alpha", "ALPHA", "ＡＬＰＨＡ", "al\u200bpha"):
        listed = await office.call("GET", "/provider-checks", 200, params={"provider_id": spelled})
        assert [one["check_id"] for one in listed["items"]] == [made["check_id"]]
    for spelled in ("beta", "\u3164"):
        assert (await office.call("GET", "/provider-checks", 200, params={"provider_id": spelled}))["items"] == []


@pytest.mark.rule("CV-9")
async def test_a_code_names_something(office: Office) -> None:
    """A code of which no key remains is refused with the place, and a token that names no code sees no provider."""
    for told in ("\u3164", "\u200b\u200b"):
        refused = await office.call("POST", "/providers", 422, json={**BODY, "provider_id": told})
        assert [(one["pointer"], one["code"]) for one in refused["errors"]] == [("/provider_id", "nothing_visible")]
    # what an earlier release took is nobody's
    await office.call("POST", "/providers", 201, json=BODY)
    async with office.client.db.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO provider SELECT '\u3164', '', name, version, inherited_keys, registered_by, registered_at,"
                " changed_at FROM provider"
            )
        )
        await tx.execute(
            text("INSERT INTO provider_member SELECT '\u3164', organisation_id, 0, false FROM provider_member")
        )
    for own in ("", "\u200b"):
        nobody = office.client.as_("provider", organisation_id=own)
        await office.call("GET", "/providers/\u3164", 404, who=nobody)
        assert (await office.call("GET", "/providers", 200, who=nobody))["items"] == []
