"""What self-payments look like in an answer."""

from typing import Any

from pydantic import AwareDatetime, ConfigDict

from libs.common.db import Tx
from libs.common.self_payment import Flow, RateKind
from libs.common.web import View
from services.billing.model.evidence import EvidenceState, Judged, Outcome
from services.billing.model.self_payments import Contribution, PaidNotice, SelfPaymentState
from services.billing.rules.evidence import document_call
from services.billing.rules.notices import notices_paid
from services.billing.rules.self_payment import due_formula, left_to_burn_krw, received_krw
from services.billing.store import evidence, notices, receipts


class JudgementView(View):
    """What an officer judged of a document: `balance_krw` is what was read from it."""

    outcome: Outcome
    balance_krw: int | None
    reason: str
    judged_by: str
    judged_at: AwareDatetime


class EvidenceView(View):
    """A balance claimed by a document, who claimed it when, and what officers judged of it; the last one holds.

    `filed_sha256` is that of the file as intake took it in, to be compared with the claimed `sha256`; null where the
    claim names no uploaded file. `document_call` opens that file.
    """

    evidence_id: str
    state: EvidenceState
    claimed_krw: int
    balance_krw: int | None
    sha256: str
    file_name: str
    document_id: str | None
    filed_sha256: str | None
    document_call: str | None
    claimed_by: str
    claimed_at: AwareDatetime
    judgements: list[JudgementView]


class ReceiptView(View):
    """Something that came in (deposit, payment), went back (refund), or takes a wrong booking back (reversal)."""

    receipt_id: str
    kind: str
    amount_krw: int
    reference: str
    recorded_by: str
    recorded_at: AwareDatetime
    reverses: str | None
    reason: str


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
    """A self-payment with all its evidence, receipts and notices."""

    evidence: list[EvidenceView]
    receipts: list[ReceiptView]
    notices: list[NoticeView]


class KeyCollisionView(View):
    """Two receipts that were kept under different texts and fold to one reference (CV-9): neither was merged."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "receipt_id": "RC-000007",
                    "application_id": "A-000002",
                    "reference": "bank-0001",
                    "amount_krw": 300000,
                    "first_receipt_id": "RC-000001",
                    "first_application_id": "A-000001",
                    "first_reference": "BANK-0001",
                    "first_amount_krw": 300000,
                    "scope": "hpc-2025-gpu",
                    "kind": "deposit",
                }
            ]
        },
    )

    receipt_id: str
    application_id: str
    reference: str
    amount_krw: int
    first_receipt_id: str
    first_application_id: str
    first_reference: str
    first_amount_krw: int
    scope: str
    kind: str


def _fields(noun: Contribution) -> dict[str, Any]:
    parked = noun.state == "awaiting_policy" or noun.due is None
    return {
        "application_id": noun.application_id,
        "programme": noun.programme_code,
        "programme_version": noun.programme_version,
        "organisation_id": noun.organisation_id,
        "state": noun.state,
        "flow": noun.flow,
        "basis": noun.basis,
        "card_type": noun.card_type,
        "cards": noun.cards,
        "units": noun.units,
        "months": noun.months,
        "rate_kind": noun.due.rate_kind if noun.due else None,
        "rate_krw": noun.due.rate_krw if noun.due else None,
        "due_krw": None if parked else noun.due_krw,
        "due_at": noun.due_at,
        "missing_path": noun.missing_path,
        "formula": "" if parked else due_formula(noun),
        "received_krw": received_krw(noun),
        "covered": not parked and noun.covered_at is not None,
        "deposited_krw": noun.deposited_krw,
        "evidenced_krw": noun.evidenced_krw,
        "paid_to_provider_krw": noun.paid_krw,
        "burnt_krw": noun.burnt_krw,
        "left_krw": left_to_burn_krw(noun),
        "refunded_krw": noun.refunded_krw,
        "covered_at": noun.covered_at,
        "overdue_at": noun.overdue_at,
        "closed_at": noun.closed_at,
        "close_reason": noun.close_reason,
    }


def self_payment_view(noun: Contribution) -> SelfPaymentView:
    """A self-payment as it stands."""
    return SelfPaymentView(**_fields(noun))


async def self_payment_detail(tx: Tx, noun: Contribution) -> SelfPaymentDetail:
    """A self-payment with its evidence, receipts and notices."""
    told = notices_paid(await notices.list_notices(tx, noun.application_id), noun.paid_krw)
    came = await receipts.list_receipts(tx, noun.application_id)
    return SelfPaymentDetail(
        **_fields(noun),
        evidence=[_evidence_view(judged) for judged in await evidence.list_evidence(tx, noun.application_id)],
        receipts=[ReceiptView.model_validate(receipt) for receipt in came],
        notices=[_notice_view(paid) for paid in told],
    )


def _evidence_view(judged: Judged) -> EvidenceView:
    claim = judged.evidence
    return EvidenceView(
        evidence_id=claim.evidence_id,
        state=judged.state,
        claimed_krw=claim.claimed_krw,
        balance_krw=judged.balance_krw,
        sha256=claim.sha256,
        file_name=claim.file_name,
        document_id=claim.document_id,
        filed_sha256=None if judged.filed is None else judged.filed.sha256,
        document_call=document_call(judged),
        claimed_by=claim.claimed_by,
        claimed_at=claim.claimed_at,
        judgements=[JudgementView.model_validate(judgement) for judgement in judged.judgements],
    )


def _notice_view(paid: PaidNotice) -> NoticeView:
    notice = paid.notice
    return NoticeView(
        notice_id=notice.notice_id,
        provider_id=notice.provider_id,
        amount_krw=notice.amount_krw,
        due_at=notice.due_at,
        notified_at=notice.notified_at,
        overdue_at=notice.overdue_at,
        paid_krw=paid.paid_krw,
    )
