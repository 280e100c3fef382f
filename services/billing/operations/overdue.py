"""Tell what is overdue: deposits past their period, and payments to a provider past their notice (BL-5)."""

import datetime as dt
from dataclasses import replace

from libs.common.db import Tx
from libs.common.events.billing import SelfpayOverdue
from libs.common.outbox import say
from services.billing.operations.turns import take_turn
from services.billing.store import self_payments


async def mark_overdue(tx: Tx, now: dt.datetime) -> int:
    """Mark and tell everything that became overdue by now, each once; returns how many."""
    await take_turn(tx)
    return await _deposits(tx, now) + await _notices(tx, now)


async def _deposits(tx: Tx, now: dt.datetime) -> int:
    late = await self_payments.past_due(tx, now)
    for noun in late:
        await self_payments.save_self_payment(tx, replace(noun, state="overdue", overdue_at=noun.overdue_at or now))
        assert noun.due_at is not None  # noqa: S101 - selected by it
        await say(
            tx,
            SelfpayOverdue(
                application_id=noun.application_id,
                programme_code=noun.programme_code,
                due_krw=noun.due_krw,
                received_krw=noun.deposited_krw,
                due_at=noun.due_at,
            ),
            now=now,
        )
    return len(late)


async def _notices(tx: Tx, now: dt.datetime) -> int:
    late = await self_payments.notices_past_due(tx, now)
    for row in late:
        await self_payments.mark_notice_overdue(tx, row["notice_id"], now)
        await say(
            tx,
            SelfpayOverdue(
                application_id=row["application_id"],
                programme_code=row["programme_code"],
                due_krw=row["notified_krw"],
                received_krw=row["paid_krw"],
                due_at=row["due_at"],
            ),
            now=now,
        )
    return len(late)
