"""What a receipt changes of a self-payment (BL-5, BL-7), what takes it back (BL-14), where its reference is unique."""

from collections.abc import Iterable
from dataclasses import replace

from libs.common.errors import Fact, Refusal
from libs.common.keys import fold_key
from libs.common.money import KRW_MAX
from services.billing.model.self_payments import Contribution, Receipt, ReceiptKind
from services.billing.rules.bounds import fits


def receipt_scope(kind: ReceiptKind, noun: Contribution, provider_id: str) -> str:
    """The party that chose a receipt's reference, within which it is unique.

    A deposit's is the bank's of the programme's named account; a payment's is chosen by the provider that was paid,
    so that two providers may book the same one (F-17); what is told apart by our own ids is so
    within its application.
    """
    if kind == "deposit":
        return noun.programme_code
    if kind == "payment":
        return f"{noun.programme_code}/{provider_id}"
    return noun.application_id


def with_deposit(noun: Contribution, amount_krw: int) -> Contribution:
    """A self-payment after a deposit: parts add up."""
    return replace(noun, deposited_krw=noun.deposited_krw + amount_krw)


def with_payment(noun: Contribution, amount_krw: int) -> Contribution:
    """A self-payment after a payment of the user to the provider: payments add up."""
    return replace(noun, paid_krw=noun.paid_krw + amount_krw)


def sum_refusal(noun: Contribution, amount_krw: int) -> Refusal | None:
    """Why a deposit cannot be booked: with those that came in before it is beyond any won (CV-10); none where it can.

    `amount_krw` is its amount in won, 1…10¹⁵; deposits taken back count no more. A payment needs no such bound: it
    never exceeds what is owed. Nothing to round, never raises.

    Example: 10¹⁵ − 1 came in: 1 more is booked, 2 more are refused.
    """
    if fits(noun.deposited_krw + amount_krw):
        return None
    return Refusal("CV-10", "received_beyond_bounds", {"amount_krw": amount_krw, "krw_max": KRW_MAX})


def with_refund(noun: Contribution, amount_krw: int) -> Contribution:
    """A self-payment after a refund: refunds add up."""
    return replace(noun, refunded_krw=noun.refunded_krw + amount_krw)


def booking_cause(receipt: Receipt) -> str:
    """The ledger's cause of a deposit or a payment: once per reference, and once more after each reversal."""
    fact = {"deposit": "deposited", "payment": "paid"}[receipt.kind]
    cause = f"self-payment.{fact}:{receipt.scope}:{fold_key(receipt.reference)}"
    return cause if receipt.nth == 1 else f"{cause}#{receipt.receipt_id}"  # no folded key holds its capital letters


def payee_of(receipt: Receipt, noun: Contribution) -> str:
    """The provider that a payment was booked for: its reference is unique within it, so its scope names it."""
    return receipt.scope.removeprefix(f"{noun.programme_code}/")


def nth_booking(known: Receipt | None, receipts: Iterable[Receipt]) -> int | None:
    """How often a reference is booked with the booking to come; none where the one before still stands (F-16).

    `known` is the last receipt of that reference, `receipts` are all of the self-payment that it was booked for.

    Example: never booked → 1; booked and reversed → 2; booked → none.
    """
    if known is None:
        return 1
    return known.nth + 1 if known not in standing_receipts(receipts) else None


def standing_receipts(receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """Those that no reversal takes back, in their order; reversals themselves are none."""
    told = tuple(receipts)
    gone = {receipt.reverses for receipt in told}
    return tuple(receipt for receipt in told if receipt.receipt_id not in gone and receipt.kind != "reversal")


def without_receipt(noun: Contribution, receipt: Receipt) -> Contribution:
    """A self-payment after a deposit or a payment was taken back: its amount counts no more."""
    if receipt.kind == "deposit":
        return replace(noun, deposited_krw=noun.deposited_krw - receipt.amount_krw)
    if receipt.kind == "payment":
        return replace(noun, paid_krw=noun.paid_krw - receipt.amount_krw)
    return noun


def reversal_refusal(receipt: Receipt, receipts: Iterable[Receipt], noun: Contribution) -> Refusal | None:
    """Why a booking cannot be taken back (BL-14); none where it can.

    A reversal and a refund are not taken back: what was right after all is booked anew. A receipt is taken back once,
    and whole. A deposit only where what is left of the deposits still covers what was burnt down and given back; a
    payment to the provider only where the payments left cover what was given back: what is burnt down of an own
    account is then owed, as it is before the user has paid. `receipts` are all of the self-payment; won, nothing to
    round. Never raises.

    Example: 300,000 deposited in one, 110,000 burnt down → refused with 190,000 left; nothing burnt down → taken back.
    """
    of_it: dict[str, Fact] = {"receipt": receipt.receipt_id}
    if receipt.kind in ("reversal", "refund"):
        return Refusal("BL-14", f"{receipt.kind}_stays", of_it)
    if receipt not in standing_receipts(receipts):
        return Refusal("BL-14", "receipt_reversed", of_it)
    if receipt.kind == "deposit":
        free_krw = noun.deposited_krw - noun.refunded_krw - noun.burnt_krw
    else:
        free_krw = noun.paid_krw - noun.refunded_krw
    if receipt.kind == "evidence" or receipt.amount_krw <= free_krw:
        return None
    amounts = {"amount_krw": receipt.amount_krw, "free_krw": max(0, free_krw)}
    return Refusal("BL-14", "receipt_used_up", {**of_it, **amounts})
