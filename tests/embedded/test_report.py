"""The demo's report: its numbers, its pictures, its plain lines."""

import datetime as dt
import json
import random
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from demo import charts
from demo.report import page, text_report, write_report
from demo.report_text import cells, cut, padded, wrapped
from demo.report_words import percent, short_won, span, sums_hold

KST = dt.timezone(dt.timedelta(hours=9))
VOID = {"meta", "link", "br"}
LIMIT_S = 28_800


def settlement(provider: str, programme: str, month: str, charge: int, discount: int, deduction: int, own: int) -> Any:
    """A settlement that adds up, with `own` won of self-payment and a little that nobody covers."""
    fee = charge - discount - deduction
    uncovered = (fee - own) // 20
    return {
        "provider": provider,
        "programme": programme,
        "month": month,
        "charge_krw": charge,
        "discount_krw": discount,
        "deduction_krw": deduction,
        "fee_krw": fee,
        "self_payment_krw": own,
        "subsidy_krw": fee - own - uncovered,
        "uncovered_krw": uncovered,
        "statement_sha256": f"{charge:x}".rjust(64, "a"),
    }


def made_up(seed: int = 7) -> dict[str, Any]:
    """A whole document such as the demo hands over."""
    rng = random.Random(seed)
    waits = [0] * 600 + [int(rng.expovariate(1 / 4000)) for _ in range(150)] + [30_000, 41_000, 90_000, LIMIT_S]
    months = {"gpu-rental-2025s": ("2025-10", "2025-11", "2025-12"), "hpc-2025-gpu": ("2025-10", "2025-11")}
    settled = [
        settlement(provider, code, month, rng.randint(2, 9) * scale, rng.randint(0, 99_999), 150_001, scale)
        for code, scale in (("gpu-rental-2025s", 31_234_567), ("hpc-2025-gpu", 1_812_345))
        for month in months[code]
        for provider in ("alpha", "beta", "gamma")
    ]
    stages = ("applications", "refused_late", "ineligible", "passed", "selected", "promoted", "placed", "active")
    return {
        "summary": {
            "programmes": [
                {"code": "gpu-rental-2025s", **dict(zip(stages, (120, 3, 17, 88, 61, 1, 58, 57), strict=True))},
                {"code": "hpc-2025-gpu", **dict(zip(stages, (66, 0, 4, 61, 60, 0, 60, 60), strict=True))},
            ],
            "sessions": {
                "requested": 812,
                "refused": 51,
                "assigned": len(waits),
                "withdrawn": 7,
                "over_wait_limit": sum(1 for wait in waits if wait > LIMIT_S),
                "wait_p50_s": 0,
                "wait_max_s": 90_000,
            },
            "usage": {
                "events": 184_220,
                "duplicates": 312,
                "corrections": 2,
                "billable_unit_hours": 181_004,
                "discounted_unit_hours": 49,
                "outage_unit_hours": 118,
                "unmatched_unit_hours": 3,
                "gap_unit_hours": 21,
            },
            "settlements": settled,
            "ledger": {"entries": 4_321, "sum_krw": 0},
            "events": {"published": 9_876, "dead": 0},
            "seconds": 41.7,
            "rss_mb": 231,
        },
        "seed": 2025,
        "made_at": "2026-01-10T02:00:00+00:00",
        "story": [
            {"at": "2025-08-04T09:00:00+09:00", "ko": "사용자 모집을 시작했습니다.", "en": "The user call opened."},
            {"at": "2025-09-26T10:00:00+09:00", "ko": "합격자를 발표했습니다.", "en": "Selections were announced."},
            {"at": "2025-10-21T09:00:00+09:00", "ko": "베타가 고정할당으로 바꾸었습니다.", "en": "Beta ran fixed."},
        ],
        "values": [
            {
                "programme": "gpu-rental-2025s",
                "path": f"tracks.1.selection.value_{nth}",
                "value": value,
                "reason": "공고에 없어 시연에서 정함",
            }
            for nth, value in enumerate((330, "none", 2_500_000, ["corporation"], False, "1985-07-26"))
        ],
        "cards": {
            "alpha": {"capacity": 72, "points": _points(rng, 72)},
            "beta": {"capacity": 40, "points": _points(rng, 40)},
            "gamma": {"capacity": 128, "points": _points(rng, 128)},
        },
        "waits_s": waits,
        "wait_limit_s": LIMIT_S,
        "refusals": [
            {
                "programme": "gpu-rental-2025s",
                "special": "late",
                "code": "intake.closed",
                "ko": "접수 기간이 지나 신청할 수 없습니다.",
                "en": "The call has closed.",
                "count": 3,
            },
            {
                "programme": "hpc-2025-gpu",
                "special": "",
                "code": "allocator.no_room",
                "ko": "요청한 카드를 담을 수 있는 과제가 없습니다.",
                "en": "No grant has room for the cards.",
                "count": 51,
            },
        ],
        "placements": [
            {
                "programme": "gpu-rental-2025s",
                "placed": 58,
                "unplaced": 3,
                "proven": True,
                "reasons": [
                    {"ko": "남은 서버가 없습니다.", "en": "No server is left."},
                    "희망 자원을 H200으로 대체함",
                ],
            },
            {"programme": "hpc-2025-gpu", "placed": 60, "unplaced": 0, "proven": False, "reasons": []},
        ],
        "explained": {
            "settlement": "alpha:hpc-2025-gpu:2025-10",
            "line": 12,
            "ko": ["대기 초과 할인 6시간 × 시간당 5,500원 × 30% = -9,900원, 원 미만 절사 -9,900원", "사용 기록 6건"],
            "en": ["6 discounted unit-hours × 5,500 won × 30 % = -9,900 won", "6 usage events"],
            "amounts": {"uncut_krw": "-9,900.0", "cut_krw": 0, "amount_krw": -9_900},
        },
        "ineligible": [
            {"rule_id": "IN-3", "count": 9, "ko": "신청 자격이 없는 기관입니다.", "en": "Not an eligible kind."},
            {"rule_id": "IN-7", "count": 8, "ko": "같은 지원을 이미 받고 있습니다.", "en": "Already supported."},
        ],
        "promoted": [
            {"application_id": "A-000071", "name": "한빛<AI>", "ko": "포기로 승계", "en": "moved up on a withdrawal"}
        ],
    }


