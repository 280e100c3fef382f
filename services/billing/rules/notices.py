"""Notices to pay the provider: how far payments cover them, and which are overdue (BL-5)."""

import datetime as dt
from collections.abc import Iterable

from libs.common.calendar import AS_PRINTED, ChangedDays, period_of_days_end
from libs.common.errors import Fact, Refusal
from services.billing.model.self_payments import Contribution, Notice, PaidNotice


def notices_paid(notices: Iterable[Notice], paid_krw: int) -> tuple[PaidNotice, ...]:
    """How much of each notice the payments cover: the oldest first, each up to its amount; won, nothing to round.

    `notices` in order of their numbers; `paid_krw` is what the user has paid the provider, ≥ 0.
    """
    found, notified_krw = [], 0
    for notice in notices:
        covered = max(0, min(notice.amount_krw, paid_krw - notified_krw))
        notified_krw += notice.amount_krw
        found.append(PaidNotice(notice, covered, notified_krw))
    return tuple(found)


def is_overdue(paid: PaidNotice, now: dt.datetime) -> bool:
    """Whether a notice is past its date at `now` (at the date it is) and payments do not cover all of it."""
    return paid.notice.due_at <= now and paid.paid_krw < paid.notice.amount_krw


def is_deposit_overdue(noun: Contribution, now: dt.datetime) -> bool:
    """Whether a deposit's period has ended without the whole amount: at its exclusive end it has; none runs without."""
    return noun.state == "due" and noun.due_at is not None and noun.due_at <= now


def notice_refusal(notified_krw: int, amount_krw: int, due_krw: int) -> Refusal | None:
    """Why a user cannot be told to pay an amount (BL-5): with all notices before it would exceed what is owed."""
    if notified_krw + amount_krw <= due_krw:
        return None
    facts: dict[str, Fact] = {"notified_krw": notified_krw, "amount_krw": amount_krw, "due_krw": due_krw}
    return Refusal("BL-5", "notice_over_due", facts)


def payment_refusal(paid_krw: int, amount_krw: int, due_krw: int) -> Refusal | None:
    """Why a payment to the provider cannot be booked (BL-5): with all payments before it would exceed what is owed."""
    if paid_krw + amount_krw <= due_krw:
        return None
    facts: dict[str, Fact] = {"paid_krw": paid_krw, "amount_krw": amount_krw, "due_krw": due_krw}
    return Refusal("BL-5", "payment_over_due", facts)


def notice_due_at(
    notified_at: dt.datetime, notified_days: int | None, changed: ChangedDays = AS_PRINTED
) -> dt.datetime | None:
    """Until when a user pays on a notice without a date of its own (CV-7), exclusive; none where no term is decided."""
    return None if notified_days is None else period_of_days_end(notified_at, notified_days, changed)
