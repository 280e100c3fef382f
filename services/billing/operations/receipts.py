"""Take in self-payments: evidence of a balance, deposits, notices and payments to the provider (BL-5, BL-7)."""

import datetime as dt
from dataclasses import replace

from libs.common.calendar import month_before
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, NotFound, PolicyMissing, Refusal
from libs.common.identity import Caller
from libs.common.keys import fold_key
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.billing.model.ledger import Entry
from services.billing.model.self_payments import Contribution, Flow, ReceiptKind
from services.billing.operations.ledger import post
from services.billing.operations.self_payments import deposited_event
from services.billing.operations.turns import take_turn
from services.billing.policy import NoticePolicy
from services.billing.rules.accounts import deposits, held_by, own_payment, payable
from services.billing.rules.ledger import transfer
from services.billing.rules.notices import notice_due_at, notice_refusal, payment_refusal
from services.billing.rules.receipts import receipt_scope, with_deposit, with_evidence, with_payment, with_refund
from services.billing.rules.self_payment import coverage, refundable_krw
from services.billing.store import grants, notices, receipts, self_payments, settlements, statements


async def visible(tx: Tx, caller: Caller, application_id: str) -> Contribution:
    """A self-payment that the caller may see. Raises NotFound."""
    noun = await self_payments.find_self_payment(tx, application_id, locked=False)
    if noun is None:
        raise NotFound("self-payment", application_id)
    if caller.owns(noun.organisation_id):
        return noun
    provider_id = await self_payments.find_provider_id(tx, application_id)
    if "provider" in caller.roles and provider_id is not None and caller.owns(provider_id):
        return noun
    raise NotFound("self-payment", application_id)


async def _of_flow(tx: Tx, caller: Caller, application_id: str, flow: Flow) -> Contribution:
    noun = await visible(tx, caller, application_id)
    if noun.flow is None or noun.state == "awaiting_policy":
        raise PolicyMissing(noun.programme_code, noun.missing_path or "billing.self_payment")
    if noun.flow != flow:
        raise Conflict("self_payment_other_flow", "BL-5", flow=noun.flow, needed=flow)
    return noun


async def show_evidence(
    tx: Tx, caller: Caller, application_id: str, balance_krw: int, evidence: str, clock: Clock
) -> Contribution:
    """Take evidence of the balance on the dedicated account; the full amount opens the gate."""
    now = await take_turn(tx, clock)
    noun = await _of_flow(tx, caller, application_id, "own_account")
    scope = receipt_scope("evidence", noun, "")
    if await _known(tx, noun, "evidence", scope, balance_krw, evidence, caller, now):
        return noun
    return await _received(tx, with_evidence(noun, balance_krw), now)


async def deposit(
    tx: Tx, caller: Caller, application_id: str, amount_krw: int, reference: str, clock: Clock
) -> Contribution:
    """Take a deposit on the named account; parts are held, the full amount opens the gate."""
    now = await take_turn(tx, clock)
    noun = await _of_flow(tx, caller, application_id, "deposit")
    scope = receipt_scope("deposit", noun, "")
    if await _known(tx, noun, "deposit", scope, amount_krw, reference, caller, now):
        return noun
    entries = transfer(deposits(noun.programme_code), own_payment(application_id), amount_krw)
    await _post(tx, f"self-payment.deposited:{scope}:{fold_key(reference)}", entries, noun, "BL-5", now)
    return await _received(tx, with_deposit(noun, amount_krw), now)


async def notify(
    tx: Tx, caller: Caller, application_id: str, amount_krw: int, due_at: dt.datetime | None, clock: Clock
) -> str:
    """Tell a user, after use has started, how much to pay the provider until when; returns the notice's id.

    Without a date the programme's term runs from now. Raises Conflict before use or above what is owed.
    """
    now = await take_turn(tx, clock)
    noun = await _of_flow(tx, caller, application_id, "own_account")
    placed = await grants.find_grant(tx, application_id)
    if placed is None or placed.activated_at is None:
        raise Conflict("use_not_started", "BL-5", application_id=application_id)
    notified = await notices.sum_notified_krw(tx, application_id)
    _refuse(notice_refusal(notified, amount_krw, noun.due_krw))
    until = due_at or await _term_end(tx, noun, now)
    return await notices.add_notice(tx, application_id, placed.provider_id, amount_krw, until, caller.subject, now)


async def _term_end(tx: Tx, noun: Contribution, now: dt.datetime) -> dt.datetime:
    policy = NoticePolicy.of(await programme_at(tx, noun.programme_code, now))
    due_at = notice_due_at(now, policy.notified_days)
    if due_at is None:
        raise Conflict("notice_needs_date", "BL-5", application_id=noun.application_id)
    return due_at