def _points(rng: random.Random, capacity: int) -> list[list[Any]]:
    start, used = dt.datetime(2025, 10, 1, tzinfo=KST), capacity // 2
    made = []
    for hour in range(92 * 24):
        used = max(0, min(capacity, used + rng.choice((-1, 0, 0, 0, 1)))) if hour % 5 == 0 else used
        made.append([(start + dt.timedelta(hours=hour)).isoformat(), used])
    return made


def empty() -> dict[str, Any]:
    """A document in which nothing happened."""
    told = made_up()
    told["summary"] |= {"programmes": [], "settlements": []}
    told |= {name: [] for name in ("story", "values", "waits_s", "refusals", "placements", "ineligible", "promoted")}
    return {**told, "cards": {}, "explained": {}}


class Reader(HTMLParser):
    """Reads a page as a browser would: visible text, tags that match, addresses, ids."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []
        self.tags: list[tuple[str, Mapping[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    @property
    def said(self) -> str:
        return " ".join(self.text)


def read(told: dict[str, Any]) -> Reader:
    reader = Reader()
    reader.feed(page(told))
    reader.close()
    return reader


@pytest.mark.parametrize("told", [made_up(), empty()], ids=["a whole demo", "a demo in which nothing happened"])
def test_page_is_well_formed(told: dict[str, Any]) -> None:
    """Every tag is closed in order, ids are unique, and every jump and label leads to an id of the page."""
    reader = read(told)
    assert reader.open == []
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    wanted = {str(attrs["href"])[1:] for _, attrs in reader.tags if str(attrs.get("href", "")).startswith("#")}
    wanted |= {name for _, attrs in reader.tags for name in str(attrs.get("aria-labelledby") or "").split()}
    wanted |= set(re.findall(r"url\(#([\w-]+)\)", page(told)))
    assert wanted <= set(ids)


def test_page_needs_no_internet() -> None:
    """No address leaves the page's own folder, and no script runs."""
    html = page(made_up())
    assert not re.search(r"https?:|//[a-z]|<script|@import|url\((?!#)", html, re.IGNORECASE)
    links = {attrs["href"] for tag, attrs in read(made_up()).tags if "href" in attrs}
    assert {link for link in links if not str(link).startswith(("#", "data:,"))} == {"report.json"}


