"""What runs on a clock: late reviewers are escalated, never skipped (RV-1)."""

from libs.common.clock import Clock
from libs.common.db import Database
from services.review.metrics import METRICS
from services.review.operations.panels import escalate_late
from services.review.store.progress import count_late_sheets


async def escalate_late_reviewers(db: Database, clock: Clock) -> None:
    """Put reviewers who owe sheets after their panel's due time on record, once."""
    async with db.transaction() as tx:
        new = await escalate_late(tx, clock.now())
    METRICS.late_reviewers.inc(new)  # once it is on record: what was rolled back did not happen


async def count_late(db: Database, clock: Clock) -> None:
    """Tell how many sheets of each call are late now."""
    async with db.transaction() as tx:
        counted = await count_late_sheets(tx, clock.now())
    for programme, sheets in counted.items():
        METRICS.late_sheets.labels(programme).set(sheets)
