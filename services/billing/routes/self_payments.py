"""HTTP: self-payments, what came in for them and what goes back (BL-4, BL-5, BL-7)."""

from typing import Annotated

from fastapi import Path
from pydantic import ConfigDict

from libs.common.bounds import Krw, Text
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, AnyCaller, Body, Command, Db, Page, Paging, ServiceRouter, Timepiece, problems
from services.billing.operations import receipts as operations
from services.billing.routes.fields import Agency, AgencyReader, Filter, Instant, Officer, Reference, WonAboveZero
from services.billing.routes.self_payment_views import (
    KeyCollisionView,
    RefundView,
    SelfPaymentDetail,
    SelfPaymentView,
    self_payment_detail,
    self_payment_view,
)
from services.billing.store import receipts
from services.billing.store import self_payments as store

router = ServiceRouter(tags=["자부담금 · Self-payments"])

Id = Annotated[Text, Path(max_length=100, description="신청 번호 · application id")]
PayerOrOfficer = Annotated[Caller, Allowed("applicant", "officer", "operator")]
PayeeOrOfficer = Annotated[Caller, Allowed("provider", "officer", "operator")]


class Evidence(Body):
    """The balance of the dedicated account, and the evidence of it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"balance_krw": 9600000, "evidence": "bank-certificate-0001"}]}
    )

    balance_krw: Krw
    evidence: Reference


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
    "/self-payments/{application_id}/evidence",
    summary="잔액 증빙 제출 · Show evidence of the balance",
    responses=problems(400, 404, 409),
)
async def show_evidence(
    application_id: Id, body: Evidence, caller: PayerOrOfficer, db: Db, clock: Timepiece, command: Command
) -> SelfPaymentDetail:
    """Evidence of the balance on the dedicated account (own_account); the full amount opens the gate."""

    async def act(tx: Tx) -> SelfPaymentDetail:
        noun = await operations.show_evidence(tx, caller, application_id, body.balance_krw, body.evidence, clock)
        return await self_payment_detail(tx, noun)

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/deposits",
    summary="입금 기록 · Record a deposit",
    responses=problems(400, 404, 409),
)
async def record_deposit(
    application_id: Id, body: Amount, caller: Agency, db: Db, clock: Timepiece, command: Command
) -> SelfPaymentDetail:
    """A deposit on the named account (deposit); parts are held, the full amount opens the gate."""

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
    "/self-payments/{application_id}/refund", summary="자부담금 환불 · Refund", responses=problems(400, 404, 409)
)
async def refund_self_payment(
    application_id: Id, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> RefundView:
    """Give back what is not burnt down, once everything is over; before, only what was paid above the amount owed."""

    async def act(tx: Tx) -> RefundView:
        noun, amount = await operations.refund(tx, caller, application_id, clock)
        return RefundView(refund_krw=amount, self_payment=self_payment_view(noun))

    return await command.once(db, act)
