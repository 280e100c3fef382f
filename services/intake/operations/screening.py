"""Screening after the final submit: looking again, officers' decisions, the conclusion."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from libs.common.db import Tx
from libs.common.errors import Invalid, Refusal, Refused, WrongState
from libs.common.events.intake import ApplicationScreened
from libs.common.identity import Caller
from libs.common.messages.words import words_of
from libs.common.outbox import say
from libs.common.programmes import programme_at, programme_version
from services.intake.model.findings import Decision, Finding, Outcome, Verdict
from services.intake.model.organisations import Organisation
from services.intake.operations.applications import own_application, own_with_organisation
from services.intake.operations.case import Applicant, applicant_of, case_of, facts_of
from services.intake.operations.submission import submitted_facts
from services.intake.rules.screening import BEFORE_AGREEMENT, screen, screen_before_agreement, verdicts
from services.intake.store import applications, organisations, screenings

BEFORE_SIGNATURE = ("selected", "agreed")


class Screening(NamedTuple):
    """Where an application's screening stands: the newest run, the verdicts on it, and all that was decided."""

    application_id: str
    state: str
    run: screenings.Run | None
    verdicts: tuple[Verdict, ...]
    decisions: list[Decision]


async def rescreen(tx: Tx, row: Mapping[str, Any], now: dt.datetime) -> None:
    """Look again at a submitted application, by the programme of its receipt; new findings are a new run."""
    programme = await programme_version(tx, row["programme_code"], row["programme_version"])
    applicant = applicant_of(row, await organisations.get_organisation(tx, row["organisation_id"]), programme)
    findings = screen(await case_of(tx, row, applicant, row["received_at"]), applicant.policy)
    last = await screenings.latest_run(tx, row["application_id"])
    if last is None or last.findings != findings:
        await screenings.add_run(
            tx, row["application_id"], "new_facts", findings, programme_version=programme.version, now=now
        )


async def look_again(
    tx: Tx, now: dt.datetime, *, organisation_id: str | None = None, investigator_id: str | None = None
) -> None:
    """Screen anew whatever is under screening of an organisation or a principal investigator: a fact was recorded."""
    for row in await applications.submitted_of(tx, organisation_id=organisation_id, investigator_id=investigator_id):
        await rescreen(tx, row, now)


async def show(tx: Tx, caller: Caller, application_id: str) -> Screening:
    """Where an application's screening stands. Raises NotFound."""
    row = await own_application(tx, caller, application_id)
    run, decisions = await screenings.standing_of(tx, application_id)
    return _standing(row, run, decisions)


def _standing(row: Mapping[str, Any], run: screenings.Run | None, decisions: list[Decision]) -> Screening:
    found = () if run is None else run.findings
    return Screening(row["application_id"], row["state"], run, verdicts(found, decisions), decisions)


async def decide(
    tx: Tx, caller: Caller, application_id: str, rule_id: str, outcome: Outcome, reason: str, now: dt.datetime
) -> Screening:
    """An officer decides or overrides what a rule found, with a reason; both stay on record.

    During screening every rule may be decided; before the signature those that are checked again. Raises
    WrongState at any other time and Invalid for a rule that was not screened.
    """
    row, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    run, open_to_decision = await _open_findings(tx, row, organisation, now)
    found = tuple(finding for finding in open_to_decision if finding.rule_id == rule_id)
    if run is None or not found:
        rules = dict.fromkeys(finding.rule_id for finding in open_to_decision)
        raise Invalid("rule_not_screened", "IN-12", rule=rule_id, rules=", ".join(rules))
    decision = Decision(rule_id, outcome, reason, caller.subject, now, found)
    await screenings.add_decision(tx, application_id, decision, programme_version=run.programme_version)
    return _standing(row, run, await screenings.decisions_of(tx, application_id))


