"""A providers' call goes through the same doors as a users' call; IN-8 looks at every member of the consortium."""

import pytest

from libs.common.events.intake import ApplicationScreened, ApplicationSubmitted, OfferStated, ProviderRegistered
from libs.common.events.review import AgreedPrice, ProviderAgreed
from tests.services.intake.people import Office, business_no
from tests.services.intake.providers_call import ALL_FOUR, GPU_PROVIDERS, THREE, ProvidersCall, member


@pytest.fixture
async def call(office: Office) -> ProvidersCall:
    """An intake with the GPU call for providers open."""
    made = ProvidersCall(office)
    await made.open()
    return made


@pytest.mark.rule("IN-8")
@pytest.mark.rule("IN-4")
async def test_a_provider_applies_without_naming_a_product(call: ProvidersCall) -> None:
    """Filed is the call's first product for all its use; the offer is said once screening lets it in."""
    office, company = call.office, await call.company()
    await call.sound(company)
    application = await call.submitted(company, ALL_FOUR)
    (said,) = [one for one in await office.client.said(ApplicationSubmitted) if one.application_id == application]
    asked = (said.track, said.product, said.units, said.months, said.wished_start.isoformat())
    assert asked == ("1", "A100x2", 1, 9, "2025-04-01")
    shown = await office.call("GET", f"/applications/{application}/screening", 200)
    assert {one["rule_id"] for one in shown["verdicts"] if one["outcome"] != "pass"} == set()
    await office.call("POST", f"/applications/{application}/screening/conclude", 200)
    (screened,) = await office.client.said(ApplicationScreened)
    (offer,) = await office.client.said(OfferStated)
    assert (screened.eligible, offer.application_id, offer.cards) == (True, application, ["A100", "H100"])
    assert offer.products == ["A100x2", "H100x1", "H100x2", "H100x16"]


@pytest.mark.rule("IN-8")
async def test_every_member_is_looked_at(call: ProvidersCall) -> None:
    """A member without CSAP, with a ban on record, or fully impaired fails the consortium; the lead's own do too."""
    office = call.office
    lead, second = await call.company(), await call.company()
    await call.sound(lead, second)
    partner = member(second[1], second[2], role="member")
    sound = await call.draft(lead, ALL_FOUR, partner)
    assert {outcome for outcome, _ in await call.findings(sound)} == {"pass"}
    ban = {"kind": "participation_ban", "from": "2025-02-01", "until": "2025-02-21", "source": "공문"}
    await office.call("POST", f"/organisations/{second[0]}/restrictions", 201, json=ban)
    assert ("fail", "restriction_in_force") in await call.findings(sound)
    without = await call.draft(await call.company(), ALL_FOUR, member("미인증", business_no(900), csap=False))
    assert ("fail", "csap_missing") in await call.findings(without)
    broke = await call.company()
    await call.sound(broke, impaired=True)
    assert ("fail", "fully_impaired") in await call.findings(await call.draft(broke, ALL_FOUR))


@pytest.mark.rule("IN-8")
async def test_accounts_nobody_saw_and_young_companies_are_for_an_officer(call: ProvidersCall) -> None:
    """Unknown accounts are `officer`; who opened on the printed day is, whatever its accounts show."""
    unseen = await call.draft(await call.company(), ALL_FOUR)
    assert ("officer", "impairment_unknown") in await call.findings(unseen)
    young = await call.company(opened_on="2022-02-21")
    await call.sound(young)
    assert ("officer", "impairment_unchecked") in await call.findings(await call.draft(young, ALL_FOUR))


@pytest.mark.rule("IN-8")
async def test_arrears_wait_for_the_agreement(call: ProvidersCall) -> None:
    """Tax arrears of a member bar nothing at the call: the notice looks at them when the agreement is made."""
    lead = await call.company()
    await call.sound(lead)
    arrears = {"kind": "tax_arrears", "from": "2025-01-01", "source": "세무서"}
    await call.office.call("POST", f"/organisations/{lead[0]}/restrictions", 201, json=arrears)
    assert {outcome for outcome, _ in await call.findings(await call.draft(lead, ALL_FOUR))} == {"pass"}


@pytest.mark.rule("IN-8")
async def test_a100_alone_fails_in_any_spelling(call: ProvidersCall) -> None:
    """A100 alone fails; another name for it does not pass for another type, and held cards are not offered ones."""
    lead = await call.company()
    await call.sound(lead)
    alone = await call.draft(lead, [("서울", "a100", 64), ("서울", "H100", 0)])
    assert ("fail", "cards_alone") in await call.findings(alone)
    renamed = await call.draft(lead, [("서울", "A100", 64), ("서울", "A100 80GB", 8)])
    found = await call.findings(renamed)
    assert ("officer", "card_type_unknown") in found
    assert ("fail", "cards_alone") in found


