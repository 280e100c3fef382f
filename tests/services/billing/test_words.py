"""What billing's refusals say, by the real catalogue: every sentence as a person writes it, without codes of ours.

The sentences stand here in full, so that whoever changes a word reads the whole.
"""

import datetime as dt
from dataclasses import replace

import pytest

from libs.common.errors import Refusal
from libs.common.messages.words import words_of
from libs.common.self_payment import Payer, SelfPaymentDue
from services.billing.__main__ import SERVICE
from services.billing.model.lines import Missing
from services.billing.model.self_payments import Contribution
from services.billing.rules.approval import fees_burnt_down, held_refusals
from services.billing.rules.disputes import contest_refusal
from services.billing.rules.parked import parked_refusals
from services.billing.rules.prices import first_month
from services.billing.rules.self_payment import due_formula
from tests.services.billing.office import P1, use
from tests.services.billing.rules.test_disputes import ISSUED_AT, issued

PARKED = "정산 'S-1'에 필요한 다음 값이 없어 보류되어 있습니다: "
BEYOND = "원을 넘어 보류되어 있습니다. 단가나 수량을 확인해 주십시오."
OWN = Contribution("A-000001", P1, 1, "O-1", Payer("private"), "1", "H100-4", 1, 6, 4, "H100", "asked", ISSUED_AT)


def said(refusal: Refusal) -> tuple[str, str]:
    """Both languages of a refusal, by the words that billing's process knows."""
    assert refusal.code in SERVICE.messages
    words = words_of(refusal.code, refusal.facts)
    return words["ko"], words["en"]


@pytest.mark.rule("BL-11")
@pytest.mark.parametrize(
    ("missing", "ko"),
    [
        pytest.param(
            Missing("price", "p/alpha/H100x1/dynamic/2025-10", "H100x1", "dynamic", "2025-10"),
            f"{PARKED}2025년 10월 H100x1 동적할당 단가",
            id="a price",
        ),
        pytest.param(
            Missing("wait_discount", "p/alpha/wait-discount/2025-10", month="2025-10"),
            f"{PARKED}2025년 10월 대기 할인율",
            id="a wait discount rate",
        ),
        pytest.param(Missing("policy", "programme"), f"{PARKED}사업 정의", id="the definition"),
        pytest.param(
            Missing("bounds", "p/alpha/H100x1/dynamic/2025-10", "H100x1", "dynamic", "2025-10"),
            f"정산 'S-1'의 2025년 10월 H100x1 동적할당 사용분 금액이 한도 1,000,000,000,000,000{BEYOND}",
            id="a line too large: nothing is missing",
        ),
        pytest.param(
            Missing("bounds", "p/alpha/2025-10", month="2025-10"),
            f"정산 'S-1'의 2025년 10월 전체 금액이 한도 1,000,000,000,000,000{BEYOND}",
            id="a sum too large",
        ),
        pytest.param(
            Missing("price", "p/alpha/H100x1/dynamic/2025-10"),
            f"{PARKED}p/alpha/H100x1/dynamic/2025-10",
            id="a price parked before its facts were kept",
        ),
    ],
)
def test_why_a_settlement_is_parked(missing, ko):
    """Each value by its words; an amount beyond the bounds is a sentence of its own, in both languages."""
    (refusal,) = parked_refusals("S-1", [missing])
    assert said(refusal)[0] == ko
    assert ("exceeds the limit" in said(refusal)[1]) == (missing.kind == "bounds")
    assert refusal.facts["path"] == missing.path


@pytest.mark.rule("BL-11")
async def test_every_reason_of_a_parked_settlement_is_told(office):
    """A missing price and a missing rate are two refusals, in the answer and in the draft's own words."""
    await office.open(P1)
    settlement_id = await office.close_statement(
        P1, use("A-000001", billable_unit_hours=10, discounted_unit_hours=1), use("A-000002", billable_unit_hours=1)
    )
    problem = (await office.post(f"/settlements/{settlement_id}/issue")).json()
    assert [one["messages"]["en"].partition("waits for: ")[2] for one in problem["refusals"]] == [
        "the dynamic price of H100x1 for October 2025",
        "the wait discount rate for October 2025",
    ]


@pytest.mark.rule("BL-11")
async def test_a_price_that_is_too_large_is_not_called_missing(office):
    """100 hours at 10¹⁵ won: the answer asks to look at the price or the quantity."""
    await office.open(P1)
    await office.price(P1, 10**15)
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=100))
    problem = (await office.post(f"/settlements/{settlement_id}/issue")).json()
    assert (problem["code"], problem["rule_id"]) == ("settlement_beyond_bounds", "CV-10")
    assert problem["messages"]["ko"].endswith(BEYOND)


