"""What intake does on a clock: it counts its applications for the dashboards."""

from libs.common.clock import Clock
from libs.common.db import Database
from services.intake.metrics import METRICS
from services.intake.store import applications


async def count_applications(db: Database, clock: Clock) -> None:  # noqa: ARG001 - a job's shape
    """Tell how many applications of each call are in which state."""
    async with db.transaction() as tx:
        counts = await applications.count_by_state(tx)
    METRICS.applications.clear()
    for programme, state, count in counts:
        METRICS.applications.labels(programme, state).set(count)
