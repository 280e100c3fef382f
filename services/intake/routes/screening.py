"""HTTP: what screening found, and what officers decide."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from libs.common.bounds import Expected
from libs.common.db import Tx
from libs.common.errors import Refused
from libs.common.messages.words import words_of
from libs.common.problems import Words
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.intake.model.findings import Decision, Finding, Outcome, ScreeningStep, Verdict
from services.intake.operations import screening
from services.intake.operations.screening import Screening
from services.intake.routes.fields import ApplicationPath, Officer, Reader, Reason
from services.intake.routes.readings import keep_readings
from services.intake.rules.screening import worst

router = ServiceRouter(tags=["사전검토 · Screening"])
DECISIONS_SHOWN_MAX = 1_000
FOUND: dict[str, Any] = {
    "rule_id": "IN-9",
    "outcome": "officer",
    "code": "document_missing",
    "facts": {"documents": "plan", "name_ko": "사업수행계획서", "name_en": "project plan"},
    "reason": {"ko": "제출 서류가 없습니다: 사업수행계획서", "en": "A document is missing: project plan"},
}
DECIDED: dict[str, Any] = {
    "rule_id": "IN-9",
    "outcome": "pass",
    "reason": "공문으로 보완 제출 확인",
    "decided_by": "officer-1",
    "decided_at": "2025-09-17T02:00:00Z",
}
WITH_AGENCY = "checked_by_agency"
VERDICT: dict[str, Any] = {"rule_id": "IN-9", "found": "officer", "outcome": "pass", "decision": DECIDED}


class FindingView(View):
    """What one rule found, with its reason in both languages.

    `outcome` is null where the agency checks facts of a person: they are told to nobody but that person (MS-6).
    """

    rule_id: str
    outcome: Outcome | None
    code: str
    facts: dict[str, Any]
    reason: Words

    @classmethod
    def of(cls, found: Finding) -> "FindingView":
        """Tell a finding."""
        words = words_of(found.code, found.facts)
        told = {"rule_id": found.rule_id, "outcome": found.outcome, "code": found.code}
        return cls.model_validate({**told, "facts": dict(found.facts), "reason": words})

    @classmethod
    def with_agency(cls, rule_id: str) -> "FindingView":
        """Tell that the agency checks it: the same whatever is on record."""
        words = words_of(WITH_AGENCY, {})
        told = {"rule_id": rule_id, "outcome": None, "code": WITH_AGENCY}
        return cls.model_validate({**told, "facts": {}, "reason": words})


class DecisionView(View):
    """An officer's word."""

    rule_id: str
    outcome: Outcome
    reason: str
    decided_by: str
    decided_at: dt.datetime


class VerdictView(View):
    """Where one rule stands: what was found, and what it came to by an officer's decision; null where untold."""

    rule_id: str
    found: Outcome | None
    outcome: Outcome | None
    decision: DecisionView | None


class CheckView(View):
    """What a dry run finds: every rule, all failures at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application_id": "A-000001",
                    "outcome": "officer",
                    "findings": [FOUND],
                    "verdicts": [{**VERDICT, "outcome": "officer", "decision": None}],
                }
            ]
        }
    )

    application_id: str
    outcome: Outcome
    """The worst of all that is told."""
    findings: list[FindingView]
    verdicts: list[VerdictView]

    @classmethod
    def of(cls, application_id: str, verdicts: Sequence[Verdict]) -> "CheckView":
        """Tell verdicts."""
        return cls(
            application_id=application_id, outcome=worst(verdict.outcome for verdict in verdicts), **_told(verdicts)
        )


class ScreeningView(CheckView):
    """Where an application's screening stands; `decisions` are those made last, oldest first, 1,000 at most."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application_id": "A-000001",
                    "state": "submitted",
                    "run": 1,
                    "step": "submission",
                    "programme_version": 1,
                    "organisation_version": 1,
                    "screened_at": "2025-09-15T06:00:00Z",
                    "outcome": "pass",
                    "findings": [FOUND],
                    "verdicts": [VERDICT],
                    "decisions": [DECIDED],
                }
            ]
        }
    )

    state: str
    run: int | None
    step: ScreeningStep | None
    """Why it was screened: at the final submit, for facts recorded since, an answered supplement, an upheld objection,
    or before the agreement."""
    programme_version: int | None
    organisation_version: int | None
    """Which version of the applicant's facts it read; null for screenings of before there were versions."""
    screened_at: dt.datetime | None
    decisions: list[DecisionView]

    @classmethod
    def standing(cls, found: Screening) -> "ScreeningView":
        """Tell a screening as it stands."""
        run = found.run
        when: dict[str, Any] = dict.fromkeys(
            ("run", "step", "programme_version", "organisation_version", "screened_at")
        )
        if run is not None:
            told = {"step": run.step, "programme_version": run.programme_version, "screened_at": run.at}
            when = {"run": run.run, "organisation_version": run.organisation_version, **told}
        return cls(
            application_id=found.application_id,
            state=found.state,
            outcome=worst(verdict.outcome for verdict in found.verdicts),
            decisions=[_decision(decision) for decision in found.decisions[-DECISIONS_SHOWN_MAX:]],
            **when,
            **_told(found.verdicts),
        )