@pytest.mark.rule("BL-11")
async def test_the_months_to_issue_first_are_months(office):
    """November adjusts September and October: both are named as months."""
    await office.open(P1)
    await office.price(P1, 5_500, valid_from="2025-09-01")
    for month in ("2025-09", "2025-10"):
        await office.close_statement(P1, use("A-000001", billable_unit_hours=5, period=month), month=month)
    taken = [use("A-000001", billable_unit_hours=-1, adjustment=True, period=month) for month in ("2025-09", "2025-10")]
    november = await office.close_statement(P1, *taken, month="2025-11")
    problem = (await office.post(f"/settlements/{november}/issue")).json()
    assert problem["messages"]["ko"] == (
        f"정산 '{november}'에서 조정하는 2025년 9월, 2025년 10월 정산을 먼저 발행해 주십시오."
    )


@pytest.mark.rule("BL-6")
def test_an_agreement_that_is_missing_is_called_so():
    """Without an agreement nobody knows who pays: the word for it stands in the sentence."""
    (refusal,) = held_refusals(fees_burnt_down({"A-000001": 5}, {}, {}))
    assert said(refusal) == (
        "'A-000001'의 자부담금이 정해지지 않아 누가 부담할지 나눌 수 없습니다(없는 값: 협약).",
        "The self-payment of 'A-000001' is not known, so its fee cannot be split (missing: agreement).",
    )


@pytest.mark.rule("BL-1")
@pytest.mark.parametrize(
    ("day", "ko"),
    [
        pytest.param("2025-10-02", "2025. 10. 2.(목)은 첫날이 아닙니다", id="Thursday ends in a consonant"),
        pytest.param("2025-11-08", "2025. 11. 8.(토)는 첫날이 아닙니다", id="Saturday does not"),
    ],
)
def test_the_particle_behind_a_day_fits(day, ko):
    """It follows what is spoken last: the day of the week."""
    refusal = first_month(dt.date.fromisoformat(day))
    assert isinstance(refusal, Refusal)
    assert said(refusal)[0] == f"단가는 달의 첫날부터 적용됩니다({ko})."


@pytest.mark.rule("BL-1")
async def test_a_rate_on_record_is_told_as_a_decimal(office):
    """12.5 % is kept exactly and told as people write it, not as 25/2."""
    await office.open(P1)
    offer = {"programme": P1, "provider_id": "alpha", "valid_from": "2025-10-01"}
    offer["reason"] = "협상 결과"
    await office.two_people("/wait-discounts", {**offer, "rate_pct": "12.5"})
    problem = (await office.post("/wait-discounts", {**offer, "rate_pct": "30"})).json()
    assert problem["messages"]["ko"] == "2025년 10월의 대기 할인율은 이미 12.5%로 등록되어 있습니다."


@pytest.mark.rule("BL-11")
def test_a_programme_without_a_dispute_window_says_so():
    """Nothing ended where there never was a window."""
    refusal = contest_refusal(issued(until=None), 1, (), ISSUED_AT)
    assert refusal is not None
    assert said(refusal)[0] == (
        "정산 'alpha:p:2025-10'에는 이의를 제기할 수 없습니다. 이 사업은 이의 제기 기간을 두지 않습니다."
    )


@pytest.mark.rule("BL-4")
@pytest.mark.parametrize(
    ("kind", "basis", "ko", "en"),
    [
        pytest.param(
            "standard", "asked", "일반 단가, 신청한 자원 기준", "standard rate, by the type asked for", id="asked"
        ),
        pytest.param(
            "youth",
            "assigned",
            "청년기업 단가, 배정된 자원 기준",
            "youth enterprise's rate, by the assigned type",
            id="youth",
        ),
        pytest.param(
            "regional", "assigned", "지역 단가, 배정된 자원 기준", "regional rate, by the assigned type", id="region"
        ),
        pytest.param(
            "public", "asked", "공공 단가, 신청한 자원 기준", "public rate, by the type asked for", id="public"
        ),
    ],
)
def test_how_a_self_payment_came_about_is_told_in_words(kind, basis, ko, en):
    """The one line that is shown and sent as a reason holds no code."""
    told = due_formula(replace(OWN, basis=basis, due=SelfPaymentDue(9_600_000, kind, 400_000)))
    assert told == f"H100 4 × 6개월 × 400,000원({ko}) · H100 4 × 6 months × 400,000 won ({en})"
    assert due_formula(replace(OWN, due=SelfPaymentDue(0, None, 0))) == "무상 · free"
