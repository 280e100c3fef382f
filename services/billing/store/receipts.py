"""What came in or went back for self-payments: appended, told apart by folded references (CV-9)."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.keys import fold_key
from libs.common.nouns import all_of, columns, one, values
from services.billing.model.self_payments import KeyCollision, Receipt, ReceiptKind
from services.billing.tables.self_payments import key_collision, receipt_no, self_payment_receipt


async def add_receipt(
    tx: Tx,
    application_id: str,
    kind: ReceiptKind,
    *,
    scope: str,
    amount_krw: int,
    reference: str,
    by: str,
    now: dt.datetime,
) -> bool:
    """Append what came in or went back; False where the scope has a receipt of this kind and reference."""
    number = (await tx.execute(select(receipt_no.next_value()))).scalar_one()
    receipt = Receipt(f"RC-{number:06}", application_id, scope, kind, amount_krw, reference, by, now)
    statement = upsert(self_payment_receipt).values(**values(receipt), reference_key=fold_key(reference))
    result = await tx.execute(statement.on_conflict_do_nothing().returning(self_payment_receipt.c.receipt_id))
    return result.scalar() is not None


async def find_receipt(tx: Tx, scope: str, kind: ReceiptKind, reference: str) -> Receipt | None:
    """The receipt of this kind and reference, however it is spelt; None if none."""
    query = select(*columns(self_payment_receipt, Receipt)).where(
        self_payment_receipt.c.scope == scope,
        self_payment_receipt.c.kind == kind,
        self_payment_receipt.c.reference_key == fold_key(reference),
    )
    row = (await tx.execute(query)).first()
    return one(Receipt, row) if row else None


async def list_receipts(tx: Tx, application_id: str) -> tuple[Receipt, ...]:
    """Everything that came in or went back for an application, oldest first."""
    query = select(*columns(self_payment_receipt, Receipt)).where(
        self_payment_receipt.c.application_id == application_id
    )
    return all_of(Receipt, await tx.execute(query.order_by(self_payment_receipt.c.receipt_id)))


async def list_key_collisions(tx: Tx, *, after: str, limit: int) -> tuple[KeyCollision, ...]:
    """A page of receipts whose references were kept as two and fold to one, one more than `limit`."""
    later, first = self_payment_receipt.alias("later"), self_payment_receipt.alias("first")
    query = (
        select(
            key_collision.c.receipt_id,
            later.c.application_id,
            later.c.reference,
            later.c.amount_krw,
            key_collision.c.first_receipt_id,
            first.c.application_id,
            first.c.reference,
            first.c.amount_krw,
            key_collision.c.scope,
            key_collision.c.kind,
        )
        .join(later, later.c.receipt_id == key_collision.c.receipt_id)
        .join(first, first.c.receipt_id == key_collision.c.first_receipt_id)
        .where(key_collision.c.receipt_id > after)
        .order_by(key_collision.c.receipt_id)
        .limit(limit + 1)
    )
    return all_of(KeyCollision, await tx.execute(query))
