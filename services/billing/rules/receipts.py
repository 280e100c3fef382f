"""Within what a reference of a payment is unique (CV-9)."""

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
