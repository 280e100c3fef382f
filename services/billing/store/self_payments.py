"""Self-payments, their receipts and notices."""

import datetime as dt
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from services.billing.model.self_payments import Contribution, Payer, SelfPaymentDue
from services.billing.tables import (
    grants,
    notice_no,
    receipt_no,
    self_payment,
    self_payment_notice,
    self_payment_receipt,
)

PLAIN = (
    "application_id",
    "programme_code",
    "programme_version",
    "organisation_id",
    "track",
    "product",
    "units",
    "months",
    "cards",
    "card_type",
    "basis",
    "signed_at",
    "state",
    "flow",
    "due_at",
    "missing_path",
    "deposited_krw",
    "evidenced_krw",
    "paid_krw",
    "burnt_krw",
    "refunded_krw",
    "covered_at",
    "overdue_at",
    "closed_at",
    "close_reason",
    "version",
)


def _noun(row: Any) -> Contribution:
    due = None if row["due_krw"] is None else SelfPaymentDue(row["due_krw"], row["rate_kind"], row["rate_krw"])
    return Contribution(payer=Payer(row["sector"], row["youth"]), due=due, **{name: row[name] for name in PLAIN})


def _row(noun: Contribution) -> dict[str, Any]:
    return {
        **{name: getattr(noun, name) for name in PLAIN},
        "sector": noun.payer.sector,
        "youth": noun.payer.youth,
        "due_krw": noun.due.amount_krw if noun.due else None,
        "rate_kind": noun.due.rate_kind if noun.due else None,
        "rate_krw": noun.due.rate_krw if noun.due else None,
    }


async def self_payment_of(tx: Tx, application_id: str, *, locked: bool = True) -> Contribution | None:
    """One self-payment, locked until the transaction ends unless it is only read; None if there is none."""
    query = select(self_payment).where(self_payment.c.application_id == application_id)
    row = (await tx.execute(query.with_for_update() if locked else query)).mappings().first()
    return _noun(row) if row else None


async def self_payments_of(tx: Tx, application_ids: list[str]) -> dict[str, Contribution]:
    """Several self-payments, locked in order of their ids."""
    query = (
        select(self_payment)
        .where(self_payment.c.application_id.in_(application_ids))
        .order_by(self_payment.c.application_id)
        .with_for_update()
    )
    return {row["application_id"]: _noun(row) for row in (await tx.execute(query)).mappings()}


async def add_self_payment(tx: Tx, noun: Contribution) -> bool:
    """Append a self-payment; False where the application has one."""
    statement = upsert(self_payment).values(_row(noun)).on_conflict_do_nothing()
    result = await tx.execute(statement.returning(self_payment.c.application_id))
    return result.scalar() is not None


async def save_self_payment(tx: Tx, noun: Contribution) -> None:
    """Write a self-payment back as its next version."""
    values = {**_row(noun), "version": noun.version + 1}
    await tx.execute(update(self_payment).where(self_payment.c.application_id == noun.application_id).values(values))


async def burn(tx: Tx, burnt_krw: dict[str, int]) -> None:
    """Add what a settlement took from each self-payment (negative: gave back)."""
    if burnt_krw:
        await tx.execute(
            text(
                "UPDATE self_payment s SET burnt_krw = s.burnt_krw + b.krw, version = s.version + 1"
                " FROM unnest(cast(:ids AS text[]), cast(:krw AS bigint[])) AS b (id, krw)"
                " WHERE s.application_id = b.id"
            ),
            {"ids": list(burnt_krw), "krw": list(burnt_krw.values())},
        )


async def awaiting_policy(tx: Tx, programme_code: str | None = None) -> list[Contribution]:
    """The parked self-payments, locked, in order of application."""
    query = select(self_payment).where(self_payment.c.state == "awaiting_policy")
    if programme_code is not None:
        query = query.where(self_payment.c.programme_code == programme_code)
    ordered = query.order_by(self_payment.c.application_id).with_for_update()
    return [_noun(row) for row in (await tx.execute(ordered)).mappings()]


async def past_due(tx: Tx, now: dt.datetime) -> list[Contribution]:
    """Deposits whose period has ended without the whole amount, locked, in order of application."""
    query = (
        select(self_payment)
        .where(self_payment.c.state == "due", self_payment.c.due_at <= now)
        .order_by(self_payment.c.application_id)
        .with_for_update()
    )
    return [_noun(row) for row in (await tx.execute(query)).mappings()]


async def list_self_payments(
    tx: Tx, *, programme_code: str | None, state: str | None, organisation_id: str | None, after: str, limit: int
) -> list[Contribution]:
    """A page of self-payments in order of application, one more than `limit`."""
    table = self_payment
    query = select(table).where(table.c.application_id > after).order_by(table.c.application_id).limit(limit + 1)
    if programme_code is not None:
        query = query.where(table.c.programme_code == programme_code)
    if state is not None:
        query = query.where(table.c.state == state)
    if organisation_id is not None:
        query = query.where(table.c.organisation_id == organisation_id)
    return [_noun(row) for row in (await tx.execute(query)).mappings()]


