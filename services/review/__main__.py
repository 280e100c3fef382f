"""`python -m services.review api | worker | migrate`."""

from libs.common.process import main
from libs.common.service import Job, Service
from services.review.consumers import HANDLERS
from services.review.jobs import count_late, escalate_late_reviewers
from services.review.messages import MESSAGES
from services.review.metrics import REGISTRY
from services.review.operations.tasks import tasks_of
from services.review.operations.turns import lock_first
from services.review.operations.two_people import KINDS
from services.review.routes import (
    invitations,
    panel_lists,
    panels,
    places,
    presentations,
    progress,
    providers,
    public_results,
    reading,
    results,
    selection_lists,
    selection_questions,
    selection_rows,
    selections,
    sheet_lists,
    sheets,
    statistics,
)
from services.review.settings import COUNT_EVERY_S, ESCALATE_EVERY_S
from services.review.tables.base import metadata

SERVICE = Service(
    name="review",
    title="심사 · Review",
    routers=[
        panel_lists.router,
        panels.router,
        invitations.router,
        progress.router,
        presentations.router,
        reading.router,
        sheet_lists.router,
        sheets.router,
        selection_lists.router,
        selections.router,
        selection_rows.router,
        selection_questions.router,
        places.router,
        statistics.router,
        providers.router,
        results.router,
        public_results.router,
    ],
    handlers=HANDLERS,
    jobs=[
        Job("escalate-late-reviewers", ESCALATE_EVERY_S, escalate_late_reviewers),
        Job("count-late-sheets", COUNT_EVERY_S, count_late, only_measures=True),
    ],
    metadata=metadata,
    messages=MESSAGES,
    kinds=KINDS,
    tasks=tasks_of,
    registry=REGISTRY,
    lock_first=lock_first,
)

if __name__ == "__main__":
    main(SERVICE)
