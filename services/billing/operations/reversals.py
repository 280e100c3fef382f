"""Take back a booking that was wrong: a counter-fact beside it, its posting mirrored, the gate told again (BL-14)."""

from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.identity import Caller
from services.billing.model.self_payments import Contribution, Receipt
from services.billing.operations.receipts import keep_received, post_for, refuse, visible
from services.billing.operations.turns import take_turn
from services.billing.rules.accounts import reversal_entries
from services.billing.rules.evidence import evidenced_krw
from services.billing.rules.receipts import receipt_scope, reversal_refusal, without_receipt
from services.billing.store import evidence, receipts


async def reverse_receipt(
    tx: Tx, caller: Caller, application_id: str, receipt_id: str, reason: str, clock: Clock
) -> Contribution:
    """Take back a deposit or a payment booked on the wrong grant, with a reason; its reference is free again then.

    The self-payment is weighed anew: where it is not covered any more, its gate is told to be closed. A grant that is
    in use already stays in use; what it owes is due again, and overdue once its term is over. Raises NotFound, and
    Conflict where the booking was reversed before, is a reversal or refund itself, or is used up.
    """
    now = await take_turn(tx, clock)
    noun = await visible(tx, caller, application_id)
    receipt = await receipts.get_receipt(tx, application_id, receipt_id)
    refuse(reversal_refusal(receipt, await receipts.list_receipts(tx, application_id), noun))
    taken_back = Receipt(
        receipt_id=await receipts.next_receipt_id(tx),
        application_id=application_id,
        scope=receipt_scope("reversal", noun, ""),
        kind="reversal",
        amount_krw=receipt.amount_krw,
        reference=receipt_id,
        recorded_by=caller.subject,
        recorded_at=now,
        reverses=receipt_id,
        reason=reason,
    )
    await receipts.add_receipt(tx, taken_back)
    entries = reversal_entries(receipt, noun)
    await post_for(tx, noun, f"self-payment.reversed:{receipt_id}", entries, "BL-14", now)
    shown_krw = evidenced_krw(
        await evidence.list_evidence(tx, application_id), await receipts.list_receipts(tx, application_id)
    )
    left = replace(without_receipt(noun, receipt), evidenced_krw=shown_krw)
    return await keep_received(tx, noun, left, now)
