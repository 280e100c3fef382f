"""Nouns of a track's stages: which there are, where an application is scored, how far that is."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Stage = Literal["document", "presentation"]
DOCUMENT: Stage = "document"
PRESENTATION: Stage = "presentation"
Place = tuple[str, Stage]
"""An application's id and a stage: where it is scored."""


@dataclass(frozen=True, slots=True)
class StageSkip:
    """That the agency skips a track's document stage, and why (RV-8)."""

    programme_code: str
    track: str
    reason: str
    programme_version: int
    skipped_by: str
    skipped_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a fact on record was wrong and is taken back: by whom, when and why; the fact itself stays on record."""

    reason: str
    withdrawn_by: str
    withdrawn_at: dt.datetime


@dataclass(frozen=True, slots=True)
class StageReopening:
    """That a closed stage was opened again for one application, since a reviewer had a conflict after all (RV-17)."""

    application_id: str
    stage: Stage
    version: int
    """Of the composite that is no longer in force."""
    panel_id: str
    seat: int
    """Whose sheet is set aside."""
    sheets: int
    """How many sheets the stage was closed with: as many close it again."""
    reason: str
    composite_sha256: str
    """Of the composite that is no longer in force; the next version is linked to it."""
    closed_at: dt.datetime
    reopened_by: str
    reopened_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ReopenedStage:
    """A reopening as the agency lists it, beside the result that it took out of force."""

    id: int
    reopening: StageReopening
    final: int
    passed: bool
    receipt_no: str
    organisation_name: str


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
