"""HTTP: what comes in of a clawback, what goes back of one that was withdrawn, and bookings taken back (BL-12)."""

from typing import Annotated

from fastapi import Path
from pydantic import ConfigDict

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.proposals.routes import ProposalView, proposed
from libs.common.web import Body, Command, Db, ServiceRouter, Timepiece, problems
from services.billing.model.proposals import ClawbackRefund
from services.billing.operations import clawback_payments as operations
from services.billing.operations.two_people_back import CLAWBACK_REFUND
from services.billing.routes.clawbacks import ClawbackId, GrantClaimsView, GrantId, WhyWithdrawn, claims_view
from services.billing.routes.fields import Officer, Reason, Reference, WonAboveZero

router = ServiceRouter(tags=["환수 · Clawbacks"])

PaymentId = Annotated[Text, Path(max_length=40, description="환수 납부 번호 · clawback payment id")]


class ClawbackPaid(Body):
    """What came in of a claim, by the bank's reference; parts add up."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"amount_krw": 140100, "reference": "KB-20260115-0021"}]}
    )

    amount_krw: WonAboveZero
    reference: Reference


class GiveBack(Body):
    """By which bank reference goes back what came in of a claim that was withdrawn, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reference": "KB-20260120-0007", "reason": "환수 청구 취소"}]},
    )

    reference: Reference
    reason: Reason


@router.post(
    "/grants/{grant_id}/clawbacks/{clawback_id}/payments",
    status_code=201,
    summary="환수금 납부 기록 · Book a clawback's payment",
    responses=problems(400, 404, 409),
)
async def pay_clawback(
    grant_id: GrantId,
    clawback_id: ClawbackId,
    body: ClawbackPaid,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> GrantClaimsView:
    """Book what came in of a claim, never more than is owed; the last part makes it paid."""

    async def act(tx: Tx) -> GrantClaimsView:
        amount_krw, reference = body.amount_krw, body.reference
        return claims_view(
            await operations.pay_clawback(tx, caller, grant_id, clawback_id, amount_krw, reference, clock)
        )

    return await command.once(db, act)


@router.post(
    "/grants/{grant_id}/clawbacks/{clawback_id}/payments/{payment_id}/reverse",
    summary="환수금 납부 기록 취소 · Reverse a clawback's payment",
    responses=problems(400, 404, 409),
)
async def reverse_payment(
    grant_id: GrantId,
    clawback_id: ClawbackId,
    payment_id: PaymentId,
    body: WhyWithdrawn,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> GrantClaimsView:
    """Take a payment back that was booked on the wrong claim, with a reason; its reference is free again."""

    async def act(tx: Tx) -> GrantClaimsView:
        return claims_view(
            await operations.reverse_payment(tx, caller, grant_id, clawback_id, payment_id, body.reason, clock)
        )

    return await command.once(db, act)


@router.post(
    "/grants/{grant_id}/clawbacks/{clawback_id}/refunds",
    status_code=201,
    summary="취소된 환수금 반환 제안 · Propose to give back what was paid of a withdrawn clawback",
    responses=problems(400, 404, 409),
)
async def propose_clawback_refund(
    grant_id: GrantId,
    clawback_id: ClawbackId,
    body: GiveBack,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> ProposalView:
    """Propose to give back all that came in of a claim that was withdrawn; another officer confirms it (BL-13)."""
    asked = ClawbackRefund(grant_id, clawback_id, body.reference)
    return await proposed(command, db, caller, CLAWBACK_REFUND, asked, body.reason, clock)