def test_page_tells_every_number() -> None:
    """Every count and amount of the summary, every value of the officer and every refusal stands on the page."""
    told = made_up()
    said, summary = read(told).said, told["summary"]
    for programme in summary["programmes"]:
        assert all(f"{count:,}건" in said for name, count in programme.items() if name != "code")
    for one in summary["settlements"]:
        assert all(f"{krw:,}원" in said for name, krw in one.items() if name.endswith("_krw"))
        assert one["statement_sha256"][:12] in said
    for count in (*summary["usage"].values(), summary["ledger"]["entries"], summary["events"]["published"]):
        assert f"{count:,}" in said
    for value in told["values"]:
        assert value["path"] in said
        assert value["reason"] in said
    for refusal in (*told["refusals"], *told["story"], *told["ineligible"]):
        assert refusal["ko"] in said
        assert refusal["en"] in said
    assert "-9,900원" in said
    assert "없음 (none)" in said


def test_sums_match() -> None:
    """The totals on the page are the sums of its settlements, and the two ways to the fee agree."""
    told = made_up()
    settled, said = told["summary"]["settlements"], read(told).said
    for name in ("charge_krw", "discount_krw", "deduction_krw", "fee_krw", "self_payment_krw", "subsidy_krw"):
        assert f"{sum(one[name] for one in settled):,}원" in said
    assert all(sums_hold(one) for one in settled)
    assert "틀림" not in said


@pytest.mark.parametrize("change", [{"ledger": {"entries": 2, "sum_krw": 1}}, {"events": {"published": 9, "dead": 1}}])
def test_what_does_not_add_up_is_shown(change: dict[str, Any]) -> None:
    """A ledger that is off by a won or a dead event is told as a failed check, on the page and in the terminal."""
    told = made_up()
    told["summary"] |= change
    assert "✗ 틀림" in read(told).said
    assert text_report(told).splitlines()[-1].startswith("✗")


def test_settlement_that_does_not_add_up_is_shown() -> None:
    """One won too little in one settlement is told."""
    told = made_up()
    told["summary"]["settlements"][3]["subsidy_krw"] -= 1
    assert "15건 중 14건" in read(told).said


def test_text_is_never_markup() -> None:
    """A name with angle brackets is shown as it is written."""
    assert "한빛<AI>" in read(made_up()).said


def test_each_picture_has_words() -> None:
    """Each picture is an image with a title and a description for those who do not see it."""
    reader = read(made_up())
    drawn = [attrs for tag, attrs in reader.tags if tag == "svg"]
    assert len(drawn) == 6
    assert all(attrs["role"] == "img" and attrs["aria-labelledby"] for attrs in drawn)
    assert sum(tag == "desc" for tag, _ in reader.tags) == len(drawn)


def test_files(tmp_path: Path) -> None:
    """Both files are written, the JSON being the document itself."""
    told = made_up()
    write_report(tmp_path / "new folder", told)
    assert json.loads((tmp_path / "new folder" / "report.json").read_text(encoding="utf-8")) == told
    assert (tmp_path / "new folder" / "index.html").read_text(encoding="utf-8") == page(told)


