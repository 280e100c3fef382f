"""Take in self-payments: deposits, notices, payments to the provider; and give back what is left (BL-5, BL-7)."""

import datetime as dt
from dataclasses import replace

from libs.common.calendar import month_before
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, NotFound, PolicyMissing, Refusal
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from libs.common.self_payment import Flow
from services.billing.model.ledger import Entry
from services.billing.model.self_payments import Contribution, Receipt, ReceiptKind
from services.billing.operations.drafts import list_to_be_drafted
from services.billing.operations.ledger import post
from services.billing.operations.self_payments import deposited_event
from services.billing.operations.turns import take_turn
from services.billing.policy import NoticePolicy, missing_path, stated_flow
from services.billing.rules.accounts import deposits, held_by, own_payment, payable
from services.billing.rules.disputes import refund_refusal
from services.billing.rules.ledger import transfer
from services.billing.rules.notices import notice_due_at, notice_refusal, payment_refusal
from services.billing.rules.receipts import (
    booking_cause,
    nth_booking,
    receipt_scope,
    sum_refusal,
    with_deposit,
    with_payment,
    with_refund,
)
from services.billing.rules.self_payment import is_weighable, refundable_krw, weighed
from services.billing.store import disputes, grants, notices, receipts, self_payments, settlements, statements


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


async def of_flow(tx: Tx, caller: Caller, application_id: str, flow: Flow, now: dt.datetime) -> Contribution:
    """A self-payment that the caller may see and for which something may come in by this flow, owed already or not.

    What comes in before the agreement, or before a rate is known, is kept (BL-14): the flow alone must be stated.
    Raises NotFound, PolicyMissing, Conflict for another flow.
    """
    noun = await visible(tx, caller, application_id)
    if noun.flow is None:
        try:
            noun = replace(noun, flow=stated_flow(await programme_at(tx, noun.programme_code, now)))
        except NotFound as error:
            raise PolicyMissing(noun.programme_code, missing_path(error, noun.programme_code)) from error
    if noun.flow != flow:
        raise Conflict("self_payment_other_flow", "BL-5", flow=noun.flow, needed=flow)
    return noun


async def _owed_by_flow(tx: Tx, caller: Caller, application_id: str, flow: Flow, now: dt.datetime) -> Contribution:
    """The same, where what is owed must be known as well. Raises PolicyMissing while it is not."""
    noun = await of_flow(tx, caller, application_id, flow, now)
    if noun.state == "awaiting_policy":
        raise PolicyMissing(noun.programme_code, noun.missing_path or "billing.self_payment")
    return noun


async def deposit(
    tx: Tx, caller: Caller, application_id: str, amount_krw: int, reference: str, clock: Clock
) -> Contribution:
    """Take a deposit on the named account; parts are held, the full amount opens the gate.

    Before the agreement, or while the amount is not known, it is kept and counts once it is (BL-14).
    """
    now = await take_turn(tx, clock)
    noun = await of_flow(tx, caller, application_id, "deposit", now)
    scope = receipt_scope("deposit", noun, "")
    booked = await _book(tx, noun, "deposit", scope, amount_krw, reference, caller, now)
    if booked is None:
        return noun
    refuse(sum_refusal(noun, amount_krw))
    entries = transfer(deposits(noun.programme_code), own_payment(application_id), amount_krw)
    await post_for(tx, noun, booking_cause(booked), entries, "BL-5", now)
    return await keep_received(tx, noun, with_deposit(noun, amount_krw), now)


async def notify(
    tx: Tx, caller: Caller, application_id: str, amount_krw: int, due_at: dt.datetime | None, clock: Clock
) -> str:
    """Tell a user, after use has started, how much to pay the provider until when; returns the notice's id.

    Without a date the programme's term runs from now. Raises Conflict before use or above what is owed.
    """
    now = await take_turn(tx, clock)
    noun = await _owed_by_flow(tx, caller, application_id, "own_account", now)
    placed = await grants.find_grant(tx, application_id)
    if placed is None or placed.activated_at is None:
        raise Conflict("use_not_started", "BL-5", application_id=application_id)
    notified = await notices.sum_notified_krw(tx, application_id)
    refuse(notice_refusal(notified, amount_krw, noun.due_krw))
    until = due_at or await _term_end(tx, noun, now)
    return await notices.add_notice(tx, application_id, placed.provider_id, amount_krw, until, caller.subject, now)


async def _term_end(tx: Tx, noun: Contribution, now: dt.datetime) -> dt.datetime:
    policy = NoticePolicy.of(await programme_at(tx, noun.programme_code, now))
    due_at = notice_due_at(now, policy.notified_days, policy.changed)
    if due_at is None:
        raise Conflict("notice_needs_date", "BL-5", application_id=noun.application_id)
    return due_at


