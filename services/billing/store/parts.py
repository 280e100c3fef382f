"""Parts of closed statements that wait for the rest of their statement."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.nouns import all_of, columns, values
from services.billing.model.parts import StatementPart
from services.billing.tables.settlements import statement_part


async def add_part(tx: Tx, part: StatementPart) -> None:
    """Keep a part; the same number again changes nothing."""
    await tx.execute(upsert(statement_part).values(**values(part)).on_conflict_do_nothing())


async def list_parts(tx: Tx, statement_id: str) -> tuple[StatementPart, ...]:
    """The parts of a statement that are here, in order."""
    mine = statement_part.c.statement_id == statement_id
    query = select(*columns(statement_part, StatementPart)).where(mine).order_by(statement_part.c.part)
    return all_of(StatementPart, await tx.execute(query))


async def end_parts(tx: Tx, statement_id: str) -> None:
    """Forget the parts of a statement that is whole."""
    await tx.execute(delete(statement_part).where(statement_part.c.statement_id == statement_id))
