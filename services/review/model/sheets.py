"""Nouns of scoring. Scores are whole hundredths of a point, so that 27.50 is 2750 and nothing is ever a float."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.review.model.applications import Sector
from services.review.model.stages import Stage

HUNDREDTHS_PER_POINT = 100


def points(hundredths: int) -> str:
    """Write hundredths the way a score is read: 8310 is `83.10`; the sign stands in front."""
    whole, rest = divmod(abs(hundredths), HUNDREDTHS_PER_POINT)
    return f"{'-' if hundredths < 0 else ''}{whole}.{rest:02d}"


@dataclass(frozen=True, slots=True)
class NewSheet:
    """What a reviewer hands in: one application's scores in points, by criterion."""

    application_id: str
    stage: Stage
    scores: Mapping[str, Decimal]
    comment: str


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
class Sheet:
    """A sheet that was handed in; its id is empty until it is kept."""

    sheet_id: str
    application_id: str
    stage: Stage
    panel_id: str
    seat: int
    reviewer_id: str
    scores: Mapping[str, int]
    """Hundredths by criterion."""
    total: int
    comment: str
    programme_version: int
    submitted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class KeptSheet:
    """A sheet on record, and whether a conflict of interest sets it aside: then it is shown and counts nothing."""

    sheet: Sheet
    set_aside: bool
    receipt_no: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A sheet that was just kept, and whether it closed its stage."""

    sheet: Sheet
    stage_closed: bool


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
    version: int = 1
    """Of this application's stage: one more each time it was opened again and closed anew (RV-17)."""
    supersedes_sha256: str | None = None
    """The version before this one."""


@dataclass(frozen=True, slots=True)
class ClosedStage:
    """A composite as the agency lists it: whose it is, and since when the stage is closed."""

    composite: Composite
    application_id: str
    receipt_no: str
    track: str
    product: str
    sector: Sector
    closed_at: dt.datetime
    organisation_name: str = ""
