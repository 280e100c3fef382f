"""HTTP: checks of providers and their consortia."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Body, Command, Db, Now, ServiceRouter, View, problems
from services.intake.model.findings import Finding, Outcome
from services.intake.model.providers import ProviderMember
from services.intake.operations import providers
from services.intake.routes.organisations import BusinessNumber, Day, Name, ProgrammeCode, RecordRestriction
from services.intake.routes.screening import FOUND, FindingView
from services.intake.store.screenings import read

router = ServiceRouter(tags=["공급사 점검 · Provider checks"])
Officer = Annotated[Caller, Allowed("officer")]


class Member(Body):
    """One member of a provider's consortium. `fully_impaired` is left out while its accounts are unknown."""

    name: Name
    business_no: BusinessNumber
    opened_on: Day
    fully_impaired: bool | None = None
    csap_certified: bool
    restrictions: list[RecordRestriction] = Field([], max_length=100)

    def told(self) -> ProviderMember:
        """The member."""
        facts = tuple(restriction.told() for restriction in self.restrictions)
        return ProviderMember(
            self.name, self.business_no, self.opened_on, self.fully_impaired, self.csap_certified, facts
        )


class CheckProvider(Body):
    """A provider, or all members of its consortium."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "programme": "hpc-2025-gpu",
                    "members": [
                        {
                            "name": "하늘클라우드",
                            "business_no": "124-81-00998",
                            "opened_on": "2015-03-02",
                            "fully_impaired": False,
                            "csap_certified": True,
                            "restrictions": [],
                        }
                    ],
                }
            ]
        },
    )

    programme: ProgrammeCode
    members: list[Member] = Field(min_length=1, max_length=50)


class ProviderCheckView(View):
    """What a check of a provider found."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "check_id": "PC-000001",
                    "programme": "hpc-2025-gpu",
                    "outcome": "fail",
                    "findings": [{**FOUND, "rule_id": "IN-8", "outcome": "fail", "code": "csap_missing"}],
                }
            ]
        }
    )

    check_id: str
    programme: str
    outcome: Outcome
    findings: list[FindingView]

    @classmethod
    def of(cls, check_id: str, programme: str, findings: Sequence[Finding]) -> "ProviderCheckView":
        """Tell what was found."""
        outcomes = {finding.outcome for finding in findings}
        worst: Outcome = "fail" if "fail" in outcomes else "officer" if "officer" in outcomes else "pass"
        told = [FindingView.of(finding) for finding in findings]
        return cls(check_id=check_id, programme=programme, outcome=worst, findings=told)


@router.post(
    "/provider-checks", status_code=201, summary="공급사 점검 · Check a provider", responses=problems(404, 409)
)
async def check_provider(body: CheckProvider, caller: Officer, db: Db, now: Now, command: Command) -> ProviderCheckView:
    """Check every member of a consortium for restrictions, capital impairment and CSAP certification (IN-8)."""

    async def act(tx: Tx) -> ProviderCheckView:
        members = [member.told() for member in body.members]
        told = [member.model_dump(mode="json", by_alias=True) for member in body.members]
        check_id, findings = await providers.check(tx, caller, body.programme, members, told, now)
        return ProviderCheckView.of(check_id, body.programme, findings)

    return await command.once(db, act)


@router.get(
    "/provider-checks/{check_id}",
    summary="공급사 점검 조회 · Read a provider check",
    responses=problems(404),
    dependencies=[Allowed("officer", "operator", "auditor")],
)
async def get_provider_check(check_id: str, db: Db) -> ProviderCheckView:
    """What a check of a provider found."""
    async with db.transaction() as tx:
        found = await providers.show(tx, check_id)
    return ProviderCheckView.of(check_id, found["programme_code"], read(found["findings"]))