def test_every_wait_is_counted_once() -> None:
    """The histogram's counts add up to the sessions; a wait of just the limit is not over it, a second more is."""
    waits = [0, 0, 1, 60, 61, LIMIT_S, LIMIT_S + 1, 10**7]
    bins = charts.wait_counts(waits, LIMIT_S)
    assert sum(count for *_, count in bins) == len(waits)
    assert bins[0] == (0, 0, 2)
    assert sum(count for low, _, count in bins if low >= LIMIT_S) == 2
    assert bins[-1] == (691_200, None, 1)


def test_limit_is_always_an_edge() -> None:
    """A limit that is none of the round spans divides the histogram all the same."""
    bins = charts.wait_counts([9_999, 10_000, 10_001], 10_000)
    assert [count for low, _, count in bins if low == 10_000] == [1]


def test_lowering_settlement_is_drawn() -> None:
    """A settlement that only takes back is drawn to the left of zero and told in full."""
    one = settlement("beta", "hpc-2025-gpu", "2025-11", 0, 0, 0, 0) | {"fee_krw": -5_000, "subsidy_krw": -5_000}
    drawn = charts.who_paid("paid", [one])
    assert "-5,000원" in drawn
    assert 'width="-' not in drawn


@pytest.mark.parametrize("told", [made_up(), empty()], ids=["a whole demo", "a demo in which nothing happened"])
def test_text_fits_a_terminal(told: dict[str, Any]) -> None:
    """At most 60 lines, none wider than 130 columns."""
    lines = text_report(told).splitlines()
    assert len(lines) <= 60
    assert max(map(cells, lines)) <= 130


def test_text_stays_short_whatever_happens() -> None:
    """A hundred of everything still takes no more than 60 lines, and says how many are left out."""
    told = made_up()
    for name in ("values", "refusals", "placements", "ineligible", "promoted", "story"):
        told[name] = (told[name] * 100)[:100]
    for name in ("programmes", "settlements"):
        told["summary"][name] = (told["summary"][name] * 100)[:100]
    told["explained"]["ko"] *= 20
    text = text_report(told)
    assert len(text.splitlines()) <= 60
    assert "외 85건" in text


def test_text_tells_the_money() -> None:
    """Every settlement's fee and who paid it stands in the plain lines, in full won, right-aligned."""
    told = made_up()
    lines = text_report(told).splitlines()
    for one in told["summary"]["settlements"]:
        row = next(
            line for line in lines if one["programme"] in line and one["month"] in line and one["provider"] in line
        )
        for name in ("fee_krw", "self_payment_krw", "subsidy_krw", "uncovered_krw"):
            assert f" {one[name]:,}원" in row
    ends = {cells(line[: line.rindex("원") + 1]) for line in lines if re.match(r"(gpu-rental|hpc)\S+ +2025", line)}
    assert len(ends) == 1
    assert all(value["path"] in "\n".join(lines) for value in told["values"])


def test_hangul_counts_two_columns() -> None:
    """Padding and cutting count columns as the terminal does."""
    assert cells("원1") == 3
    assert padded("원", 4) == "원  "
    assert padded("원", 4, right=True) == "  원"
    assert cut("가나다라", 5) == "가나…"
    assert cells(cut("가나다라마바", 7)) <= 7


def test_wrapping_loses_no_word_unsaid() -> None:
    """What does not fit the lines is counted in the last one."""
    lines = wrapped(["x" * 40] * 9, 3)
    assert len(lines) == 3
    assert "외 5개" in lines[-1]
    assert len(wrapped(["x" * 40] * 4, 3)) == 2


def test_numbers_in_words() -> None:
    """Amounts, shares and spans as a person says them."""
    assert [short_won(krw) for krw in (0, 9_999, 15_000, 30_000_000, 150_000_000)] == [
        "0원",
        "9,999원",
        "1.5만원",
        "3,000만원",
        "1.5억원",
    ]
    assert [percent(1, 3), percent(2, 3), percent(1, 0)] == ["33.3%", "66.7%", "–"]
    assert [span(s)[0] for s in (0, 45, 28_800, 115_200)] == ["0초", "45초", "8시간", "1일 8시간"]
