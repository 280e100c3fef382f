"""The budget's rows: commitments, shifts, execution, announced levels."""

import datetime as dt
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from services.billing.model.ledger import Move
from services.billing.tables import budget_level, budget_shift, commitment, settlement, shift_no

EXECUTED = ("approved", "paid")


async def commitment_of(tx: Tx, application_id: str) -> dict[str, Any] | None:
    """The commitment made for an application, locked; None if none."""
    query = select(commitment).where(commitment.c.application_id == application_id).with_for_update()
    row = (await tx.execute(query)).mappings().first()
    return dict(row) if row else None


async def save_commitment(tx: Tx, application_id: str, **values: Any) -> None:
    """Insert a commitment, or change the one there is."""
    statement = upsert(commitment).values(application_id=application_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["application_id"], set_=values))


async def lower_commitment(tx: Tx, application_id: str, by_krw: int) -> None:
    """Take what was executed off what is still committed."""
    await tx.execute(
        update(commitment)
        .where(commitment.c.application_id == application_id)
        .values(left_krw=commitment.c.left_krw - by_krw)
    )


async def commitments_awaiting_policy(tx: Tx, programme_code: str) -> list[dict[str, Any]]:
    """Commitments whose estimate waits for an unset value, in order of application."""
    query = (
        select(commitment)
        .where(commitment.c.programme_code == programme_code, commitment.c.missing_path.is_not(None))
        .order_by(commitment.c.application_id)
        .with_for_update()
    )
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def committed_krw(tx: Tx, programme_code: str) -> int:
    """What is committed and not yet executed, in won."""
    query = select(func.coalesce(func.sum(commitment.c.left_krw), 0)).where(
        commitment.c.programme_code == programme_code, commitment.c.released.is_(False)
    )
    return int((await tx.execute(query)).scalar_one())


async def executed_krw(tx: Tx, programme_code: str) -> int:
    """The subsidy that approved settlements have drawn, in won."""
    query = select(func.coalesce(func.sum(settlement.c.subsidy_krw), 0)).where(
        settlement.c.programme_code == programme_code, settlement.c.state.in_(EXECUTED)
    )
    return int((await tx.execute(query)).scalar_one())


async def uncovered_krw(tx: Tx, programme_code: str) -> int:
    """What approved settlements could not draw, in won."""
    query = select(func.coalesce(func.sum(settlement.c.uncovered_krw), 0)).where(
        settlement.c.programme_code == programme_code, settlement.c.state.in_(EXECUTED)
    )
    return int((await tx.execute(query)).scalar_one())


async def last_approved_at(tx: Tx, programme_code: str) -> dt.datetime | None:
    """When the programme's last settlement was approved; None if none was."""
    query = select(func.max(settlement.c.approved_at)).where(settlement.c.programme_code == programme_code)
    found: dt.datetime | None = (await tx.execute(query)).scalar()
    return found


async def shifted_to_subsidy_krw(tx: Tx, programme_code: str) -> int:
    """What officers moved into the subsidy part, less what they moved out, in won."""
    query = text(
        "SELECT coalesce(sum(CASE WHEN to_part = 'subsidy' THEN amount_krw ELSE -amount_krw END), 0)::bigint"
        " FROM budget_shift WHERE programme_code = :code"
    )
    return int((await tx.execute(query, {"code": programme_code})).scalar_one())


async def add_shift(tx: Tx, programme_code: str, move: Move, by: str, now: dt.datetime) -> str:
    """Append a shift between the two parts; returns its id."""
    number = (await tx.execute(select(shift_no.next_value()))).scalar_one()
    shift_id = f"BS-{number:06}"
    await tx.execute(
        insert(budget_shift).values(
            shift_id=shift_id,
            programme_code=programme_code,
            from_part=move.from_part,
            to_part=move.to_part,
            amount_krw=move.amount_krw,
            reason=move.reason,
            shifted_by=by,
            shifted_at=now,
        )
    )
    return shift_id


async def shifts(tx: Tx, programme_code: str) -> list[dict[str, Any]]:
    """All shifts of a programme, oldest first."""
    query = select(budget_shift).where(budget_shift.c.programme_code == programme_code)
    return [dict(row) for row in (await tx.execute(query.order_by(budget_shift.c.shift_id))).mappings()]


async def announce_level(
    tx: Tx, programme_code: str, level_pct: int, executed_krw: int, cap_krw: int, now: dt.datetime
) -> bool:
    """Remember that a level was reached; False where it was announced before."""
    statement = upsert(budget_level).values(
        programme_code=programme_code, level_pct=level_pct, executed_krw=executed_krw, cap_krw=cap_krw, reached_at=now
    )
    result = await tx.execute(statement.on_conflict_do_nothing().returning(budget_level.c.level_pct))
    return result.scalar() is not None


async def levels(tx: Tx, programme_code: str) -> list[int]:
    """The levels announced so far, ascending."""
    query = select(budget_level.c.level_pct).where(budget_level.c.programme_code == programme_code)
    return sorted((await tx.execute(query)).scalars())


async def programmes(tx: Tx) -> list[str]:
    """The codes of all programmes heard of."""
    return list((await tx.execute(text("SELECT DISTINCT code FROM programme_version ORDER BY code"))).scalars())
