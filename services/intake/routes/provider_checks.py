"""HTTP: checks of providers and their consortia."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Depends
from pydantic import ConfigDict, Field

from libs.common.bounds import BirthDay
from libs.common.db import Tx
from libs.common.list_requests import FromInstant, ListRequest, ToInstant, list_of
from libs.common.paging import ListPage
from libs.common.programme_names import ProgrammeName, list_programme_names
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.intake.model.findings import Outcome
from services.intake.model.providers import NamedCheck, ProviderCheck, ProviderMember, ToldAccounts
from services.intake.operations import provider_checks as operations
from services.intake.operations.organisations import refuse
from services.intake.routes.fact_bodies import RecordRestriction
from services.intake.routes.fields import (
    Agency,
    BusinessNumber,
    CheckPath,
    Flag,
    InProgrammeIfAny,
    Key,
    Name,
    Officer,
    OfProvider,
    ProgrammeCode,
    ProviderCode,
)
from services.intake.routes.readings import keep_readings
from services.intake.routes.screening import FOUND, FindingView
from services.intake.rules.provider_checks import whom_refusal
from services.intake.rules.screening import worst
from services.intake.store import provider_checks as store
from services.intake.store.provider_checks import ChecksWanted

router = ServiceRouter(tags=["공급사 점검 · Provider checks"])


Listed = Annotated[ListRequest, Depends(list_of("check_id", {"checked_at": "instant", "provider_id": "text"}))]


class Member(Body):
    """One member of a provider's consortium. `fully_impaired` is left out while its accounts are unknown."""

    name: Name
    business_no: BusinessNumber
    opened_on: BirthDay
    fully_impaired: Flag | None = None
    csap_certified: Flag
    restrictions: list[RecordRestriction] = Field([], max_length=100)

    def told(self) -> ProviderMember:
        """The member."""
        facts = tuple(restriction.told() for restriction in self.restrictions)
        return ProviderMember(
            self.name, self.business_no, self.opened_on, self.fully_impaired, self.csap_certified, facts
        )


class Accounts(Body):
    """What a member's accounts show."""

    business_no: BusinessNumber
    fully_impaired: Flag

    def told(self) -> ToldAccounts:
        """The accounts."""
        return ToldAccounts(self.business_no, self.fully_impaired)


class CheckProvider(Body):
    """A registered provider with its members' accounts, or companies that have not registered yet.

    `accounts` go with `provider_id` alone: companies tell in `members` what theirs show.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "programme": "hpc-2025-gpu",
                    "provider_id": "alpha",
                    "accounts": [{"business_no": "124-81-00998", "fully_impaired": False}],
                    "cards": ["A100", "H100"],
                    "at_agreement": False,
                }
            ]
        },
    )

    programme: ProgrammeCode
    provider_id: ProviderCode | None = None
    accounts: list[Accounts] = Field([], max_length=50)
    members: list[Member] = Field([], max_length=50)
    cards: list[Key] = Field([], max_length=50)
    """The types of cards that the application offers, such as `H100`; left out while nobody told."""
    at_agreement: Flag = False
    """Whether it is the check before the agreement: only then arrears count (S1 §8), by the day of the check."""


CHECK: dict[str, Any] = {
    "check_id": "PC-000001",
    "programme": "hpc-2025-gpu",
    "provider_id": "alpha",
    "cards": ["A100", "H100"],
    "at_agreement": False,
    "outcome": "fail",
    "findings": [{**FOUND, "rule_id": "IN-8", "outcome": "fail", "code": "csap_missing"}],
    "checked_by": "officer-1",
    "checked_at": "2025-09-01T01:00:00Z",
}


class ProviderCheckView(View):
    """What a check of a provider found."""

    model_config = ConfigDict(json_schema_extra={"examples": [CHECK]})

    check_id: str
    programme: str
    provider_id: str | None
    cards: list[str]
    at_agreement: bool
    outcome: Outcome
    findings: list[FindingView]
    checked_by: str
    checked_at: dt.datetime

    @classmethod
    def of(cls, made: ProviderCheck) -> "ProviderCheckView":
        """Tell what was found."""
        return cls(
            check_id=made.check_id,
            programme=made.programme_code,
            provider_id=made.provider_id or None,
            cards=list(made.cards),
            at_agreement=made.at_agreement,
            outcome=worst(finding.outcome for finding in made.findings),
            findings=[FindingView.of(finding) for finding in made.findings],
            checked_by=made.checked_by,
            checked_at=made.checked_at,
        )


class ListedCheck(ProviderCheckView):
    """A check in a list, with the names of the provider and of the call."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**CHECK, "provider_name": "알파클라우드", "programme_name": None}]}
    )

    provider_name: str | None
    programme_name: ProgrammeName | None

    @classmethod
    def named(cls, found: NamedCheck, programme_name: ProgrammeName | None) -> "ListedCheck":
        """Tell a check with names."""
        told = ProviderCheckView.of(found.check).model_dump()
        return cls(**told, provider_name=found.provider_name, programme_name=programme_name)


