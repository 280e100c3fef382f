"""HTTP: evidence of a balance, claimed by a document and confirmed by an officer (BL-14)."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import ConfigDict, Field

from libs.common.bounds import Krw, Text
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.proposals.routes import ProposalView, proposed
from libs.common.web import Allowed, Body, Command, Db, ServiceRouter, Timepiece, problems
from services.billing.model.evidence import Claim
from services.billing.model.proposals import EvidenceTakenBack
from services.billing.operations import evidence as operations
from services.billing.operations.two_people_back import EVIDENCE_TAKEN_BACK
from services.billing.routes.fields import Code, Officer, Reason, Reference
from services.billing.routes.self_payment_views import SelfPaymentDetail, self_payment_detail

router = ServiceRouter(tags=["자부담금 · Self-payments"])

Id = Annotated[Text, Path(max_length=100, description="신청 번호 · application id")]
EvidenceId = Annotated[Text, Path(max_length=40, description="잔액 증빙 번호 · evidence id")]
Claimant = Annotated[Caller, Allowed("applicant", "officer")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MaybeReason = Annotated[Text, Field(max_length=2000, pattern=r"^[^\x00]*$")]
_DOCUMENT: dict[str, Any] = {"sha256": "9f" * 32, "file_name": "[한빛] 1_잔액증명서.pdf", "document_id": "E-000001"}


class Document(Body):
    """The document that shows the balance: its SHA-256, its name, and where intake keeps it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_DOCUMENT]})

    sha256: Sha256
    file_name: Reference
    document_id: Code | None = None


class Evidence(Body):
    """The balance of the dedicated account as the document shows it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"balance_krw": 9600000, "document": _DOCUMENT}]}
    )

    balance_krw: Krw
    document: Document


class Confirmation(Body):
    """The balance that the officer read from the document; where it is not the claimed one, why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"balance_krw": 9600000}]})

    balance_krw: Krw
    reason: MaybeReason = ""


class WhyJudged(Body):
    """Why a document is rejected, or a confirmation taken back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "예금주가 신청 기관이 아님"}]})

    reason: Reason


@router.post(
    "/self-payments/{application_id}/evidence",
    status_code=201,
    summary="잔액 증빙 제출 · Hand in evidence of the balance",
    responses=problems(400, 404, 409),
)
async def show_evidence(
    application_id: Id, body: Evidence, caller: Claimant, db: Db, clock: Timepiece, command: Command
) -> SelfPaymentDetail:
    """Claim the balance of the dedicated account (own_account) by a document; nothing opens until it is confirmed.

    Before the agreement, or while the amount is not known, it is kept and counts once it is.
    """
    document = body.document
    claim = Claim(body.balance_krw, document.sha256, document.file_name, document.document_id)

    async def act(tx: Tx) -> SelfPaymentDetail:
        return await self_payment_detail(tx, await operations.show_evidence(tx, caller, application_id, claim, clock))

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/evidence/{evidence_id}/confirm",
    summary="잔액 증빙 확인 · Confirm evidence",
    responses=problems(400, 404, 409),
)
async def confirm_evidence(
    application_id: Id,
    evidence_id: EvidenceId,
    body: Confirmation,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> SelfPaymentDetail:
    """Confirm the balance read from the document; the full amount opens the gate. Never by whoever claimed it."""

    async def act(tx: Tx) -> SelfPaymentDetail:
        noun = await operations.confirm_evidence(
            tx, caller, application_id, evidence_id, body.balance_krw, body.reason, clock
        )
        return await self_payment_detail(tx, noun)

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/evidence/{evidence_id}/reject",
    summary="잔액 증빙 반려 · Reject evidence",
    responses=problems(400, 404, 409),
)
async def reject_evidence(
    application_id: Id,
    evidence_id: EvidenceId,
    body: WhyJudged,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> SelfPaymentDetail:
    """Reject a document with a reason; the applicant may hand in another one, or the same again."""

    async def act(tx: Tx) -> SelfPaymentDetail:
        noun = await operations.reject_evidence(tx, caller, application_id, evidence_id, body.reason, clock)
        return await self_payment_detail(tx, noun)

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/evidence/{evidence_id}/take-back",
    status_code=201,
    summary="잔액 증빙 확인 취소 제안 · Propose to take a confirmation back",
    responses=problems(400, 404, 409),
)
async def propose_taking_back(
    application_id: Id,
    evidence_id: EvidenceId,
    body: WhyJudged,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> ProposalView:
    """Propose to take back a confirmation that was wrong; another officer confirms it (BL-13).

    The gate closes again then; a grant that is in use stays in use and owes the self-payment.
    """
    asked = EvidenceTakenBack(application_id, evidence_id)
    return await proposed(command, db, caller, EVIDENCE_TAKEN_BACK, asked, body.reason, clock)
