"""Disputes about settlement lines, and which later settlement carries out what was decided."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import insert, select, update

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, among, by_number, changes, columns, one, values
from services.billing.model.disputes import Dispute, Upheld
from services.billing.model.statements import Statement
from services.billing.store.lines import line_from
from services.billing.store.past import known_to
from services.billing.tables.settlements import dispute, dispute_no, settlement, settlement_line

FIXED = ("dispute_id", "settlement_id", "line_no", "reason", "raised_by", "raised_at", "line_krw")
"""What the running role may not even write the same again: see `rights.py`."""


async def add_dispute(
    tx: Tx, settlement_id: str, line_no: int, *, line_krw: int, reason: str, by: str, now: dt.datetime
) -> Dispute:
    """Append an open dispute about a line; returns it."""
    number = (await tx.execute(select(dispute_no.next_value()))).scalar_one()
    raised = Dispute(f"DP-{number:06}", settlement_id, line_no, reason, by, now, "open", line_krw)
    await tx.execute(insert(dispute).values(values(raised)))
    return raised


async def get_dispute(tx: Tx, dispute_id: str) -> Dispute:
    """One dispute, locked. Raises NotFound."""
    query = select(*columns(dispute, Dispute)).where(dispute.c.dispute_id == dispute_id).with_for_update()
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("dispute", dispute_id)
    return one(Dispute, row)


async def list_disputes(tx: Tx, settlement_id: str, line_no: int | None = None) -> tuple[Dispute, ...]:
    """The disputes about a settlement's lines, or about one line, oldest first."""
    query = select(*columns(dispute, Dispute)).where(dispute.c.settlement_id == settlement_id)
    if line_no is not None:
        query = query.where(dispute.c.line_no == line_no)
    return all_of(Dispute, await tx.execute(query.order_by(*by_number(dispute.c.dispute_id))))


async def list_of_grant(tx: Tx, grant_id: str) -> tuple[Dispute, ...]:
    """The disputes about a grant's lines, in any settlement, by number."""
    line = settlement_line.c
    query = (
        select(*columns(dispute, Dispute))
        .join(
            settlement_line,
            (line.settlement_id == dispute.c.settlement_id) & (line.line_no == dispute.c.line_no),
        )
        .where(line.grant_id == grant_id)
        .order_by(*by_number(dispute.c.dispute_id))
    )
    return all_of(Dispute, await tx.execute(query))


async def change_dispute(tx: Tx, decided: Dispute) -> None:
    """Write a dispute back."""
    await tx.execute(update(dispute).where(dispute.c.dispute_id == decided.dispute_id).values(changes(decided, *FIXED)))


async def list_upheld(tx: Tx, statement: Statement, grant_ids: Sequence[str]) -> tuple[Upheld, ...]:
    """The upheld disputes about these grants' lines in the settlements that count for a statement's draft."""
    query = (
        select(
            dispute.c.dispute_id, dispute.c.decided_krw, dispute.c.decided_at, dispute.c.carried_by, *settlement_line.c
        )
        .join(settlement, settlement.c.settlement_id == dispute.c.settlement_id)
        .join(
            settlement_line,
            (settlement_line.c.settlement_id == dispute.c.settlement_id)
            & (settlement_line.c.line_no == dispute.c.line_no),
        )
        .where(dispute.c.state == "upheld", known_to(statement), among(settlement_line.c.grant_id, grant_ids))
        .order_by(*by_number(dispute.c.dispute_id))
    )
    return tuple(
        Upheld(
            row["dispute_id"],
            row["settlement_id"],
            row["line_no"],
            row["decided_krw"],
            row["decided_at"],
            row["carried_by"],
            line_from(row),
        )
        for row in (await tx.execute(query)).mappings()
    )


async def change_carrier(tx: Tx, dispute_ids: Sequence[str], settlement_id: str) -> None:
    """Remember which settlement carries out decided disputes; of whom that is known, nothing is written."""
    if dispute_ids:
        others = among(dispute.c.dispute_id, dispute_ids) & dispute.c.carried_by.is_distinct_from(settlement_id)
        await tx.execute(update(dispute).where(others).values(carried_by=settlement_id))
