"""Organisations, and the dated facts that screening compares."""

from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.errors import Conflict, Invalid, Refusal
from libs.common.identity import Caller
from services.intake.model.organisations import Award, Organisation, PrincipalInvestigator, Representative, Restriction
from services.intake.model.versions import Change
from services.intake.operations import providers
from services.intake.operations.belonging import must_see
from services.intake.operations.members import found
from services.intake.operations.screening import look_again
from services.intake.rules.business_number import checked_business_number
from services.intake.rules.companies import completed, kind_reserved, plain_name
from services.intake.rules.members import is_agency
from services.intake.rules.people import told_apart
from services.intake.rules.restrictions import period_backwards
from services.intake.store import facts, organisations, versions
from services.intake.store.facts import Subject

CLAIM = "POST /intake/v1/organisation-claims"
"""Where whoever finds his number registered by another goes on."""


async def register(tx: Tx, caller: Caller, told: Organisation, clock: Clock) -> Organisation:
    """Register an organisation. Raises Conflict for a business number that is registered already.

    Raises Invalid for a wrong number and for the kind that marks providers. A company that was known as a provider
    alone keeps its id and gets what an officer tells of it now; an applicant claims it (F-44).
    """
    refuse(kind_reserved(told))
    numbers = [checked_business_number(number, "affiliate_number_wrong") for number in told.affiliates]
    new = replace(
        told,
        name=plain_name(told.name),
        business_no=checked_business_number(told.business_no, "business_number_wrong"),
        representatives=tuple(Representative(plain_name(r.name), r.born_on) for r in told.representatives),
        affiliates=tuple(dict.fromkeys(numbers)),
    )
    now = clock.now()
    registered = await organisations.add_organisation(tx, new, by=caller.subject, now=now)
    if registered is None:
        registered = await _complete(tx, caller, new, clock)
    await found(tx, caller, registered.organisation_id, now)
    return registered


async def _complete(tx: Tx, caller: Caller, new: Organisation, clock: Clock) -> Organisation:
    await lock(tx, providers.LOCK)
    known = await organisations.find_organisation_by_number(tx, new.business_no)
    # an officer completes what is known of a provider; a stranger would be handed its representatives with it
    whole = completed(known, new) if known is not None and is_agency(caller.roles) else None
    if known is None or whole is None:
        raise Conflict("business_number_taken", "IN-11", business_no=new.business_no, next_call=CLAIM)
    now = clock.now()
    told = Change(known.valid_from, "registered", caller.subject, now)
    kept = await versions.change_organisation(tx, whole, told)
    await providers.tell_of_company(tx, caller, kept, "registered", now)
    return kept


async def show(tx: Tx, caller: Caller, organisation_id: str) -> Organisation:
    """One organisation. Raises NotFound, also where it is not the caller's."""
    await must_see(tx, caller, organisation_id)
    return await organisations.get_organisation(tx, organisation_id)


async def restrict_organisation(tx: Tx, caller: Caller, organisation_id: str, fact: Restriction, clock: Clock) -> str:
    """Record a restriction of an organisation; applications under screening are looked at again. Returns its id."""
    await organisations.get_organisation(tx, organisation_id)
    refuse(period_backwards(fact))
    fact_id = await facts.add_restriction(tx, Subject(organisation_id), fact, by=caller.subject, now=clock.now())
    await look_again(tx, clock, organisation_id=organisation_id)
    return fact_id


async def restrict_investigator(
    tx: Tx, caller: Caller, who: PrincipalInvestigator, fact: Restriction, clock: Clock
) -> str:
    """Record a restriction of a principal investigator; applications under screening are looked at again."""
    refuse(period_backwards(fact))
    fact_id = await facts.add_restriction(tx, _subject(who), fact, by=caller.subject, now=clock.now())
    await look_again(tx, clock, person=who.person)
    return fact_id


async def award_organisation(
    tx: Tx, caller: Caller, organisation_id: str, fact: Award, source: str, clock: Clock
) -> str:
    """Record an award of an organisation; applications under screening are looked at again. Returns its id."""
    await organisations.get_organisation(tx, organisation_id)
    fact_id = await facts.add_award(
        tx, Subject(organisation_id), fact, application_id=None, source=source, by=caller.subject, now=clock.now()
    )
    await look_again(tx, clock, organisation_id=organisation_id)
    return fact_id


async def award_investigator(
    tx: Tx, caller: Caller, who: PrincipalInvestigator, fact: Award, source: str, clock: Clock
) -> str:
    """Record an award of a principal investigator; applications under screening are looked at again."""
    fact_id = await facts.add_award(
        tx, _subject(who), fact, application_id=None, source=source, by=caller.subject, now=clock.now()
    )
    await look_again(tx, clock, person=who.person)
    return fact_id


def _subject(who: PrincipalInvestigator) -> Subject:
    if not told_apart(who.person):
        raise Invalid("investigator_not_told_apart", "IN-3", name=who.name or who.principal_investigator_id)
    return Subject.investigator(who.principal_investigator_id, who.person.person_key)


def refuse(refusal: Refusal | None) -> None:
    """Raise Invalid where a rule refuses what was sent."""
    if refusal is not None:
        raise Invalid(refusal.code, refusal.rule_id, **refusal.facts)
