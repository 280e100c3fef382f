"""Gathers all that screening looks at: who applies, the facts on record, the case."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from libs.common.db import Tx, lock
from libs.common.definition.programme import Programme
from services.intake.model.applications import Case, Facts, Request
from services.intake.model.organisations import Organisation
from services.intake.policy import ApplicantPolicy, ScreeningPolicy
from services.intake.rules.counting import counting_unit
from services.intake.store import applications, organisations
from services.intake.store.organisations import investigator_subject


class Applicant(NamedTuple):
    """Who applies for what, the policy that judges it, and whom the limits count."""

    organisation: Organisation
    request: Request
    policy: ScreeningPolicy
    counting_unit: str
    awards_of: str
    """Under which name the counting unit's awards are kept."""


def applicant_of(row: Mapping[str, Any], organisation: Organisation, programme: Programme) -> Applicant:
    """Who made an application, before a programme. Raises PolicyMissing where it leaves what screening needs unset."""
    request = applications.request_of(row)
    policy = ScreeningPolicy.of(
        programme, track=request.track, kind=organisation.kind, youth_claimed=request.youth_claimed
    )
    return Applicant(organisation, request, policy, *_whom(organisation, request, policy.applicant))


def _whom(organisation: Organisation, request: Request, policy: ApplicantPolicy) -> tuple[str, str]:
    investigator = request.principal_investigator
    professor_id = "" if investigator is None else investigator.principal_investigator_id
    unit = counting_unit(policy.counting_unit, organisation.organisation_id, organisation.business_no, professor_id)
    by_professor = policy.counting_unit == "professor" and professor_id != ""
    return unit, investigator_subject(professor_id) if by_professor else organisation.organisation_id


async def facts_of(tx: Tx, row: Mapping[str, Any], applicant: Applicant, received_at: dt.datetime) -> Facts:
    """Load the facts on record of an applicant, but for what this application itself won."""
    subjects = [applicant.organisation.organisation_id]
    if applicant.request.principal_investigator is not None:
        subjects.append(investigator_subject(applicant.request.principal_investigator.principal_investigator_id))
    return Facts(
        restrictions=await organisations.restrictions_of(tx, subjects),
        awards=await organisations.awards_of(tx, applicant.awards_of, but_of=row["application_id"]),
        received_at=received_at,
    )


async def case_of(
    tx: Tx, row: Mapping[str, Any], applicant: Applicant, received_at: dt.datetime, *, alone: bool = False
) -> Case:
    """Load an application's case. `alone` keeps others of its counting unit waiting until the transaction ends."""
    if alone:
        await lock(tx, f"counting_unit:{row['programme_code']}:{applicant.counting_unit}")
    documents = await applications.documents_of(tx, [row["application_id"]])
    facts = await facts_of(tx, row, applicant, received_at)
    return Case(
        organisation=applicant.organisation,
        request=applicant.request,
        attachments=tuple(applications.attachment_of(document) for document in documents),
        restrictions=facts.restrictions,
        awards=facts.awards,
        others_submitted=await applications.others_submitted(tx, row, applicant.counting_unit),
        received_at=received_at,
    )
