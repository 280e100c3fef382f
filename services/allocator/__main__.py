"""Run the allocator: `python -m services.allocator api | worker | migrate`."""

from libs.common.process import main
from libs.common.service import Job, Service
from services.allocator.consumers import HANDLERS
from services.allocator.jobs import end_due, watch
from services.allocator.messages import MESSAGES
from services.allocator.metrics import REGISTRY
from services.allocator.operations.turns import lock_first
from services.allocator.routes import deliveries, downtimes, grants, placements, pools, sessions, summary, supply
from services.allocator.tables.whole import metadata

SERVICE = Service(
    name="allocator",
    title="두레 배정 · Dure allocator",
    routers=[
        supply.router,
        placements.router,
        grants.router,
        deliveries.router,
        downtimes.router,
        sessions.router,
        pools.router,
        summary.router,
    ],
    handlers=HANDLERS,
    jobs=[Job("end-due", 5, end_due), Job("watch", 60, watch, only_measures=True)],
    metadata=metadata,
    messages=MESSAGES,
    registry=REGISTRY,
    lock_first=lock_first,
)

if __name__ == "__main__":
    main(SERVICE)
