"""Tell what is overdue: deposits past their period, and payments to a provider past their notice (BL-5)."""

import datetime as dt
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.events.billing import SelfpayOverdue
from libs.common.outbox import say
from services.billing.operations.turns import take_turn
from services.billing.rules.notices import is_deposit_overdue, is_overdue, notices_paid
from services.billing.store import notices, self_payments


async def mark_overdue(tx: Tx, clock: Clock) -> int:
    """Mark and tell everything that became overdue by now, each once; returns how many."""
    now = await take_turn(tx, clock)
    return await _deposits(tx, now) + await _notices(tx, now)


async def _deposits(tx: Tx, now: dt.datetime) -> int:
    late = [noun for noun in await self_payments.list_past_due(tx, now) if is_deposit_overdue(noun, now)]
    for noun in late:
        await self_payments.change_self_payment(tx, replace(noun, state="overdue", overdue_at=noun.overdue_at or now))
        assert noun.due_at is not None  # noqa: S101 - selected by it
        await _tell(tx, noun.application_id, noun.programme_code, noun.due_krw, noun.deposited_krw, noun.due_at, now)
    return len(late)


async def _notices(tx: Tx, now: dt.datetime) -> int:
    late = 0
    for application_id in await notices.list_applications_in_arrears(tx, now):
        noun = await self_payments.find_self_payment(tx, application_id)
        told = await notices.list_notices(tx, application_id)
        if noun is None:
            continue
        for paid in notices_paid(told, noun.paid_krw):
            notice = paid.notice
            if notice.overdue_at is None and is_overdue(paid, now):
                await notices.change_overdue(tx, notice.notice_id, now)
                code, owed_krw = noun.programme_code, paid.notified_krw
                await _tell(tx, application_id, code, owed_krw, noun.paid_krw, notice.due_at, now)
                late += 1
    return late


async def _tell(
    tx: Tx,
    application_id: str,
    programme_code: str,
    due_krw: int,
    received_krw: int,
    due_at: dt.datetime,
    now: dt.datetime,
) -> None:
    event = SelfpayOverdue(
        application_id=application_id,
        programme_code=programme_code,
        due_krw=due_krw,
        received_krw=received_krw,
        due_at=due_at,
    )
    await say(tx, event, now=now)
