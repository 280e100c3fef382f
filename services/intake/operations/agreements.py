"""From the announced selection to the signed agreement."""

import datetime as dt
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.events.intake import AgreementSigned
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.intake.model.agreements import Agreement, Announcement
from services.intake.model.applications import Application, Receipt
from services.intake.model.organisations import Organisation
from services.intake.operations.applications import must_be_applicant, own_with_organisation, wrong_state
from services.intake.operations.case import applicant_of
from services.intake.operations.screening import recheck_before_agreement
from services.intake.rules.people import representative_keys
from services.intake.rules.repeats import award_of_agreement
from services.intake.store import agreements, applications, facts


async def draft(tx: Tx, caller: Caller, application_id: str, clock: Clock) -> Agreement:
    """Draw up the agreement of a selected application, after looking again at support and restrictions; returns it.

    Raises WrongState before the selection is announced, Refused where IN-7 or IN-8 stands in the way.
    """
    found, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    now = clock.now()
    if found.state != "selected":
        raise wrong_state(found, ["selected"])
    programme = await programme_at(tx, found.programme_code, now)
    applicant = applicant_of(found, organisation, programme)
    await recheck_before_agreement(tx, caller, found, applicant, programme.version, now)
    awarded = await _awarded(tx, application_id)
    drawn_up = Agreement(
        application_id=application_id,
        programme_version=programme.version,
        units=awarded.units,
        months=awarded.months,
        award_reason=awarded.reason,
        drafted_by=caller.subject,
        drafted_at=now,
        signed_by=None,
        signed_at=None,
        ended_at=None,
    )
    await applications.move(tx, application_id, "agreed", reason="", by=caller.subject, now=now)
    return await agreements.add_agreement(tx, drawn_up)


async def sign(tx: Tx, caller: Caller, application_id: str, clock: Clock) -> Agreement:
    """Sign the agreement, with what was awarded last, after looking again; returns it.

    Raises Forbidden for the agency, WrongState before it is drawn up, Refused where IN-7 or IN-8 stands in the way.
    """
    found, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    must_be_applicant(caller)
    now = clock.now()
    if found.state != "agreed" or found.receipt is None:
        raise wrong_state(found, ["agreed"])
    programme = await programme_at(tx, found.programme_code, now)
    applicant = applicant_of(found, organisation, programme)
    await recheck_before_agreement(tx, caller, found, applicant, programme.version, now)
    awarded = await _awarded(tx, application_id)
    signed = replace(
        await agreements.get_agreement(tx, application_id),
        programme_version=programme.version,
        units=awarded.units,
        months=awarded.months,
        award_reason=awarded.reason,
        signed_by=caller.subject,
        signed_at=now,
    )
    await agreements.change_agreement(tx, signed)
    by = caller.subject
    await applications.move(tx, application_id, "signed", reason="", by=by, now=now)
    fact = award_of_agreement(programme.code, now, found.request.wished_start, awarded.months)
    source = f"agreement {application_id}"
    await facts.add_award(tx, applicant.awards_of, fact, application_id=application_id, source=source, by=by, now=now)
    await say(tx, _signed(found, found.receipt, organisation, signed, now), now=now)
    return signed


async def _awarded(tx: Tx, application_id: str) -> Announcement:
    return (await agreements.list_announcements(tx, [application_id]))[application_id]


def _signed(
    found: Application, receipt: Receipt, organisation: Organisation, signed: Agreement, now: dt.datetime
) -> AgreementSigned:
    return AgreementSigned(
        application_id=found.application_id,
        programme_code=found.programme_code,
        programme_version=signed.programme_version,
        organisation_id=organisation.organisation_id,
        organisation_name=organisation.name,
        business_no=organisation.business_no,
        applicant_kind=organisation.kind,
        sector=receipt.sector,
        youth=receipt.youth,
        representative_keys=representative_keys(organisation.representatives),
        affiliates=list(organisation.affiliates),
        track=found.request.track,
        product=found.request.product,
        units=signed.units,
        months=signed.months,
        wished_start=found.request.wished_start,
        signed_at=now,
    )
