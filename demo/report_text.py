"""The report as plain lines for a terminal: at most 60, columns aligned although Hangul is two cells wide."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from demo.report_words import (
    AMOUNTS,
    ASIDE,
    PAYERS,
    STAGES,
    amounts,
    both,
    figure,
    instant,
    percent,
    sentences,
    span,
    sums_hold,
    total,
    value_words,
    won,
)

WIDE = 108
LINES_MAX = 60
HASH_SHOWN = 8
PROGRAMMES_MAX, REFUSALS_MAX, SETTLEMENTS_MAX, SENTENCES_MAX = 3, 4, 15, 2
Told = Mapping[str, Any]


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """A text filled with spaces to `width` columns; a longer one is left as it is."""
    gap = " " * max(0, width - cells(text))
    return gap + text if right else text + gap


def cut(text: str, width: int = WIDE) -> str:
    """A text cut to `width` columns, with … where something is gone."""
    if cells(text) <= width:
        return text
    while cells(text) >= width:
        text = text[:-1]
    return f"{text}…"


def aligned(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Rows as columns: the first `left` stand left, the others, numbers, right."""
    widths = [max(cells(row[nth]) for row in rows) for nth in range(len(rows[0]))]
    return [
        "  ".join(padded(cell, widths[nth], right=nth >= left) for nth, cell in enumerate(row)).rstrip() for row in rows
    ]


def wrapped(words: Sequence[str], lines_max: int, indent: str = "  ") -> list[str]:
    """Words joined by ` · ` into lines; the last line says how many found no room."""
    made: list[str] = []
    line, rest = indent, list(words)
    while rest:
        word = cut(rest[0], WIDE - cells(indent))
        joined = line + (" · " if line != indent else "") + word
        if cells(joined) <= WIDE:
            line = joined
            rest.pop(0)
        elif len(made) == lines_max - 2:
            return [*made, line, f"{indent}… 외 {len(rest)}개는 보고서에 · {len(rest)} more in the report"]
        else:
            made.append(line)
            line = indent
    return [*made, line] if line != indent else made


def lines(told: Told) -> list[str]:
    """The whole report; the officer's values take the lines that the rest leaves."""
    summary = told["summary"]
    made = [
        "두레 시연 보고서 · Dure demo report",
        f"{instant(told['made_at'])} KST · 시드 seed {told['seed']} · {summary['seconds']} s · {summary['rss_mb']} MB",
        "",
        *_programmes(summary["programmes"]),
        *_beside(told),
        "",
        *_sessions(told),
        *_usage(summary["usage"]),
        "",
        *_settlements(summary["settlements"]),
        *_explained(told["explained"]),
        "",
    ]
    return [*made, *_values(told["values"], LINES_MAX - len(made) - 1), _checks(summary)]


def _more(count: int, shown: int) -> list[str]:
    return [f"  … 외 {count - shown}건은 보고서에 · {count - shown} more in the report"] if count > shown else []


def _programmes(programmes: Sequence[Told]) -> list[str]:
    kept = (*STAGES, *ASIDE)
    rows = [
        ("사업", *(ko for _, ko, _ in kept)),
        ("programme", *(en.split(" from ")[0] for *_, en in kept)),
        *((one["code"], *(f"{one[name]:,}" for name, *_ in kept)) for one in programmes[:PROGRAMMES_MAX]),
    ]
    return aligned(rows) + _more(len(programmes), PROGRAMMES_MAX)


def _beside(told: Told) -> list[str]:
    made: list[str] = []
    if told["ineligible"]:
        reasons = ", ".join(f"{one['rule_id']} {one['count']}건" for one in told["ineligible"])
        made.append(cut(f"자격 미달 · ineligible: {reasons}"))
    if told["promoted"]:
        names = ", ".join(f"{one['application_id']} {one['name']}" for one in told["promoted"])
        made.append(cut(f"예비 승계 · promoted: {names}"))
    for one in told["placements"][:PROGRAMMES_MAX]:
        proven = "최적 증명됨 proven optimal" if one["proven"] else "최적 미증명 not proven"
        counts = f"배정 placed {one['placed']:,} · 미배정 unplaced {one['unplaced']:,} · {proven}"
        made.append(cut(f"자원 배정 · placement {one['programme']}: {counts}"))
    refusals = told["refusals"]
    if refusals:
        made.append("거절 · refused:")
        made += [cut(f"  {one['count']:>4}건  {one['ko']} ({one['code']})") for one in refusals[:REFUSALS_MAX]]
    return made + _more(len(refusals), REFUSALS_MAX)


