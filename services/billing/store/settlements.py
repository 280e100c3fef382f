"""Settlements, their lines and shares. Lines of an issued settlement cannot be written: a trigger refuses."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from services.billing.model.settlements import Drawn, Line, Share, Statement
from services.billing.store.lines import line_from, line_row, use_from, use_row
from services.billing.tables import settlement, settlement_line, settlement_share

OPEN = ("parked", "draft")


def statement_of(row: dict[str, Any]) -> Statement:
    """The closed statement that a settlement's row keeps."""
    return Statement(
        statement_id=row["settlement_id"],
        provider_id=row["provider_id"],
        programme_code=row["programme_code"],
        programme_version=row["programme_version"],
        month=row["month"],
        closed_at=row["statement_closed_at"],
        sha256=row["statement_sha256"],
        uses=tuple(use_from(use) for use in row["uses"]),
    )


async def add_settlement(tx: Tx, heard: Statement) -> bool:
    """Append an empty settlement for a closed statement; False where it was heard before."""
    statement = upsert(settlement).values(
        settlement_id=heard.statement_id,
        provider_id=heard.provider_id,
        programme_code=heard.programme_code,
        programme_version=heard.programme_version,
        month=heard.month,
        statement_sha256=heard.sha256,
        statement_closed_at=heard.closed_at,
        uses=[use_row(use) for use in heard.uses],
        state="parked",
        missing=[],
        charge_krw=0,
        discount_krw=0,
        deduction_krw=0,
        fee_krw=0,
        canonical="",
        sha256="",
    )
    result = await tx.execute(statement.on_conflict_do_nothing().returning(settlement.c.settlement_id))
    return result.scalar() is not None


async def settlement_of(tx: Tx, settlement_id: str, *, locked: bool = False) -> dict[str, Any] | None:
    """One settlement's row; None if there is none."""
    query = select(settlement).where(settlement.c.settlement_id == settlement_id)
    row = (await tx.execute(query.with_for_update() if locked else query)).mappings().first()
    return dict(row) if row else None


async def open_settlements(tx: Tx, programme_code: str, provider_id: str | None = None) -> list[dict[str, Any]]:
    """The settlements that may still be written, locked, in order of month."""
    query = select(settlement).where(settlement.c.programme_code == programme_code, settlement.c.state.in_(OPEN))
    if provider_id is not None:
        query = query.where(settlement.c.provider_id == provider_id)
    ordered = query.order_by(settlement.c.month, settlement.c.settlement_id).with_for_update()
    return [dict(row) for row in (await tx.execute(ordered)).mappings()]


async def parked_programmes(tx: Tx) -> list[str]:
    """The programmes with a parked settlement."""
    query = select(settlement.c.programme_code).where(settlement.c.state == "parked").distinct()
    return sorted((await tx.execute(query)).scalars())


async def write_settlement(tx: Tx, settlement_id: str, lines: Sequence[Line], **values: Any) -> None:
    """Replace the lines of an open settlement and set its columns."""
    await tx.execute(delete(settlement_line).where(settlement_line.c.settlement_id == settlement_id))
    if lines:
        await tx.execute(
            insert(settlement_line),
            [line_row(settlement_id, number, line) for number, line in enumerate(lines, start=1)],
        )
    await set_settlement(tx, settlement_id, **values)


async def set_settlement(tx: Tx, settlement_id: str, **values: Any) -> None:
    """Set a settlement's columns."""
    await tx.execute(update(settlement).where(settlement.c.settlement_id == settlement_id).values(values))


async def lines_of(tx: Tx, settlement_id: str) -> list[Line]:
    """A settlement's lines in order of their numbers."""
    query = select(settlement_line).where(settlement_line.c.settlement_id == settlement_id)
    return [line_from(row) for row in (await tx.execute(query.order_by(settlement_line.c.line_no))).mappings()]


async def line_of(tx: Tx, settlement_id: str, line_no: int) -> Line | None:
    """One line; None for an unknown number."""
    query = select(settlement_line).where(
        settlement_line.c.settlement_id == settlement_id, settlement_line.c.line_no == line_no
    )
    row = (await tx.execute(query)).mappings().first()
    return line_from(row) if row else None


