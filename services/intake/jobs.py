"""What intake does on a clock: it counts its applications for the dashboards, and removes contents of nobody."""

from typing import Protocol

from libs.common.clock import Clock
from libs.common.db import Database
from services.intake.metrics import METRICS
from services.intake.operations import documents
from services.intake.settings import SETTINGS
from services.intake.store import applications
from services.intake.store.contents import Place

LOOKS_A_RUN = 10
"""How often a run asks the store for contents, so many each time as one query compares."""


class Watched(Protocol):
    """The place of documents as this process watches it."""

    swept_until: str

    async def usable(self) -> Place:
        """The place, looked at just now."""


async def count_applications(db: Database, clock: Clock) -> None:  # noqa: ARG001 - a job's shape
    """Tell how many applications of each call are in which state: every state, none as 0."""
    async with db.transaction() as tx:
        counted = {(programme, state): count for programme, state, count in await applications.count_by_state(tx)}
    for programme in {programme for programme, _ in counted}:
        for state in applications.STATES:
            METRICS.applications.labels(programme, state).set(counted.get((programme, state), 0))


async def collect_orphans(db: Database, clock: Clock, outside: Watched) -> None:  # noqa: ARG001 - a job's shape
    """Remove contents that nothing names and that lie there for the time of grace; each in a transaction of its own.

    A run looks at so many and the next goes on behind them, from the beginning again once the end is reached.
    """
    place = await outside.usable()
    waiting = []
    for _ in range(LOOKS_A_RUN):
        async with db.transaction() as tx:
            grace_s = SETTINGS.orphans_grace_s
            looked = await documents.look_for_orphans(tx, outside.swept_until, place=place, grace_s=grace_s)
        waiting.append(looked.waiting)
        for sha256 in looked.forgotten:
            async with db.transaction() as tx:
                METRICS.collected.inc(await documents.collect(tx, sha256, place=place))
        outside.swept_until = looked.after
        if not looked.after:
            break
    METRICS.orphans.set(sum(waiting))
