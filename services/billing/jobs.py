"""What billing does on a clock."""

from libs.common.clock import Clock
from libs.common.db import Database
from services.billing.operations.figures import measure, measure_ledger, measure_left
from services.billing.operations.overdue import mark_overdue
from services.billing.operations.programmes import retry


async def tell_overdue(db: Database, clock: Clock) -> None:
    """Mark and tell deposits and payments that became overdue."""
    async with db.transaction() as tx:
        await mark_overdue(tx, clock)


async def take_up_parked(db: Database, clock: Clock) -> None:
    """Compute what waits for a policy value that came into force meanwhile."""
    async with db.transaction() as tx:
        await retry(tx, clock)


async def refresh_gauges(db: Database, clock: Clock) -> None:
    """Refresh what operators see."""
    now = clock.now()
    async with db.transaction() as tx:
        await measure(tx, now)


async def sum_ledger(db: Database, _clock: Clock) -> None:
    """Refresh the ledger's own gauges, seldom: its sum is over every entry there ever was."""
    async with db.transaction() as tx:
        await measure_ledger(tx)


async def look_for_left(db: Database, clock: Clock) -> None:
    """Refresh the gauge of what is left to be stated once last months are issued."""
    now = clock.now()
    async with db.transaction() as tx:
        await measure_left(tx, now)
