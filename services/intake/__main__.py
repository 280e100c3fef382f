"""Intake's processes: `python -m services.intake api | worker | migrate`."""

from libs.common.process import main
from libs.common.service import Job, Service
from services.intake.consumers import HANDLERS
from services.intake.jobs import count_applications
from services.intake.messages import MESSAGES
from services.intake.metrics import REGISTRY
from services.intake.operations.turns import lock_first
from services.intake.operations.two_people import KINDS
from services.intake.routes import (
    agreements,
    applications,
    collisions,
    documents,
    facts,
    organisations,
    programmes,
    provider_checks,
    providers,
    screening,
)
from services.intake.routes.folder import DocumentsFolder
from services.intake.settings import COUNT_EVERY_S
from services.intake.tables.base import metadata

ROUTES = (
    programmes,
    organisations,
    facts,
    collisions,
    applications,
    documents,
    screening,
    agreements,
    providers,
    provider_checks,
)

SERVICE = Service(
    name="intake",
    title="두레 접수 · Dure intake",
    routers=[route.router for route in ROUTES],
    handlers=HANDLERS,
    jobs=[Job("count-applications", COUNT_EVERY_S, count_applications, only_measures=True)],
    metadata=metadata,
    messages=MESSAGES,
    kinds=KINDS,
    kept_outside=DocumentsFolder,
    registry=REGISTRY,
    lock_first=lock_first,
)

if __name__ == "__main__":
    main(SERVICE)
