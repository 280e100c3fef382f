"""Who may take which step with a settlement, and when: nobody decides in his own cause (the settlements of BL-13)."""

import datetime as dt
from collections.abc import Iterable

from libs.common.errors import Fact, Refusal
from libs.common.keys import is_one_person
from services.billing.model.disputes import Dispute
from services.billing.model.settlements import Settlement


def approval_refusals(
    issued: Settlement, disputes: Iterable[Dispute], by: str, now: dt.datetime
) -> tuple[Refusal, ...]:
    """Why an issued settlement cannot be approved by somebody at `now`; empty where it can (BL-13).

    Whoever issued it cannot approve it. Nothing is approved while a dispute of it is open, nor before its dispute
    window is over: the window is half-open, at its end it is over, or from when the provider waived the rest of it.
    `by` is the subject of a token. Never raises.

    Example: issued by A on 6 November, window until 14 November 00:00: B approves at 00:00, A never.
    """
    of_it = {"settlement": issued.settlement_id}
    found = [Refusal("BL-13", "issuer_approves", of_it)] if is_one_person(by, issued.issued_by or "") else []
    if contested := _open_ones(disputes):
        found.append(Refusal("BL-13", "dispute_open", {**of_it, "disputes": contested}))
    if issued.window_waived_at is None and issued.dispute_until is not None and now < issued.dispute_until:
        found.append(Refusal("BL-13", "dispute_window_runs", {**of_it, "until": issued.dispute_until.isoformat()}))
    return tuple(found)


def _open_ones(disputes: Iterable[Dispute]) -> str:
    return ", ".join(sorted({dispute.dispute_id for dispute in disputes if dispute.state == "open"}))


def waiver_refusal(issued: Settlement, disputes: Iterable[Dispute], now: dt.datetime) -> Refusal | None:
    """Why a provider cannot waive the rest of a dispute window at `now`; none where it can (BL-13).

    It is waived once, for good, while it runs (half-open: at its end nothing is left of it) and no dispute is open.
    Never raises.

    Example: window until 14 November 00:00, no dispute: on 13 November 23:59 it can, at 00:00 there is nothing left.
    """
    of_it: dict[str, Fact] = {"settlement": issued.settlement_id}
    if issued.window_waived_at is not None:
        return Refusal("BL-13", "dispute_window_waived", of_it)
    if issued.dispute_until is None or now >= issued.dispute_until:
        return Refusal("BL-13", "no_window_to_waive", of_it)
    if contested := _open_ones(disputes):
        return Refusal("BL-13", "waiver_while_disputed", {**of_it, "disputes": contested})
    return None


def payment_refusal(approved: Settlement, by: str) -> Refusal | None:
    """Why somebody cannot pay an approved settlement: he issued or approved it; three persons are needed (BL-13).

    `by` is the subject of a token, compared as all subjects are (CV-9). Never raises.
    """
    if any(is_one_person(by, taken or "") for taken in (approved.issued_by, approved.approved_by)):
        return Refusal("BL-13", "payer_took_part", {"settlement": approved.settlement_id})
    return None


def decision_refusals(dispute: Dispute, decided_krw: int | None, by: str) -> tuple[Refusal, ...]:
    """Why somebody cannot decide a dispute so; empty where he can (BL-13).

    An amount lies between 0 and the contested line, whatever its sign; `decided_krw` is the line's right amount in won,
    signed as the line is; none where the dispute is rejected. Whoever raised a dispute takes no part in its decision.
    `by` is the subject of a token. Never raises.

    Example: −9,900 contested → 0 … −9,900 can be decided; −9,901, 1 and 10¹⁵ cannot.
    """
    found = []
    if is_one_person(by, dispute.raised_by):
        found.append(Refusal("BL-13", "raiser_decides", {"dispute": dispute.dispute_id}))
    if decided_krw is not None and not min(0, dispute.line_krw) <= decided_krw <= max(0, dispute.line_krw):
        facts: dict[str, Fact] = {
            "dispute": dispute.dispute_id,
            "amount_krw": decided_krw,
            "line_krw": dispute.line_krw,
        }
        found.append(Refusal("BL-13", "decision_beyond_line", facts))
    return tuple(found)
