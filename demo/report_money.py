"""The report's part on money: who paid which part of each settlement, one line explained, and whether all adds up."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from demo import charts
from demo.report_html import Column, code, heading, paragraph, pictured, table, verdict, words
from demo.report_words import (
    AMOUNTS,
    PAYERS,
    amounts,
    programme_words,
    sentences,
    sums_hold,
    total,
    won,
)

HASH_SHOWN = 12
Told = Mapping[str, Any]


def settlements(told: Told) -> str:
    """Who paid which part, programme by programme, then all amounts, then one line explained."""
    settled = told["summary"]["settlements"]
    body = paragraph(
        "정산액 = 사용료 − 할인 − 장애 감액 = 자부담 + 지원금 + 미충당. 자부담을 먼저 쓰고 나머지를 지원금으로 냅니다.",
        "Fee = charge − discount − deduction = self-payment + subsidy + uncovered. Self-payment is used up first.",
    )
    for nth, programme in enumerate(dict.fromkeys(one["programme"] for one in settled)):
        of_it = [one for one in settled if one["programme"] == programme]
        ko, en = programme_words(programme)
        body += heading(3, ko, f"{en} ({programme})")
        shares = " · ".join(f"{AMOUNTS[payer][0]} {won(total(of_it, payer))}" for payer in PAYERS)
        parts = ", ".join(f"{AMOUNTS[payer][1]} {total(of_it, payer):,}" for payer in PAYERS)
        fee = total(of_it, "fee_krw")
        drawn = charts.who_paid(f"paid-{nth}", of_it)
        body += pictured(drawn, f"합계 {won(fee)} = {shares}", f"Total {fee:,} won = {parts}")
    return body + _settlement_table(settled) + _explained(told["explained"])


def _settlement_table(settled: Sequence[Told]) -> str:
    names = ("charge_krw", "discount_krw", "deduction_krw", "fee_krw", *PAYERS)
    columns = (
        Column("사업", "programme", "t"),
        Column("달", "month", "t"),
        Column("공급사", "provider", "t"),
        *(Column(*AMOUNTS[name], "n") for name in names),
        Column("내역서 해시", "statement", "t"),
    )
    rows = [
        (
            escape(programme_words(one["programme"])[0]),
            escape(one["month"]),
            escape(one["provider"]),
            *(won(one[name]) for name in names),
            code(one["statement_sha256"], HASH_SHOWN),
        )
        for one in settled
    ]
    sums = ("합계 total", "", "", *(won(total(settled, name)) for name in names), "")
    return heading(3, "정산 내역", "all settlements") + table("정산 내역 · settlements", columns, rows, sums)


def _explained(explained: Told | None) -> str:
    if not explained:
        return ""
    title = heading(3, "정산 한 줄의 근거", f"one line explained: {explained['settlement']}, line {explained['line']}")
    steps = "".join(f"<li>{words(ko, en)}</li>" for ko, en in sentences(explained))
    columns = (Column("항목", "what"), Column("금액", "amount", "n"))
    rows = [(words(ko, en), escape(amount)) for ko, en, amount in amounts(explained)]
    where = f"<p>{code(str(explained['settlement']))} {escape(str(explained['line']))}번째 줄</p>"
    shown = table("금액 · amounts", columns, rows) if rows else ""
    return f'{title}<div class="explained">{where}<ol>{steps}</ol></div>{shown}'


def checks(summary: Told) -> str:
    """What must hold of any run, and whether it does."""
    settled, events = summary["settlements"], summary["events"]
    right = sum(1 for one in settled if sums_hold(one))
    columns = (Column("검산", "check"), Column("결과", "result"), Column("", "", "t"))
    sums = f"{len(settled)}건 중 {right}건"
    rows = [
        (words("원장의 합은 0원이다", "the ledger adds up to 0"), won(summary["ledger"]["sum_krw"])),
        (words("모든 정산에서 사용료와 낸 사람의 합이 맞는다", "each settlement adds up both ways"), sums),
        (
            words("처리하지 못한 이벤트가 없다", "no event is left dead"),
            f"{events['dead']:,} / {events['published']:,}",
        ),
    ]
    hold = (summary["ledger"]["sum_krw"] == 0, right == len(settled), events["dead"] == 0)
    return table("검산 · checks", columns, [(*row, verdict(holds=one)) for row, one in zip(rows, hold, strict=True)])
