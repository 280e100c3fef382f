"""What runs on a clock: sessions and grants that are due end; the figures that operators watch."""

from libs.common.clock import Clock
from libs.common.db import Database
from services.allocator.metrics import METRICS
from services.allocator.operations.figures import watch_figures
from services.allocator.operations.grants import end_due_grants
from services.allocator.operations.sessions import end_due_sessions, pools_with_due_sessions


async def end_due(db: Database, clock: Clock) -> None:
    """End what is due: each pool in a transaction of its own, then the grants whose period is over."""
    now = clock.now()
    async with db.transaction() as tx:
        waiting = await pools_with_due_sessions(tx, now)
    for pool_id in waiting:
        async with db.transaction() as tx:
            await end_due_sessions(tx, pool_id, now)
    async with db.transaction() as tx:
        await end_due_grants(tx, now)


async def watch(db: Database, clock: Clock) -> None:
    """Measure queues, cards by state, requests over the wait limit and overdue reports."""
    now = clock.now()
    async with db.transaction() as tx:
        seen = await watch_figures(tx, now)
    for gauge in (METRICS.queue_requests, METRICS.oldest_wait_s, METRICS.cards, METRICS.over_wait_limit):
        gauge.clear()
    METRICS.reports_overdue.clear()
    for queue in seen.queues:
        oldest = queue["oldest_requested_at"]
        METRICS.queue_requests.labels(queue["pool_id"]).set(queue["waiting"])
        METRICS.oldest_wait_s.labels(queue["pool_id"]).set((now - oldest).total_seconds() if oldest else 0)
    for row in seen.cards:
        METRICS.cards.labels(row["provider_id"], row["state"]).set(row["cards"])
    for pool_id, requests in seen.over_limit.items():
        METRICS.over_wait_limit.labels(pool_id).set(requests)
    for pool_id, reports in seen.overdue.items():
        METRICS.reports_overdue.labels(pool_id).set(reports)
