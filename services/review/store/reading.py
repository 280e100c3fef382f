"""Who cleared themself of a conflict, how often conflicts were taken back, and sheets that are not handed in yet."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import among, columns, one, values
from services.review.model.reading import Clearance, SheetDraft
from services.review.model.stages import Place
from services.review.tables.panels import conflict, conflict_withdrawal, panel_application, seat
from services.review.tables.reading import clearance, sheet_draft

CLEARANCE, DRAFT = columns(clearance, Clearance), columns(sheet_draft, SheetDraft)
_TAKEN_BACK = conflict.join(conflict_withdrawal, conflict_withdrawal.c.conflict_id == conflict.c.id)


async def list_taken_back(
    tx: Tx, panel_ids: Collection[str], application_ids: Collection[str]
) -> dict[tuple[str, str, int], int]:
    """How many conflicts of a seat in an application were taken back, by panel, application and seat; none as nothing.

    Each began another sitting of that seat.
    """
    seats = (conflict.c.panel_id, conflict.c.application_id, conflict.c.seat)
    query = select(*seats, func.count()).select_from(_TAKEN_BACK).group_by(*seats)
    query = query.where(among(conflict.c.panel_id, panel_ids), among(conflict.c.application_id, application_ids))
    return {(panel_id, known, number): count for panel_id, known, number, count in await tx.execute(query)}


def is_cleared() -> ColumnElement[bool]:
    """Whether a seat has cleared itself in its present sitting for an application of its panel, as a column."""
    on = (panel_application.c.application_id, seat.c.panel_id, seat.c.seat)
    sitting = (
        select(1 + func.count())
        .select_from(_TAKEN_BACK)
        .where(conflict.c.application_id == on[0], conflict.c.panel_id == on[1], conflict.c.seat == on[2])
        .correlate(panel_application, seat)
        .scalar_subquery()
    )
    return exists().where(
        clearance.c.application_id == on[0],
        clearance.c.panel_id == on[1],
        clearance.c.seat == on[2],
        clearance.c.sitting == sitting,
    )


async def add_clearance(tx: Tx, new: Clearance) -> None:
    """Record that a seat has no conflict; the caller holds the application's place."""
    await tx.execute(insert(clearance).values(values(new)))


async def find_clearance(
    tx: Tx, panel_id: str, application_id: str, seat_number: int, sitting: int
) -> Clearance | None:
    """That a seat has cleared itself in one sitting; None where it has not."""
    query = select(*CLEARANCE).where(
        clearance.c.panel_id == panel_id,
        clearance.c.application_id == application_id,
        clearance.c.seat == seat_number,
        clearance.c.sitting == sitting,
    )
    row = (await tx.execute(query)).first()
    return None if row is None else one(Clearance, row)


async def find_draft(tx: Tx, place: Place, seat_number: int) -> SheetDraft | None:
    """What a seat has saved for an application's stage; None where it has not."""
    query = select(*DRAFT).where(
        and_(sheet_draft.c.application_id == place[0], sheet_draft.c.stage == place[1]),
        sheet_draft.c.seat == seat_number,
    )
    row = (await tx.execute(query)).first()
    return None if row is None else one(SheetDraft, row)


async def keep_draft(tx: Tx, draft: SheetDraft) -> None:
    """Keep a draft in the place of the one before; the caller holds its place."""
    new = insert(sheet_draft).values(values(draft))
    later = {name: new.excluded[name] for name in ("scores", "comment", "version", "saved_at")}
    await tx.execute(new.on_conflict_do_update(index_elements=["application_id", "stage", "seat"], set_=later))
