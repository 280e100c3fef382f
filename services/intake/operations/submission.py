"""The final submit, its dry run, and the record of submits outside the call."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from libs.common.calendar import kst_day
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Refused
from libs.common.events.intake import ApplicationSubmitted
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.intake.model.applications import Application, Receipt, Step
from services.intake.model.findings import Finding, Verdict
from services.intake.model.organisations import Organisation
from services.intake.operations.applications import (
    must_be_applicant,
    must_be_draft,
    own_application,
    own_with_organisation,
)
from services.intake.operations.case import applicant_of, case_of
from services.intake.operations.consortia import keep_whole, whole
from services.intake.policy.call import SubmissionWindow
from services.intake.rules.disclosure import kept_back, told_verdicts
from services.intake.rules.drafts import unstated_findings
from services.intake.rules.filing import filing_sha256
from services.intake.rules.screening import screen, verdicts, youth_enterprise
from services.intake.rules.submission import counted_at, receipt_number, refusing, submission_in_time
from services.intake.store import applications, documents, programmes, screenings, versions


async def submit(
    tx: Tx, caller: Caller, application_id: str, arrived_at: dt.datetime, clock: Clock
) -> tuple[Application, Receipt]:
    """Receive a draft's final submit; `arrived_at` is the instant at which it reached the server, and what counts.

    What is stored about it is dated after its locks are taken. Raises Forbidden for the agency, WrongState for a second
    submit, and Refused outside the call (IN-1) or over the number of applications (IN-3). Whatever else screening
    finds is kept for the officer: it refuses no submission.
    """
    draft, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    must_be_applicant(caller)
    must_be_draft(draft)
    filed = await documents.list_documents(tx, application_id)
    arrived_at = counted_at(arrived_at, filed)
    organisation = await versions.get_facts_at(tx, organisation, kst_day(arrived_at))
    programme = await programme_at(tx, draft.programme_code, arrived_at)
    _refuse([submission_in_time(arrived_at, SubmissionWindow.of(programme))])
    draft = await keep_whole(tx, draft, programme)
    applicant = applicant_of(draft, organisation, programme)
    case = await case_of(tx, draft, applicant, arrived_at, alone=True)
    findings = screen(case, applicant.policy)
    _refuse(findings)
    looked_at = {"programme_version": programme.version, "organisation_version": organisation.version}
    looked_over_at = max(clock.now(), arrived_at)
    await screenings.add_run(tx, application_id, "submission", findings, now=looked_over_at, **looked_at)
    # from here on this call's other submits wait: its receipts are counted without gaps
    receipt = Receipt(
        receipt_no=receipt_number(programme.code, await programmes.next_receipt(tx, programme.code)),
        received_at=arrived_at,
        programme_version=programme.version,
        counting_unit=applicant.counting_unit,
        sector=applicant.policy.applicant.sector,
        youth=youth_enterprise(case, applicant.policy),
    )
    receipt = replace(receipt, filing_sha256=filing_sha256(draft, receipt, filed))
    now = max(clock.now(), arrived_at)
    by = caller.subject
    await applications.move(tx, application_id, "submitted", reason=receipt.receipt_no, by=by, now=now, receipt=receipt)
    received = replace(draft, receipt=receipt)
    await say(tx, submitted(received, receipt, organisation), now=now)
    return received, receipt


def _refuse(findings: Sequence[Finding]) -> None:
    failures = [finding.refusal() for finding in refusing(findings)]
    if failures:
        raise Refused(failures)


def submitted(application: Application, receipt: Receipt, organisation: Organisation) -> ApplicationSubmitted:
    """What other services hear of a submitted application."""
    request = application.request
    return ApplicationSubmitted(
        application_id=application.application_id,
        programme_code=application.programme_code,
        programme_version=receipt.programme_version,
        receipt_no=receipt.receipt_no,
        received_at=receipt.received_at,
        organisation_id=organisation.organisation_id,
        organisation_name=organisation.name,
        applicant_kind=organisation.kind,
        sector=receipt.sector,
        counting_unit=receipt.counting_unit,
        track=request.track,
        product=request.product,
        units=request.units,
        months=request.months,
        wished_start=request.wished_start,
    )


async def note_refused(tx: Tx, caller: Caller, application_id: str, code: str, now: dt.datetime) -> None:
    """Keep on record that a final submit came outside the call, though its answer is a refusal."""
    found = await own_application(tx, caller, application_id)
    await applications.add_refused_submission(tx, found, code, by=caller.subject, now=now)
    await applications.add_step(tx, application_id, Step(found.state, code, caller.subject, now))


async def check(tx: Tx, caller: Caller, application_id: str, now: dt.datetime) -> tuple[Verdict, ...]:
    """What screening would find now: the same checks as at the final submit, without effect.

    The applicant is told nothing that a person's sanctions or awards lead to (MS-6).
    """
    found, organisation = await own_with_organisation(tx, caller, application_id)
    programme = await programme_at(tx, found.programme_code, now)
    found = whole(found, programme)
    if unstated := unstated_findings(found.asked):
        return verdicts(unstated, ())
    received_at = now if found.receipt is None else found.receipt.received_at
    organisation = await versions.get_facts_at(tx, organisation, kst_day(received_at))
    applicant = applicant_of(found, organisation, programme)
    found_now = verdicts(screen(await case_of(tx, found, applicant, received_at), applicant.policy), ())
    if caller.sees_all():
        return found_now
    return told_verdicts(found_now, kept_back(found.request, applicant.counting_unit))
