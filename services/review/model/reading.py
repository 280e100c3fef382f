"""Nouns of reading and drafting: who cleared themself, and a sheet that is not handed in yet (RV-16)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from services.review.model.stages import Stage


@dataclass(frozen=True, slots=True)
class Clearance:
    """That the reviewer on a seat said to have no conflict of interest in an application."""

    panel_id: str
    seat: int
    application_id: str
    sitting: int
    """1, and one more each time a conflict of the seat in this application was taken back."""
    cleared_by: str
    cleared_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """A sheet as its reviewer saved it: it may be incomplete, counts nothing, and nobody else sees it."""

    application_id: str
    stage: Stage
    panel_id: str
    seat: int
    reviewer_id: str
    scores: Mapping[str, int]
    """Hundredths by criterion, those that are filled in."""
    comment: str
    version: int
    """1 when it was first saved, one more with each saving."""
    saved_at: dt.datetime

    @property
    def total(self) -> int:
        """What is filled in so far, in hundredths."""
        return sum(self.scores.values())
