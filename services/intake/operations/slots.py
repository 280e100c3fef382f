"""Which documents an application needs or may need, and where each stands (IN-9)."""

import datetime as dt

from libs.common.calendar import kst_day
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.identity import Caller
from libs.common.large import is_large
from libs.common.programmes import programme_at, programme_version
from services.intake.model.applications import Application
from services.intake.model.organisations import Organisation
from services.intake.operations.applications import own_with_organisation
from services.intake.operations.consortia import whole
from services.intake.policy.applicants import ApplicantPolicy
from services.intake.policy.documents import DocumentPolicy
from services.intake.policy.screening import large_from_of
from services.intake.rules.conditions import conditions_of, open_conditions
from services.intake.rules.slots import Draft, Slot, document_slots
from services.intake.store import documents, versions


async def slots_of(tx: Tx, caller: Caller, application_id: str, now: dt.datetime) -> tuple[Slot, ...]:
    """The documents that an application needs or may need, as far as it says; by its receipt once it is filed.

    Raises NotFound, and PolicyMissing where the call leaves unset what its documents need.
    """
    found, organisation = await own_with_organisation(tx, caller, application_id)
    receipt = found.receipt
    if receipt is None:
        programme = await programme_at(tx, found.programme_code, now)
        found = whole(found, programme)
    else:
        programme = await programme_version(tx, found.programme_code, receipt.programme_version)
    day = kst_day(now if receipt is None else receipt.received_at)
    organisation = await versions.get_facts_at(tx, organisation, day)
    kept = await documents.list_documents(tx, application_id)
    return document_slots(kept, _draft(found, organisation, programme), DocumentPolicy.of(programme))


def _draft(found: Application, organisation: Organisation, programme: Programme) -> Draft:
    asked, track = found.asked, found.asked.track
    large_from = large_from_of(programme, track) if track in programme.tracks else None
    large = is_large(asked.product or "", asked.units or 0, large_from)
    return Draft(
        organisation_name=organisation.name,
        track=track,
        sector=ApplicantPolicy.of(programme, organisation.kind).sector,
        kind=organisation.kind,
        legal_form=organisation.legal_form,
        holds=conditions_of(asked, organisation.legal_form, large=large),
        undecided=open_conditions(asked) if found.receipt is None else frozenset(),
    )
