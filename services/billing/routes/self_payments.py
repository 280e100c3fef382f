"""HTTP: self-payments, what came in for them and what goes back (BL-4, BL-5, BL-7)."""

from typing import Annotated

from fastapi import Path
from pydantic import ConfigDict

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.proposals.routes import ProposalView, proposed
from libs.common.web import Allowed, AnyCaller, Body, Command, Db, Page, Paging, ServiceRouter, Timepiece, problems
from services.billing.model.proposals import Refund
from services.billing.operations import receipts as operations
from services.billing.operations import reversals
from services.billing.operations.two_people import REFUND
from services.billing.routes.fields import AgencyReader, Filter, Instant, Officer, Reason, Reference, WonAboveZero
from services.billing.routes.self_payment_views import (
    KeyCollisionView,
    SelfPaymentDetail,
    SelfPaymentView,
    self_payment_detail,
    self_payment_view,
)
from services.billing.store import receipts
from services.billing.store import self_payments as store

router = ServiceRouter(tags=["자부담금 · Self-payments"])

Id = Annotated[Text, Path(max_length=100, description="신청 번호 · application id")]
ReceiptId = Annotated[Text, Path(max_length=40, description="수납 번호 · receipt id")]
PayeeOrOfficer = Annotated[Caller, Allowed("provider", "officer", "operator")]


class Amount(Body):
    """Money that came in, under the bank's reference."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"amount_krw": 9600000, "reference": "20251002-000123"}]}
    )

    amount_krw: WonAboveZero
    reference: Reference


class Notice(Body):
    """How much to pay the provider, and until when; without a date the programme's term runs."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"amount_krw": 1600000, "due_at": "2025-11-30T15:00:00Z"}]},
    )

    amount_krw: WonAboveZero
    due_at: Instant | None = None


class Why(Body):
    """Why it is done."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "이용 종료 후 잔액 환불"}]})

    reason: Reason


class WhyReversed(Body):
    """Why a booking is taken back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "다른 과제의 입금"}]})

    reason: Reason


@router.get("/self-payments", summary="자부담금 목록 · List self-payments", responses=problems())
async def list_self_payments(
    caller: Annotated[Caller, Allowed("applicant", "officer", "operator", "auditor")],
    db: Db,
    paging: Paging,
    programme: Filter = None,
    state: Filter = None,
) -> Page[SelfPaymentView]:
    """Self-payments, among them those that wait for a policy value; an applicant sees its own."""
    async with db.transaction() as tx:
        nouns = await store.list_self_payments(
            tx,
            programme_code=programme,
            state=state,
            organisation_id=None if caller.sees_all() else caller.organisation_id,
            after=paging.after_id(),
            limit=paging.limit,
        )
    return paging.page([self_payment_view(noun) for noun in nouns], "application_id")


@router.get("/key-collisions", summary="겹치는 참조 번호 · List references that are one", responses=problems())
async def list_key_collisions(_caller: AgencyReader, db: Db, paging: Paging) -> Page[KeyCollisionView]:
    """Receipts recorded before references were folded whose references turned out to be one: an officer decides."""
    async with db.transaction() as tx:
        found = await receipts.list_key_collisions(tx, after=paging.after_id(), limit=paging.limit)
    return paging.page([KeyCollisionView.model_validate(each) for each in found], "receipt_id")


@router.get("/self-payments/{application_id}", summary="자부담금 조회 · Read a self-payment", responses=problems(404))
async def get_self_payment(application_id: Id, caller: AnyCaller, db: Db) -> SelfPaymentDetail:
    """One self-payment with its receipts and notices; someone else's is not found."""
    async with db.transaction() as tx:
        return await self_payment_detail(tx, await operations.visible(tx, caller, application_id))


@router.post(
    "/self-payments/{application_id}/deposits",
    summary="입금 기록 · Record a deposit",
    responses=problems(400, 404, 409),
)
async def record_deposit(
    application_id: Id, body: Amount, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> SelfPaymentDetail:
    """A deposit on the named account (deposit), under the bank's reference; the full amount opens the gate.

    Parts are held. Before the agreement, or while the amount is not known, it is kept and counts once it is.
    """

    async def act(tx: Tx) -> SelfPaymentDetail:
        noun = await operations.deposit(tx, caller, application_id, body.amount_krw, body.reference, clock)
        return await self_payment_detail(tx, noun)

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/notices",
    status_code=201,
    summary="공급사 납부 통보 · Notify what to pay the provider",
    responses=problems(400, 404, 409),
)
async def notify_payment(
    application_id: Id, body: Notice, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> SelfPaymentDetail:
    """After use has started, tell the user how much to pay the provider until when (own_account)."""

    async def act(tx: Tx) -> SelfPaymentDetail:
        await operations.notify(tx, caller, application_id, body.amount_krw, body.due_at, clock)
        return await self_payment_detail(tx, await operations.visible(tx, caller, application_id))

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/payments",
    summary="공급사 납부 기록 · Record a payment to the provider",
    responses=problems(400, 404, 409),
)
async def record_payment(
    application_id: Id, body: Amount, caller: PayeeOrOfficer, db: Db, clock: Timepiece, command: Command
) -> SelfPaymentDetail:
    """The user paid the provider from their own account (own_account); recorded by the provider or an officer."""

    async def act(tx: Tx) -> SelfPaymentDetail:
        noun = await operations.pay_provider(tx, caller, application_id, body.amount_krw, body.reference, clock)
        return await self_payment_detail(tx, noun)

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/receipts/{receipt_id}/reverse",
    summary="잘못된 기록 되돌리기 · Reverse a wrong booking",
    responses=problems(400, 404, 409),
)
async def reverse_receipt(
    application_id: Id,
    receipt_id: ReceiptId,
    body: WhyReversed,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> SelfPaymentDetail:
    """Take back a deposit or a payment booked on the wrong grant; its reference can be booked on the right one then.

    Where the self-payment is not covered any more, the gate closes again; a grant in use stays in use and owes it.
    """

    async def act(tx: Tx) -> SelfPaymentDetail:
        noun = await reversals.reverse_receipt(tx, caller, application_id, receipt_id, body.reason, clock)
        return await self_payment_detail(tx, noun)

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/refund",
    status_code=201,
    summary="자부담금 환불 제안 · Propose a refund",
    responses=problems(400, 404, 409),
)
async def propose_refund(
    application_id: Id, body: Why, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose to give back what is not burnt down, once everything is over; before, only what was paid too much.

    Another officer confirms it.
    """
    return await proposed(command, db, caller, REFUND, Refund(application_id), body.reason, clock)
