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
class StageStanding:
    """How far one application's stage is: who must still score it, and how many substitutes it needs."""

    awaited: tuple[int, ...]
    sheets: int
    substitutes_needed: int

    @property
    def closed(self) -> bool:
        """Whether the stage is over for this application."""
        return not self.awaited and not self.substitutes_needed