def receipt_scope(noun: Contribution, kind: str) -> str:
    """Within what a reference is unique: money within its programme, evidence within its application."""
    return noun.programme_code if kind in ("deposit", "payment") else noun.application_id


async def add_receipt(
    tx: Tx, noun: Contribution, kind: str, amount_krw: int, reference: str, by: str, now: dt.datetime
) -> bool:
    """Append what came in or went back; False where the scope has a receipt of this kind and reference."""
    number = (await tx.execute(select(receipt_no.next_value()))).scalar_one()
    statement = upsert(self_payment_receipt).values(
        receipt_id=f"RC-{number:06}",
        application_id=noun.application_id,
        scope=receipt_scope(noun, kind),
        kind=kind,
        amount_krw=amount_krw,
        reference=reference,
        recorded_by=by,
        recorded_at=now,
    )
    result = await tx.execute(statement.on_conflict_do_nothing().returning(self_payment_receipt.c.receipt_id))
    return result.scalar() is not None


async def receipt_by_reference(tx: Tx, noun: Contribution, kind: str, reference: str) -> dict[str, Any] | None:
    """The receipt of this kind and reference; None if none."""
    query = select(self_payment_receipt).where(
        self_payment_receipt.c.scope == receipt_scope(noun, kind),
        self_payment_receipt.c.kind == kind,
        self_payment_receipt.c.reference == reference,
    )
    row = (await tx.execute(query)).mappings().first()
    return dict(row) if row else None


async def receipts_of(tx: Tx, application_id: str) -> list[dict[str, Any]]:
    """Everything that came in or went back for an application, oldest first."""
    query = select(self_payment_receipt).where(self_payment_receipt.c.application_id == application_id)
    return [dict(row) for row in (await tx.execute(query.order_by(self_payment_receipt.c.receipt_id))).mappings()]


async def add_notice(
    tx: Tx, application_id: str, provider_id: str, amount_krw: int, due_at: dt.datetime, by: str, now: dt.datetime
) -> str:
    """Append a notice to pay the provider; returns its id."""
    number = (await tx.execute(select(notice_no.next_value()))).scalar_one()
    notice_id = f"NT-{number:06}"
    await tx.execute(
        insert(self_payment_notice).values(
            notice_id=notice_id,
            application_id=application_id,
            provider_id=provider_id,
            amount_krw=amount_krw,
            due_at=due_at,
            notified_by=by,
            notified_at=now,
        )
    )
    return notice_id


async def notices_of(tx: Tx, application_id: str) -> list[dict[str, Any]]:
    """An application's notices, oldest first."""
    query = select(self_payment_notice).where(self_payment_notice.c.application_id == application_id)
    return [dict(row) for row in (await tx.execute(query.order_by(self_payment_notice.c.notice_id))).mappings()]


async def notified_krw(tx: Tx, application_id: str) -> int:
    """The sum of an application's notices, in won."""
    query = select(func.coalesce(func.sum(self_payment_notice.c.amount_krw), 0)).where(
        self_payment_notice.c.application_id == application_id
    )
    return int((await tx.execute(query)).scalar_one())


async def notices_past_due(tx: Tx, now: dt.datetime) -> list[dict[str, Any]]:
    """Notices past their date, not covered by payments (oldest first) and not told yet; locked."""
    query = text(
        "SELECT n.notice_id, n.application_id, n.due_at, s.programme_code, s.paid_krw, due.krw AS notified_krw"
        " FROM self_payment_notice n JOIN self_payment s USING (application_id)"
        " CROSS JOIN LATERAL (SELECT sum(m.amount_krw)::bigint AS krw FROM self_payment_notice m"
        "  WHERE m.application_id = n.application_id AND m.notice_id <= n.notice_id) AS due"
        " WHERE n.due_at <= :now AND n.overdue_at IS NULL AND s.paid_krw < due.krw"
        " ORDER BY n.notice_id FOR UPDATE OF n"
    )
    return [dict(row) for row in (await tx.execute(query, {"now": now})).mappings()]


async def mark_notice_overdue(tx: Tx, notice_id: str, now: dt.datetime) -> None:
    """Remember since when a notice is overdue."""
    await tx.execute(
        update(self_payment_notice).where(self_payment_notice.c.notice_id == notice_id).values(overdue_at=now)
    )


async def provider_of(tx: Tx, application_id: str) -> str | None:
    """The provider with which the application's grant is placed; None before."""
    query = select(grants.c.provider_id).where(grants.c.grant_id == application_id)
    found: str | None = (await tx.execute(query)).scalar()
    return found


async def count_by_state(tx: Tx, programme_code: str | None) -> dict[str, int]:
    """How many self-payments stand in each state."""
    query = select(self_payment.c.state, func.count()).group_by(self_payment.c.state)
    if programme_code is not None:
        query = query.where(self_payment.c.programme_code == programme_code)
    return {state: int(count) for state, count in (await tx.execute(query)).all()}
