"""What intake does on a clock: it counts its applications for the dashboards."""

from libs.common.clock import Clock
from libs.common.db import Database
from services.intake.metrics import METRICS
from services.intake.store import applications


async def count_applications(db: Database, clock: Clock) -> None:  # noqa: ARG001 - a job's shape
    """Tell how many applications of each call are in which state: every state, none as 0."""
    async with db.transaction() as tx:
        counted = {(programme, state): count for programme, state, count in await applications.count_by_state(tx)}
    for programme in {programme for programme, _ in counted}:
        for state in applications.STATES:
            METRICS.applications.labels(programme, state).set(counted.get((programme, state), 0))