@pytest.mark.rule("IN-8")
async def test_the_applicant_leads_and_nobody_stands_there_twice(call: ProvidersCall) -> None:
    """The lead is the applicant, alone; numbers hold, and one company is one member however it is typed."""
    lead, second = await call.company(), await call.company()
    await call.sound(lead, second)
    led = await call.draft(lead, ALL_FOUR, member(second[1], second[2]))
    assert ("fail", "applicant_leads_not") in await call.findings(led)
    not_led = await call.draft(lead, ALL_FOUR, role="member")
    assert ("fail", "applicant_leads_not") in await call.findings(not_led)
    number = second[2]
    hyphens = f"{number[:3]}-{number[3:5]}-{number[5:]}"
    twice = [member("둘", number, role="member"), member("둘", hyphens, role="member")]
    assert ("fail", "member_twice") in await call.findings(await call.draft(lead, ALL_FOUR, *twice))
    wrong = member("셋", "1234567890", role="member")
    assert ("fail", "business_number_wrong") in await call.findings(await call.draft(lead, ALL_FOUR, wrong))


def agreed(application: str, organisation: str) -> ProviderAgreed:
    """What review says of the agreement."""
    return ProviderAgreed(
        application_id=application,
        programme_code=GPU_PROVIDERS,
        programme_version=1,
        selection_id="PSL-000001",
        organisation_id=organisation,
        serves=["hpc-2025-gpu"],
        prices=[AgreedPrice(product="H100x1", unit_price_krw=5500, round_no=2)],
        agreed_on="2025-03-10",
        agreed_at="2025-03-10T02:00:00Z",
    )


async def eligible(call: ProvidersCall) -> tuple[str, str]:
    """An application that was let in, and its organisation."""
    company = await call.company()
    await call.sound(company)
    application = await call.submitted(company, THREE)
    await call.office.call("POST", f"/applications/{application}/screening/conclude", 200)
    return application, company[0]


@pytest.mark.rule("RV-15")
async def test_the_agreement_makes_a_provider_and_starts_the_kick_off(call: ProvidersCall) -> None:
    """The organisation is a provider under its own id; the kick-off report is due on the 14th day, a working day."""
    office, client = call.office, call.office.client
    application, organisation = await eligible(call)
    assert await client.feed(agreed(application, organisation)) == 1
    (registered,) = await client.said(ProviderRegistered)
    assert (registered.provider_id, registered.members[0].csap_certified) == (organisation, True)
    (kept,) = (await office.call("GET", f"/provider-agreements?programme={GPU_PROVIDERS}", 200))["items"]
    assert kept["due"] == [
        {"key": "kick_off", "name_ko": "착수보고", "name_en": "kick-off report", "due_on": "2025-03-24"}
    ]
    assert kept["prices"] == [{"product": "H100x1", "unit_price_krw": 5500, "round_no": 2}]
    own = office.applicant(organisation)
    assert (await office.call("GET", "/provider-agreements", 200, who=own))["items"] == [kept]
    stranger = office.applicant(await office.organisation())
    assert (await office.call("GET", "/provider-agreements", 200, who=stranger))["items"] == []
    assert (await office.call("GET", f"/applications/{application}", 200))["state"] == "signed"


@pytest.mark.rule("RV-15")
async def test_a_registered_provider_stays_the_one_it_is(call: ProvidersCall) -> None:
    """Whose organisation is a provider already is no second one; the agreement is kept once, heard twice."""
    office, client = call.office, call.office.client
    application, organisation = await eligible(call)
    shown = await office.call("GET", f"/organisations/{organisation}", 200)
    body = {"provider_id": "hanbit", "name": shown["name"], "business_no": shown["business_no"]}
    await office.call("POST", "/providers", 201, json={**body, "representatives": [], "csap": True})
    for _ in range(2):
        await client.feed(agreed(application, organisation))
    assert [one.provider_id for one in await client.said(ProviderRegistered)] == ["hanbit"]
    (kept,) = (await office.call("GET", "/provider-agreements", 200))["items"]
    assert kept["provider_id"] == "hanbit"


@pytest.mark.rule("RV-15")
async def test_an_agreement_is_not_withdrawn_by_a_click(call: ProvidersCall) -> None:
    """Before the agreement the applicant withdraws as everybody does; after it nobody does."""
    office = call.office
    application, organisation = await eligible(call)
    await office.client.feed(agreed(application, organisation))
    refused = await office.call("POST", f"/applications/{application}/withdraw", 409, json={"reason": "사업 포기"})
    assert refused["code"] == "provider_agreement_stands"
