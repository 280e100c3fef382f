"""HTTP: claim back what the government paid for a grant (BL-12)."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import AwareDatetime, ConfigDict

from libs.common.bounds import Text
from libs.common.proposals.routes import ProposalView, proposed
from libs.common.web import Body, Command, Db, ServiceRouter, Timepiece, View, problems
from services.billing.model.clawbacks import (
    ClaimClawback,
    Claimed,
    ClawbackPayment,
    ClawbackState,
    GrantClaims,
    Ground,
    PaymentKind,
    WithdrawClawback,
)
from services.billing.operations import clawbacks as operations
from services.billing.operations.two_people import CLAWBACK, CLAWBACK_WITHDRAWAL
from services.billing.routes.fields import AgencyReader, Officer, Reason, WonAboveZero
from services.billing.rules.clawbacks import claims_left_krw

router = ServiceRouter(tags=["환수 · Clawbacks"])

GrantId = Annotated[Text, Path(max_length=100, description="과제 번호 · grant id")]
ClawbackId = Annotated[Text, Path(max_length=40, description="환수 번호 · clawback id")]
_CLAIM: dict[str, Any] = {"ground": "final_report_missing", "amount_krw": 140100, "reason": "결과보고서 미제출"}


class Claim(Body):
    """What is claimed back on which ground; without an amount all that is left of the subsidy."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_CLAIM]})

    ground: Ground
    amount_krw: WonAboveZero | None = None
    reason: Reason


class WhyWithdrawn(Body):
    """Why a claim is taken back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "보고서가 기한 안에 제출됨"}]})

    reason: Reason


class ClawbackPaymentView(View):
    """What came in of a claim, went back of a withdrawn one, or takes such a booking back."""

    payment_id: str
    kind: PaymentKind
    amount_krw: int
    reference: str
    reason: str
    recorded_by: str
    recorded_at: AwareDatetime
    reverses: str | None


class ClawbackView(View):
    """A claim: who, when, on which ground and why; who took it back, when and why; and what was paid of it."""

    clawback_id: str
    ground: Ground
    state: ClawbackState
    amount_krw: int
    reason: str
    claimed_by: str
    claimed_at: AwareDatetime
    withdrawn_by: str | None
    withdrawn_at: AwareDatetime | None
    withdrawal_reason: str
    paid_krw: int
    owed_krw: int
    """What is still to be paid of it."""
    refund_owed_krw: int
    """What came in of a claim that was withdrawn and is to go back."""
    payments: list[ClawbackPaymentView]


class GrantClaimsView(View):
    """What the government paid for a grant, what stands claimed of it, and what is left to claim."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "grant_id": "A-000001",
                    "programme": "hpc-2025-gpu",
                    "subsidy_krw": 140100,
                    "claimed_krw": 140100,
                    "left_krw": 0,
                    "rule_id": "BL-12",
                    "clawbacks": [],
                }
            ]
        }
    )

    grant_id: str
    programme: str
    subsidy_krw: int
    claimed_krw: int
    left_krw: int
    rule_id: str = "BL-12"
    clawbacks: list[ClawbackView]


def _view(claimed: Claimed) -> ClawbackView:
    claim, withdrawal = claimed.clawback, claimed.withdrawal
    return ClawbackView(
        clawback_id=claim.clawback_id,
        ground=claim.ground,
        amount_krw=claim.amount_krw,
        reason=claim.reason,
        claimed_by=claim.claimed_by,
        claimed_at=claim.claimed_at,
        withdrawn_by=withdrawal.withdrawn_by if withdrawal else None,
        withdrawn_at=withdrawal.withdrawn_at if withdrawal else None,
        withdrawal_reason=withdrawal.reason if withdrawal else "",
        state=claimed.state,
        paid_krw=claimed.paid_krw,
        owed_krw=claimed.owed_krw,
        refund_owed_krw=claimed.refund_owed_krw,
        payments=[_payment_view(payment) for payment in claimed.payments],
    )


def _payment_view(payment: ClawbackPayment) -> ClawbackPaymentView:
    return ClawbackPaymentView(
        payment_id=payment.payment_id,
        kind=payment.kind,
        amount_krw=payment.amount_krw,
        reference=payment.reference,
        reason=payment.reason,
        recorded_by=payment.recorded_by,
        recorded_at=payment.recorded_at,
        reverses=payment.reverses,
    )


def claims_view(claims: GrantClaims) -> GrantClaimsView:
    """A grant's claims as they are told."""
    return GrantClaimsView(
        grant_id=claims.grant_id,
        programme=claims.programme_code,
        subsidy_krw=claims.subsidy_krw,
        claimed_krw=claims.claimed_krw,
        left_krw=claims_left_krw(claims),
        clawbacks=[_view(claimed) for claimed in claims.claims],
    )


@router.get("/grants/{grant_id}/clawbacks", summary="환수 내역 · List clawbacks", responses=problems(404))
async def list_clawbacks(grant_id: GrantId, _caller: AgencyReader, db: Db) -> GrantClaimsView:
    """What the government paid for a grant and what is claimed back."""
    async with db.transaction() as tx:
        return claims_view(await operations.claims_of(tx, grant_id))


@router.post(
    "/grants/{grant_id}/clawbacks",
    status_code=201,
    summary="환수 청구 제안 · Propose to claim back",
    responses=problems(400, 404, 409),
)
async def propose_clawback(
    grant_id: GrantId, body: Claim, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose to claim back the government-paid part of a grant, wholly or partly; never what the user paid itself.

    Another officer confirms it (BL-13).
    """
    asked = ClaimClawback(grant_id, body.ground, body.amount_krw)
    return await proposed(command, db, caller, CLAWBACK, asked, body.reason, clock)


@router.post(
    "/grants/{grant_id}/clawbacks/{clawback_id}/withdraw",
    status_code=201,
    summary="환수 취소 제안 · Propose to take a clawback back",
    responses=problems(400, 404, 409),
)
async def propose_clawback_withdrawal(
    grant_id: GrantId,
    clawback_id: ClawbackId,
    body: WhyWithdrawn,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> ProposalView:
    """Propose to take back a claim that was wrong; it can be claimed anew. Another officer confirms it (BL-13)."""
    withdrawal = WithdrawClawback(grant_id, clawback_id)
    return await proposed(command, db, caller, CLAWBACK_WITHDRAWAL, withdrawal, body.reason, clock)
