"""What may be booked of a clawback: payments up to the claim, and what goes back of a claim that was wrong (BL-12)."""

from libs.common.errors import Fact, Refusal
from services.billing.model.clawbacks import Claimed, Clawback, ClawbackPayment
from services.billing.model.ledger import Entry
from services.billing.rules.accounts import treasury
from services.billing.rules.ledger import transfer


def payment_refusal(claimed: Claimed, amount_krw: int) -> Refusal | None:
    """Why a payment of a claim cannot be booked: the claim was withdrawn, or more would come in than is owed (BL-12).

    `amount_krw` > 0. Parts add up; exactly what is owed is the last one. Nothing to round, never raises.

    Example: 250,000 claimed, 100,000 paid: 150,000 is booked and it is paid, 150,001 is refused.
    """
    if claimed.withdrawal is not None:
        return Refusal("BL-12", "clawback_withdrawn", {"clawback": claimed.clawback.clawback_id})
    if amount_krw <= claimed.owed_krw:
        return None
    facts: dict[str, Fact] = {
        "clawback": claimed.clawback.clawback_id,
        "amount_krw": amount_krw,
        "owed_krw": claimed.owed_krw,
    }
    return Refusal("BL-12", "clawback_overpaid", facts)


def refund_refusal(claimed: Claimed) -> Refusal | None:
    """Why nothing of a claim goes back: it stands, or what came in of it went back already. Never raises."""
    if claimed.refund_owed_krw:
        return None
    return Refusal("BL-12", "clawback_owes_nothing", {"clawback": claimed.clawback.clawback_id})


def reversal_refusal(claimed: Claimed, payment: ClawbackPayment) -> Refusal | None:
    """Why a booking of a claim cannot be taken back; none where it can.

    Only a payment is, once and whole, and only as far as it did not go back to the payer already. Never raises.

    Example: 100,000 paid, the claim withdrawn and refunded → the payment stays.
    """
    of_it: dict[str, Fact] = {"payment": payment.payment_id}
    if payment.kind != "payment":
        return Refusal("BL-12", "clawback_booking_stays", of_it)
    if payment not in claimed.standing_payments:
        return Refusal("BL-12", "clawback_payment_reversed", of_it)
    if payment.amount_krw > claimed.paid_krw - claimed.refunded_krw:
        return Refusal("BL-12", "clawback_booking_stays", of_it)
    return None


def is_same_payment(known: ClawbackPayment, clawback_id: str, amount_krw: int) -> bool:
    """Whether a payment told again is the one that is on record."""
    return (known.clawback_id, known.amount_krw) == (clawback_id, amount_krw)


def next_booking(known: ClawbackPayment | None, of_it: Claimed | None) -> int | None:
    """How often a reference is booked with the booking to come; none while the one before stands (F-16, F-17).

    `known` is the last booking of that reference, however spelt, and `of_it` the claim that it is of.
    """
    if known is None or of_it is None:
        return 1
    return None if known in of_it.standing_payments else known.nth + 1


def payment_entries_of(claim: Clawback, payment: ClawbackPayment) -> tuple[Entry, Entry]:
    """What a booking posts: a payment is the treasury's, and the user owes so much less; others go the other way."""
    krw = payment.amount_krw if payment.kind == "payment" else -payment.amount_krw
    return transfer(treasury(claim.programme_code), f"clawback:{claim.grant_id}", krw)
