"""IN-7 and IN-8 as the notices print them, through REST: who is barred by what, and on which day."""

from typing import Any

import pytest

from tests.services.intake.people import Office
from tests.services.intake.test_provider_checks import MEMBER
from tests.services.intake.test_routes_providers import open_provider_call

OFFICER_ONLY = ("default", "insolvency", "suspended_business", "tax_arrears")


async def found(office: Office, application_id: str, rule_id: str) -> list[tuple[str, str]]:
    """What the officer is told by a rule: codes and outcomes."""
    checked = await office.call("POST", f"/applications/{application_id}/check", 200, who=office.officer)
    return [(one["code"], one["outcome"]) for one in checked["findings"] if one["rule_id"] == rule_id]


@pytest.mark.rule("IN-8")
async def test_the_public_sector_is_barred_by_the_research_ban_alone(office: Office) -> None:
    """S0 prints default, insolvency, suspension and arrears for the private sector: a public body passes with them."""
    public = await office.organisation(kind="public_institute", legal_form="public_body")
    private = await office.organisation()
    for organisation_id in (public, private):
        for kind in OFFICER_ONLY:
            fact = {"kind": kind, "from": "2025-01-01", "source": "조회"}
            await office.call("POST", f"/organisations/{organisation_id}/restrictions", 201, json=fact)
    of_public, of_private = await office.draft(public, youth_claimed=False), await office.draft(private)
    assert await found(office, of_public, "IN-8") == [("no_restriction_in_force", "pass")]
    assert await found(office, of_private, "IN-8") == [("restriction_in_force", "fail")] * 4
    ban = {"kind": "participation_ban", "from": "2025-01-01", "source": "NTIS"}
    await office.call("POST", f"/organisations/{public}/restrictions", 201, json=ban)
    assert await found(office, of_public, "IN-8") == [("restriction_in_force", "fail")]


@pytest.mark.rule("IN-7")
async def test_an_award_without_a_known_end_still_runs(office: Office) -> None:
    """An award of 2024 whose end nobody knows bars in 2025; with its end in 2024 on record instead it does not."""
    organisation_id = await office.organisation()
    path = f"/organisations/{organisation_id}/awards"
    award = {"programme_code": "hpc-2024-gpu", "government": True, "year": 2024}
    recorded = await office.call("POST", path, 201, json=award)
    draft = await office.draft(organisation_id)
    assert await found(office, draft, "IN-7") == [("award_listed", "fail")]
    await office.call("POST", f"/awards/{recorded['id']}/withdraw", 200, json={"reason": "종료일 확인"})
    await office.call("POST", path, 201, json={**award, "running_until": "2024-12-31"})
    assert await found(office, draft, "IN-7") == [("no_repeated_support", "pass")]


@pytest.mark.rule("IN-8")
async def test_a_provider_with_a100_alone_fails(office: Office) -> None:
    """S1 takes no GPU provider that offers A100 alone; what was offered is kept with the check."""
    await open_provider_call(office)
    body: dict[str, Any] = {"programme": "hpc-2025-gpu", "members": [MEMBER]}
    outcomes = []
    for cards in (["A100"], ["a100 ", "Ａ100"], ["A100", "H100"], []):
        made = await office.call("POST", "/provider-checks", 201, json={**body, "cards": cards})
        assert made == await office.call("GET", f"/provider-checks/{made['check_id']}", 200)
        outcomes.append((made["outcome"], made["findings"][-1]["code"]))
    assert outcomes == [
        ("fail", "cards_alone"),
        ("fail", "cards_alone"),
        ("pass", "cards_suffice"),
        ("officer", "cards_unknown"),
    ]


@pytest.mark.rule("IN-8")
async def test_a_providers_arrears_are_looked_at_before_the_agreement(office: Office) -> None:
    """S1 §8: Arrears bar no application of a provider, and its agreement unless an instalment plan is approved."""
    await open_provider_call(office)
    arrears = {"kind": "tax_arrears", "from": "2025-01-01", "source": "국세청"}
    body: dict[str, Any] = {"programme": "hpc-2025-gpu", "cards": ["H100"]}

    async def outcome(at_agreement: bool, **more: Any) -> str:
        members = [{**MEMBER, "restrictions": [{**arrears, **more}]}]
        told = {**body, "members": members, "at_agreement": at_agreement}
        return str((await office.call("POST", "/provider-checks", 201, json=told))["outcome"])

    assert await outcome(False) == "pass"
    assert await outcome(True) == "fail"
    assert await outcome(True, instalments_approved=True) == "officer"
    assert await outcome(True, until="2025-09-01") == "pass"  # the check is made on 2 September
    assert await outcome(True, until="2025-09-02") == "fail"