async def pay_provider(
    tx: Tx, caller: Caller, application_id: str, amount_krw: int, reference: str, clock: Clock
) -> Contribution:
    """Record that the user paid the provider from their own account. Raises Conflict above what is owed."""
    now = await take_turn(tx, clock)
    noun = await _of_flow(tx, caller, application_id, "own_account")
    placed = await grants.find_grant(tx, application_id)
    if placed is None:
        raise Conflict("use_not_started", "BL-5", application_id=application_id)
    scope = receipt_scope("payment", noun, placed.provider_id)
    if await _known(tx, noun, "payment", scope, amount_krw, reference, caller, now):
        return noun
    _refuse(payment_refusal(noun.paid_krw, amount_krw, noun.due_krw))
    entries = transfer(payable(placed.provider_id), own_payment(application_id), amount_krw)
    await _post(tx, f"self-payment.paid:{scope}:{fold_key(reference)}", entries, noun, "BL-5", now)
    paid = with_payment(noun, amount_krw)
    await self_payments.change_self_payment(tx, paid)
    return paid


async def refund(tx: Tx, caller: Caller, application_id: str, clock: Clock) -> tuple[Contribution, int]:
    """Give back what is not burnt down once everything is over, or what was paid above the amount owed (BL-7).

    Returns the self-payment and what went back now, in won. Raises Conflict while use is not settled.
    """
    now = await take_turn(tx, clock)
    noun = await visible(tx, caller, application_id)
    if noun.flow is None:
        raise PolicyMissing(noun.programme_code, noun.missing_path or "billing.self_payment")
    placed = await grants.find_grant(tx, application_id)
    ended_at = (placed.ended_at if placed else None) or noun.closed_at
    if placed is not None and placed.activated_at is not None and ended_at is not None:
        await _refuse_unsettled(tx, noun, placed.provider_id, ended_at)
    amount = refundable_krw(noun, over=ended_at is not None)
    if amount == 0:
        return noun, 0
    given = with_refund(noun, amount)
    cause = f"self-payment.refunded:{application_id}:{given.refunded_krw}"
    scope = receipt_scope("refund", noun, "")
    await _known(tx, noun, "refund", scope, amount, cause, caller, now)
    source = held_by(noun, placed.provider_id if placed else "")
    await _post(tx, cause, transfer(own_payment(application_id), source, amount), noun, "BL-7", now)
    await self_payments.change_self_payment(tx, given)
    return given, amount


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Conflict(refusal.code, refusal.rule_id, **refusal.facts)


async def _refuse_unsettled(tx: Tx, noun: Contribution, provider_id: str, ended_at: dt.datetime) -> None:
    open_ids = await statements.list_unapproved_of_grant(tx, noun.application_id)
    month = month_before(ended_at)
    if open_ids or not await settlements.is_month_settled(tx, provider_id, noun.programme_code, month):
        waits_for = ", ".join(open_ids) or f"{provider_id}:{noun.programme_code}:{month}"
        raise Conflict("use_not_settled", "BL-7", application_id=noun.application_id, settlement=waits_for)


async def _known(
    tx: Tx,
    noun: Contribution,
    kind: ReceiptKind,
    scope: str,
    amount_krw: int,
    reference: str,
    caller: Caller,
    now: dt.datetime,
) -> bool:
    """Whether this very receipt was taken before. Raises Conflict where its reference stands for another one."""
    owner, by = noun.application_id, caller.subject
    if await receipts.add_receipt(
        tx, owner, kind, scope=scope, amount_krw=amount_krw, reference=reference, by=by, now=now
    ):
        return False
    known = await receipts.find_receipt(tx, scope, kind, reference)
    if known and (known.application_id, known.amount_krw) == (owner, amount_krw):
        return True
    raise Conflict("reference_taken", "BL-10", reference=reference)


async def _received(tx: Tx, noun: Contribution, now: dt.datetime) -> Contribution:
    if noun.closed_at is None:
        found = coverage(noun.flow or "free", noun.due_krw, noun.deposited_krw, noun.evidenced_krw)
        if found.covered:
            noun = replace(noun, state="covered", covered_at=noun.covered_at or now)
        await say(tx, deposited_event(noun, now), now=now)
    await self_payments.change_self_payment(tx, noun)
    return noun


async def _post(
    tx: Tx, cause: str, entries: tuple[Entry, Entry], noun: Contribution, rule_id: str, now: dt.datetime
) -> None:
    await post(
        tx,
        cause,
        entries,
        rule_id=rule_id,
        programme_code=noun.programme_code,
        programme_version=noun.programme_version,
        now=now,
    )
