"""Disputes: until when a line can be contested, and the line that carries a decision out."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from libs.common.calendar import AS_PRINTED, ChangedDays, period_of_days_end
from libs.common.errors import Refusal
from libs.common.money import format_won
from services.billing.model.disputes import Decided, Dispute
from services.billing.model.lines import Line, Words
from services.billing.model.settlements import Settlement


def dispute_window_end(
    issued_at: dt.datetime, dispute_days: int | None, changed: ChangedDays = AS_PRINTED
) -> dt.datetime | None:
    """The exclusive end of the dispute window, days from the issue (BL-11, CV-7); none where there is none."""
    return None if dispute_days is None else period_of_days_end(issued_at, dispute_days, changed)


def contest_refusal(
    settlement: Settlement, line_no: int, known: tuple[Dispute, ...], now: dt.datetime
) -> Refusal | None:
    """Why a line of an issued settlement cannot be contested at `now` (BL-11): no window, waived, over, or contested.

    `known` are the disputes about that line so far. The window is half-open: at its end it is closed. Never raises.
    """
    until = settlement.dispute_until
    if until is None:
        return Refusal("BL-11", "no_dispute_window", {"settlement": settlement.settlement_id})
    if settlement.window_waived_at is not None:
        return Refusal("BL-13", "dispute_window_waived", {"settlement": settlement.settlement_id})
    if now >= until:
        facts = {"settlement": settlement.settlement_id, "until": until.isoformat()}
        return Refusal("BL-11", "dispute_window_closed", facts)
    if any(dispute.state == "open" for dispute in known):
        return Refusal("BL-11", "line_contested", {"settlement": settlement.settlement_id, "line": line_no})
    return None


def decided_line(decided: Decided, amount_krw: int) -> Line:
    """The line that carries a decision out by `amount_krw`, whole won, under the contested line's own kind.

    It is the difference of the line's right amount and the line, less what a later correction of the same hours took
    back already and less what lines before it carried out. Nothing to round, never raises.
    """
    contested, dispute_id = decided.line, decided.dispute_ids[-1]
    before, after = contested.amount_krw, decided.decided_krw
    ko = f"이의 {dispute_id} 인용: {format_won(before)} → {format_won(after)}"
    en = f"dispute {dispute_id} upheld: {before:,} → {after:,} won"
    if amount_krw != after - before:
        ko += f", 같은 사용분의 다른 정정을 뺀 차액 {format_won(amount_krw)}"
        en += f"; {amount_krw:,} won after other corrections of the same use"
    return replace(
        contested,
        rule_ids=("BL-11", *(rule_id for rule_id in contested.rule_ids if rule_id != "BL-11")),
        adjustment=True,
        quantity=Fraction(0),
        uncut_krw=Fraction(amount_krw),
        shortened_krw=Fraction(0),
        amount_krw=amount_krw,
        formula=Words(ko, en),
        cause=dispute_id,
    )


def refund_refusal(application_id: str, disputes: Iterable[Dispute]) -> Refusal | None:
    """Why a refund waits: what was burnt down rests on lines that are contested and not decided (BL-7, BL-13).

    `disputes` are those about the grant's lines. Never raises.
    """
    contested = [dispute.dispute_id for dispute in disputes if dispute.state == "open"]
    if not contested:
        return None
    facts = {"application_id": application_id, "disputes": ", ".join(contested)}
    return Refusal("BL-7", "refund_waits_for_dispute", facts)
