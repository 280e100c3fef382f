"""One person tries to pay himself, at every step from the price to the payment, and is refused at each (BL-13).

`python -P -m demo.walks.money` starts a Dure of its own, plays a small programme through REST and prints the page that
stands in `docs/walks/money.md`; with `--write` it writes it there.
"""

import datetime as dt
import sys
from typing import Any

from demo import call
from demo.api import Api
from demo.call import kst
from demo.fresh import fresh_server
from demo.p1 import CODE, P1, Size
from demo.settling import close_month
from demo.supply import introduce
from demo.walks.told import Person, Walk
from libs.common.calendar import KST
from libs.embedded.home import CHECKOUT
from libs.operator.terminal import say

PAGE = CHECKOUT / "docs" / "walks" / "money.md"
SIZE = Size(shares={"1": 2, "2": 6, "3": 2}, beyond={"1": 0, "2": 1, "3": 0}, held_back=0)
KIM = Person("김 담당(제안자)", "officer", "kim")
KIM_AGAIN = Person("김 담당(다른 토큰, 이름 표기만 다름)", "officer", "ＫＩＭ")
LEE = Person("이 담당", "officer", "lee")
PARK = Person("박 담당", "officer", "park")
ALPHA = Person("공급사 alpha", "provider", "alpha-1", "alpha")
OCTOBER = f"alpha:{CODE}:2025-10"
ATTEMPT = f"/billing/v1/settlements/{OCTOBER}"


def walk(api: Api) -> str:
    """The whole walk against a fresh server; returns the page. Raises Unexpected where a step is answered otherwise."""
    page = Walk(api)
    page.lines += [
        "# 혼자서는 한 푼도 지급할 수 없습니다 · Nobody pays himself",
        "",
        "<!-- Printed by `python -P -m demo.walks.money --write`; a test compares. -->",
        "",
        "한 담당자가 단가부터 지급까지 혼자 해 보려고 합니다. 아래는 실제 서버에 보낸 요청과 받은 답입니다.",
        "One officer tries to do everything alone. These are real requests and the answers they got.",
    ]
    p1 = P1(api, 2025, 12, SIZE)
    _until_selection(api, p1)
    _selection(page, p1)
    _prices(page, p1)
    grant = _use(page, p1)
    _statement(api, p1, grant)
    _settlement(page)
    _afterwards(page, grant)
    _history(page)
    return page.page()


def _until_selection(api: Api, p1: P1) -> None:
    api.clock(kst("2025-08-01 09:00"))
    introduce(api)
    p1.open()
    p1.apply(_quietly)
    p1.review(_quietly)
    api.clock(kst("2025-08-22 10:00"))


def _quietly() -> None:
    """The walk shows no progress."""


def _alone(page: Walk, what: str, proposal: dict[str, Any], service: str) -> None:
    """Whoever proposed confirms it, under a second token too, and is refused; another person does it."""
    path = f"/{service}/v1/proposals/{proposal['proposal_id']}/confirm"
    page.asks(KIM, f"{what}: 스스로 확인", path, status=409, code="proposer_confirms")
    page.asks(KIM_AGAIN, f"{what}: 다른 토큰으로 확인", path, status=409, code="proposer_confirms")
    page.asks(LEE, f"{what}: 확인", path, status=200)


def _selection(page: Walk, p1: P1) -> None:
    page.heading("합격자 발표", "The announcement")
    for track in ("1", "2", "3"):
        drawn = call.select(page.api, p1.outcome, track)
        path, reason = f"/review/v1/selections/{drawn['selection_id']}/announce", "선정위원회 의결"
        if track == "1":
            proposal = page.asks(KIM, "발표 제안", path, {"reason": reason}, status=201)
            _alone(page, "발표", proposal, "review")
            page.api.settle()
        else:
            call.announce(page.api, p1.outcome, track)


