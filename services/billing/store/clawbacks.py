"""Claims on subsidies that go back, their withdrawals, and what was paid of them: all appended."""

import datetime as dt

from sqlalchemy import insert, select

from libs.common.db import Tx
from libs.common.keys import fold_key
from libs.common.nouns import all_of, by_number, columns, one, values
from services.billing.model.clawbacks import (
    Claimed,
    Clawback,
    ClawbackPayment,
    Ground,
    PaymentKind,
    Withdrawal,
)
from services.billing.tables.clawbacks import (
    clawback,
    clawback_no,
    clawback_payment,
    clawback_payment_no,
    clawback_withdrawal,
)


async def add_clawback(
    tx: Tx,
    grant_id: str,
    programme_code: str,
    ground: Ground,
    *,
    amount_krw: int,
    reason: str,
    by: str,
    now: dt.datetime,
) -> Clawback:
    """Append a claim; returns it with its id."""
    number = (await tx.execute(select(clawback_no.next_value()))).scalar_one()
    made = Clawback(f"CB-{number:06}", grant_id, programme_code, ground, amount_krw, reason, by, now)
    await tx.execute(insert(clawback).values(values(made)))
    return made


async def add_withdrawal(tx: Tx, withdrawal: Withdrawal) -> None:
    """Append that a claim was taken back."""
    await tx.execute(insert(clawback_withdrawal).values(values(withdrawal)))


async def next_payment_id(tx: Tx) -> str:
    """The id of the booking to come."""
    return f"CP-{(await tx.execute(select(clawback_payment_no.next_value()))).scalar_one():06}"


async def add_payment(tx: Tx, payment: ClawbackPayment) -> None:
    """Append what came in, went back or is taken back; the caller holds the turn and knows that it is new."""
    await tx.execute(insert(clawback_payment).values(**values(payment), reference_key=fold_key(payment.reference)))


async def find_payment(tx: Tx, scope: str, kind: PaymentKind, reference: str) -> ClawbackPayment | None:
    """The last booking of this kind and reference, however it is spelt; None if none."""
    row = clawback_payment.c
    query = (
        select(*columns(clawback_payment, ClawbackPayment))
        .where(row.scope == scope, row.kind == kind, row.reference_key == fold_key(reference))
        .order_by(row.nth.desc())
    )
    found = (await tx.execute(query.limit(1))).first()
    return one(ClawbackPayment, found) if found else None


async def find_claim(tx: Tx, clawback_id: str) -> Clawback | None:
    """One claim; None if unknown."""
    query = select(*columns(clawback, Clawback)).where(clawback.c.clawback_id == clawback_id)
    found = (await tx.execute(query)).first()
    return one(Clawback, found) if found else None


async def list_claims(tx: Tx, grant_id: str) -> tuple[Claimed, ...]:
    """All claims on a grant, oldest first, each with its withdrawal and what was booked of it."""
    mine = clawback.c.grant_id == grant_id
    query = select(*columns(clawback, Clawback)).where(mine).order_by(*by_number(clawback.c.clawback_id))
    taken_back = (
        select(*columns(clawback_withdrawal, Withdrawal))
        .join(clawback, clawback.c.clawback_id == clawback_withdrawal.c.clawback_id)
        .where(mine)
    )
    booked = (
        select(*columns(clawback_payment, ClawbackPayment))
        .join(clawback, clawback.c.clawback_id == clawback_payment.c.clawback_id)
        .where(mine)
        .order_by(*by_number(clawback_payment.c.payment_id))
    )
    claims = all_of(Clawback, await tx.execute(query))
    gone = {told.clawback_id: told for told in all_of(Withdrawal, await tx.execute(taken_back))}
    paid = all_of(ClawbackPayment, await tx.execute(booked))
    return tuple(
        Claimed(
            claim,
            gone.get(claim.clawback_id),
            tuple(payment for payment in paid if payment.clawback_id == claim.clawback_id),
        )
        for claim in claims
    )
