"""Absurd values are refused at the door, and what they multiply to never stops a handler (CV-10, F-01)."""

import re

import pytest

from libs.common.dead_letters import list_open
from libs.common.events.billing import SelfpayDue
from libs.common.events.intake import ProgrammeOpened, ProgrammeRevised
from tests.services.billing.office import P0, P1, day, monthly_use, use

OWN = "/self-payments/A-000001"
RATE = {"programme": P1, "provider_id": "alpha", "reason": "협상"}
PRICE = {"programme": P1, "provider_id": "alpha", "product": "H100x1", "mode": "dynamic", "round": 1}
PRICE |= {"unit_price_krw": 5_500, "valid_from": "2025-10-01", "reason": "협상"}


async def dead(office):
    """The codes of the open dead letters."""
    async with office.client.db.transaction() as tx:
        return [letter.error_code for letter in await list_open(tx)]


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/prices", {**PRICE, "unit_price_krw": 10**15 + 1}, id="a price above all won"),
        pytest.param("/prices", {**PRICE, "unit_price_krw": -1}, id="a negative price"),
        pytest.param("/prices", {**PRICE, "unit_price_krw": "5500"}, id="a price as text"),
        pytest.param("/prices", {**PRICE, "valid_from": "1999-12-01"}, id="a month before 2000"),
        pytest.param("/prices", {**PRICE, "valid_from": "2101-01-01"}, id="a month after 2100"),
        pytest.param("/prices", {**PRICE, "round": 10**6 + 1}, id="a round beyond all counts"),
        pytest.param("/prices", {**PRICE, "provider_id": "a\x00b"}, id="a NUL in an id"),
        pytest.param("/wait-discounts", {**RATE, "rate_pct": "100.1"}, id="over 100 %"),
        pytest.param("/wait-discounts", {**RATE, "rate_pct": "NaN"}, id="no number"),
        pytest.param("/wait-discounts", {**RATE, "rate_pct": "1_0"}, id="F-31: a rate with an underscore"),
        pytest.param("/prices", {**PRICE, "wait_discount_pct": "1e1"}, id="F-31: a rate with an exponent"),
        pytest.param(f"{OWN}/deposits", {"amount_krw": 10**15 + 1, "reference": "x"}, id="a deposit above all won"),
        pytest.param(f"{OWN}/deposits", {"amount_krw": 0, "reference": "x"}, id="a deposit of nothing"),
        pytest.param(f"{OWN}/notices", {"amount_krw": 1, "due_at": "0001-01-01T00:00:00Z"}, id="due in year 1"),
        pytest.param(f"{OWN}/notices", {"amount_krw": 1, "due_at": "9999-12-31T23:59:59Z"}, id="due in year 9999"),
        pytest.param("/disputes/DP-000001/decision", {"amount_krw": -(10**15) - 1, "reason": "x"}, id="a decision"),
        pytest.param(
            f"/budget/{P1}/shifts",
            {"from_part": "operating", "to_part": "subsidy", "amount_krw": 10**16, "reason": "x"},
            id="a shift above all won",
        ),
    ],
)
async def test_a_request_out_of_bounds_is_refused(office, path, body):
    """422 before anything is looked up, whatever exists."""
    status, code = await office.refused(path, body)
    assert (status, code) == (422, "invalid_request")


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(("body", "field"), [("OfferPrice", "wait_discount_pct"), ("OfferWaitDiscount", "rate_pct")])
async def test_the_document_states_the_range_of_a_rate(office, body, field):
    """From 0 to 100 with at most four decimals, whether it is written as a number or as a text."""
    stated = office.client.app.openapi()["components"]["schemas"][body]["properties"][field]
    one_of = {each["type"]: each for each in stated["anyOf"][0].get("anyOf", stated["anyOf"])}
    assert (one_of["number"]["minimum"], one_of["number"]["maximum"]) == (0, 100)
    texts = ["0", "30", "12.5", "99.9999", "100", "100.0000", "100.1", "101", "-1", "1_0", "1e1", "30.12345", ""]
    assert [text for text in texts if re.search(one_of["string"]["pattern"], text)] == texts[:6]


