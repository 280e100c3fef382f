"""Screening after the final submit: looking again, officers' decisions, the conclusion."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from libs.common.calendar import kst_day
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Invalid, Refusal, Refused
from libs.common.events.envelope import Event
from libs.common.events.intake import ApplicationScreened, OfferStated, ReductionDecided
from libs.common.identity import Caller
from libs.common.messages.words import words_of
from libs.common.outbox import say
from libs.common.programmes import programme_at, programme_version
from services.intake.model.applications import Application, ApplicationState, Receipt
from services.intake.model.findings import Decision, Finding, Outcome, Run, ScreeningStep, Verdict
from services.intake.model.organisations import Organisation, Person
from services.intake.operations.applications import own_application, own_with_organisation, wrong_state
from services.intake.operations.case import Applicant, applicant_of, case_of, facts_of
from services.intake.operations.consortia import offer_stated
from services.intake.operations.submission import submitted
from services.intake.rules.disclosure import kept_back_of, told_decisions, told_refusals, told_run, told_verdicts
from services.intake.rules.reductions import claims_reduction, granted_of
from services.intake.rules.screening import (
    concluded,
    in_the_way,
    screen,
    screen_before_agreement,
    undecided,
    verdicts,
    with_new_findings,
)
from services.intake.rules.states import BEFORE_SIGNATURE
from services.intake.store import applications, organisations, screenings, versions


@dataclass(frozen=True, slots=True)
class Screening:
    """Where an application's screening stands: the newest run, the verdicts on it, and all that was decided."""

    application_id: str
    state: ApplicationState
    run: Run | None
    verdicts: tuple[Verdict, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Recheck:
    """What looking again found: support and restrictions, the run that holds them, and all that was decided."""

    findings: tuple[Finding, ...]
    run: Run
    decisions: tuple[Decision, ...]


async def look_again(tx: Tx, clock: Clock, *, organisation_id: str | None = None, person: Person | None = None) -> None:
    """Screen anew whatever is under screening of an organisation or a principal investigator: a fact was recorded."""
    for found in await applications.list_under_screening(tx, organisation_id=organisation_id, person=person):
        organisation = await organisations.get_organisation(tx, found.organisation_id)
        await rescreen(tx, found, organisation, clock.now())


async def look_again_at(tx: Tx, clock: Clock, organisation_ids: Collection[str], people: Collection[Person]) -> None:
    """The same for many of them at once: which applications are under screening is asked once."""
    for found in await applications.list_under_screening_among(tx, organisation_ids, people):
        organisation = await organisations.get_organisation(tx, found.organisation_id)
        await rescreen(tx, found, organisation, clock.now())


async def rescreen(
    tx: Tx, found: Application, organisation: Organisation, now: dt.datetime, *, step: ScreeningStep = "new_facts"
) -> tuple[Run, tuple[Decision, ...]]:
    """Look again at a submitted application, by the programme of its receipt; new findings are a new run.

    So is what is looked at again for an answered supplement or an upheld objection, whatever it finds. Returns the
    newest run and all decisions; the application is locked.
    """
    receipt = _receipt(found)
    organisation = await _facts_then(tx, found, organisation)
    programme = await programme_version(tx, found.programme_code, receipt.programme_version)
    applicant = applicant_of(found, organisation, programme)
    findings = screen(await case_of(tx, found, applicant, receipt.received_at), applicant.policy)
    last, decisions = await screenings.find_standing(tx, found.application_id)
    if last is None or last.findings != findings or step != "new_facts":
        looked_at = {"programme_version": programme.version, "organisation_version": organisation.version}
        last = await screenings.add_run(tx, found.application_id, step, findings, now=now, **looked_at)
    return last, decisions


async def _facts_then(tx: Tx, found: Application, organisation: Organisation) -> Organisation:
    """The applicant's facts that were in force as its application was received, as they are known now (MS-4)."""
    return await versions.get_facts_at(tx, organisation, kst_day(_receipt(found).received_at))


async def keep_what_is_new(tx: Tx, caller: Caller, application_id: str, clock: Clock) -> None:
    """Keep what looking again finds at an application whose screening could not be concluded.

    The refusal of `conclude` takes its own new run back with everything else, and officers decide on runs that are
    on record. An application that is under screening no more stays as it is.
    """
    found, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    if found.state == "submitted":
        await rescreen(tx, found, organisation, clock.now())


def _receipt(found: Application) -> Receipt:
    if found.receipt is None:
        raise wrong_state(found, ["submitted"])
    return found.receipt


async def show(tx: Tx, caller: Caller, application_id: str) -> Screening:
    """Where an application's screening stands; the applicant is told nothing of a person's facts (MS-6).

    Raises NotFound.
    """
    found = await own_application(tx, caller, application_id)
    run, decisions = await screenings.find_standing(tx, application_id)
    stands = _standing(found, run, decisions)
    kept = kept_back_of(found)
    if caller.sees_all() or not kept:
        return stands
    return replace(
        stands,
        run=told_run(await screenings.list_runs(tx, application_id), kept),
        verdicts=told_verdicts(stands.verdicts, kept),
        decisions=told_decisions(decisions, kept),
    )


def _standing(found: Application, run: Run | None, decisions: tuple[Decision, ...]) -> Screening:
    findings = () if run is None else run.findings
    return Screening(found.application_id, found.state, run, verdicts(findings, decisions), decisions)


async def decide(
    tx: Tx, caller: Caller, application_id: str, rule_id: str, outcome: Outcome, reason: str, clock: Clock
) -> Screening:
    """An officer decides or overrides what a rule found, with a reason; both stay on record.

    During screening every rule may be decided; before the signature those that are checked again. Raises
    WrongState at any other time and Invalid for a rule that was not screened.
    """
    found, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    now = clock.now()
    run, open_to_decision = await _open_findings(tx, found, organisation, now)
    decided_on = tuple(finding for finding in open_to_decision if finding.rule_id == rule_id)
    if run is None or not decided_on:
        rules = dict.fromkeys(finding.rule_id for finding in open_to_decision)
        raise Invalid("rule_not_screened", "IN-12", rule=rule_id, rules=", ".join(rules))
    decision = Decision(rule_id, outcome, reason, caller.subject, now, decided_on)
    await screenings.add_decision(tx, application_id, decision, programme_version=run.programme_version)
    return _standing(found, run, await screenings.list_decisions(tx, application_id))


async def _open_findings(
    tx: Tx, found: Application, organisation: Organisation, now: dt.datetime
) -> tuple[Run | None, tuple[Finding, ...]]:
    """The newest screening, and those of its findings that an officer may decide on now."""
    if found.state in BEFORE_SIGNATURE:
        programme = await programme_at(tx, found.programme_code, now)
        applicant = applicant_of(found, organisation, programme)
        recheck = await _recheck(tx, found, applicant, programme.version, now)
        return recheck.run, recheck.findings
    if found.state != "submitted":
        raise wrong_state(found, ["submitted"])
    run = await screenings.find_latest_run(tx, found.application_id)
    return run, () if run is None else run.findings


async def _recheck(tx: Tx, found: Application, applicant: Applicant, version: int, now: dt.datetime) -> Recheck:
    """Look again at support and restrictions by the facts known now; new findings are a new run."""
    known = await facts_of(tx, found.application_id, applicant, _receipt(found).received_at)
    findings = screen_before_agreement(known, applicant.policy)
    run, decisions = await screenings.find_standing(tx, found.application_id)
    both = with_new_findings(() if run is None else run.findings, findings)
    if run is None or run.findings != both:
        looked_at = {"programme_version": version, "organisation_version": applicant.organisation.version}
        run = await screenings.add_run(tx, found.application_id, "agreement", both, now=now, **looked_at)
    return Recheck(findings, run, decisions)


async def recheck_before_agreement(
    tx: Tx, caller: Caller, found: Application, applicant: Applicant, version: int, now: dt.datetime
) -> None:
    """Look again at support and restrictions before the agreement. Raises Refused where one stands in the way.

    The applicant is told its own facts alone, else that the agency still checks (MS-6).
    """
    recheck = await _recheck(tx, found, applicant, version, now)
    stands = verdicts(recheck.findings, recheck.decisions)
    refusals = in_the_way(stands) if caller.sees_all() else told_refusals(stands, kept_back_of(found))
    if refusals:
        raise Refused(refusals)


async def conclude(tx: Tx, caller: Caller, application_id: str, clock: Clock) -> Screening:
    """End the screening: the application is eligible where every rule passes in the end, and review hears of it.

    It is screened once more first: a fact that was recorded while the final submit was under way saw no submitted
    application, and the submit did not see the fact. Raises Refused, with every open rule, while an officer's
    decision is missing; the caller keeps what was found then (`keep_what_is_new`).
    """
    found, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    now = clock.now()
    if found.state != "submitted":
        raise wrong_state(found, ["submitted"])
    stands = _standing(found, *await rescreen(tx, found, organisation, now))
    open_questions = [_open_question(verdict) for verdict in undecided(stands.verdicts)]
    if open_questions:
        raise Refused(open_questions)
    failed = concluded(stands.verdicts)
    state: ApplicationState = "ineligible" if failed else "eligible"
    by = caller.subject
    await applications.move(tx, application_id, state, reason=", ".join(failed), by=by, now=now, eligible=not failed)
    said: list[Event] = [_screened(found, await _facts_then(tx, found, organisation), failed)]
    if not failed and claims_reduction(found.request):
        said.append(_decided(found, stands, now))
    if not failed and (offer := await _offer(tx, found, now)) is not None:
        said.append(offer)
    await say(tx, *said, now=now)
    return replace(stands, state=state)


async def _offer(tx: Tx, found: Application, now: dt.datetime) -> OfferStated | None:
    version = _receipt(found).programme_version
    return offer_stated(found, await programme_version(tx, found.programme_code, version), now)


def _open_question(verdict: Verdict) -> Refusal:
    first = next(finding for finding in verdict.findings if finding.outcome == verdict.found)
    words = words_of(first.code, first.facts)
    facts = {"rule": verdict.rule_id, "reason_ko": words["ko"], "reason_en": words["en"]}
    return Refusal(verdict.rule_id, "officer_decision_needed", facts)


def _decided(found: Application, stands: Screening, now: dt.datetime) -> ReductionDecided:
    granted = granted_of([] if stands.run is None else stands.run.findings)
    return ReductionDecided(
        application_id=found.application_id,
        programme_code=found.programme_code,
        programme_version=_receipt(found).programme_version,
        youth=granted.youth,
        regional=granted.regional,
        reduction=granted.reduction,
        decided_at=now,
    )


def _screened(found: Application, organisation: Organisation, failed: list[str]) -> ApplicationScreened:
    receipt, leads = _receipt(found), found.request.principal_investigator
    return ApplicationScreened(
        **submitted(found, receipt, organisation).model_dump(),
        eligible=not failed,
        youth=receipt.youth,
        principal_investigator_id="" if leads is None else leads.principal_investigator_id,
        failed_rules=failed,
    )
