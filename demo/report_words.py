"""How the report writes amounts, instants, spans and names, and the words for what it counts; Korean beside English."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from libs.common.calendar import KST

PROGRAMMES = {
    "gpu-rental-2025s": ("GPU 임차 지원", "GPU rental support"),
    "hpc-2025-gpu": ("고성능 컴퓨팅 지원 (GPU)", "high-performance computing, GPU"),
}
STAGES = (
    ("applications", "신청", "applied"),
    ("passed", "심사 통과", "passed"),
    ("selected", "선정", "selected"),
    ("placed", "자원 배정", "placed"),
    ("active", "이용 시작", "active"),
)
ASIDE = (
    ("refused_late", "마감 뒤 거절", "refused as late"),
    ("ineligible", "자격 미달", "ineligible"),
    ("promoted", "예비 순위에서 승계", "promoted from the waiting list"),
)
SESSIONS = (
    ("requested", "요청", "requested"),
    ("refused", "거절", "refused"),
    ("assigned", "배정", "assigned"),
    ("withdrawn", "취소", "withdrawn"),
    ("over_wait_limit", "대기 한도 초과", "over the wait limit"),
    ("wait_p50_s", "대기 중앙값", "median wait"),
    ("wait_max_s", "가장 긴 대기", "longest wait"),
)
USAGE = (
    ("events", "받은 사용 기록", "usage events"),
    ("duplicates", "중복", "duplicates"),
    ("corrections", "정정", "corrections"),
    ("billable_unit_hours", "과금 시간", "billable unit-hours"),
    ("discounted_unit_hours", "대기 할인 시간", "discounted unit-hours"),
    ("outage_unit_hours", "장애 시간", "outage unit-hours"),
    ("unmatched_unit_hours", "세션과 맞지 않는 시간", "unmatched unit-hours"),
    ("gap_unit_hours", "기록이 빈 시간", "gap unit-hours"),
)
AMOUNTS = {
    "charge_krw": ("사용료", "charge"),
    "discount_krw": ("할인", "discount"),
    "deduction_krw": ("장애 감액", "deduction"),
    "fee_krw": ("정산액", "fee"),
    "self_payment_krw": ("자부담", "self-payment"),
    "subsidy_krw": ("지원금", "subsidy"),
    "uncovered_krw": ("미충당", "uncovered"),
    "amount_krw": ("이 줄의 금액", "this line's amount"),
    "uncut_krw": ("절사 전 금액", "before the cut"),
    "shortened_krw": ("한도로 줄인 금액", "taken away by the ceiling"),
    "cut_krw": ("절사한 금액", "cut off"),
    "supply_value_krw": ("공급가액", "supply value"),
    "vat_krw": ("부가가치세", "VAT"),
    "unit_price_krw": ("단가", "unit price"),
}
KINDS = {
    "late": "마감 뒤 신청",
    "banned": "참여 제한 중",
    "banned_professor": "참여 제한 중인 교수",
    "arrears": "세금 체납",
    "repeat": "중복 지원",
    "unlisted_repeat": "목록에 없는 다른 사업의 지원",
    "individual": "개인",
    "large_enterprise": "대기업",
    "no_professor": "교수가 아닌 책임자",
    "two_units": "두 단위 신청",
    "past_window": "지원 기간을 넘는 이용",
    "bad_number": "잘못된 사업자번호",
    "no_document": "서류 누락",
    "wrong_format": "잘못된 서류 형식",
    "twice": "두 번 신청",
}
"""The kinds of applicants that the demo makes up on purpose."""
PAYERS = ("self_payment_krw", "subsidy_krw", "uncovered_krw")
EOK, MAN = 100_000_000, 10_000
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400


def won(krw: int | None) -> str:
    """An amount in full, `1,234,567원`; a dash while it is not known."""
    return "–" if krw is None else f"{krw:,}원"


def short_won(krw: int) -> str:
    """A round amount as an axis says it: `1.5억원`, `3,000만원`; exact to the last digit shown."""
    for unit, word in ((EOK, "억원"), (MAN, "만원")):
        if abs(krw) >= unit:
            hundredths = krw * 100 // unit
            return f"{hundredths // 100:,}{_fraction(hundredths % 100)}{word}"
    return won(krw)


def _fraction(hundredths: int) -> str:
    return f".{hundredths:02d}".rstrip("0").rstrip(".")


def percent(part: int, whole: int) -> str:
    """A share with one decimal, rounded half up, e.g. `33.3%`; a dash where the whole is zero."""
    if whole == 0:
        return "–"
    tenths = (part * 2000 + whole) // (whole * 2)
    return f"{tenths // 10}.{tenths % 10}%"


def span(seconds: float) -> tuple[str, str]:
    """A span in its two largest units, Korean and English: `1일 8시간`, `1 d 8 h`."""
    rest = int(seconds)
    parts: list[tuple[str, str]] = []
    for size, ko, en in ((DAY_S, "일", "d"), (HOUR_S, "시간", "h"), (MINUTE_S, "분", "min"), (1, "초", "s")):
        count, rest = divmod(rest, size)
        if count:
            parts.append((f"{count}{ko}", f"{count} {en}"))
    if not parts:
        return "0초", "0 s"
    return " ".join(ko for ko, _ in parts[:2]), " ".join(en for _, en in parts[:2])


def instant(iso: str) -> str:
    """An ISO instant as Seoul's wall clock shows it; a naive one is taken as Seoul's already."""
    at = dt.datetime.fromisoformat(iso)
    return f"{at.astimezone(KST) if at.tzinfo else at:%Y-%m-%d %H:%M}"


def figure(name: str, number: Any) -> str:
    """A counted thing by its unit: spans for `…_s`, won for `…_krw`, hours for `…_hours`, else the plain number."""
    if name.endswith("_s"):
        return span(number)[0]
    if name.endswith("_krw"):
        return won(number) if isinstance(number, int) else f"{number}원"
    text = f"{number:,}" if isinstance(number, int | float) else str(number)
    return f"{text}시간" if name.endswith("_hours") else text


def programme_words(code: str) -> tuple[str, str]:
    """A programme's name in Korean and English; its code where it is another one."""
    return PROGRAMMES.get(code, (code, code))


