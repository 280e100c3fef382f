"""Gathers all that screening looks at: who applies, the facts on record, the case."""

import datetime as dt
from dataclasses import dataclass

from libs.common.db import Tx, lock
from libs.common.definition.programme import Programme
from libs.common.programmes import first_calls, other_rounds
from services.intake.model.applications import Application, Case, Facts, Request
from services.intake.model.consortia import Consortium
from services.intake.model.organisations import NOBODY, Organisation, Person
from services.intake.operations.consortia import consortium_of
from services.intake.policy.screening import ScreeningPolicy
from services.intake.rules.counter_facts import awards_now, restrictions_now
from services.intake.rules.counting import PROFESSOR, counting_unit, others_counted
from services.intake.rules.people import same_person
from services.intake.store import applications, documents, facts
from services.intake.store.facts import Subject


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies for what, the policy that judges it, and whom the limits count."""

    organisation: Organisation
    request: Request
    policy: ScreeningPolicy
    counting_unit: str

    @property
    def counts_as_person(self) -> bool:
        """Whether the limits count the professor, not the house."""
        return self.counting_unit.startswith(PROFESSOR)

    @property
    def awards_of(self) -> Subject:
        """Whom the counting unit's awards are of."""
        leads = self.request.principal_investigator
        if not self.counts_as_person or leads is None:
            return Subject(self.organisation.organisation_id)
        return Subject.investigator(leads.principal_investigator_id, leads.person.person_key)


def applicant_of(application: Application, organisation: Organisation, programme: Programme) -> Applicant:
    """Who made an application, before a programme. Raises PolicyMissing where it leaves what screening needs unset."""
    request = application.request
    policy = ScreeningPolicy.of(
        programme,
        track=request.track,
        kind=organisation.kind,
        youth_claimed=request.youth_claimed,
        region_claimed=request.region_claimed,
        product=request.product,
    )
    unit = counting_unit(policy.applicant.counting_unit, organisation, request.person)
    return Applicant(organisation, request, policy, unit)


def _theirs(fact_of: Person | None, person: Person) -> bool:
    return fact_of is None or same_person(fact_of, person)


async def facts_of(tx: Tx, application_id: str, applicant: Applicant, received_at: dt.datetime) -> Facts:
    """Load the facts of an applicant that count now, but for what this application itself won."""
    person = applicant.request.person
    house = applicant.organisation.organisation_id
    whose = (None, person) if applicant.counts_as_person else (house, NOBODY)
    restrictions = restrictions_now(await facts.list_restrictions(tx, house, person))
    awards = awards_now(await facts.list_awards(tx, *whose, but_of=application_id))
    return Facts(
        restrictions=tuple(one for one in restrictions if _theirs(one.person, person)),
        awards=tuple(one for one in awards if _theirs(one.person, person)),
        received_at=received_at,
        consortium=await _consortium(tx, applicant),
        business_no=applicant.organisation.business_no,
    )


async def _consortium(tx: Tx, applicant: Applicant) -> Consortium | None:
    offers = applicant.policy.offers
    return None if offers is None else await consortium_of(tx, applicant.request, offers)


async def case_of(
    tx: Tx, application: Application, applicant: Applicant, received_at: dt.datetime, *, alone: bool = False
) -> Case:
    """Load an application's case. `alone` keeps others of its counting unit waiting until the transaction ends."""
    if alone:
        # A professor may be known by number here and by name and birth date there: all professors wait for each other.
        unit = PROFESSOR if applicant.counts_as_person else applicant.counting_unit
        first = (await first_calls(tx)).get(application.programme_code, application.programme_code)
        await lock(tx, f"counting_unit:{first}:{unit}")  # rounds of a call share the limit
    uploaded = await documents.list_documents(tx, application.application_id)
    known = await facts_of(tx, application.application_id, applicant, received_at)
    return Case(
        organisation=applicant.organisation,
        request=applicant.request,
        attachments=tuple(document.attachment for document in uploaded),
        restrictions=known.restrictions,
        awards=known.awards,
        others_submitted=await _others(tx, application, applicant),
        received_at=received_at,
        consortium=known.consortium,
    )


async def _others(tx: Tx, application: Application, applicant: Applicant) -> int:
    unit, person = applicant.counting_unit, applicant.request.person
    rounds = await other_rounds(tx, application.programme_code)
    submitted = await applications.list_submitted(
        tx, application.programme_code, rounds, unit, person, but=application.application_id
    )
    return others_counted(unit, person, submitted, application.receipt)
