"""HTTP: the check of a consortium before the agreement (IN-8)."""

from pydantic import ConfigDict, Field

from libs.common.db import Tx
from libs.common.web import Body, Command, Db, ServiceRouter, Timepiece, problems
from services.intake.operations.agreement_checks import check_before_agreement
from services.intake.routes.fields import ApplicationPath, Officer
from services.intake.routes.provider_checks import Accounts, ProviderCheckView

router = ServiceRouter(tags=["공급사 점검 · Provider checks"])


class CheckBeforeAgreement(Body):
    """What the accounts show that members handed in before the agreement; one left out has unknown accounts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"accounts": [{"business_no": "124-81-00998", "fully_impaired": False}]}]},
    )

    accounts: list[Accounts] = Field([], max_length=50)


@router.post(
    "/applications/{application_id}/agreement-check",
    status_code=201,
    summary="협약 전 공급사 점검 · Check a consortium before the agreement",
    responses=problems(404, 409),
)
async def check_consortium(
    application_id: ApplicationPath,
    body: CheckBeforeAgreement,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> ProviderCheckView:
    """Of every member: restrictions, arrears of this day, accounts, CSAP. Review makes no agreement without it."""

    async def act(tx: Tx) -> ProviderCheckView:
        told = [one.told() for one in body.accounts]
        return ProviderCheckView.of(await check_before_agreement(tx, caller, application_id, told, clock))

    return await command.once(db, act)
