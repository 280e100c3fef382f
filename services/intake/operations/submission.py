"""The final submit, its dry run, and the record of submits outside the call."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from libs.common.db import Tx
from libs.common.errors import Refused
from libs.common.events.intake import ApplicationSubmitted
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.intake.model.findings import Finding, Verdict
from services.intake.model.organisations import Organisation
from services.intake.operations.applications import must_be_draft, own_application, own_with_organisation
from services.intake.operations.case import applicant_of, case_of
from services.intake.policy import SubmissionWindow
from services.intake.rules.screening import screen, verdicts, youth_enterprise
from services.intake.rules.submission import receipt_number, submission_in_time
from services.intake.store import applications, programmes, screenings


class Receipt(NamedTuple):
    """The acknowledgement of a final submit (IN-2)."""

    application_id: str
    receipt_no: str
    received_at: dt.datetime
    programme: str
    programme_version: int


async def submit(tx: Tx, caller: Caller, application_id: str, now: dt.datetime) -> Receipt:
    """Receive a draft's final submit at `now`, the instant at which it reached the server.

    Raises WrongState for a second submit, and Refused outside the call (IN-1) or over the number of
    applications (IN-3). Whatever else screening finds is kept for the officer: it refuses no submission.
    """
    row, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    must_be_draft(row)
    programme = await programme_at(tx, row["programme_code"], now)
    _refuse([submission_in_time(now, SubmissionWindow.of(programme))])
    applicant = applicant_of(row, organisation, programme)
    case = await case_of(tx, row, applicant, now, alone=True)
    findings = screen(case, applicant.policy)
    _refuse([finding for finding in findings if finding.rule_id == "IN-3"])
    receipt_no = receipt_number(programme.code, await programmes.next_receipt(tx, programme.code))
    received: dict[str, Any] = {
        "programme_version": programme.version,
        "counting_unit": applicant.counting_unit,
        "sector": applicant.policy.applicant.sector,
        "receipt_no": receipt_no,
        "received_at": now,
        "youth": youth_enterprise(case, applicant.policy),
    }
    await applications.move(tx, application_id, "submitted", reason=receipt_no, by=caller.subject, now=now, **received)
    await screenings.add_run(tx, application_id, "submission", findings, programme_version=programme.version, now=now)
    await say(tx, ApplicationSubmitted(**submitted_facts({**row, **received}, organisation)), now=now)
    return Receipt(application_id, receipt_no, now, programme.code, programme.version)


def _refuse(findings: Sequence[Finding]) -> None:
    failures = [finding.refusal() for finding in findings if finding.outcome == "fail"]
    if failures:
        raise Refused(failures)


def submitted_facts(row: Mapping[str, Any], organisation: Organisation) -> dict[str, Any]:
    """What other services hear of a submitted application."""
    same = ("application_id", "programme_code", "programme_version", "receipt_no", "received_at", "counting_unit")
    asked = ("sector", "track", "product", "units", "months", "wished_start")
    return {
        **{name: row[name] for name in (*same, *asked)},
        "organisation_id": organisation.organisation_id,
        "organisation_name": organisation.name,
        "applicant_kind": organisation.kind,
    }


async def note_refused(tx: Tx, caller: Caller, application_id: str, code: str, now: dt.datetime) -> None:
    """Keep on record that a final submit came outside the call, though its answer is a refusal."""
    row = await own_application(tx, caller, application_id)
    await applications.add_refused_submission(tx, row, code, by=caller.subject, now=now)
    await applications.note(tx, application_id, row["state"], reason=code, by=caller.subject, now=now)


async def check(tx: Tx, caller: Caller, application_id: str, now: dt.datetime) -> tuple[Verdict, ...]:
    """What screening would find now: the same checks as at the final submit, without effect."""
    row, organisation = await own_with_organisation(tx, caller, application_id)
    programme = await programme_at(tx, row["programme_code"], now)
    applicant = applicant_of(row, organisation, programme)
    case = await case_of(tx, row, applicant, row["received_at"] or now)
    return verdicts(screen(case, applicant.policy), ())
