"""What billing does on a clock."""

import datetime as dt

from libs.common.db import Database
from services.billing.operations.figures import measure
from services.billing.operations.overdue import mark_overdue
from services.billing.operations.programmes import retry


async def tell_overdue(db: Database, now: dt.datetime) -> None:
    """Mark and tell deposits and payments that became overdue."""
    async with db.transaction() as tx:
        await mark_overdue(tx, now)


async def take_up_parked(db: Database, now: dt.datetime) -> None:
    """Compute what waits for a policy value that came into force meanwhile."""
    async with db.transaction() as tx:
        await retry(tx, now)


async def refresh_gauges(db: Database, now: dt.datetime) -> None:
    """Refresh what operators see."""
    async with db.transaction() as tx:
        await measure(tx, now)
