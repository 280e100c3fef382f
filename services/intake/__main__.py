"""Intake's processes: `python -m services.intake api | worker | migrate`."""

from libs.common.process import main
from libs.common.service import Job, Service
from services.intake.consumers import HANDLERS
from services.intake.jobs import collect_orphans, count_applications
from services.intake.messages import MESSAGES
from services.intake.metrics import REGISTRY
from services.intake.operations.tasks import tasks_of
from services.intake.operations.turns import lock_first
from services.intake.operations.two_people import KINDS
from services.intake.routes import (
    acceptances,
    agreement_checks,
    agreements,
    application_lists,
    applications,
    call_files,
    claims,
    collisions,
    document_slots,
    documents,
    evidence,
    fact_lists,
    facts,
    members,
    objections,
    organisation_facts,
    organisation_lists,
    organisations,
    people,
    programmes,
    provider_agreements,
    provider_checks,
    providers,
    public_calls,
    receipts,
    registry_import,
    reviewing,
    revocation,
    screening,
    self_check,
    status_checks,
    supplement_lists,
    supplements,
    trainings,
)
from services.intake.routes.folder import DocumentsFolder
from services.intake.settings import COLLECT_EVERY_S, COUNT_EVERY_S
from services.intake.tables.base import metadata

ROUTES = (
    programmes,
    public_calls,
    call_files,
    self_check,
    organisation_lists,
    organisations,
    organisation_facts,
    members,
    claims,
    people,
    status_checks,
    registry_import,
    fact_lists,
    facts,
    collisions,
    application_lists,
    applications,
    documents,
    document_slots,
    evidence,
    receipts,
    reviewing,
    screening,
    supplements,
    supplement_lists,
    objections,
    acceptances,
    agreements,
    trainings,
    revocation,
    providers,
    provider_checks,
    provider_agreements,
    agreement_checks,
)

SERVICE = Service(
    name="intake",
    title="두레 접수 · Dure intake",
    routers=[route.router for route in ROUTES],
    handlers=HANDLERS,
    jobs=[
        Job("count-applications", COUNT_EVERY_S, count_applications, only_measures=True),
        Job("collect-orphans", COLLECT_EVERY_S, collect_orphans, outside=True),
    ],
    metadata=metadata,
    messages=MESSAGES,
    kinds=KINDS,
    tasks=tasks_of,
    kept_outside=DocumentsFolder,
    registry=REGISTRY,
    lock_first=lock_first,
)

if __name__ == "__main__":
    main(SERVICE)
