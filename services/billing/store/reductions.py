"""Which reduction intake granted an application (IN-15)."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.self_payment import Reduction
from services.billing.tables.self_payments import granted_reduction


async def add_reduction(tx: Tx, application_id: str, reduction: Reduction, decided_at: dt.datetime) -> None:
    """Keep what was decided at an instant; a repeated one changes nothing."""
    told = {"application_id": application_id, "reduction": reduction, "decided_at": decided_at}
    await tx.execute(upsert(granted_reduction).values(told).on_conflict_do_nothing())


async def find_reduction(tx: Tx, application_id: str) -> Reduction | None:
    """The reduction decided last, in whatever order it was heard; None where nothing was said of one."""
    query = select(granted_reduction.c.reduction).where(granted_reduction.c.application_id == application_id)
    newest = query.order_by(granted_reduction.c.decided_at.desc()).limit(1)
    found: Reduction | None = (await tx.execute(newest)).scalar()
    return found
