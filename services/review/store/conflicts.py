"""Which seats may not score which application: conflicts of interest, and what was taken back of them, appended."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, case, exists, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.lists import Counts, Shape, Wanted, count, paged
from libs.common.nouns import among, columns, one, values, values_of
from services.review.model.panels import ConflictOfInterest, ConflictState, KeptConflict
from services.review.model.stages import Withdrawal
from services.review.tables.applications import application
from services.review.tables.panels import conflict, conflict_withdrawal

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


_STATE = case((conflict_withdrawal.c.conflict_id.is_(None), "standing"), else_="withdrawn")
SHAPE = Shape(
    number=conflict.c.id,
    found_by=(conflict.c.application_id, application.c.receipt_no, application.c.organisation_name, conflict.c.reason),
    sorts={"declared_at": conflict.c.declared_at, "seat": conflict.c.seat, "receipt_no": application.c.receipt_no},
    state=_STATE,
    by_length=False,
    ids=conflict.c.application_id,
)


async def list_conflicts(
    tx: Tx, panel_id: str, wanted: Wanted, state: ConflictState | None
) -> tuple[KeptConflict, ...]:
    """One page of a panel's conflicts, without another order as they were recorded, those taken back included."""
    query = select(conflict.c.id, *CONFLICT, *WITHDRAWAL, application.c.receipt_no, application.c.organisation_name)
    rows = await tx.execute(paged(_of_panel(query, panel_id, state), SHAPE, wanted))
    return tuple(_kept(row) for row in rows)


async def count_conflicts(tx: Tx, panel_id: str, wanted: Wanted, state: ConflictState | None) -> Counts:
    """How many there are on all pages, in sum and by where they stand."""
    return await count(tx, _of_panel(select(conflict.c.id), panel_id, state), SHAPE, wanted)


def _of_panel(query: Select[Any], panel_id: str, state: ConflictState | None) -> Select[Any]:
    beside = conflict.join(application, application.c.application_id == conflict.c.application_id).outerjoin(
        conflict_withdrawal, conflict_withdrawal.c.conflict_id == conflict.c.id
    )
    query = query.select_from(beside).where(conflict.c.panel_id == panel_id)
    return query if state is None else query.where(_STATE.in_((state,)))


def _kept(row: Any) -> KeptConflict:
    told, taken_back = row[1 : 1 + len(CONFLICT)], row[1 + len(CONFLICT) : -2]
    withdrawal = None if taken_back[0] is None else one(Withdrawal, taken_back)
    return KeptConflict(row[0], one(ConflictOfInterest, told), withdrawal, row[-2], row[-1])


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
