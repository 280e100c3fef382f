"""What came in or went back for self-payments: appended, told apart by folded references (CV-9)."""

from sqlalchemy import insert, select

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.keys import fold_key
from libs.common.nouns import after_number, all_of, by_number, columns, one, values
from services.billing.model.self_payments import KeyCollision, Receipt, ReceiptKind
from services.billing.tables.self_payments import key_collision, receipt_no, self_payment_receipt


async def next_receipt_id(tx: Tx) -> str:
    """The id of the receipt to come."""
    number = (await tx.execute(select(receipt_no.next_value()))).scalar_one()
    return f"RC-{number:06}"


async def add_receipt(tx: Tx, receipt: Receipt) -> None:
    """Append what came in, went back or is taken back; the caller holds the turn and knows that it is new."""
    await tx.execute(insert(self_payment_receipt).values(**values(receipt), reference_key=fold_key(receipt.reference)))


async def get_receipt(tx: Tx, application_id: str, receipt_id: str) -> Receipt:
    """One receipt of an application. Raises NotFound."""
    query = select(*columns(self_payment_receipt, Receipt)).where(
        self_payment_receipt.c.application_id == application_id, self_payment_receipt.c.receipt_id == receipt_id
    )
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("receipt", receipt_id)
    return one(Receipt, row)


async def find_receipt(tx: Tx, scope: str, kind: ReceiptKind, reference: str) -> Receipt | None:
    """The last receipt of this kind and reference, however it is spelt; None if none."""
    query = select(*columns(self_payment_receipt, Receipt)).where(
        self_payment_receipt.c.scope == scope,
        self_payment_receipt.c.kind == kind,
        self_payment_receipt.c.reference_key == fold_key(reference),
    )
    row = (await tx.execute(query.order_by(self_payment_receipt.c.nth.desc()).limit(1))).first()
    return one(Receipt, row) if row else None


async def list_receipts(tx: Tx, application_id: str) -> tuple[Receipt, ...]:
    """Everything that came in or went back for an application, oldest first."""
    query = select(*columns(self_payment_receipt, Receipt)).where(
        self_payment_receipt.c.application_id == application_id
    )
    return all_of(Receipt, await tx.execute(query.order_by(*by_number(self_payment_receipt.c.receipt_id))))


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
        .where(after_number(key_collision.c.receipt_id, after))
        .order_by(*by_number(key_collision.c.receipt_id))
        .limit(limit + 1)
    )
    return all_of(KeyCollision, await tx.execute(query))