async def earlier_lines(tx: Tx, row: dict[str, Any], grant_ids: list[str]) -> list[Line]:
    """What the provider's settlements of earlier months state for these grants."""
    query = (
        select(settlement_line)
        .join(settlement, settlement.c.settlement_id == settlement_line.c.settlement_id)
        .where(
            settlement.c.provider_id == row["provider_id"],
            settlement.c.programme_code == row["programme_code"],
            settlement.c.month < row["month"],
            settlement_line.c.grant_id.in_(grant_ids),
        )
        .order_by(settlement.c.month, settlement_line.c.line_no)
    )
    return [line_from(found) for found in (await tx.execute(query)).mappings()]


async def open_months(tx: Tx, row: dict[str, Any], months: list[str]) -> list[str]:
    """Which of these months of the same provider and programme have a settlement that is not issued yet."""
    query = select(settlement.c.month).where(
        settlement.c.provider_id == row["provider_id"],
        settlement.c.programme_code == row["programme_code"],
        settlement.c.month.in_(months),
        settlement.c.state.in_(OPEN),
    )
    return sorted((await tx.execute(query)).scalars())


async def add_shares(tx: Tx, settlement_id: str, shares: Sequence[Share]) -> None:
    """Append who pays which grant's fee."""
    if shares:
        await tx.execute(
            insert(settlement_share),
            [
                {
                    "settlement_id": settlement_id,
                    "grant_id": share.grant_id,
                    "fee_krw": share.fee_krw,
                    "self_payment_krw": share.self_payment_krw,
                    "subsidy_krw": share.subsidy_krw,
                    "uncovered_krw": share.uncovered_krw,
                }
                for share in shares
            ],
        )


async def shares_of(tx: Tx, settlement_id: str) -> list[Share]:
    """Who pays which grant's fee, in order of grant."""
    query = select(settlement_share).where(settlement_share.c.settlement_id == settlement_id)
    found = (await tx.execute(query.order_by(settlement_share.c.grant_id))).mappings()
    return [Share(**{name: row[name] for name in Share.__dataclass_fields__}) for row in found]


async def drawn_of(tx: Tx, grant_ids: list[str]) -> dict[str, Drawn]:
    """What each grant's fees were paid from so far."""
    query = (
        select(
            settlement_share.c.grant_id,
            func.sum(settlement_share.c.self_payment_krw),
            func.sum(settlement_share.c.subsidy_krw),
            func.sum(settlement_share.c.uncovered_krw),
        )
        .where(settlement_share.c.grant_id.in_(grant_ids))
        .group_by(settlement_share.c.grant_id)
    )
    return {row[0]: Drawn(int(row[1]), int(row[2]), int(row[3])) for row in (await tx.execute(query)).all()}


async def unapproved_use_of(tx: Tx, grant_id: str) -> list[str]:
    """The settlements that state use of a grant and are not approved yet."""
    query = text(
        "SELECT DISTINCT settlement_id FROM settlement s CROSS JOIN LATERAL jsonb_array_elements(s.uses) AS use"
        " WHERE s.state IN ('parked', 'draft', 'issued') AND use->>'grant_id' = :grant ORDER BY 1"
    )
    return list((await tx.execute(query, {"grant": grant_id})).scalars())


async def month_is_settled(tx: Tx, provider_id: str, programme_code: str, month: str) -> bool:
    """Whether the provider's month is approved or paid."""
    query = select(func.count()).where(
        settlement.c.provider_id == provider_id,
        settlement.c.programme_code == programme_code,
        settlement.c.month == month,
        settlement.c.state.in_(("approved", "paid")),
    )
    return bool((await tx.execute(query)).scalar_one())


async def list_settlements(tx: Tx, *, after: str, limit: int, **filters: str | None) -> list[dict[str, Any]]:
    """A page of settlements in order of id, one more than `limit`; filters by column where not None."""
    columns = [column for column in settlement.c if column.name not in ("uses", "canonical")]
    query = select(*columns).where(settlement.c.settlement_id > after)
    for name, value in filters.items():
        if value is not None:
            query = query.where(settlement.c[name] == value)
    ordered = query.order_by(settlement.c.settlement_id).limit(limit + 1)
    return [dict(row) for row in (await tx.execute(ordered)).mappings()]


async def count_by_state(tx: Tx, programme_code: str | None) -> dict[str, int]:
    """How many settlements stand in each state."""
    query = select(settlement.c.state, func.count()).group_by(settlement.c.state)
    if programme_code is not None:
        query = query.where(settlement.c.programme_code == programme_code)
    return {state: int(count) for state, count in (await tx.execute(query)).all()}
