"""The nouns of intake: who applies, with what, and what screening found."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from libs.common.errors import Fact, Refusal

Outcome = Literal["pass", "fail", "officer"]
Sector = Literal["private", "public"]
ApplicationState = Literal[
    "draft",
    "submitted",
    "ineligible",
    "eligible",
    "refused",
    "waiting",
    "selected",
    "agreed",
    "signed",
    "placed",
    "active",
    "ended",
    "withdrawn",
]


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

    @property
    def outcome(self) -> Outcome:
        """The officer's word where there is one, else what was found."""
        return self.found if self.decision is None else self.decision.outcome


@dataclass(frozen=True, slots=True)
class Representative:
    """One (joint) representative of an organisation."""

    name: str
    born_on: dt.date


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who applies. `business_no` is ten digits without hyphens."""

    organisation_id: str
    name: str
    business_no: str
    kind: str
    legal_form: str
    representatives: tuple[Representative, ...]
    opened_on: dt.date
    affiliates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrincipalInvestigator:
    """Who leads the project."""

    principal_investigator_id: str
    name: str
    is_professor: bool


@dataclass(frozen=True, slots=True)
class Restriction:
    """A dated fact that may bar an applicant. Both days belong to it; without a last day it still runs."""

    kind: str
    from_day: dt.date
    until_day: dt.date | None
    instalments_approved: bool
    source: str
    of: str = ""
    """Whom it bars: an organisation's id or a principal investigator's."""


@dataclass(frozen=True, slots=True)
class Award:
    """Support that an applicant got from a programme. `running_until` is its last day of use."""

    programme_code: str
    government: bool
    year: int
    running_until: dt.date | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """An uploaded document as screening sees it: its kind, its file name and the format found in its content."""

    kind: str
    file_name: str
    found_format: str


@dataclass(frozen=True, slots=True)
class Request:
    """What an application asks for."""

    track: str
    product: str
    units: int
    months: int
    wished_start: dt.date
    youth_claimed: bool
    principal_investigator: PrincipalInvestigator | None


@dataclass(frozen=True, slots=True)
class Facts:
    """The dated facts on record of an applicant: what screening looks at again before the agreement."""

    restrictions: tuple[Restriction, ...]
    awards: tuple[Award, ...]
    received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Case:
    """All that screening looks at."""

    organisation: Organisation
    request: Request
    attachments: tuple[Attachment, ...]
    restrictions: tuple[Restriction, ...]
    awards: tuple[Award, ...]
    others_submitted: int
    """Other applications of the same counting unit in the same call that are submitted and not withdrawn."""
    received_at: dt.datetime

    @property
    def facts(self) -> Facts:
        """What of it is looked at again before the agreement."""
        return Facts(self.restrictions, self.awards, self.received_at)


@dataclass(frozen=True, slots=True)
class ProviderMember:
    """One member of a provider or of its consortium. `fully_impaired` is None while its accounts are unknown."""

    name: str
    business_no: str
    opened_on: dt.date
    fully_impaired: bool | None
    csap_certified: bool
    restrictions: tuple[Restriction, ...]
