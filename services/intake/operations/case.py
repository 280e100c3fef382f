"""Gathers all that screening looks at: the case, and the policy it is judged by."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from libs.common.db import Tx, lock
from libs.common.programme import Programme
from services.intake.model import Case, Organisation, Request
from services.intake.policy import ApplicantPolicy, ScreeningPolicy
from services.intake.rules.counting import counting_unit
from services.intake.store import applications, organisations
from services.intake.store.organisations import investigator_subject


class Gathered(NamedTuple):
    """A case, its policy, and whom the limits count."""

    case: Case
    policy: ScreeningPolicy
    counting_unit: str
    awards_of: str
    """Under which name the counting unit's awards are kept."""


async def gather(
    tx: Tx, row: Mapping[str, Any], programme: Programme, received_at: dt.datetime, *, alone: bool = False
) -> Gathered:
    """Load an application's case. `alone` keeps others of its counting unit waiting until the transaction ends.

    Raises PolicyMissing where the programme leaves a value unset that screening needs.
    """
    organisation = await organisations.get(tx, row["organisation_id"])
    request = applications.request_of(row)
    policy = ScreeningPolicy.of(
        programme, track=request.track, kind=organisation.kind, youth_claimed=request.youth_claimed
    )
    unit, awards_of = _whom(organisation, request, policy.applicant)
    if alone:
        await lock(tx, f"counting_unit:{programme.code}:{unit}")
    subjects = [organisation.organisation_id]
    if request.principal_investigator is not None:
        subjects.append(investigator_subject(request.principal_investigator.principal_investigator_id))
    documents = await applications.documents_of(tx, [row["application_id"]])
    case = Case(
        organisation=organisation,
        request=request,
        attachments=tuple(applications.attachment_of(document) for document in documents),
        restrictions=await organisations.restrictions_of(tx, subjects),
        awards=await organisations.awards_of(tx, awards_of, but_of=row["application_id"]),
        others_submitted=await applications.others_submitted(tx, row, unit),
        received_at=received_at,
    )
    return Gathered(case, policy, unit, awards_of)


def _whom(organisation: Organisation, request: Request, policy: ApplicantPolicy) -> tuple[str, str]:
    investigator = request.principal_investigator
    professor_id = "" if investigator is None else investigator.principal_investigator_id
    unit = counting_unit(policy.counting_unit, organisation.organisation_id, organisation.business_no, professor_id)
    by_professor = policy.counting_unit == "professor" and professor_id != ""
    return unit, investigator_subject(professor_id) if by_professor else organisation.organisation_id
