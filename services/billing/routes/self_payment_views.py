"""What self-payments look like in an answer."""

from typing import Any

from pydantic import AwareDatetime, ConfigDict

from libs.common.db import Tx
from libs.common.web import View
from services.billing.model.self_payments import Contribution, Flow, RateKind, SelfPaymentState
from services.billing.operations.self_payments import formula_of
from services.billing.rules.self_payment import coverage
from services.billing.store import self_payments as store


class ReceiptView(View):
    """Something that came in (evidence, deposit, payment) or went back (refund)."""

    receipt_id: str
    kind: str
    amount_krw: int
    reference: str
    recorded_by: str
    recorded_at: AwareDatetime


class NoticeView(View):
    """A notice to pay the provider, and how far payments (oldest notice first) cover it."""

    notice_id: str
    provider_id: str
    amount_krw: int
    due_at: AwareDatetime
    notified_at: AwareDatetime
    overdue_at: AwareDatetime | None
    paid_krw: int


_EXAMPLE: dict[str, Any] = {
    "application_id": "A-000001",
    "programme": "gpu-rental-2025s",
    "organisation_id": "O-000001",
    "state": "due",
    "flow": "own_account",
    "basis": "asked",
    "card_type": "H100",
    "cards": 4,
    "months": 6,
    "rate_kind": "standard",
    "rate_krw": 400000,
    "due_krw": 9600000,
    "received_krw": 0,
    "covered": False,
}


class SelfPaymentView(View):
    """A self-payment: what is owed, on which basis, what came in, what is burnt down; `missing_path` while it waits."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    application_id: str
    programme: str
    programme_version: int
    rule_id: str = "BL-4"
    organisation_id: str
    state: SelfPaymentState
    flow: Flow | None
    basis: str
    card_type: str
    cards: int
    units: int
    months: int
    rate_kind: RateKind | None
    rate_krw: int | None
    due_krw: int | None
    due_at: AwareDatetime | None
    missing_path: str | None
    formula: str
    received_krw: int
    covered: bool
    deposited_krw: int
    evidenced_krw: int
    paid_to_provider_krw: int
    burnt_krw: int
    left_krw: int
    refunded_krw: int
    covered_at: AwareDatetime | None
    overdue_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    close_reason: str


class SelfPaymentDetail(SelfPaymentView):
    """A self-payment with all its receipts and notices."""

    receipts: list[ReceiptView]
    notices: list[NoticeView]


class RefundView(View):
    """What went back now, and the self-payment after it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"refund_krw": 9600000, "rule_id": "BL-7", "self_payment": _EXAMPLE}]}
    )

    refund_krw: int
    rule_id: str = "BL-7"
    self_payment: SelfPaymentView


def _fields(noun: Contribution) -> dict[str, Any]:
    parked = noun.state == "awaiting_policy" or noun.due is None
    found = coverage(noun.flow or "free", noun.due_krw, noun.deposited_krw, noun.evidenced_krw)
    same = (
        "application_id programme_version organisation_id state flow basis card_type cards units months due_at"
        " missing_path deposited_krw evidenced_krw burnt_krw refunded_krw covered_at overdue_at closed_at close_reason"
    )
    return {
        **{name: getattr(noun, name) for name in same.split()},
        "programme": noun.programme_code,
        "rate_kind": noun.due.rate_kind if noun.due else None,
        "rate_krw": noun.due.rate_krw if noun.due else None,
        "due_krw": None if parked else noun.due_krw,
        "formula": "" if parked else formula_of(noun),
        "received_krw": found.received_krw,
        "covered": not parked and found.covered,
        "paid_to_provider_krw": noun.paid_krw,
        "left_krw": noun.left_to_burn_krw,
    }


def self_payment_view(noun: Contribution) -> SelfPaymentView:
    """A self-payment as it stands."""
    return SelfPaymentView(**_fields(noun))


async def self_payment_detail(tx: Tx, noun: Contribution) -> SelfPaymentDetail:
    """A self-payment with its receipts and notices."""
    left_krw, notices = noun.paid_krw, []
    for row in await store.notices_of(tx, noun.application_id):
        paid = min(left_krw, row["amount_krw"])
        left_krw -= paid
        notices.append(NoticeView(**{k: v for k, v in row.items() if k in NoticeView.model_fields}, paid_krw=paid))
    receipts = [ReceiptView.model_validate(row) for row in await store.receipts_of(tx, noun.application_id)]
    return SelfPaymentDetail(**_fields(noun), receipts=receipts, notices=notices)
