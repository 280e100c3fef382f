"""The price book through REST (BL-1)."""

import asyncio

import pytest

from libs.common.events.billing import PriceAgreed
from tests.services.billing.office import P0, P1


@pytest.mark.rule("BL-1")
async def test_a_price_enters_with_its_supply_value_and_vat(office):
    """5,500 won are 5,000 and 500 VAT; the version is readable and begins with a month."""
    await office.open(P1)
    price = await office.price(P1, 5_500)
    assert (price["supply_krw"], price["vat_krw"], price["valid_from"]) == (5_000, 500, "2025-10")
    assert price["price_version"] == f"{P1}/alpha/H100x1/dynamic/2025-10/r1"


@pytest.mark.rule("BL-1")
async def test_three_rounds_are_recorded_and_the_last_one_holds(office):
    """Every round stays on record; a fourth is refused, and so is a round twice."""
    await office.open(P1)
    for number, krw in enumerate((6_000, 5_700, 5_500), start=1):
        await office.price(P1, krw, round=number)
    assert (await office.price(P1, 5_400, round=4, expect=409))["code"] == "price_round_over"
    assert (await office.price(P1, 5_400, round=3, expect=409))["code"] == "price_round_taken"
    listed = (await office.read(f"/prices?programme={P1}"))["items"]
    assert [price["unit_price_krw"] for price in listed] == [6_000, 5_700, 5_500]


@pytest.mark.rule("BL-1")
async def test_every_agreed_price_is_said(office):
    """Each round is told with its month and mode, a price of 0 too; what was refused is not."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.price(P1, 0, round=2)
    await office.price(P1, 5_400, round=2, expect=409)
    await office.price(P1, 0, mode="fixed", valid_from="2025-11-01")
    said = await office.client.said(PriceAgreed)
    first = {
        "programme_code": P1,
        "provider_id": "alpha",
        "product": "H100x1",
        "mode": "dynamic",
        "pricing": "hourly",
        "unit_price_krw": 5_500,
        "valid_from": "2025-10",
        "round_no": 1,
    }
    assert [event.model_dump() for event in said] == [
        first,
        {**first, "unit_price_krw": 0, "round_no": 2},
        {**first, "unit_price_krw": 0, "mode": "fixed", "valid_from": "2025-11"},
    ]


@pytest.mark.rule("BL-1")
async def test_a_fixed_price_is_at_most_half_of_the_dynamic_one(office):
    """No dynamic price to compare with, one won over half, exactly half."""
    await office.open(P1)
    assert (await office.price(P1, 2_750, mode="fixed", expect=409))["code"] == "policy_missing"
    await office.price(P1, 5_500)
    refused = await office.price(P1, 2_751, mode="fixed", expect=409)
    assert (refused["code"], refused["rule_id"], refused["facts"]["share_pct"]) == (
        "fixed_price_above_share",
        "BL-1",
        50,
    )
    await office.price(P1, 2_750, mode="fixed")


@pytest.mark.rule("BL-1")
@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"valid_from": "2025-10-02"}, "price_begins_with_month", id="in the middle of a month"),
        pytest.param({"product": "B200x8"}, "product_not_priced", id="a product the programme does not price"),
        pytest.param({"product": "H100"}, "product_not_priced", id="a card type where products are priced"),
    ],
)
async def test_what_cannot_be_a_price(office, values, code):
    """422 with the rule that speaks."""
    await office.open(P1)
    assert (await office.price(P1, 5_500, expect=422, **values))["code"] == code


@pytest.mark.rule("BL-1")
async def test_a_monthly_programme_prices_cards_in_fixed_mode(office):
    """P0's book names card types; there is no dynamic monthly price."""
    await office.open(P0)
    price = await office.price(P0, 3_000_000)
    assert (price["pricing"], price["product"]) == ("monthly", "H100")
    assert (await office.price(P0, 1, mode="dynamic", expect=422))["code"] == "monthly_price_is_fixed"


