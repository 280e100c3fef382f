"""Disputes about settlement lines, and which later settlement carries out what was decided."""

import datetime as dt
from typing import Any

from sqlalchemy import insert, select, update

from libs.common.db import Tx
from services.billing.model.settlements import Line
from services.billing.store.lines import line_from
from services.billing.tables import dispute, dispute_no, settlement, settlement_line


async def add_dispute(
    tx: Tx, settlement_id: str, line_no: int, line_krw: int, reason: str, by: str, now: dt.datetime
) -> str:
    """Append a dispute about a line; returns its id."""
    number = (await tx.execute(select(dispute_no.next_value()))).scalar_one()
    dispute_id = f"DP-{number:06}"
    await tx.execute(
        insert(dispute).values(
            dispute_id=dispute_id,
            settlement_id=settlement_id,
            line_no=line_no,
            line_krw=line_krw,
            reason=reason,
            raised_by=by,
            raised_at=now,
            state="open",
        )
    )
    return dispute_id


async def dispute_of(tx: Tx, dispute_id: str) -> dict[str, Any] | None:
    """One dispute, locked; None if there is none."""
    query = select(dispute).where(dispute.c.dispute_id == dispute_id).with_for_update()
    row = (await tx.execute(query)).mappings().first()
    return dict(row) if row else None


async def disputes_of(tx: Tx, settlement_id: str, line_no: int | None = None) -> list[dict[str, Any]]:
    """The disputes about a settlement's lines, oldest first."""
    query = select(dispute).where(dispute.c.settlement_id == settlement_id)
    if line_no is not None:
        query = query.where(dispute.c.line_no == line_no)
    return [dict(row) for row in (await tx.execute(query.order_by(dispute.c.dispute_id))).mappings()]


async def decide_dispute(tx: Tx, dispute_id: str, **values: Any) -> None:
    """Set the decision of a dispute."""
    await tx.execute(update(dispute).where(dispute.c.dispute_id == dispute_id).values(values))


async def upheld_disputes(tx: Tx, row: dict[str, Any]) -> list[tuple[dict[str, Any], Line]]:
    """Upheld disputes about earlier settlements of the provider that none or this one carries, with their lines."""
    query = (
        select(dispute, settlement_line)
        .join(settlement, settlement.c.settlement_id == dispute.c.settlement_id)
        .join(
            settlement_line,
            (settlement_line.c.settlement_id == dispute.c.settlement_id)
            & (settlement_line.c.line_no == dispute.c.line_no),
        )
        .where(
            dispute.c.state == "upheld",
            settlement.c.provider_id == row["provider_id"],
            settlement.c.programme_code == row["programme_code"],
            settlement.c.month < row["month"],
            dispute.c.carried_by.is_(None) | (dispute.c.carried_by == row["settlement_id"]),
        )
        .order_by(dispute.c.dispute_id)
    )
    columns = [dispute.c[name] for name in ("dispute_id", "line_krw", "decided_krw")]
    picked = query.with_only_columns(*columns, *settlement_line.c)
    return [
        ({name: found[name] for name in ("dispute_id", "line_krw", "decided_krw")}, line_from(found))
        for found in (await tx.execute(picked)).mappings()
    ]


async def carry_disputes(tx: Tx, dispute_ids: list[str], settlement_id: str) -> None:
    """Remember which settlement carries out decided disputes."""
    if dispute_ids:
        await tx.execute(update(dispute).where(dispute.c.dispute_id.in_(dispute_ids)).values(carried_by=settlement_id))