def _told(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    return {
        "findings": [finding for verdict in verdicts for finding in _findings(verdict)],
        "verdicts": [_verdict(verdict) for verdict in verdicts],
    }


def _findings(verdict: Verdict) -> list[FindingView]:
    own = [FindingView.of(finding) for finding in verdict.findings]
    return [*own, FindingView.with_agency(verdict.rule_id)] if verdict.with_agency else own


def _verdict(verdict: Verdict) -> VerdictView:
    if verdict.with_agency:
        return VerdictView(rule_id=verdict.rule_id, found=None, outcome=None, decision=None)
    return VerdictView(
        rule_id=verdict.rule_id,
        found=verdict.found,
        outcome=verdict.outcome,
        decision=None if verdict.decision is None else _decision(verdict.decision),
    )


def _decision(decision: Decision) -> DecisionView:
    return DecisionView(
        rule_id=decision.rule_id,
        outcome=decision.outcome,
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
    )


class DecideRule(Body):
    """An officer's word on a rule, always with a reason."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"rule_id": "IN-9", "outcome": "pass", "reason": "공문으로 보완 제출 확인"}]},
    )

    rule_id: Annotated[
        str, Field(pattern=r"^IN-[0-9]{1,2}$"), Expected("규칙 번호(예: IN-9)", "the id of a rule, such as IN-9")
    ]
    outcome: Literal["pass", "fail"]
    reason: Reason


@router.get(
    "/applications/{application_id}/screening", summary="사전검토 결과 · Read the screening", responses=problems(404)
)
async def get_screening(application_id: ApplicationPath, caller: Reader, db: Db, now: Now) -> ScreeningView:
    """Every rule's outcome with its reason; what was found and what an officer decided stand side by side."""
    async with db.transaction() as tx:
        found = await screening.show(tx, caller, application_id)
        await keep_readings(tx, caller, "get_screening", "application", [application_id], now)
    return ScreeningView.standing(found)


@router.post(
    "/applications/{application_id}/screening/decisions",
    status_code=201,
    summary="담당자 판단 · Decide a rule",
    responses=problems(404, 409),
)
async def decide_rule(
    application_id: ApplicationPath, body: DecideRule, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ScreeningView:
    """Decide or override what a rule found. Before the agreement IN-7 and IN-8 are open to decision again."""

    async def act(tx: Tx) -> ScreeningView:
        told = (body.rule_id, body.outcome, body.reason)
        return ScreeningView.standing(await screening.decide(tx, caller, application_id, *told, clock))

    return await command.once(db, act)


@router.post(
    "/applications/{application_id}/screening/conclude",
    summary="사전검토 종결 · Conclude",
    responses=problems(404, 409),
)
async def conclude_screening(
    application_id: ApplicationPath, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ScreeningView:
    """End the screening: eligible where every rule passes in the end. Refused while a decision is missing.

    The application is screened once more first, by the facts known now.
    """

    async def act(tx: Tx) -> ScreeningView:
        return ScreeningView.standing(await screening.conclude(tx, caller, application_id, clock))

    try:
        return await command.once(db, act)
    except Refused:
        # The refusal rolled its transaction back; what it newly found is kept in another one, to be decided on.
        async with db.transaction() as tx:
            await screening.keep_what_is_new(tx, caller, application_id, clock)
            await keep_readings(tx, caller, "conclude_screening", "application", [application_id], clock.now())
        raise
