"""Notices to pay the provider."""

import datetime as dt

from sqlalchemy import func, insert, select, update

from libs.common.db import Tx
from libs.common.nouns import all_of, columns, values
from services.billing.model.self_payments import Notice
from services.billing.tables.self_payments import notice_no, self_payment, self_payment_notice


async def add_notice(
    tx: Tx, application_id: str, provider_id: str, amount_krw: int, due_at: dt.datetime, by: str, now: dt.datetime
) -> str:
    """Append a notice to pay the provider; returns its id."""
    number = (await tx.execute(select(notice_no.next_value()))).scalar_one()
    notice = Notice(f"NT-{number:06}", application_id, provider_id, amount_krw, due_at, by, now)
    await tx.execute(insert(self_payment_notice).values(values(notice)))
    return notice.notice_id


async def list_notices(tx: Tx, application_id: str) -> tuple[Notice, ...]:
    """An application's notices, oldest first."""
    query = select(*columns(self_payment_notice, Notice)).where(self_payment_notice.c.application_id == application_id)
    return all_of(Notice, await tx.execute(query.order_by(self_payment_notice.c.notice_id)))


async def sum_notified_krw(tx: Tx, application_id: str) -> int:
    """The sum of an application's notices, in won."""
    query = select(func.coalesce(func.sum(self_payment_notice.c.amount_krw), 0)).where(
        self_payment_notice.c.application_id == application_id
    )
    return int((await tx.execute(query)).scalar_one())


async def list_applications_in_arrears(tx: Tx, now: dt.datetime) -> tuple[str, ...]:
    """Applications that paid less than their notices ask for and have one past its date that was not told yet."""
    notice = self_payment_notice
    asked = (
        select(notice.c.application_id)
        .join(self_payment, self_payment.c.application_id == notice.c.application_id)
        .group_by(notice.c.application_id, self_payment.c.paid_krw)
        .having(func.sum(notice.c.amount_krw) > self_payment.c.paid_krw)
    )
    query = select(notice.c.application_id).where(
        notice.c.due_at <= now, notice.c.overdue_at.is_(None), notice.c.application_id.in_(asked)
    )
    return tuple((await tx.execute(query.distinct().order_by(notice.c.application_id))).scalars())


async def change_overdue(tx: Tx, notice_id: str, now: dt.datetime) -> None:
    """Remember since when a notice is overdue."""
    await tx.execute(
        update(self_payment_notice).where(self_payment_notice.c.notice_id == notice_id).values(overdue_at=now)
    )