@pytest.mark.rule("BL-1")
async def test_a_wait_discount_rate_is_recorded_per_provider_and_month(office):
    """Without a month it holds from the first month of use; the same rate again is fine, another one is refused."""
    await office.open(P1, use_starts_on="2025-04-01")
    body = {"programme": P1, "provider_id": "alpha", "rate_pct": "12.5"}
    body["reason"] = "협상 결과"
    for _ in range(2):
        did = await office.two_people("/wait-discounts", body)
        assert did == {"rate_pct": "12.5", "discount_version": f"{P1}/alpha/wait-discount/2025-04"}
    assert await office.refused("/wait-discounts", {**body, "rate_pct": "30"}) == (409, "wait_discount_taken")
    await office.two_people("/wait-discounts", {**body, "rate_pct": "30", "valid_from": "2025-11-01"})
    assert len((await office.read("/wait-discounts"))["items"]) == 2
    assert await office.refused("/wait-discounts", {**body, "rate_pct": "101"}) == (422, "invalid_request")


@pytest.mark.rule("BL-1")
async def test_two_officers_at_once_record_one_round(office):
    """Of the same round proposed four times one enters the book, however the confirmations come."""
    await office.open(P1)
    body = {
        "programme": P1,
        "provider_id": "alpha",
        "product": "H100x1",
        "mode": "dynamic",
        "unit_price_krw": 5_500,
        "valid_from": "2025-10-01",
        "round": 1,
        "reason": "협상 결과",
    }
    asked = await asyncio.gather(*(office.done("/prices", body) for _ in range(4)))
    confirmations = [f"/proposals/{one['proposal_id']}/confirm" for one in asked]
    answers = await asyncio.gather(*(office.post(path, subject="officer-confirm") for path in confirmations))
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    assert len((await office.read("/prices"))["items"]) == 1


async def test_prices_are_shown_to_their_provider_and_the_agency(office):
    """A provider sees its own prices; only officers record them; an unknown programme is not found."""
    await office.open(P1)
    await office.price(P1, 5_500)
    assert len((await office.read("/prices", role="provider", organisation_id="alpha"))["items"]) == 1
    assert (await office.read("/prices?provider=alpha", role="provider", organisation_id="beta"))["items"] == []
    assert (await office.get("/prices", role="applicant", organisation_id="O-1")).status_code == 403
    assert (await office.post("/prices", {}, role="provider", organisation_id="alpha")).status_code == 403
    unknown = {"programme": "no-such", "provider_id": "alpha", "rate_pct": "30", "reason": "협상"}
    assert await office.refused("/wait-discounts", unknown) == (404, "not_found")


@pytest.mark.rule("BL-1")
async def test_f_22_fixed_from_the_start_against_the_calls_dynamic_price(office):
    """F-22: policy missing and named; then the policy value; then the lowest of the call, by then kept beside it."""
    await office.open(P1)
    fixed = {"provider_id": "beta", "mode": "fixed"}
    missing = await office.price(P1, 2_750, expect=409, **fixed)
    path = "billing.lowest_dynamic_price_krw"
    assert (missing["code"], missing["facts"]["path"]) == ("policy_missing", path)
    await office.revise(P1, path, {"A100x2": 4_000})
    assert (await office.price(P1, 2_750, expect=409, **fixed))["facts"]["path"] == f"{path}.H100x1"
    await office.revise(P1, path, {"H100x1": 5_000})
    assert (await office.price(P1, 2_501, expect=409, **fixed))["code"] == "fixed_price_above_share"
    first = await office.price(P1, 2_500, **fixed)
    assert (first["compared_krw"], first["compared_with"]) == (5_000, f"{path}.H100x1")
    dynamic = await office.price(P1, 5_500)
    assert dynamic["compared_with"] is None
    second = await office.price(P1, 2_750, round=2, **fixed)
    assert (second["compared_krw"], second["compared_with"]) == (5_500, dynamic["price_version"])


@pytest.mark.rule("BL-1")
async def test_f_22_a_lower_dynamic_price_of_another_leaves_what_was_agreed(office):
    """A price stands for what it was compared with; the next one is held against the lower price."""
    await office.open(P1)
    await office.price(P1, 5_500)
    fixed = {"provider_id": "beta", "mode": "fixed"}
    agreed = await office.price(P1, 2_750, **fixed)
    await office.price(P1, 4_000, provider_id="gamma")
    listed = (await office.read(f"/prices?programme={P1}"))["items"]
    assert next(p for p in listed if p["price_version"] == agreed["price_version"]) == agreed
    refused = await office.price(P1, 2_750, round=2, expect=409, **fixed)
    assert (refused["code"], refused["facts"]["dynamic_krw"]) == ("fixed_price_above_share", 4_000)
