"""`python -m services.review api | worker | migrate`."""

from libs.common.process import main
from libs.common.service import Job, Service
from services.review.consumers import HANDLERS
from services.review.jobs import escalate_late_reviewers
from services.review.messages import MESSAGES
from services.review.metrics import REGISTRY
from services.review.operations.turns import lock_first
from services.review.operations.two_people import KINDS
from services.review.routes import panels, results, selections, sheets
from services.review.settings import ESCALATE_EVERY_S
from services.review.tables import metadata

SERVICE = Service(
    name="review",
    title="심사 · Review",
    routers=[
        panels.router,
        sheets.router,
        selections.router,
        results.router,
    ],
    handlers=HANDLERS,
    jobs=[Job("escalate-late-reviewers", ESCALATE_EVERY_S, escalate_late_reviewers)],
    metadata=metadata,
    messages=MESSAGES,
    kinds=KINDS,
    registry=REGISTRY,
    lock_first=lock_first,
)

if __name__ == "__main__":
    main(SERVICE)
