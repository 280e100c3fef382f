"""What an applicant is told of a screening: nothing of a person's sanctions and awards (MS-6)."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from libs.common.errors import Refusal
from services.intake.model.applications import Application, Asked, Step
from services.intake.model.findings import Decision, Finding, Run, Verdict
from services.intake.rules.counting import PROFESSOR
from services.intake.rules.people import is_of_a_person
from services.intake.rules.screening import in_the_way, worst

REPEATS = "IN-7"
RESTRICTIONS = "IN-8"


def kept_back(request: Asked, counting_unit: str) -> frozenset[str]:
    """The rules of whose outcome an applicant is told nothing, because they look at facts of a person (MS-6).

    IN-8 looks at the restrictions of whoever leads, IN-7 at the awards of the professor where professors count. Who
    leads was typed by the applicant and may be a stranger. It follows from what is asked for alone, never from what
    is on record. Never raises.

    Example: a company that names an investigator → IN-8; a university that applies through a professor → both; a
    company that names nobody → none.
    """
    if request.principal_investigator is None:
        return frozenset()
    return frozenset({REPEATS, RESTRICTIONS} if counting_unit.startswith(PROFESSOR) else {RESTRICTIONS})


def kept_back_of(application: Application) -> frozenset[str]:
    """`kept_back` of an application as it was received; of a draft, which was never screened, by IN-8's half."""
    receipt = application.receipt
    return kept_back(application.asked, "" if receipt is None else receipt.counting_unit)


def told_verdicts(found: Sequence[Verdict], kept: Collection[str]) -> tuple[Verdict, ...]:
    """Verdicts as their applicant is told them: of the rules in `kept` the own facts of the organisation alone.

    Of these nothing that passes is told either, and no officer's word: both would say what is left. Never raises.
    """
    return tuple(_told(verdict) if verdict.rule_id in kept else verdict for verdict in found)


def _told(verdict: Verdict) -> Verdict:
    own = _own(verdict.findings)
    return Verdict(verdict.rule_id, worst(finding.outcome for finding in own), own, None, with_agency=True)


def _own(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What a rule that looks at a person found of the organisation itself: restrictions name whom they bar."""
    return tuple(f for f in findings if f.rule_id == RESTRICTIONS and f.outcome != "pass" and not _is_persons(f))


def _is_persons(finding: Finding) -> bool:
    return is_of_a_person(str(finding.facts.get("of") or ""))


def told_decisions(decisions: Sequence[Decision], kept: Collection[str]) -> tuple[Decision, ...]:
    """The officers' words that an applicant is told: none on a rule of which nothing is told."""
    return tuple(decision for decision in decisions if decision.rule_id not in kept)


def told_run(runs: Sequence[Run], kept: Collection[str]) -> Run | None:
    """The newest of an application's screenings, oldest first, as its applicant is told it; None where there is none.

    A screening that found nothing new but of a person is none for the applicant: it is neither counted nor dated.
    Never raises.

    Example: submitted; then a ban of the investigator was recorded → still run 1, at the submission.
    """
    if not kept:
        return runs[-1] if runs else None
    told: list[Run] = []
    for run in runs:
        shown = tuple(f for f in run.findings if f.rule_id not in kept or f in _own(run.findings))
        if not told or told[-1].findings != shown:
            told.append(replace(run, run=len(told) + 1, findings=shown))
    return told[-1] if told else None


def told_history(steps: Sequence[Step], kept: Collection[str]) -> tuple[Step, ...]:
    """An application's history as its applicant is told it: where the screening failed, without the rules in `kept`."""
    return tuple(_told_step(step, kept) if step.state == "ineligible" else step for step in steps)


def _told_step(step: Step, kept: Collection[str]) -> Step:
    return replace(step, reason=", ".join(rule for rule in step.reason.split(", ") if rule not in kept))


def told_refusals(found: Sequence[Verdict], kept: Collection[str]) -> list[Refusal]:
    """Why no agreement can be made yet, as its applicant is told; empty where nothing stands in the way.

    What is the organisation's own is told as it is; where only a person's facts are in the way, that the agency still
    checks. Never raises.
    """
    told = in_the_way(told_verdicts(found, kept))
    return told or ([Refusal("IN-12", "agency_still_checks")] if in_the_way(found) else [])
