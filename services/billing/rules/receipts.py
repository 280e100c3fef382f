"""What a receipt changes of a self-payment (BL-5, BL-7), and within what its reference is unique (CV-9)."""

from dataclasses import replace

from services.billing.model.self_payments import Contribution, ReceiptKind


def receipt_scope(kind: ReceiptKind, noun: Contribution, provider_id: str) -> str:
    """The party that chose a receipt's reference, within which it is unique.

    A deposit's is the bank's of the programme's named account; a payment's is chosen by the provider that was paid,
    so that two providers may book the same one (F-17); evidence and refunds are told apart within their application.
    """
    if kind == "deposit":
        return noun.programme_code
    if kind == "payment":
        return f"{noun.programme_code}/{provider_id}"
    return noun.application_id


def with_evidence(noun: Contribution, balance_krw: int) -> Contribution:
    """A self-payment after evidence of a balance on the dedicated account: the highest balance shown counts."""
    return replace(noun, evidenced_krw=max(noun.evidenced_krw, balance_krw))


def with_deposit(noun: Contribution, amount_krw: int) -> Contribution:
    """A self-payment after a deposit: parts add up."""
    return replace(noun, deposited_krw=noun.deposited_krw + amount_krw)


def with_payment(noun: Contribution, amount_krw: int) -> Contribution:
    """A self-payment after a payment of the user to the provider: payments add up."""
    return replace(noun, paid_krw=noun.paid_krw + amount_krw)


def with_refund(noun: Contribution, amount_krw: int) -> Contribution:
    """A self-payment after a refund: refunds add up."""
    return replace(noun, refunded_krw=noun.refunded_krw + amount_krw)
