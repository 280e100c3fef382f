"""Claims on subsidies that go back, and their withdrawals: both appended."""

import datetime as dt

from sqlalchemy import insert, select

from libs.common.db import Tx
from libs.common.nouns import all_of, columns, values
from services.billing.model.clawbacks import Claimed, Clawback, Ground, Withdrawal
from services.billing.tables.clawbacks import clawback, clawback_no, clawback_withdrawal


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


async def list_claims(tx: Tx, grant_id: str) -> tuple[Claimed, ...]:
    """All claims on a grant, oldest first, each with its withdrawal."""
    mine = clawback.c.grant_id == grant_id
    query = select(*columns(clawback, Clawback)).where(mine).order_by(clawback.c.clawback_id)
    taken_back = (
        select(*columns(clawback_withdrawal, Withdrawal))
        .join(clawback, clawback.c.clawback_id == clawback_withdrawal.c.clawback_id)
        .where(mine)
    )
    claims = all_of(Clawback, await tx.execute(query))
    gone = {one.clawback_id: one for one in all_of(Withdrawal, await tx.execute(taken_back))}
    return tuple(Claimed(claim, gone.get(claim.clawback_id)) for claim in claims)
