"""HTTP: self-payments, what came in for them and what goes back (BL-4, BL-5, BL-7)."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Path
from pydantic import AwareDatetime, ConfigDict

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, AnyCaller, Body, Command, Db, Now, Page, Paging, ServiceRouter, View, problems
from services.billing.model import Contribution, Flow, RateKind, SelfPaymentState
from services.billing.operations import receipts as operations
from services.billing.operations.self_payments import formula_of
from services.billing.routes.fields import Agency, Filter, Officer, Reference, Won, WonAboveZero
from services.billing.rules.self_payment import coverage
from services.billing.store import self_payments as store

router = ServiceRouter(tags=["자부담금 · Self-payments"])

Id = Annotated[str, Path(max_length=100, description="신청 번호 · application id")]
PayerOrOfficer = Annotated[Caller, Allowed("applicant", "officer", "operator")]
PayeeOrOfficer = Annotated[Caller, Allowed("provider", "officer", "operator")]


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


class Evidence(Body):
    """The balance of the dedicated account, and the evidence of it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"balance_krw": 9600000, "evidence": "bank-certificate-0001"}]}
    )

    balance_krw: Won
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
    due_at: AwareDatetime | None = None


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


def _view(noun: Contribution) -> SelfPaymentView:
    return SelfPaymentView(**_fields(noun))


async def _detail(tx: Tx, noun: Contribution) -> SelfPaymentDetail:
    left_krw, notices = noun.paid_krw, []
    for row in await store.notices_of(tx, noun.application_id):
        paid = min(left_krw, row["amount_krw"])
        left_krw -= paid
        notices.append(NoticeView(**{k: v for k, v in row.items() if k in NoticeView.model_fields}, paid_krw=paid))
    receipts = [ReceiptView.model_validate(row) for row in await store.receipts_of(tx, noun.application_id)]
    return SelfPaymentDetail(**_fields(noun), receipts=receipts, notices=notices)


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
    return paging.page([_view(noun) for noun in nouns], "application_id")


@router.get("/self-payments/{application_id}", summary="자부담금 조회 · Read a self-payment", responses=problems(404))
async def get_self_payment(application_id: Id, caller: AnyCaller, db: Db) -> SelfPaymentDetail:
    """One self-payment with its receipts and notices; someone else's is not found."""
    async with db.transaction() as tx:
        return await _detail(tx, await operations.visible(tx, caller, application_id))


@router.post(
    "/self-payments/{application_id}/evidence",
    summary="잔액 증빙 제출 · Show evidence of the balance",
    responses=problems(400, 404, 409),
)
async def show_evidence(
    application_id: Id, body: Evidence, caller: PayerOrOfficer, db: Db, now: Now, command: Command
) -> SelfPaymentDetail:
    """Evidence of the balance on the dedicated account (own_account); the full amount opens the gate."""

    async def act(tx: Tx) -> SelfPaymentDetail:
        noun = await operations.show_evidence(tx, caller, application_id, body.balance_krw, body.evidence, now)
        return await _detail(tx, noun)

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/deposits",
    summary="입금 기록 · Record a deposit",
    responses=problems(400, 404, 409),
)
async def record_deposit(
    application_id: Id, body: Amount, caller: Agency, db: Db, now: Now, command: Command
) -> SelfPaymentDetail:
    """A deposit on the named account (deposit); parts are held, the full amount opens the gate."""

    async def act(tx: Tx) -> SelfPaymentDetail:
        noun = await operations.deposit(tx, caller, application_id, body.amount_krw, body.reference, now)
        return await _detail(tx, noun)

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/notices",
    status_code=201,
    summary="공급사 납부 통보 · Notify what to pay the provider",
    responses=problems(400, 404, 409),
)
async def notify_payment(
    application_id: Id, body: Notice, caller: Officer, db: Db, now: Now, command: Command
) -> SelfPaymentDetail:
    """After use has started, tell the user how much to pay the provider until when (own_account)."""

    async def act(tx: Tx) -> SelfPaymentDetail:
        await operations.notify(tx, caller, application_id, body.amount_krw, _utc(body.due_at), now)
        return await _detail(tx, await operations.visible(tx, caller, application_id))

    return await command.once(db, act)


def _utc(instant: dt.datetime | None) -> dt.datetime | None:
    return instant.astimezone(dt.UTC) if instant else None


@router.post(
    "/self-payments/{application_id}/payments",
    summary="공급사 납부 기록 · Record a payment to the provider",
    responses=problems(400, 404, 409),
)
async def record_payment(
    application_id: Id, body: Amount, caller: PayeeOrOfficer, db: Db, now: Now, command: Command
) -> SelfPaymentDetail:
    """The user paid the provider from their own account (own_account); recorded by the provider or an officer."""

    async def act(tx: Tx) -> SelfPaymentDetail:
        noun = await operations.pay_provider(tx, caller, application_id, body.amount_krw, body.reference, now)
        return await _detail(tx, noun)

    return await command.once(db, act)


@router.post(
    "/self-payments/{application_id}/refund", summary="자부담금 환불 · Refund", responses=problems(400, 404, 409)
)
async def refund_self_payment(application_id: Id, caller: Officer, db: Db, now: Now, command: Command) -> RefundView:
    """Give back what is not burnt down, once everything is over; before, only what was paid above the amount owed."""

    async def act(tx: Tx) -> RefundView:
        noun, amount = await operations.refund(tx, caller, application_id, now)
        return RefundView(refund_krw=amount, self_payment=_view(noun))

    return await command.once(db, act)
