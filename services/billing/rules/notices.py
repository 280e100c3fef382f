"""Notices to pay the provider: how far payments cover them, and which are overdue (BL-5)."""

import datetime as dt
from collections.abc import Iterable

from services.billing.model.self_payments import Notice, PaidNotice


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