def _prices(page: Walk, p1: P1) -> None:
    p1.agree(_quietly)
    p1.supply()
    page.heading("단가", "The price")
    price = {
        "programme": CODE,
        "provider_id": "alpha",
        "product": "H100x1",
        "mode": "dynamic",
        "unit_price_krw": 9_999,
        "valid_from": "2025-10-01",
        "round": 1,
        "reason": "협상 없이 올려 보기",
    }
    page.asks(ALPHA, "자기 단가를 스스로 등록", "/billing/v1/prices", price, status=403)
    proposal = page.asks(KIM, "단가 제안", "/billing/v1/prices", price, status=201)
    path = f"/billing/v1/proposals/{proposal['proposal_id']}"
    page.asks(KIM, "단가: 스스로 확인", f"{path}/confirm", status=409, code="proposer_confirms")
    page.asks(KIM_AGAIN, "단가: 다른 토큰으로 확인", f"{path}/confirm", status=409, code="proposer_confirms")
    page.asks(LEE, "단가: 근거 없음, 거절", f"{path}/withdraw", {"reason": "협상 기록이 없음"}, status=200)
    page.asks(PARK, "단가: 끝난 제안 확인", f"{path}/confirm", status=409, code="wrong_state")


def _use(page: Walk, p1: P1) -> dict[str, Any]:
    """Self-payment, delivery and an outage: the interested party's word opens nothing. Returns a grant of alpha's."""
    api = page.api
    p1.place()
    grant: dict[str, Any] = next(
        one for one in p1.grants() if one["provider_id"] == "alpha" and one["product"] == "H100x1"
    )
    grant_id = grant["grant_id"]
    applicant = Person("신청자", "applicant", "user-1", grant["organisation_id"])
    page.heading("자부담금", "The self-payment")
    deposit = {"amount_krw": 150_000, "reference": "제가 냈습니다"}
    page.asks(applicant, "입금을 스스로 기록", f"/billing/v1/self-payments/{grant_id}/deposits", deposit, status=403)
    api.clock(kst("2025-10-01 09:00"))
    page.heading("인도와 장애", "Delivery and outages")
    delivery = f"/allocator/v1/grants/{grant_id}/delivery"
    started = {"delivered_at": "2025-10-01T00:00:00+09:00"}
    page.asks(ALPHA, "이용 시작", f"/allocator/v1/grants/{grant_id}/activate", started, status=403)
    page.asks(ALPHA, "인도했다고 알림", delivery, started, status=201)
    page.asks(ALPHA, "인도를 스스로 확인", f"{delivery}/confirm", {}, status=403)
    page.asks(applicant, "인도 확인", f"{delivery}/confirm", {}, status=200)
    p1.activate()
    outage = {
        "provider_id": "alpha",
        "scope_kind": "provider",
        "scope_id": "alpha",
        "started_at": "2025-10-01T08:00:00+09:00",
        "reason": "이용자 신고",
    }
    opened = page.asks(KIM, "장애 기록", "/metering/v1/outages", outage, status=201)
    at = f"/metering/v1/outages/{opened['outage_id']}"
    ended = {"ended_at": "2025-10-01T08:00:01+09:00"}
    stated = page.asks(ALPHA, "1초 만에 끝났다고 알림(돈에는 계속 장애)", f"{at}/close", ended, status=200)
    assert stated["ended_at"] is None or stated["state"] == "end_stated", stated  # noqa: S101 - the page's claim
    page.asks(ALPHA, "끝난 것을 스스로 확인", f"{at}/confirm-end", {}, status=403)
    real = {"ended_at": "2025-10-01T08:30:00+09:00", "reason": "이용자 기록과 대조"}
    page.asks(LEE, "실제 시각으로 확인", f"{at}/confirm-end", real, status=200)
    return grant


def _statement(api: Api, p1: P1, grant: dict[str, Any]) -> None:
    """Two days of use by one grant, reported hour by hour, and October's statement."""
    user: dict[str, Any] = {"role": "applicant", "org": grant["organisation_id"]}
    asked = {"grant_id": grant["grant_id"], "units": 1, "max_duration_s": 86_400}
    api.post("/allocator/v1/sessions", asked, **user)
    api.clock(kst("2025-10-03 09:00"))
    p1.report_use(kst("2025-11-01 00:00"), lambda _: None)
    api.clock(kst("2025-11-05 10:00"))
    close_month(api, CODE, ["alpha"], "2025-10")
    api.clock(kst("2025-11-06 10:00"))


