"""What screening finds, and what officers make of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from libs.common.errors import Fact, Refusal

Outcome = Literal["pass", "fail", "officer"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says about one application: its outcome, a stable code and the facts its message names."""

    rule_id: str
    outcome: Outcome
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def refusal(self) -> Refusal:
        """The finding as a refusal."""
        return Refusal(self.rule_id, self.code, self.facts)


@dataclass(frozen=True, slots=True)
class Decision:
    """An officer's word on a rule, beside what screening found. `outcome` is `pass` or `fail`, never `officer`."""

    rule_id: str
    outcome: Outcome
    reason: str
    decided_by: str
    decided_at: dt.datetime
    decided_on: tuple[Finding, ...]
    """What was found when the officer decided: the word stands for nothing else."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where screening of one rule stands: what was found and what an officer made of it."""

    rule_id: str
    found: Outcome
    findings: tuple[Finding, ...]
    decision: Decision | None
    with_agency: bool = False
    """Whether it rests on what is told to nobody but the person and the agency: then it tells no outcome (MS-6)."""

    @property
    def outcome(self) -> Outcome:
        """The officer's word where there is one, else what was found."""
        return self.found if self.decision is None else self.decision.outcome


ScreeningStep = Literal["submission", "new_facts", "agreement", "supplement", "objection"]


@dataclass(frozen=True, slots=True)
class Run:
    """One screening of an application: at its submission, for facts recorded since, or before its agreement.

    And anew: for the answer to a supplement, or because an objection was upheld.
    """

    run: int
    step: ScreeningStep
    programme_version: int
    findings: tuple[Finding, ...]
    at: dt.datetime
    organisation_version: int | None = None
    """Which version of the applicant's facts it read; None for those of before there were versions."""
