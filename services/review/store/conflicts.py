"""Which seats may not score which application: conflicts of interest, and what was taken back of them, appended."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import among, columns, one, values, values_of
from services.review.model.panels import ConflictOfInterest, KeptConflict
from services.review.model.stages import Withdrawal
from services.review.tables import conflict, conflict_withdrawal

CONFLICT, WITHDRAWAL = columns(conflict, ConflictOfInterest), columns(conflict_withdrawal, Withdrawal)
_STANDS = ~exists().where(conflict_withdrawal.c.conflict_id == conflict.c.id)
STANDING = select(conflict.c.id, *CONFLICT).where(_STANDS).subquery("standing")
"""The conflicts that nobody took back."""


async def add_conflicts(tx: Tx, found: Sequence[ConflictOfInterest]) -> None:
    """Record conflicts of interest of seats that have none in these applications; the caller holds their places."""
    if found:
        await tx.execute(insert(conflict), values_of(found))


async def add_withdrawal(tx: Tx, conflict_id: int, withdrawal: Withdrawal) -> None:
    """Take a conflict back; it stays on record."""
    await tx.execute(insert(conflict_withdrawal).values(conflict_id=conflict_id, **values(withdrawal)))


async def find_standing(tx: Tx, panel_id: str, application_id: str, seat: int) -> KeptConflict | None:
    """The conflict that keeps a seat from scoring an application; None where there is none."""
    query = select(STANDING).where(
        STANDING.c.panel_id == panel_id, STANDING.c.application_id == application_id, STANDING.c.seat == seat
    )
    row = (await tx.execute(query)).first()
    return None if row is None else KeptConflict(row[0], one(ConflictOfInterest, row[1:]), None)


async def list_conflicts(tx: Tx, panel_id: str, after: int, limit: int) -> tuple[KeptConflict, ...]:
    """A panel's conflicts in the order in which they were recorded, after one, those taken back included."""
    query = (
        select(conflict.c.id, *CONFLICT, *WITHDRAWAL)
        .outerjoin(conflict_withdrawal, conflict_withdrawal.c.conflict_id == conflict.c.id)
        .where(conflict.c.panel_id == panel_id, conflict.c.id > after)
        .order_by(conflict.c.id)
        .limit(limit)
    )
    return tuple(_kept(row) for row in await tx.execute(query))


def _kept(row: Any) -> KeptConflict:
    told, taken_back = row[1 : 1 + len(CONFLICT)], row[1 + len(CONFLICT) :]
    withdrawal = None if taken_back[0] is None else one(Withdrawal, taken_back)
    return KeptConflict(row[0], one(ConflictOfInterest, told), withdrawal)


async def list_conflicted(
    tx: Tx, panel_ids: Collection[str], application_ids: Collection[str]
) -> dict[tuple[str, str], tuple[int, ...]]:
    """The seats that may not score, ascending, by panel and application."""
    query = select(conflict.c.panel_id, conflict.c.application_id, conflict.c.seat).where(
        among(conflict.c.panel_id, panel_ids), among(conflict.c.application_id, application_ids), _STANDS
    )
    found: dict[tuple[str, str], tuple[int, ...]] = defaultdict(tuple)
    for panel_id, application_id, number in await tx.execute(query.order_by(conflict.c.seat)):
        found[panel_id, application_id] += (number,)
    return found


async def list_conflicted_on_panel(tx: Tx, panel_id: str) -> dict[str, tuple[int, ...]]:
    """The seats that may not score, ascending, by application, of a whole panel."""
    query = select(STANDING.c.application_id, STANDING.c.seat).where(STANDING.c.panel_id == panel_id)
    found: dict[str, tuple[int, ...]] = defaultdict(tuple)
    for application_id, number in await tx.execute(query.order_by(STANDING.c.application_id, STANDING.c.seat)):
        found[application_id] += (number,)
    return found
