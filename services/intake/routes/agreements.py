"""HTTP: agreements, and the call's counts."""

from pydantic import ConfigDict

from libs.common.db import Tx
from libs.common.web import Allowed, Body, Command, Db, ServiceRouter, Timepiece, View, problems
from services.intake.operations import agreements as operations
from services.intake.operations.applications import own_application
from services.intake.routes.application_views import AgreementView
from services.intake.routes.fields import Applicant, ApplicationPath, InProgramme, Key, Officer, Reader
from services.intake.store import agreements as store

router = ServiceRouter(tags=["협약 · Agreements"])


class DraftAgreement(Body):
    """Which application the agreement is for."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"application_id": "A-000001"}]})

    application_id: Key


class SummaryView(View):
    """A call's counts. `applications` are all that were put forward: those received and those refused late."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "applications": 120,
                    "received": 116,
                    "refused_late": 4,
                    "drafts": 4,
                    "ineligible": 12,
                    "eligible": 103,
                    "withdrawn": 2,
                    "agreements": 60,
                }
            ]
        },
    )

    applications: int
    received: int
    refused_late: int
    drafts: int
    ineligible: int
    eligible: int
    withdrawn: int
    agreements: int


@router.post("/agreements", status_code=201, summary="협약 작성 · Draw up an agreement", responses=problems(404, 409))
async def draft_agreement(
    body: DraftAgreement, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> AgreementView:
    """Draw up a selected application's agreement; repeated support (IN-7) and restrictions (IN-8) are checked again."""

    async def act(tx: Tx) -> AgreementView:
        return AgreementView.model_validate(await operations.draft(tx, caller, body.application_id, clock))

    return await command.once(db, act)


@router.get("/agreements/{application_id}", summary="협약 조회 · Read an agreement", responses=problems(404))
async def get_agreement(application_id: ApplicationPath, caller: Reader, db: Db) -> AgreementView:
    """An application's agreement; someone else's is not found."""
    async with db.transaction() as tx:
        await own_application(tx, caller, application_id)
        return AgreementView.model_validate(await store.get_agreement(tx, application_id))


@router.post("/agreements/{application_id}/sign", summary="협약 체결 · Sign an agreement", responses=problems(404, 409))
async def sign_agreement(
    application_id: ApplicationPath, caller: Applicant, db: Db, clock: Timepiece, command: Command
) -> AgreementView:
    """Sign the agreement, with what was awarded last; billing and the allocator hear of it."""

    async def act(tx: Tx) -> AgreementView:
        return AgreementView.model_validate(await operations.sign(tx, caller, application_id, clock))

    return await command.once(db, act)


@router.get(
    "/summary",
    summary="접수 현황 · Counts of a call",
    responses=problems(),
    dependencies=[Allowed("officer", "operator", "auditor")],
)
async def get_summary(
    db: Db,
    programme: InProgramme,
) -> SummaryView:
    """How many applied, came too late, were eligible or not, withdrew, and have an agreement."""
    async with db.transaction() as tx:
        return SummaryView.model_validate(await store.count_call(tx, programme))
