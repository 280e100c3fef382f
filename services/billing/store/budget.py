"""The budget's rows: commitments, shifts, execution, announced levels."""

import datetime as dt

from sqlalchemy import Column, case, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.nouns import all_of, by_number, columns, field_names, one, values
from services.billing.model.budget import Commitment, Level, Move, MovedBetween, ProgrammeMove, Shift
from services.billing.model.settlements import APPROVED
from services.billing.tables.base import programme_version
from services.billing.tables.budget import (
    budget_level,
    budget_shift,
    commitment,
    programme_move,
    programme_move_no,
    shift_no,
)
from services.billing.tables.settlements import settlement


async def find_commitment(tx: Tx, application_id: str) -> Commitment | None:
    """The commitment made for an application, locked; None if none."""
    query = select(*columns(commitment, Commitment)).where(commitment.c.application_id == application_id)
    row = (await tx.execute(query.with_for_update())).first()
    return one(Commitment, row) if row else None


_NEW = upsert(commitment)
_KEEP = _NEW.on_conflict_do_update(
    index_elements=["application_id"], set_={name: _NEW.excluded[name] for name in field_names(Commitment)}
)


async def keep_commitment(tx: Tx, made: Commitment) -> None:
    """Insert a commitment, or change the one there is."""
    await tx.execute(_KEEP, values(made))


async def lower_commitment(tx: Tx, application_id: str, by_krw: int) -> None:
    """Take what was executed off what is still committed."""
    lowered = {"left_krw": commitment.c.left_krw - by_krw}
    await tx.execute(update(commitment).where(commitment.c.application_id == application_id).values(lowered))


async def list_commitments_awaiting_policy(tx: Tx, programme_code: str) -> tuple[Commitment, ...]:
    """Commitments whose estimate waits for an unset value, in order of application, locked."""
    query = (
        select(*columns(commitment, Commitment))
        .where(
            commitment.c.programme_code == programme_code,
            commitment.c.missing_path.is_not(None),
            commitment.c.released.is_(False),
        )
        .order_by(commitment.c.application_id)
        .with_for_update()
    )
    return all_of(Commitment, await tx.execute(query))


async def sum_committed_krw(tx: Tx, programme_code: str) -> int:
    """What is committed and not yet executed, in won."""
    query = select(func.coalesce(func.sum(commitment.c.left_krw), 0)).where(
        commitment.c.programme_code == programme_code, commitment.c.released.is_(False)
    )
    return int((await tx.execute(query)).scalar_one())


async def sum_executed_krw(tx: Tx, programme_code: str) -> int:
    """The subsidy that approved settlements have drawn, in won."""
    return await _sum_of_approved(tx, programme_code, settlement.c.subsidy_krw)


async def sum_uncovered_krw(tx: Tx, programme_code: str) -> int:
    """What approved settlements could not draw, in won."""
    return await _sum_of_approved(tx, programme_code, settlement.c.uncovered_krw)


async def _sum_of_approved(tx: Tx, programme_code: str, amount: "Column[int]") -> int:
    query = select(func.coalesce(func.sum(amount), 0)).where(
        settlement.c.programme_code == programme_code, settlement.c.state.in_(APPROVED)
    )
    return int((await tx.execute(query)).scalar_one())


async def find_last_approval(tx: Tx, programme_code: str) -> dt.datetime | None:
    """When the programme's last settlement was approved; None if none was."""
    query = select(func.max(settlement.c.approved_at)).where(settlement.c.programme_code == programme_code)
    found: dt.datetime | None = (await tx.execute(query)).scalar()
    return found


async def sum_shifted_to_subsidy_krw(tx: Tx, programme_code: str) -> int:
    """What officers moved into the subsidy part, less what they moved out, in won."""
    signed = case((budget_shift.c.to_part == "subsidy", budget_shift.c.amount_krw), else_=-budget_shift.c.amount_krw)
    query = select(func.coalesce(func.sum(signed), 0)).where(budget_shift.c.programme_code == programme_code)
    return int((await tx.execute(query)).scalar_one())


async def add_shift(tx: Tx, programme_code: str, move: Move, by: str, now: dt.datetime) -> str:
    """Append a shift between the two parts; returns its id."""
    number = (await tx.execute(select(shift_no.next_value()))).scalar_one()
    shift = Shift(
        shift_id=f"BS-{number:06}",
        programme_code=programme_code,
        from_part=move.from_part,
        to_part=move.to_part,
        amount_krw=move.amount_krw,
        reason=move.reason,
        shifted_by=by,
        shifted_at=now,
    )
    await tx.execute(insert(budget_shift).values(values(shift)))
    return shift.shift_id


async def list_shifts(tx: Tx, programme_code: str) -> tuple[Shift, ...]:
    """All shifts of a programme, oldest first."""
    query = select(*columns(budget_shift, Shift)).where(budget_shift.c.programme_code == programme_code)
    return all_of(Shift, await tx.execute(query.order_by(budget_shift.c.shift_id)))


async def add_programme_move(tx: Tx, move: ProgrammeMove, by: str, now: dt.datetime) -> str:
    """Append a move between two programmes; returns its id."""
    number = (await tx.execute(select(programme_move_no.next_value()))).scalar_one()
    made = MovedBetween(f"BM-{number:06}", **values(move), moved_by=by, moved_at=now)
    await tx.execute(insert(programme_move).values(values(made)))
    return made.move_id


async def list_programme_moves(tx: Tx, programme_code: str) -> tuple[MovedBetween, ...]:
    """All moves from and to a programme, oldest first."""
    of = or_(programme_move.c.from_programme == programme_code, programme_move.c.to_programme == programme_code)
    query = select(*columns(programme_move, MovedBetween)).where(of)
    return all_of(MovedBetween, await tx.execute(query.order_by(*by_number(programme_move.c.move_id))))


async def sum_moved_krw(tx: Tx, programme_code: str) -> int:
    """What came to a programme from others, less what went to them, in won."""
    to, of = programme_move.c.to_programme, programme_move.c.from_programme
    signed = case((to == programme_code, programme_move.c.amount_krw), else_=-programme_move.c.amount_krw)
    query = select(func.coalesce(func.sum(signed), 0)).where(or_(to == programme_code, of == programme_code))
    return int((await tx.execute(query)).scalar_one())


async def add_level(tx: Tx, reached: Level) -> None:
    """Remember that a level was reached; the caller holds the turn and knows that it was not announced before."""
    await tx.execute(insert(budget_level).values(values(reached)))


async def list_levels_pct(tx: Tx, programme_code: str) -> tuple[int, ...]:
    """The levels announced so far, ascending."""
    query = select(budget_level.c.level_pct).where(budget_level.c.programme_code == programme_code)
    return tuple((await tx.execute(query.order_by(budget_level.c.level_pct))).scalars())


async def list_programmes(tx: Tx) -> tuple[str, ...]:
    """The codes of all programmes heard of."""
    return tuple((await tx.execute(select(programme_version.c.code).distinct().order_by("code"))).scalars())
