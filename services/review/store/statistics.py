"""What looks back at a closed panel: the totals that had a part in its results."""

from sqlalchemy import and_, any_, func, or_, select

from libs.common.db import Tx
from libs.common.nouns import all_of
from services.review.model.statistics import GivenTotal
from services.review.store.composites import IN_FORCE
from services.review.tables.applications import application
from services.review.tables.panels import panel_application
from services.review.tables.sheets import composite, sheet


async def count_open(tx: Tx, panel_id: str) -> int:
    """How many applications of a panel are still scored; those that went do not count."""
    query = (
        select(func.count())
        .select_from(
            panel_application.join(application, application.c.application_id == panel_application.c.application_id)
        )
        .where(
            panel_application.c.panel_id == panel_id,
            panel_application.c.closed_at.is_(None),
            application.c.state == "eligible",
        )
    )
    return int((await tx.execute(query)).scalar_one())


async def list_totals(tx: Tx, panel_id: str) -> tuple[GivenTotal, ...]:
    """The totals that the results of a panel's closed stages were made of, by application and seat."""
    dropped = sheet.c.seat == any_(composite.c.dropped_seats)
    query = (
        select(sheet.c.application_id, sheet.c.seat, sheet.c.reviewer_id, sheet.c.total, dropped)
        .select_from(sheet)
        .join(
            composite,
            and_(composite.c.application_id == sheet.c.application_id, composite.c.stage == sheet.c.stage, IN_FORCE),
        )
        .where(sheet.c.panel_id == panel_id, or_(dropped, sheet.c.seat == any_(composite.c.counted_seats)))
        .order_by(sheet.c.application_id, sheet.c.seat)
    )
    return all_of(GivenTotal, await tx.execute(query))
