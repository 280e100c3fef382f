"""Checks of providers and their consortia (IN-8)."""

from collections.abc import Mapping, Sequence

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Invalid
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.intake.model.organisations import NOBODY
from services.intake.model.providers import Provider, ProviderCheck, ProviderMember, ToldAccounts
from services.intake.operations.consortia import with_record
from services.intake.operations.organisations import refuse
from services.intake.policy.restrictions import ProviderPolicy
from services.intake.rules.business_number import business_number_holds, compact_business_number
from services.intake.rules.counter_facts import restrictions_now
from services.intake.rules.provider_checks import accounts_refusal, members_refusal
from services.intake.rules.restrictions import provider_findings
from services.intake.store import facts, provider_checks, providers


async def check(
    tx: Tx,
    caller: Caller,
    programme_code: str,
    members: Sequence[ProviderMember],
    clock: Clock,
    *,
    cards: Sequence[str],
    at_agreement: bool,
    provider_id: str = "",
) -> ProviderCheck:
    """Check every member of a provider's consortium; what was looked at is kept beside what was found.

    `cards` are the types that it offers, `at_agreement` says that it is the check before the agreement.
    Raises PolicyMissing where the programme has no call for providers, Invalid for a wrong business number and for a
    restriction that ends before it begins.
    """
    refuse(members_refusal(members))
    for member in members:
        if not business_number_holds(member.business_no):
            raise Invalid("business_number_wrong", "IN-11", business_no=member.business_no)
    members = [await with_record(tx, member) for member in members]
    now = clock.now()
    programme = await programme_at(tx, programme_code, now)
    findings = provider_findings(members, cards, now, ProviderPolicy.of(programme), at_agreement=at_agreement)
    made = ProviderCheck(
        check_id="",
        programme_code=programme.code,
        programme_version=programme.version,
        provider_id=provider_id,
        members=tuple(members),
        cards=tuple(cards),
        at_agreement=at_agreement,
        findings=findings,
        checked_by=caller.subject,
        checked_at=now,
    )
    return await provider_checks.add_check(tx, made)


async def check_registered(
    tx: Tx,
    caller: Caller,
    programme_code: str,
    provider_id: str,
    told: Sequence[ToldAccounts],
    clock: Clock,
    *,
    cards: Sequence[str],
    at_agreement: bool,
) -> ProviderCheck:
    """Check a registered provider by the facts on record of all its members.

    `told` says of members' business numbers what their accounts show; a member that it leaves out has unknown
    accounts. Raises NotFound, and Invalid for a number that is no member's or stands there twice, however spelled.
    """
    provider = await providers.get_provider(tx, provider_id)
    numbers = [compact_business_number(one.business_no) for one in told]
    refuse(accounts_refusal(numbers))
    accounts = {number: one.fully_impaired for number, one in zip(numbers, told, strict=True)}
    strangers = accounts.keys() - {member.organisation.business_no for member in provider.members}
    if strangers:
        raise Invalid("no_member_has_number", "IN-8", business_no=", ".join(sorted(strangers)))
    members = await _members(tx, provider, accounts)
    whose = provider.provider_id
    who = (tx, caller, programme_code, members, clock)
    return await check(*who, cards=cards, at_agreement=at_agreement, provider_id=whose)


async def _members(tx: Tx, provider: Provider, accounts: Mapping[str, bool]) -> list[ProviderMember]:
    return [
        ProviderMember(
            name=member.organisation.name,
            business_no=member.organisation.business_no,
            opened_on=member.organisation.opened_on,
            fully_impaired=accounts.get(member.organisation.business_no),
            csap_certified=member.csap_certified,
            restrictions=restrictions_now(
                await facts.list_restrictions(tx, member.organisation.organisation_id, NOBODY)
            ),
        )
        for member in provider.members
    ]


async def show(tx: Tx, check_id: str) -> ProviderCheck:
    """A check that was made. Raises NotFound."""
    return await provider_checks.get_check(tx, check_id)