def _settlement(page: Walk) -> None:
    api = page.api
    page.heading("정산: 발행, 승인, 지급", "The settlement: issue, approve, pay")
    page.asks(KIM, "발행", f"{ATTEMPT}/issue", status=200)
    page.asks(KIM, "스스로 승인", f"{ATTEMPT}/approve", status=409, code="issuer_approves")
    page.asks(LEE, "이의 기간 안에 승인", f"{ATTEMPT}/approve", status=409, code="dispute_window_runs")
    page.asks(LEE, "공급사 대신 이의 기간 포기", f"{ATTEMPT}/waive-window", status=403)
    contest = {"reason": "한 시간이 빠졌습니다."}
    raised = page.asks(ALPHA, "1번 항목 이의", f"{ATTEMPT}/lines/1/dispute", contest, status=201)
    window: dt.datetime = dt.datetime.fromisoformat(api.get(ATTEMPT)["dispute_until"])
    decision = f"/billing/v1/disputes/{raised['dispute_id']}/decision"
    wild = {"amount_krw": 10**15, "reason": "많을수록 좋음"}
    page.asks(KIM, "10¹⁵원으로 결정", decision, wild, status=409, code="decision_beyond_line")
    page.asks(ALPHA, "자기 이의를 스스로 결정", decision, {"reason": "제 말이 맞음"}, status=403)
    proposal = page.asks(KIM, "기각 제안", decision, {"reason": "기록과 같음"}, status=201)
    page.asks(LEE, "이의가 남은 채 승인", f"{ATTEMPT}/approve", status=409)
    _alone(page, "이의 결정", proposal, "billing")
    api.clock(window)
    page.asks(KIM_AGAIN, "기간이 끝난 뒤 스스로 승인", f"{ATTEMPT}/approve", status=409, code="issuer_approves")
    page.asks(LEE, "승인", f"{ATTEMPT}/approve", status=200)
    paid = {"reference": "이체-20251117-000001"}
    page.asks(KIM, "발행자가 지급", f"{ATTEMPT}/pay", paid, status=409, code="payer_took_part")
    page.asks(LEE, "승인자가 지급", f"{ATTEMPT}/pay", paid, status=409, code="payer_took_part")
    page.asks(PARK, "증빙 번호 없이 지급", f"{ATTEMPT}/pay", {"reference": " "}, status=422)
    page.asks(PARK, "지급", f"{ATTEMPT}/pay", paid, status=200)
    page.asks(PARK, "한 번 더 지급", f"{ATTEMPT}/pay", paid, status=409, code="wrong_state")


def _afterwards(page: Walk, grant: dict[str, Any]) -> None:
    page.heading("예산 조정, 환수, 환불", "Budget shift, clawback, refund")
    move = {"from_part": "operating", "to_part": "subsidy", "amount_krw": 100_000_000, "reason": "운영비 잔액"}
    _alone(page, "예산 조정", page.asks(KIM, "제안", f"/billing/v1/budget/{CODE}/shifts", move, status=201), "billing")
    grant_id = grant["grant_id"]
    claim = {"ground": "other_purpose", "reason": "목적 외 사용", "amount_krw": 10**15}
    page.asks(KIM, "지급한 것보다 많이 환수", f"/billing/v1/grants/{grant_id}/clawbacks", claim, status=409)
    refund = f"/billing/v1/self-payments/{grant_id}/refund"
    page.asks(KIM, "이용 중인 과제의 자부담금 환불", refund, {"reason": "그냥"}, status=409, code="nothing_to_refund")


def _history(page: Walk) -> None:
    """What the settlement's history tells afterwards."""
    page.lines += [
        "",
        "## 남은 이력 · What stays on record",
        "",
        f"`GET /billing/v1/history/settlement/{OCTOBER}`",
        "",
        "| 언제 · when (KST) | 누가 · who | 무엇을 · what | 왜 · why |",
        "|---|---|---|---|",
    ]
    for act in page.api.all(f"/billing/v1/history/settlement/{OCTOBER}"):
        at = dt.datetime.fromisoformat(act["at"]).astimezone(KST).strftime("%Y-%m-%d %H:%M")
        page.lines.append(f"| {at} | {act['actor']} | {act['did_ko']} · {act['did_en']} | {act['reason']} |")


def main() -> None:
    """Play the walk and print the page, or write it where it stands."""
    with fresh_server() as api:
        page = walk(api)
    if "--write" in sys.argv:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page, encoding="utf-8")
    else:
        say(page)


if __name__ == "__main__":
    main()
