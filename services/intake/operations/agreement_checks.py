"""The check of a consortium before the agreement (IN-8): arrears, and what the last year's accounts show (S1 §8)."""

from collections.abc import Sequence
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid
from libs.common.events.intake import ConsortiumChecked
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.intake.model.providers import ProviderCheck, ToldAccounts
from services.intake.operations.applications import own_application, wrong_state
from services.intake.operations.consortia import consortium_of
from services.intake.operations.organisations import refuse
from services.intake.policy.provider_offers import OfferPolicy
from services.intake.policy.restrictions import ProviderPolicy
from services.intake.rules.provider_checks import accounts_refusal
from services.intake.rules.provider_offers import known_accounts, offered_by, offered_cards, strangers
from services.intake.rules.restrictions import provider_findings
from services.intake.rules.screening import worst
from services.intake.store import provider_checks


async def check_before_agreement(
    tx: Tx, caller: Caller, application_id: str, told: Sequence[ToldAccounts], clock: Clock
) -> ProviderCheck:
    """Check every declared member of an eligible application by the facts of this day, and tell review what was found.

    `told` is what the accounts show that were handed in before the agreement; a member that it leaves out has unknown
    accounts. Raises NotFound, WrongState, Conflict in a users' call, Invalid for accounts of no member or told twice.
    """
    found = await own_application(tx, caller, application_id, for_update=True)
    now = clock.now()
    programme = await programme_at(tx, found.programme_code, now)
    offers = OfferPolicy.of(programme)
    if offers is None:
        raise Conflict("not_a_providers_call", "RV-15", programme=programme.code)
    if found.state != "eligible":
        raise wrong_state(found, ["eligible"])
    consortium = await consortium_of(tx, found.request, offers)
    accounts = known_accounts(told)
    refuse(accounts_refusal([number for one in told for number in known_accounts([one])]))
    if unknown := strangers(accounts, consortium):
        raise Invalid("no_member_has_number", "IN-8", business_no=", ".join(unknown))
    members = [replace(one, fully_impaired=accounts.get(one.business_no)) for one in consortium.members]
    cards = offered_cards(offered_by(consortium.resources, offers), offers)
    findings = provider_findings(members, cards, now, ProviderPolicy.of(programme), at_agreement=True)
    made = ProviderCheck(
        check_id="",
        programme_code=programme.code,
        programme_version=programme.version,
        provider_id="",
        members=tuple(members),
        cards=cards,
        at_agreement=True,
        findings=findings,
        checked_by=caller.subject,
        checked_at=now,
    )
    kept = await provider_checks.add_check(tx, made)
    await say(tx, _checked(application_id, kept), now=now)
    return kept


def _checked(application_id: str, made: ProviderCheck) -> ConsortiumChecked:
    return ConsortiumChecked(
        application_id=application_id,
        programme_code=made.programme_code,
        programme_version=made.programme_version,
        check_id=made.check_id,
        outcome=worst(finding.outcome for finding in made.findings),
        found=list(dict.fromkeys(finding.code for finding in made.findings if finding.outcome != "pass")),
        checked_at=made.checked_at,
    )
