"""Disputes: until when a line can be contested, and the line that carries a decision out."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

from libs.common.calendar import period_of_days_end
from libs.common.errors import Refusal
from libs.common.money import format_won
from services.billing.model.disputes import Dispute, Upheld
from services.billing.model.lines import Line, Words
from services.billing.model.settlements import Settlement


def dispute_window_end(issued_at: dt.datetime, dispute_days: int | None) -> dt.datetime | None:
    """The exclusive end of the dispute window, days from the issue (BL-11, CV-7); none where there is none."""
    return None if dispute_days is None else period_of_days_end(issued_at, dispute_days)


def contest_refusal(
    settlement: Settlement, line_no: int, known: tuple[Dispute, ...], now: dt.datetime
) -> Refusal | None:
    """Why a line of an issued settlement cannot be contested at `now` (BL-11): no window, it is over, or contested.

    `known` are the disputes about that line so far. The window is half-open: at its end it is closed. Never raises.
    """
    until = settlement.dispute_until
    if until is None:
        return Refusal("BL-11", "no_dispute_window", {"settlement": settlement.settlement_id})
    if now >= until:
        facts = {"settlement": settlement.settlement_id, "until": until.isoformat()}
        return Refusal("BL-11", "dispute_window_closed", facts)
    if any(dispute.state == "open" for dispute in known):
        return Refusal("BL-11", "line_contested", {"settlement": settlement.settlement_id, "line": line_no})
    return None


def decided_line(upheld: Upheld) -> Line:
    """The line that carries out a decided dispute: the difference in whole won, under the contested line's own kind."""
    difference = upheld.decided_krw - upheld.line_krw
    before, after = format_won(upheld.line_krw), format_won(upheld.decided_krw)
    return replace(
        upheld.line,
        rule_ids=("BL-11", *upheld.line.rule_ids),
        adjustment=True,
        quantity=Fraction(0),
        uncut_krw=Fraction(difference),
        shortened_krw=Fraction(0),
        amount_krw=difference,
        formula=Words(
            f"이의 {upheld.dispute_id} 인용: {before} → {after}",
            f"dispute {upheld.dispute_id} upheld: {upheld.line_krw:,} → {upheld.decided_krw:,} won",
        ),
        cause=upheld.dispute_id,
    )