def kind_words(kind: str | None) -> tuple[str, str]:
    """What kind of made-up applicant it was; a dash for none in particular."""
    return (KINDS.get(kind, kind), kind) if kind else ("–", "")


def value_words(value: Any) -> str:
    """A policy value as the officer gave it; `none` is a decision too, so it says so."""
    if value is None or value == "none":
        return "없음 (none)"
    if isinstance(value, str):
        return value
    return f"{value:,}" if type(value) is int else json.dumps(value, ensure_ascii=False)


def both(told: Any) -> tuple[str, str]:
    """The Korean and the English sentence of an item that carries them, or its only text twice."""
    if isinstance(told, Mapping) and "ko" in told:
        return str(told["ko"]), str(told.get("en", ""))
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, default=str)
    return text, ""


def sentences(explained: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The explanation's sentences in pairs, from `sentences: [{ko, en}]` or from the lists `ko` and `en`."""
    if "sentences" in explained:
        return [both(one) for one in explained["sentences"]]
    ko, en = (_many(explained.get(tongue)) for tongue in ("ko", "en"))
    return [(one, en[nth] if nth < len(en) else "") for nth, one in enumerate(ko)]


def _many(told: str | Sequence[str] | None) -> list[str]:
    if told is None:
        return []
    return [told] if isinstance(told, str) else list(told)


def amounts(explained: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The explanation's amounts: Korean name, English name, amount."""
    given = explained.get("amounts") or {}
    return [(*AMOUNTS.get(name, (name, name)), figure(name, krw)) for name, krw in given.items()]


def sums_hold(settlement: Mapping[str, Any]) -> bool:
    """Whether fee = charge − discount − deduction = self-payment + subsidy + uncovered, to the won."""
    off = settlement["discount_krw"] + settlement["deduction_krw"]
    fee = settlement["fee_krw"]
    return bool(fee == settlement["charge_krw"] - off and fee == sum(settlement[payer] or 0 for payer in PAYERS))


def total(settlements: Sequence[Mapping[str, Any]], name: str) -> int:
    """The sum of one amount over settlements, those not known yet counted as 0."""
    return sum(one[name] or 0 for one in settlements)
