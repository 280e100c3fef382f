"""What the government paid is claimed back, wholly or partly, and never the user's own (BL-12)."""

import asyncio

import pytest

from libs.common.events.billing import ClawbackClaimed
from services.billing.model.clawbacks import ClaimClawback, Claimed, Clawback, GrantClaims
from services.billing.rules.clawbacks import clawback_krw
from tests.services.billing.office import P1, START, use

AT = "/grants/A-000001/clawbacks"
CLAIM = {"ground": "final_report_missing", "reason": "결과보고서 미제출"}


async def settled_grant(office, hours=100):
    """A grant of 300,000 won self-payment whose October cost 550,000: 250,000 of subsidy."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    await office.place("A-000001", P1)
    await office.activate("A-000001", P1)
    return await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=hours)))


async def accounts(office, *names):
    """The balances of some accounts."""
    told = {a["account"]: a["balance_krw"] for a in (await office.read("/ledger/balance"))["accounts"]}
    return [told.get(name, 0) for name in names]


def claims(subsidy_krw, *claimed_krw):
    """A grant's claims that stand."""
    made = [Clawback("CB", "A-1", "p", "other_purpose", krw, "r", "o", START) for krw in claimed_krw]
    return GrantClaims("A-1", "p", subsidy_krw, tuple(Claimed(one) for one in made))


@pytest.mark.rule("BL-12")
@pytest.mark.parametrize(
    ("subsidy", "claimed", "asked", "right"),
    [
        pytest.param(140_100, (), None, 140_100, id="all of it"),
        pytest.param(140_100, (), 140_100, 140_100, id="exactly all of it"),
        pytest.param(140_100, (), 1, 1, id="one won"),
        pytest.param(140_100, (), 140_101, "clawback_over_subsidy", id="a won of the user's own"),
        pytest.param(140_100, (40_100,), None, 100_000, id="the rest after an earlier claim"),
        pytest.param(140_100, (100_000, 40_100), None, "no_subsidy_to_claim", id="everything is claimed"),
        pytest.param(0, (), None, "no_subsidy_to_claim", id="the user paid everything"),
        pytest.param(100, (140,), 1, "no_subsidy_to_claim", id="a later adjustment gave back what was claimed"),
    ],
)
def test_how_much_is_claimed_back(subsidy, claimed, asked, right):
    """The government-paid part less what stands claimed, wholly or partly."""
    told = clawback_krw(claims(subsidy, *claimed), asked)
    assert (told if isinstance(told, int) else told.code) == right


@pytest.mark.rule("BL-12")
async def test_a_subsidy_is_claimed_back_in_parts_and_never_the_users_own(office):
    """250,000 of 550,000 won were subsidy: 100,000, then the rest; a won more is refused; the budget stays as it is."""
    await settled_grant(office)
    before = await office.read(f"/budget/{P1}")
    assert await office.refused(AT, {**CLAIM, "amount_krw": 250_001}) == (409, "clawback_over_subsidy")
    await office.two_people(AT, {**CLAIM, "amount_krw": 100_000})
    part = await office.read(AT)
    assert (part["subsidy_krw"], part["claimed_krw"], part["left_krw"]) == (250_000, 100_000, 150_000)
    await office.two_people(AT, {"ground": "other_purpose", "reason": "목적 외 사용"})
    whole = await office.read(AT)
    assert (whole["claimed_krw"], whole["left_krw"]) == (250_000, 0)
    first = whole["clawbacks"][0]
    assert (first["claimed_by"], first["reason"], first["ground"]) == (
        "officer-confirm",
        CLAIM["reason"],
        CLAIM["ground"],
    )
    problem = (await office.post(AT, CLAIM)).json()
    assert problem["code"] == "no_subsidy_to_claim"
    assert problem["messages"]["ko"] == (
        "'A-000001'에는 환수할 지원금이 없습니다(지급 250,000원, 환수 청구 250,000원)."
    )
    said = [(e.amount_krw, e.claimed_krw, e.ground) for e in await office.client.said(ClawbackClaimed)]
    assert said == [(100_000, 100_000, "final_report_missing"), (150_000, 250_000, "other_purpose")]
    assert await accounts(office, "clawback:A-000001", f"subsidy:{P1}:clawed-back", f"subsidy:{P1}") == [
        250_000,
        -250_000,
        250_000,
    ]
    assert await office.read(f"/budget/{P1}") == before
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-12")
async def test_a_claim_that_was_wrong_is_taken_back_and_made_anew(office):
    """Its posting is mirrored, both persons and reasons are shown, it is taken back once, and all can be claimed."""
    await settled_grant(office)
    await office.two_people(AT, CLAIM)
    made = (await office.read(AT))["clawbacks"][0]["clawback_id"]
    await office.two_people(f"{AT}/{made}/withdraw", {"reason": "기한 안에 제출됨"})
    back = await office.read(AT)
    (shown,) = back["clawbacks"]
    assert (shown["withdrawn_by"], shown["withdrawal_reason"], back["left_krw"]) == (
        "officer-confirm",
        "기한 안에 제출됨",
        250_000,
    )
    assert await office.refused(f"{AT}/{made}/withdraw", {"reason": "x"}) == (409, "clawback_withdrawn")
    assert await office.refused(f"{AT}/CB-999999/withdraw", {"reason": "x"}) == (404, "not_found")
    assert await accounts(office, "clawback:A-000001") == [0]
    assert (await office.two_people(AT, CLAIM))["claimed_krw"] == 250_000
    said = [(e.amount_krw, e.claimed_krw) for e in await office.client.said(ClawbackClaimed)]
    assert said == [(250_000, 250_000), (0, 0), (250_000, 250_000)]
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-12")
async def test_of_two_claims_at_once_one_gets_the_rest(office):
    """All that is left can be claimed by one of them only."""
    await settled_grant(office)
    paths = [f"/proposals/{(await office.done(AT, CLAIM))['proposal_id']}/confirm" for _ in range(3)]
    answers = await asyncio.gather(*(office.post(path, subject="officer-confirm") for path in paths))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert (await office.read(AT))["claimed_krw"] == 250_000


@pytest.mark.rule("BL-12")
async def test_who_claims_and_what_is_malformed(office):
    """Officers alone; a ground that no notice prints, nothing, less than nothing and no reason are refused."""
    await settled_grant(office)
    for role in ("operator", "auditor", "provider", "applicant"):
        assert (await office.post(AT, CLAIM, role=role, organisation_id="O-1")).status_code == 403
    wrong = [{"ground": "he is late"}, {"amount_krw": 0}, {"amount_krw": -1}, {"amount_krw": 10**16}, {"reason": ""}]
    for part in wrong:
        assert await office.refused(AT, {**CLAIM, **part}) == (422, "invalid_request")
    assert await office.refused("/grants/A-999999/clawbacks", CLAIM) == (404, "not_found")
    assert (await office.read(AT))["clawbacks"] == []


@pytest.mark.rule("BL-12")
def test_the_command_names_the_grant():
    """What two people would decide about: a grant, a ground, an amount or all of it."""
    assert ClaimClawback("A-1", "survey_missing").amount_krw is None
