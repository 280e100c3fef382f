"""The nouns of review. Scores are whole hundredths of a point, so that 27.50 is 2750 and nothing is ever a float."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Sector = Literal["private", "public"]
Stage = Literal["document", "presentation"]
Outcome = Literal["selected", "waiting", "refused"]
Limit = Literal["cutoff", "capacity", "budget", "projects", "counting_unit", "quota"]
"""The limits of a selection, in the order in which they are named (RV-9)."""
Place = tuple[str, Stage]
"""An application's id and a stage: where it is scored."""

HUNDREDTHS_PER_POINT = 100


def points(hundredths: int) -> str:
    """Write hundredths the way a score is read: 8310 is `83.10`; the sign stands in front."""
    whole, rest = divmod(abs(hundredths), HUNDREDTHS_PER_POINT)
    return f"{'-' if hundredths < 0 else ''}{whole}.{rest:02d}"


@dataclass(frozen=True, slots=True)
class Seat:
    """One chair of a panel. `scope` names the applications a substitute was seated for; None means all of the panel."""

    seat: int
    reviewer_id: str
    name: str
    employer_organisation_id: str
    scope: frozenset[str] | None = None
    vacated: bool = False


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """What one seat gave one application, per criterion, in hundredths."""

    seat: int
    scores: Mapping[str, int]

    @property
    def total(self) -> int:
        """The reviewer's total: the sum over the criteria, in hundredths (RV-2)."""
        return sum(self.scores.values())


@dataclass(frozen=True, slots=True)
class StageStanding:
    """How far one application's stage is: who must still score it, and how many substitutes it needs."""

    awaited: tuple[int, ...]
    sheets: int
    substitutes_needed: int

    @property
    def closed(self) -> bool:
        """Whether the stage is over for this application."""
        return not self.awaited and not self.substitutes_needed


@dataclass(frozen=True, slots=True)
class Mean:
    """The exact mean of the counted totals in hundredths, and which seats counted and which were dropped."""

    exact: Fraction
    counted: tuple[int, ...]
    dropped: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Composite:
    """An application's result in one stage: rounded mean, bonus and final score in hundredths."""

    stage: Stage
    mean: Mean
    composite: int
    bonus: int
    final: int
    passed: bool
    criterion_means: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Contender:
    """What ranking compares (RV-5)."""

    application_id: str
    final: int
    criterion_means: Mapping[str, Fraction]
    received_at: dt.datetime
    receipt_no: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place in the ranking and what put it before the next one: `score`, a criterion, `receipt`, or `last`."""

    rank: int
    application_id: str
    ahead_by: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked, passing application as selection sees it; units and months are what it would be awarded now."""

    application_id: str
    sector: Sector
    counting_unit: str
    product: str
    youth: bool
    units: int
    months: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What an award takes from the limits: H100-equivalent cards (or card-months), and won."""

    capacity: Fraction
    budget_krw: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The outcome of one walk down the ranking: who is in, in rank order, and the one limit against each other."""

    selected: tuple[str, ...]
    refused: Mapping[str, Limit]
    private_missing: int = 0
    """RV-13: private ones still missing to the quota after the additions to a kept set that broke it."""


@dataclass(frozen=True, slots=True)
class Lowering:
    """A deliberation committee's decision on one application, with its reason (RV-12)."""

    application_id: str
    units: int
    months: int
    reason: str


@dataclass(frozen=True, slots=True)
class Award:
    """Where selection and deliberation leave a pool: the final candidates in rank order, and who is in."""

    candidates: tuple[Candidate, ...]
    choice: Choice
    promoted: frozenset[str]
    """Who came in only by limits that deliberation freed, or by another's going."""