async def pay_provider(
    tx: Tx, caller: Caller, application_id: str, amount_krw: int, reference: str, clock: Clock
) -> Contribution:
    """Record that the user paid the provider from their own account. Raises Conflict above what is owed."""
    now = await take_turn(tx, clock)
    noun = await _owed_by_flow(tx, caller, application_id, "own_account", now)
    placed = await grants.find_grant(tx, application_id)
    if placed is None:
        raise Conflict("use_not_started", "BL-5", application_id=application_id)
    scope = receipt_scope("payment", noun, placed.provider_id)
    booked = await _book(tx, noun, "payment", scope, amount_krw, reference, caller, now)
    if booked is None:
        return noun
    refuse(payment_refusal(noun.paid_krw, amount_krw, noun.due_krw))
    entries = transfer(payable(placed.provider_id), own_payment(application_id), amount_krw)
    await post_for(tx, noun, booking_cause(booked), entries, "BL-5", now)
    paid = with_payment(noun, amount_krw)
    await self_payments.change_self_payment(tx, paid)
    return paid


async def refund(tx: Tx, caller: Caller, application_id: str, clock: Clock) -> tuple[Contribution, int]:
    """Give back what is not burnt down once everything is over, or what was paid above the amount owed (BL-7).

    Returns the self-payment and what went back now, in won. Raises Conflict while a line of the grant is contested, or
    anything of its use is still to be stated, approved or split, also by a price or a decision that no draft holds yet.
    """
    now = await take_turn(tx, clock)
    noun = await visible(tx, caller, application_id)
    if noun.flow is None:
        raise PolicyMissing(noun.programme_code, noun.missing_path or "billing.self_payment")
    refuse(refund_refusal(application_id, await disputes.list_of_grant(tx, application_id)))
    placed = await grants.find_grant(tx, application_id)
    ended_at = (placed.ended_at if placed else None) or noun.closed_at
    if placed is not None and placed.activated_at is not None and ended_at is not None:
        await _refuse_unsettled(tx, noun, placed.provider_id, ended_at, now)
    amount = refundable_krw(noun, over=ended_at is not None)
    if amount == 0:
        return noun, 0
    given = with_refund(noun, amount)
    cause = f"self-payment.refunded:{application_id}:{given.refunded_krw}"
    scope = receipt_scope("refund", noun, "")
    await _book(tx, noun, "refund", scope, amount, cause, caller, now)
    source = held_by(noun, placed.provider_id if placed else "")
    await post_for(tx, noun, cause, transfer(own_payment(application_id), source, amount), "BL-7", now)
    await self_payments.change_self_payment(tx, given)
    return given, amount


def refuse(refusal: Refusal | None) -> None:
    """Raise Conflict for a refusal; nothing where there is none."""
    if refusal is not None:
        raise Conflict(refusal.code, refusal.rule_id, **refusal.facts)


async def _refuse_unsettled(
    tx: Tx, noun: Contribution, provider_id: str, ended_at: dt.datetime, now: dt.datetime
) -> None:
    """Nothing of the grant may still have to be stated, approved or split, its last month neither (BL-7)."""
    unapproved = await statements.list_unapproved_of_grant(tx, noun.application_id)
    open_ids = unapproved or await list_to_be_drafted(tx, noun.application_id, now)
    month = month_before(ended_at)
    if open_ids or not await settlements.is_month_settled(tx, provider_id, noun.programme_code, month):
        waits_for = ", ".join(open_ids) or f"{provider_id}:{noun.programme_code}:{month}"
        raise Conflict("use_not_settled", "BL-7", application_id=noun.application_id, settlement=waits_for)


async def _book(
    tx: Tx,
    noun: Contribution,
    kind: ReceiptKind,
    scope: str,
    amount_krw: int,
    reference: str,
    caller: Caller,
    now: dt.datetime,
) -> Receipt | None:
    """Append a receipt; none where this very one was taken before and stands.

    Raises Conflict where its reference stands for another one; a reference whose booking was reversed is free again.
    """
    known = await receipts.find_receipt(tx, scope, kind, reference)
    of_it = await receipts.list_receipts(tx, known.application_id) if known else ()
    nth = nth_booking(known, of_it)
    if nth is None:
        if known and (known.application_id, known.amount_krw) == (noun.application_id, amount_krw):
            return None
        raise Conflict("reference_taken", "BL-10", reference=reference)
    booked = Receipt(
        receipt_id=await receipts.next_receipt_id(tx),
        application_id=noun.application_id,
        scope=scope,
        kind=kind,
        amount_krw=amount_krw,
        reference=reference,
        recorded_by=caller.subject,
        recorded_at=now,
        nth=nth,
    )
    await receipts.add_receipt(tx, booked)
    return booked


async def keep_received(tx: Tx, before: Contribution, after: Contribution, now: dt.datetime) -> Contribution:
    """Write back what came in or was taken back, and tell whether the gate is open by it; the caller holds the turn.

    Nothing is told while the amount is not known: it is told with the amount, and of a closed one nobody asks.
    """
    weighed_anew = weighed(before, after, now)
    if is_weighable(weighed_anew):
        await say(tx, deposited_event(weighed_anew, now), now=now)
    await self_payments.change_self_payment(tx, weighed_anew)
    return weighed_anew


async def post_for(
    tx: Tx, noun: Contribution, cause: str, entries: tuple[Entry, ...], rule_id: str, now: dt.datetime
) -> None:
    """Append a posting about a self-payment, under the version that it was computed by."""
    await post(
        tx,
        cause,
        entries,
        rule_id=rule_id,
        programme_code=noun.programme_code,
        programme_version=noun.programme_version,
        now=now,
    )
