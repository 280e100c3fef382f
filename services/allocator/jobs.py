"""What runs on a clock: sessions and grants that are due end; the figures that operators watch."""

from libs.common.clock import Clock
from libs.common.db import Database
from services.allocator.metrics import METRICS
from services.allocator.operations.figures import watch_figures
from services.allocator.operations.grants import end_due_grants
from services.allocator.operations.sessions import end_due_sessions, list_due_pools
from services.allocator.rules.waits import waited_s


async def end_due(db: Database, clock: Clock) -> None:
    """End what is due: each pool in a transaction of its own, then the grants whose period is over."""
    async with db.transaction() as tx:
        due = await list_due_pools(tx, clock.now())
    for pool_id in due:
        async with db.transaction() as tx:
            await end_due_sessions(tx, pool_id, clock)
    async with db.transaction() as tx:
        await end_due_grants(tx, clock)


async def watch(db: Database, clock: Clock) -> None:
    """Measure queues, cards by state, requests over the wait limit and overdue reports."""
    async with db.transaction() as tx:
        now = clock.now()
        seen = await watch_figures(tx, now)
    for gauge in (METRICS.queue_requests, METRICS.oldest_wait_s, METRICS.cards, METRICS.over_wait_limit):
        gauge.clear()
    METRICS.reports_overdue.clear()
    for queue in seen.queues:
        METRICS.queue_requests.labels(queue.pool_id).set(queue.waiting)
        METRICS.oldest_wait_s.labels(queue.pool_id).set(waited_s(queue.oldest_requested_at, now))
    for counted in seen.cards:
        METRICS.cards.labels(counted.provider_id, counted.state).set(counted.cards)
    for pool_id, requests in seen.over_limit.items():
        METRICS.over_wait_limit.labels(pool_id).set(requests)
    for pool_id, reports in seen.overdue.items():
        METRICS.reports_overdue.labels(pool_id).set(reports)
