"""The demo's report: one bilingual page with pictures that needs no internet, its numbers as JSON, and plain lines."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from demo import charts, report_text
from demo.report_html import Column, code, heading, paragraph, pictured, table, words
from demo.report_money import checks, settlements
from demo.report_style import STYLE
from demo.report_words import (
    AMOUNTS,
    ASIDE,
    PAYERS,
    SESSIONS,
    USAGE,
    both,
    figure,
    instant,
    kind_words,
    percent,
    programme_words,
    span,
    total,
    value_words,
    won,
)

SECTIONS = (
    ("story", "있었던 일", "what happened"),
    ("funnels", "신청에서 이용까지", "from application to use"),
    ("placement", "자원 배정", "placement"),
    ("cards", "카드 사용", "cards in use"),
    ("waits", "대기 시간", "waits"),
    ("usage", "사용량", "usage"),
    ("settlements", "정산", "settlement"),
    ("values", "담당자가 정한 값", "values the officer filled in"),
    ("checks", "검산", "checks"),
)
Told = Mapping[str, Any]


def write_report(folder: Path, told: dict[str, Any]) -> None:
    """Write `index.html` and `report.json` into `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page(told), encoding="utf-8")
    document = json.dumps(told, ensure_ascii=False, indent=1, default=str)
    (folder / "report.json").write_text(document + "\n", encoding="utf-8")


def text_report(told: dict[str, Any]) -> str:
    """The same in at most 60 plain lines for a terminal."""
    return "\n".join(report_text.lines(told))


def page(told: Told) -> str:
    """The report as one HTML document."""
    summary = told["summary"]
    nav = "".join(f'<a href="#{name}">{escape(ko)}</a>' for name, ko, _ in SECTIONS)
    parts = (
        _story(told),
        _funnels(told),
        _placements(told["placements"]),
        _cards(told["cards"]),
        _waits(told),
        _usage(summary["usage"]),
        settlements(told),
        _values(told["values"]),
        checks(summary),
    )
    body = "".join(
        f"<section>{heading(2, ko, en, name)}{part}</section>"
        for (name, ko, en), part in zip(SECTIONS, parts, strict=True)
    )
    made = f"{instant(told['made_at'])} KST · 시드 seed {told['seed']}"
    took = f"{summary['seconds']:,}초 s · 메모리 memory {summary['rss_mb']:,} MB"
    return f"""<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>두레 시연 보고서 · Dure demo report</title><link rel="icon" href="data:,"><style>{STYLE}</style></head><body>
<header><h1>두레 시연 보고서 <small lang="en">Dure demo report</small></h1>
<p>{made} · {took}</p>
{paragraph(*_lead(summary))}
{_tiles(summary)}
<nav aria-label="차례 · contents">{nav}</nav></header>
<main>{body}</main>
<footer>모든 신청자와 기업은 지어낸 것입니다. 금액은 부가가치세를 포함한 원, 시각은 한국시간입니다.
<span class="en" lang="en">All applicants and companies are made up. Amounts are won with VAT, times are Seoul's.</span>
<a href="report.json">이 보고서의 수치 · the numbers as JSON</a></footer>
</body></html>
"""


def _lead(summary: Told) -> tuple[str, str]:
    programmes, settled = summary["programmes"], summary["settlements"]
    applied, active = (sum(one[stage] for one in programmes) for stage in ("applications", "active"))
    fee, subsidy = won(total(settled, "fee_krw")), won(total(settled, "subsidy_krw"))
    return (
        (
            f"{len(programmes)}개 사업에 {applied:,}건이 신청하여 {active:,}건이 GPU를 이용하였고, "
            f"공급사에게 {fee}을 정산하였습니다. 이 가운데 {subsidy}이 정부 지원금입니다."
        ),
        (
            f"{applied:,} applications in {len(programmes)} programmes led to {active:,} grants in use; "
            f"providers were settled {fee}, of which {subsidy} is public subsidy."
        ),
    )


def _tiles(summary: Told) -> str:
    sessions, settled = summary["sessions"], summary["settlements"]
    fee = total(settled, "fee_krw")
    shares = {payer: total(settled, payer) for payer in PAYERS}
    tiles = [("정산액", "settled fee", won(fee), f"정산 {len(settled)}건 · settlements")]
    tiles += [
        (*AMOUNTS[payer], won(krw), f"정산액의 {percent(krw, fee)} · of the fee") for payer, krw in shares.items()
    ]
    requested, over = sessions["requested"], sessions["over_wait_limit"]
    tiles += [
        ("배정한 세션", "sessions assigned", f"{sessions['assigned']:,}건", f"요청 {requested:,}건 · requested"),
        (
            "대기 한도 초과",
            "over the wait limit",
            f"{over:,}건",
            f"요청의 {percent(over, requested)}, 취하 포함 · withdrawn too",
        ),
        ("사용 기록", "usage events", f"{summary['usage']['events']:,}건", "시간별 보고 · hourly reports"),
        (
            "원장 합계",
            "ledger sum",
            won(summary["ledger"]["sum_krw"]),
            f"{summary['ledger']['entries']:,} entries 기장",
        ),
    ]
    body = "".join(
        f"<div><dt>{words(ko, en)}</dt><dd>{escape(number)}<small>{escape(more)}</small></dd></div>"
        for ko, en, number, more in tiles
    )
    return f'<dl class="tiles">{body}</dl>'


def _story(told: Told) -> str:
    columns = (Column("때", "when", "t"), Column("일", "event"))
    rows = [(escape(instant(one["at"])), words(one["ko"], one["en"])) for one in told["story"]]
    return table("있었던 일 · what happened", columns, rows)


def _funnels(told: Told) -> str:
    body = ""
    for nth, one in enumerate(told["summary"]["programmes"]):
        ko, en = programme_words(one["code"])
        body += heading(3, ko, f"{en} ({one['code']})")
        beside = " · ".join(f"{name} {one[key]:,}건" for key, name, _ in ASIDE)
        aside = ", ".join(f"{one[key]:,} {name}" for key, _, name in ASIDE)
        body += pictured(charts.funnel(f"funnel-{nth}", one), f"그 밖에: {beside}", f"Besides: {aside}")
    body += heading(3, "자격 미달 사유", "why applications were ineligible")
    columns = (Column("규칙", "rule", "t"), Column("까닭", "reason"), Column("건수", "count", "n"))
    rows = [(code(one["rule_id"]), words(one["ko"], one["en"]), f"{one['count']:,}") for one in told["ineligible"]]
    body += table("자격 미달 사유 · ineligible", columns, rows)
    body += heading(3, "예비 순위에서 올라온 신청", "promoted from the waiting list")
    columns = (Column("신청", "application", "t"), Column("신청자", "applicant"), Column("까닭", "reason"))
    rows = [(code(one["application_id"]), escape(one["name"]), words(one["ko"], one["en"])) for one in told["promoted"]]
    return body + table("예비 순위 승계 · promoted", columns, rows) + _refusals(told["refusals"])


def _refusals(refusals: Sequence[Told]) -> str:
    columns = (
        Column("사업", "programme", "t"),
        Column("신청·요청의 유형", "kind"),
        Column("거절 이유", "reason"),
        Column("코드", "code"),
        Column("건수", "count", "n"),
    )
    rows = [
        (
            escape(programme_words(one["programme"])[0]),
            words(*kind_words(one["special"])),
            words(one["ko"], one["en"]),
            code(one["code"]),
            f"{one['count']:,}",
        )
        for one in refusals
    ]
    title = heading(3, "접수하지 않은 신청과 세션 요청", "applications and session requests refused at the door")
    return title + table("거절 · refusals", columns, rows)


def _placements(placements: Sequence[Told]) -> str:
    columns = (
        Column("사업", "programme"),
        Column("배정", "placed", "n"),
        Column("못 한 것", "unplaced", "n"),
        Column("최적임이 증명됨", "proven optimal", "t"),
        Column("까닭", "reasons"),
    )
    rows = [
        (
            words(*programme_words(one["programme"])),
            f"{one['placed']:,}",
            f"{one['unplaced']:,}",
            "✓ 예 · yes" if one["proven"] else "✗ 아니오 · no",
            "".join(f"<div>{words(*both(reason))}</div>" for reason in one["reasons"]) or "–",
        )
        for one in placements
    ]
    return table("자원 배정 · placement", columns, rows)


def _cards(cards: Told) -> str:
    ko = "짙은 선 아래 넓이가 시간마다 사용 중인 카드 수입니다. 점선은 공급사가 내놓은 카드 수(용량)입니다."
    en = "The filled area is the cards in use in each hour; the dashed line is what the provider offers."
    return pictured(charts.cards_in_use(cards), ko, en)


def _waits(told: Told) -> str:
    waits, limit_s, sessions = told["waits_s"], told["wait_limit_s"], told["summary"]["sessions"]
    at_once, over = sum(1 for wait in waits if wait <= 0), sum(1 for wait in waits if wait > limit_s)
    ko_limit, en_limit = span(limit_s)
    ko = (
        f"배정한 세션 {len(waits):,}건 가운데 {at_once:,}건({percent(at_once, len(waits))})은 바로 시작하였고, "
        f"{over:,}건({percent(over, len(waits))})은 {ko_limit}보다 오래 기다려 요금 할인 대상입니다(빗금 막대)."
    )
    en = (
        f"Of {len(waits):,} sessions assigned, {at_once:,} began at once; {over:,} waited more than {en_limit} "
        "and earn a discount (hatched bars)."
    )
    columns = [Column(ko, en, "n") for _, ko, en in SESSIONS]
    row = [escape(figure(name, sessions[name])) for name, *_ in SESSIONS]
    drawn = charts.waits(waits, limit_s) if waits else ""
    return pictured(drawn, ko, en) + table("세션 · sessions", columns, [row])


def _usage(usage: Told) -> str:
    columns = (Column("항목", "what"), Column("수", "number", "n"))
    rows = [(words(ko, en), escape(figure(name, usage[name]))) for name, ko, en in USAGE]
    return table("사용량 · usage", columns, rows)


def _values(values: Sequence[Told]) -> str:
    told = paragraph(
        "공고가 정하지 않은 값은 비워 두고, 담당자가 이유를 적어 정했습니다.",
        "What a notice leaves unset stays unset until the officer decides it, with a reason.",
    )
    columns = (
        Column("사업", "programme", "t"),
        Column("항목", "path"),
        Column("값", "value"),
        Column("이유", "reason"),
    )
    rows = [
        (
            escape(programme_words(one["programme"])[0]),
            code(one["path"]),
            escape(value_words(one["value"])),
            words(*both(one["reason"])),
        )
        for one in values
    ]
    return told + table("담당자가 정한 값 · values", columns, rows)
