"""Book what comes in of a clawback, what goes back of one that was withdrawn, and take a wrong booking back (BL-12)."""

import datetime as dt

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, NotFound, Refusal, Refused
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.billing.model.clawbacks import Claimed, Clawback, ClawbackPayment, GrantClaims, PaymentKind
from services.billing.operations.clawbacks import claims_of, named
from services.billing.operations.ledger import post
from services.billing.operations.turns import take_turn
from services.billing.rules.clawback_payments import (
    is_same_payment,
    next_booking,
    payment_entries_of,
    payment_refusal,
    refund_refusal,
    reversal_refusal,
)
from services.billing.store import clawbacks


async def pay_clawback(
    tx: Tx, caller: Caller, grant_id: str, clawback_id: str, amount_krw: int, reference: str, clock: Clock
) -> GrantClaims:
    """Book what came in of a claim, by the bank's reference; parts add up, the last one makes it paid.

    The same payment told again changes nothing. Returns the grant's claims. Raises NotFound, Refused for a claim that
    was withdrawn or more than is owed, and Conflict where the reference stands for another payment.
    """
    now = await take_turn(tx, clock)
    claimed = named(await claims_of(tx, grant_id), clawback_id)
    nth = await _nth(tx, claimed, "payment", amount_krw, reference)
    if nth is not None:
        _refuse(payment_refusal(claimed, amount_krw))
        await _book(tx, caller, claimed, "payment", amount_krw, reference, now, nth=nth)
    return await claims_of(tx, grant_id)


async def refund_clawback(
    tx: Tx, caller: Caller, grant_id: str, clawback_id: str, reference: str, reason: str, clock: Clock
) -> int:
    """Give back all that came in of a claim that was withdrawn; returns it in won.

    Raises NotFound, Refused where nothing is to go back, and Conflict for a reference that is taken.
    """
    now = await take_turn(tx, clock)
    claimed = named(await claims_of(tx, grant_id), clawback_id)
    _refuse(refund_refusal(claimed))
    amount_krw = claimed.refund_owed_krw
    nth = await _nth(tx, claimed, "refund", amount_krw, reference)
    if nth is None:
        raise Conflict("reference_taken", "BL-10", reference=reference)
    await _book(tx, caller, claimed, "refund", amount_krw, reference, now, nth=nth, reason=reason)
    return amount_krw


async def reverse_payment(
    tx: Tx, caller: Caller, grant_id: str, clawback_id: str, payment_id: str, reason: str, clock: Clock
) -> GrantClaims:
    """Take a payment back that was booked on the wrong claim, with a reason: its reference is free again (F-16).

    Returns the grant's claims. Raises NotFound, and Refused where it was before, or went back to the payer already.
    """
    now = await take_turn(tx, clock)
    claimed = named(await claims_of(tx, grant_id), clawback_id)
    payment = _booked(claimed, payment_id)
    _refuse(reversal_refusal(claimed, payment))
    await _book(
        tx, caller, claimed, "reversal", payment.amount_krw, payment_id, now, reason=reason, reverses=payment_id
    )
    return await claims_of(tx, grant_id)


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Refused([refusal])


def _booked(claimed: Claimed, payment_id: str) -> ClawbackPayment:
    for payment in claimed.payments:
        if payment.payment_id == payment_id:
            return payment
    raise NotFound("clawback payment", payment_id)


async def _nth(tx: Tx, claimed: Claimed, kind: PaymentKind, amount_krw: int, reference: str) -> int | None:
    """How often the reference is booked by this; none where this very payment stands. Raises Conflict."""
    known = await clawbacks.find_payment(tx, claimed.clawback.programme_code, kind, reference)
    claim = await clawbacks.find_claim(tx, known.clawback_id) if known else None
    of_it = named(await claims_of(tx, claim.grant_id), claim.clawback_id) if claim else None
    nth = next_booking(known, of_it)
    if nth is None and not (known and is_same_payment(known, claimed.clawback.clawback_id, amount_krw)):
        raise Conflict("reference_taken", "BL-10", reference=reference)
    return nth


async def _book(
    tx: Tx,
    caller: Caller,
    claimed: Claimed,
    kind: PaymentKind,
    amount_krw: int,
    reference: str,
    now: dt.datetime,
    *,
    nth: int = 1,
    reason: str = "",
    reverses: str | None = None,
) -> None:
    claim = claimed.clawback
    payment = ClawbackPayment(
        payment_id=await clawbacks.next_payment_id(tx),
        clawback_id=claim.clawback_id,
        kind=kind,
        scope=claim.programme_code,
        amount_krw=amount_krw,
        reference=reference,
        reason=reason,
        recorded_by=caller.subject,
        recorded_at=now,
        nth=nth,
        reverses=reverses,
    )
    await clawbacks.add_payment(tx, payment)
    await _post(tx, claim, payment, now)


async def _post(tx: Tx, claim: Clawback, payment: ClawbackPayment, now: dt.datetime) -> None:
    programme = await programme_at(tx, claim.programme_code, now)
    await post(
        tx,
        f"clawback.{payment.kind}:{payment.payment_id}",
        payment_entries_of(claim, payment),
        rule_id="BL-12",
        programme_code=claim.programme_code,
        programme_version=programme.version,
        now=now,
    )