@router.post(
    "/provider-checks", status_code=201, summary="공급사 점검 · Check a provider", responses=problems(404, 409)
)
async def check_provider(
    body: CheckProvider, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProviderCheckView:
    """Check every member of a consortium for restrictions, capital impairment and CSAP certification (IN-8).

    Of a registered provider the facts on record are looked at, beside what the accounts show. Facts that contradict
    themselves are refused: a number with two accounts, a restriction that ends before it begins, accounts without a
    registered provider.
    """
    registered = body.provider_id is not None
    refuse(whom_refusal(registered=registered, members=len(body.members), accounts=len(body.accounts)))

    offered: dict[str, Any] = {"cards": body.cards, "at_agreement": body.at_agreement}

    async def act(tx: Tx) -> ProviderCheckView:
        if body.provider_id is not None:
            accounts = [one.told() for one in body.accounts]
            who = (body.programme, body.provider_id, accounts)
            return ProviderCheckView.of(await operations.check_registered(tx, caller, *who, clock, **offered))
        members = [member.told() for member in body.members]
        return ProviderCheckView.of(await operations.check(tx, caller, body.programme, members, clock, **offered))

    return await command.once(db, act)


@router.get(
    "/provider-checks",
    summary="공급사 점검 목록 · Provider checks",
    responses=problems(),
)
async def list_provider_checks(
    caller: Agency,
    db: Db,
    listed: Listed,
    now: Now,
    provider_id: OfProvider = None,
    programme: InProgrammeIfAny = None,
    checked_from: FromInstant = None,
    checked_to: ToInstant = None,
) -> ListPage[ListedCheck]:
    """Checks by id, of one provider where its code is given."""
    only = ChecksWanted(provider_id, programme, checked_from, checked_to)
    async with db.transaction() as tx:
        found = await store.list_checks(tx, listed.wanted, only)
        names = await list_programme_names(tx, [one.check.programme_code for one in found])
        counts = await store.count_checks(tx, listed.wanted, only) if listed.counts else None
        read = [one.check.check_id for one in found[: listed.limit]]
        await keep_readings(tx, caller, "list_provider_checks", "provider_check", read, now)
    return listed.page([ListedCheck.named(one, names.get(one.check.programme_code)) for one in found], counts)


@router.get(
    "/provider-checks/{check_id}",
    summary="공급사 점검 조회 · Read a provider check",
    responses=problems(404),
)
async def get_provider_check(check_id: CheckPath, caller: Agency, db: Db, now: Now) -> ProviderCheckView:
    """What a check of a provider found."""
    async with db.transaction() as tx:
        found = await operations.show(tx, check_id)
        await keep_readings(tx, caller, "get_provider_check", "provider_check", [check_id], now)
    return ProviderCheckView.of(found)