async def _open_findings(
    tx: Tx, row: Mapping[str, Any], organisation: Organisation, now: dt.datetime
) -> tuple[screenings.Run | None, tuple[Finding, ...]]:
    """The newest screening, and those of its findings that an officer may decide on now."""
    if row["state"] in BEFORE_SIGNATURE:
        programme = await programme_at(tx, row["programme_code"], now)
        applicant = applicant_of(row, organisation, programme)
        recheck = await _recheck(tx, row, applicant, programme.version, now)
        return recheck.run, recheck.findings
    if row["state"] != "submitted":
        raise WrongState("application", row["application_id"], row["state"], ["submitted", *BEFORE_SIGNATURE])
    run = await screenings.latest_run(tx, row["application_id"])
    return run, () if run is None else run.findings


class Recheck(NamedTuple):
    """What looking again found: support and restrictions, the run that holds them, and all that was decided."""

    findings: tuple[Finding, ...]
    run: screenings.Run
    decisions: list[Decision]


async def _recheck(tx: Tx, row: Mapping[str, Any], applicant: Applicant, version: int, now: dt.datetime) -> Recheck:
    """Look again at support and restrictions by the facts known now; new findings are a new run."""
    findings = screen_before_agreement(await facts_of(tx, row, applicant, row["received_at"]), applicant.policy)
    run, decisions = await screenings.standing_of(tx, row["application_id"])
    others = () if run is None else tuple(f for f in run.findings if f.rule_id not in BEFORE_AGREEMENT)
    both = tuple(sorted((*others, *findings), key=lambda f: int(f.rule_id.removeprefix("IN-"))))
    if run is None or run.findings != both:
        run = await screenings.add_run(tx, row["application_id"], "agreement", both, programme_version=version, now=now)
    return Recheck(findings, run, decisions)


async def recheck_before_agreement(
    tx: Tx, row: Mapping[str, Any], applicant: Applicant, version: int, now: dt.datetime
) -> None:
    """Look again at support and restrictions before the agreement. Raises Refused where one stands in the way."""
    findings, _, decisions = await _recheck(tx, row, applicant, version, now)
    in_the_way = [
        refusal
        for verdict in verdicts(findings, decisions)
        if verdict.outcome != "pass"
        for refusal in _against(verdict)
    ]
    if in_the_way:
        raise Refused(in_the_way)


def _against(verdict: Verdict) -> list[Refusal]:
    if verdict.decision is not None:
        return [
            Refusal(verdict.rule_id, "decided_against", {"rule": verdict.rule_id, "reason": verdict.decision.reason})
        ]
    return [finding.refusal() for finding in verdict.findings if finding.outcome != "pass"]


async def conclude(tx: Tx, caller: Caller, application_id: str, now: dt.datetime) -> Screening:
    """End the screening: the application is eligible where every rule passes in the end, and review hears of it.

    Raises Refused, with every open rule, while an officer's decision is missing.
    """
    row, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    if row["state"] != "submitted":
        next_call = "POST /v1/applications/{id}/submit" if row["state"] == "draft" else ""
        raise WrongState("application", application_id, row["state"], ["submitted"], next_call)
    stands = _standing(row, *await screenings.standing_of(tx, application_id))
    undecided = [_open_question(verdict) for verdict in stands.verdicts if verdict.outcome == "officer"]
    if undecided:
        raise Refused(undecided)
    failed = [verdict.rule_id for verdict in stands.verdicts if verdict.outcome == "fail"]
    state = "ineligible" if failed else "eligible"
    reason = ", ".join(failed)
    await applications.move(tx, application_id, state, reason=reason, by=caller.subject, now=now, eligible=not failed)
    await say(tx, _screened(row, organisation, failed), now=now)
    return stands._replace(state=state)


def _open_question(verdict: Verdict) -> Refusal:
    first = next(finding for finding in verdict.findings if finding.outcome == verdict.found)
    words = words_of(first.code, first.facts)
    facts = {"rule": verdict.rule_id, "reason_ko": words["ko"], "reason_en": words["en"]}
    return Refusal(verdict.rule_id, "officer_decision_needed", facts)


def _screened(row: Mapping[str, Any], organisation: Organisation, failed: list[str]) -> ApplicationScreened:
    investigator = applications.request_of(row).principal_investigator
    return ApplicationScreened(
        **submitted_facts(row, organisation),
        eligible=not failed,
        youth=row["youth"],
        principal_investigator_id="" if investigator is None else investigator.principal_investigator_id,
        failed_rules=failed,
    )
