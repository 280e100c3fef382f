"""All rules on one application, and what officers make of them (IN-12)."""

from collections.abc import Callable, Iterable, Sequence

from libs.common.calendar import kst_day
from libs.common.errors import Refusal
from libs.common.large import is_large
from services.intake.model.applications import Case, Facts
from services.intake.model.findings import Decision, Finding, Outcome, Verdict
from services.intake.model.reductions import Claims
from services.intake.policy.screening import ScreeningPolicy
from services.intake.rules.applicant import Business, applicant_kind
from services.intake.rules.business_number import business_number_holds
from services.intake.rules.conditions import conditions_of
from services.intake.rules.counting import application_count
from services.intake.rules.documents import documents_complete
from services.intake.rules.form import form_complete
from services.intake.rules.models import MODEL, PURPOSE, model_listed
from services.intake.rules.people import people_differ
from services.intake.rules.provider_offers import consortium_findings
from services.intake.rules.reductions import reductions_granted
from services.intake.rules.repeats import repeated_support
from services.intake.rules.request import request_within_bounds
from services.intake.rules.restrictions import restrictions_in_force
from services.intake.rules.submission import submission_in_time
from services.intake.rules.youth import is_youth_enterprise, youth_finding

WORST_FIRST: tuple[Outcome, ...] = ("fail", "officer", "pass")
BEFORE_AGREEMENT = ("IN-7", "IN-8")


def screen(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    """IN-12: Screening applies every rule and tells all it finds, not the first failure.

    The same checks run on a draft at any time, with the present as `received_at`, and at the final submit.
    Returns at least one finding for each rule, in the rules' order; never raises.

    Source: S0 §4, S2 §6.
    """
    return tuple(finding for check in CHECKS for finding in check(case, policy))


def screen_before_agreement(facts: Facts, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    """What is checked again before the agreement: repeated support and restrictions, by the facts known now."""
    return (
        *repeated_support(facts.awards, policy.repeats),
        *_barred(facts, policy),
    )


def _barred(facts: Facts, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    if facts.consortium is None or policy.providers is None or policy.offers is None:
        return restrictions_in_force(facts.restrictions, facts.received_at, policy.restrictions)
    who = (facts.consortium, facts.business_no, facts.received_at)
    return consortium_findings(*who, policy.providers, policy.offers)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of some outcomes: one that fails fails all, one left to an officer leaves all; none at all pass."""
    return min(outcomes, key=WORST_FIRST.index, default="pass")


def verdicts(findings: Sequence[Finding], decisions: Sequence[Decision]) -> tuple[Verdict, ...]:
    """Where each rule stands: the worst of its findings, and the last officer's decision made on just these.

    A decision stands for what was found when it was made: when something else is found later, the officer is
    asked again, and the old decision stays on record.
    """
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule_id, []).append(finding)
    return tuple(
        Verdict(
            rule_id=rule_id,
            found=worst(finding.outcome for finding in found),
            findings=tuple(found),
            decision=next(
                (d for d in reversed(decisions) if d.rule_id == rule_id and d.decided_on == tuple(found)), None
            ),
        )
        for rule_id, found in by_rule.items()
    )


def with_new_findings(before: Sequence[Finding], again: Sequence[Finding]) -> tuple[Finding, ...]:
    """A run whose support and restrictions are replaced by what looking again found, in the rules' order."""
    kept = (finding for finding in before if finding.rule_id not in BEFORE_AGREEMENT)
    return tuple(sorted((*kept, *again), key=lambda finding: int(finding.rule_id.removeprefix("IN-"))))


def in_the_way(found: Sequence[Verdict]) -> list[Refusal]:
    """Why no agreement can be made: every finding that is no `pass` and was not decided, every decision against it."""
    return [refusal for verdict in found if verdict.outcome != "pass" for refusal in _against(verdict)]


def _against(verdict: Verdict) -> list[Refusal]:
    if verdict.decision is not None:
        facts = {"rule": verdict.rule_id, "reason": verdict.decision.reason}
        return [Refusal(verdict.rule_id, "decided_against", facts)]
    return [finding.refusal() for finding in verdict.findings if finding.outcome != "pass"]


def undecided(found: Sequence[Verdict]) -> list[Verdict]:
    """The rules on which an officer's word is still missing."""
    return [verdict for verdict in found if verdict.outcome == "officer"]


def concluded(found: Sequence[Verdict]) -> list[str]:
    """The rules that an application fails in the end: it is eligible where there are none. All are decided."""
    return [verdict.rule_id for verdict in found if verdict.outcome == "fail"]


def youth_enterprise(case: Case, policy: ScreeningPolicy) -> bool:
    """Whether the reduction for youth enterprises is claimed and due."""
    if not case.request.youth_claimed or policy.youth is None or policy.applicant.decision is None:
        return False
    births = [representative.born_on for representative in case.organisation.representatives]
    return is_youth_enterprise(case.organisation.legal_form, policy.applicant.sector, births, policy.youth)


def _in_time(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    return (submission_in_time(case.received_at, policy.window),)


def _count(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    return application_count(case.request.track, case.request.product, case.others_submitted, policy.count)


def _bounds(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    request = case.request
    return request_within_bounds(request.units, request.months, request.wished_start, policy.bounds)


def _applicant(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    business = Business(case.organisation.opened_on, kst_day(case.received_at))
    return applicant_kind(case.organisation.kind, case.request.principal_investigator, policy.applicant, business)


def _youth(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    return (youth_finding(case.request.youth_claimed, youth_enterprise(case, policy), policy.youth),)


def _facts(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    return screen_before_agreement(case.facts, policy)


def _documents(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    organisation = case.organisation
    applicant = (case.request.track, policy.applicant.sector, organisation.kind, organisation.legal_form)
    conditions = _conditions(case, policy)
    form = form_complete(case.request.form, applicant[:3], conditions, policy.documents.missing, policy.form)
    documents = documents_complete(
        case.attachments,
        organisation_name=organisation.name,
        applicant=applicant,
        policy=policy.documents,
        conditions=conditions,
    )
    return (*form, *documents)


def _conditions(case: Case, policy: ScreeningPolicy) -> frozenset[str]:
    request = case.request
    large = is_large(request.product, request.units, policy.large_from)
    return conditions_of(request, case.organisation.legal_form, large=large)


def _people(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    return people_differ(case.request.principal_investigator, case.request.manager, policy.people)


def _models(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    model, purpose = (str(case.request.form.get(name) or "") for name in (MODEL, PURPOSE))
    return model_listed(model, purpose, policy.models)


def _business_number(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:  # noqa: ARG001 - one shape for all
    number = case.organisation.business_no
    holds = business_number_holds(number)
    code = "business_number_holds" if holds else "business_number_wrong"
    return (Finding("IN-11", "pass" if holds else "fail", code, {"business_no": number}),)


def _reductions(case: Case, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    request = case.request
    claims = Claims(
        youth=request.youth_claimed,
        region=request.region_claimed,
        youth_first=request.youth_first,
        is_youth=youth_enterprise(case, policy),
        places=case.organisation.places,
        attached=frozenset(attachment.kind for attachment in case.attachments),
        received_on=kst_day(case.received_at),
    )
    return reductions_granted(claims, policy.reductions)


CHECKS: tuple[Callable[[Case, ScreeningPolicy], tuple[Finding, ...]], ...] = (
    _in_time,
    _count,
    _bounds,
    _applicant,
    _youth,
    _facts,
    _documents,
    _people,
    _business_number,
    _models,
    _reductions,
)