def _sessions(told: Told) -> list[str]:
    sessions, waits, limit_s = told["summary"]["sessions"], told["waits_s"], told["wait_limit_s"]
    at_once = sum(1 for wait in waits if wait <= 0)
    median, longest = (span(sessions[name])[0] for name in ("wait_p50_s", "wait_max_s"))
    return [
        (
            f"세션 · sessions: 요청 requested {sessions['requested']:,} · 배정 assigned {sessions['assigned']:,} · "
            f"거절 refused {sessions['refused']:,} · 취소 withdrawn {sessions['withdrawn']:,}"
        ),
        (
            f"대기 · waits: 바로 at once {percent(at_once, len(waits))} · 중앙값 median {median} · "
            f"최장 max {longest} · {span(limit_s)[0]} 초과 over {sessions['over_wait_limit']:,}건"
        ),
    ]


def _usage(usage: Told) -> list[str]:
    kinds = ("billable", "discounted", "outage", "unmatched", "gap")
    hours = {kind: figure("_hours", usage[f"{kind}_unit_hours"]) for kind in kinds}
    return [
        (
            f"사용량 · usage: 기록 events {usage['events']:,} · 중복 duplicates {usage['duplicates']:,} · "
            f"정정 corrections {usage['corrections']:,} · 과금 billable {hours['billable']}"
        ),
        (
            f"  할인 discounted {hours['discounted']} · "
            f"장애 outage {hours['outage']} · "
            f"불일치 unmatched {hours['unmatched']} · "
            f"빈 gap {hours['gap']}"
        ),
    ]


def _settlements(settled: Sequence[Told]) -> list[str]:
    if not settled:
        return ["정산 · settlements: 없음 none"]
    names = ("fee_krw", *PAYERS)
    rows: list[tuple[str, ...]] = [
        ("정산", "달", "공급사", *(AMOUNTS[name][0] for name in names), "내역서"),
        ("settlement", "month", "provider", *(AMOUNTS[name][1] for name in names), "sha256"),
    ]
    for one in settled[:SETTLEMENTS_MAX]:
        paid = (won(one[name]) for name in names)
        rows.append((one["programme"], one["month"], one["provider"], *paid, one["statement_sha256"][:HASH_SHOWN]))
    rows.append(("합계 total", "", "", *(won(total(settled, name)) for name in names), ""))
    body = aligned(rows, left=3)
    return [*body[:-1], *_more(len(settled), SETTLEMENTS_MAX), body[-1]]


def _explained(explained: Told | None) -> list[str]:
    if not explained:
        return []
    told = [cut(f"  {ko}") for ko, _ in sentences(explained)[:SENTENCES_MAX]]
    last = next(reversed(amounts(explained)), None)
    result = f" = {last[2]}" if last else ""
    return [cut(f"근거 · explained: {explained['settlement']} {explained['line']}번째 줄 line{result}"), *told]


def _values(values: Sequence[Told], lines_max: int) -> list[str]:
    if not values:
        return []
    reasons = {both(one["reason"])[0] for one in values}
    why = f" — {reasons.pop()}" if len(reasons) == 1 else ""
    made = [cut(f"공고에 없어 담당자가 정한 값 {len(values)}개 · values the officer filled in{why}")]
    programmes = list(dict.fromkeys(one["programme"] for one in values))
    shown = programmes[:PROGRAMMES_MAX]
    more = _more(len(programmes), PROGRAMMES_MAX)
    for nth, programme in enumerate(shown):
        told = [f"{one['path']} = {value_words(one['value'])}" for one in values if one["programme"] == programme]
        room = (lines_max - len(more) - len(made)) // (len(shown) - nth)
        made += wrapped([f"{programme}: {told[0]}", *told[1:]], room)
    return made + more


def _checks(summary: Told) -> str:
    settled, ledger, events = summary["settlements"], summary["ledger"], summary["events"]
    right = sum(1 for one in settled if sums_hold(one))
    mark = "✓" if ledger["sum_krw"] == 0 and right == len(settled) and events["dead"] == 0 else "✗"
    return (
        f"{mark} 원장 합계 ledger sum {won(ledger['sum_krw'])} ({ledger['entries']:,}) · "
        f"맞는 정산 settlements that add up {right}/{len(settled)} · "
        f"이벤트 events {events['published']:,}, 미처리 dead {events['dead']:,}"
    )
