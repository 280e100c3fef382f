"""Who may take which step with a settlement, and when: nobody decides in his own cause (the settlements of BL-13)."""

import datetime as dt
from collections.abc import Iterable

from libs.common.errors import Fact, Refusal
from services.billing.model.disputes import Dispute
from services.billing.model.settlements import Settlement


def approval_refusals(
    issued: Settlement, disputes: Iterable[Dispute], by: str, now: dt.datetime
) -> tuple[Refusal, ...]:
    """Why an issued settlement cannot be approved by somebody at `now`; empty where it can (BL-13).

    Whoever issued it cannot approve it. Nothing is approved while a dispute of it is open, nor before its dispute
    window is over: the window is half-open, at its end it is over. `by` is the subject of a token. Never raises.

    Example: issued by A on 6 November, window until 14 November 00:00: B approves at 00:00, A never.
    """
    of_it = {"settlement": issued.settlement_id}
    found = [Refusal("BL-13", "issuer_approves", of_it)] if by == issued.issued_by else []
    contested = sorted({dispute.dispute_id for dispute in disputes if dispute.state == "open"})
    if contested:
        found.append(Refusal("BL-13", "dispute_open", {**of_it, "disputes": ", ".join(contested)}))
    if issued.dispute_until is not None and now < issued.dispute_until:
        found.append(Refusal("BL-13", "dispute_window_runs", {**of_it, "until": issued.dispute_until.isoformat()}))
    return tuple(found)


def payment_refusal(approved: Settlement, by: str) -> Refusal | None:
    """Why somebody cannot pay an approved settlement: he issued or approved it; three persons are needed (BL-13)."""
    if by in (approved.issued_by, approved.approved_by):
        return Refusal("BL-13", "payer_took_part", {"settlement": approved.settlement_id})
    return None


def decision_refusal(dispute: Dispute, decided_krw: int | None) -> Refusal | None:
    """Why an amount cannot be decided for a contested line: it lies between 0 and the line, whatever its sign (BL-13).

    `decided_krw` is the line's right amount in won, signed as the line is; none where the dispute is rejected.

    Example: −9,900 contested → 0 … −9,900 can be decided; −9,901, 1 and 10¹⁵ cannot.
    """
    if decided_krw is None or min(0, dispute.line_krw) <= decided_krw <= max(0, dispute.line_krw):
        return None
    facts: dict[str, Fact] = {"dispute": dispute.dispute_id, "amount_krw": decided_krw, "line_krw": dispute.line_krw}
    return Refusal("BL-13", "decision_beyond_line", facts)