@pytest.mark.rule("CV-10")
async def test_F_01_an_absurd_cap_is_a_dead_letter_and_the_corrected_one_counts(office):  # noqa: N802 - the fault's id
    """A cap pasted twice stops nothing: the event is put aside, the next is handled, the corrected cap is booked."""
    programme = await office.open(P0)
    definition = programme.model_dump(mode="json", by_alias=True)
    definition["code"] = "other-2025"
    definition["billing"]["budget"]["cap_krw"]["is"] = 1980000000019800000000
    told = {"code": "other-2025", "in_force_from": office.client.clock.now()}
    await office.client.feed(ProgrammeOpened(**told, version=programme.version, definition=definition))
    assert len(await dead(office)) == 1
    await office.sign("A-000001", P0)
    assert (await office.read(OWN))["state"] in ("due", "awaiting_policy")
    definition["billing"]["budget"]["cap_krw"]["is"] = 19_800_000_000
    definition["version"] = programme.version + 1
    mended = {**told, "version": programme.version + 1, "definition": definition, "reason": "오타 정정"}
    await office.client.feed(ProgrammeRevised(**mended))
    assert (await office.read("/budget/other-2025"))["cap_krw"] == 19_800_000_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("CV-10")
async def test_a_rate_that_multiplies_beyond_all_won_parks_the_self_payment(office):
    """10¹⁵ won a card for three months is no amount: it waits with the rate's path until the rate is corrected."""
    path = "billing.self_payment.rates.H100.standard_krw"
    await office.open(P1, **{path: 10**15})
    await office.sign("A-000001", P1)
    parked = await office.read(OWN)
    assert (parked["state"], parked["missing_path"]) == ("awaiting_policy", "billing.self_payment.rates.H100")
    assert await office.client.said(SelfpayDue) == []
    await office.revise(P1, path, 100_000)
    assert (await office.read(OWN))["due_krw"] == 300_000
    assert await dead(office) == []


@pytest.mark.rule("CV-10")
async def test_a_planning_price_beyond_all_won_commits_nothing_until_it_is_corrected(office):
    """The commitment is 0 with the path of the price, and follows the corrected price."""
    await office.open(P1)
    path = f"tracks.{next(iter(office.programmes[P1].tracks))}.selection.planning_price_krw"
    await office.revise(P1, path, 10**15)
    await office.announce("A-000001", P1, product="H100x1", sector="public")
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 0
    await office.revise(P1, path, 400_000)
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 1_200_000
    assert await dead(office) == []


@pytest.mark.rule("CV-10")
async def test_a_line_beyond_all_won_parks_the_settlement_until_its_price_is_corrected(office):
    """100 hours at 10¹⁵ won stop no handler: the settlement is parked and names the price; the next round mends it."""
    await office.open(P1)
    await office.price(P1, 10**15)
    await office.paid_up("A-000001")
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    parked = await office.read(f"/settlements/{settlement_id}")
    assert (parked["state"], parked["lines"], parked["fee_krw"]) == ("parked", [], 0)
    assert parked["missing"] == [{"kind": "bounds", "path": f"{P1}/alpha/H100x1/dynamic/2025-10"}]
    assert await office.refused(f"/settlements/{settlement_id}/issue") == (409, "settlement_beyond_bounds")
    await office.price(P1, 5_500, round=2)
    assert (await office.read(f"/settlements/{settlement_id}"))["fee_krw"] == 550_000
    assert await dead(office) == []


@pytest.mark.rule("CV-10")
async def test_lines_that_fit_but_whose_sum_does_not_park_the_settlement(office):
    """Two grants of 6 × 10¹⁴ won each are no month's fee."""
    await office.open(P0)
    await office.price(P0, 6 * 10**14)
    lines = [monthly_use(grant, starts_at=day("2025-10-01")) for grant in ("A-000001", "A-000002")]
    parked = await office.read(f"/settlements/{await office.close_statement(P0, *lines)}")
    assert parked["missing"] == [{"kind": "bounds", "path": f"{P0}/alpha/2025-10"}]
