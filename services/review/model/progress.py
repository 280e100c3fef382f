"""Nouns of looking at many applications at once: how far each is, and which sheets are late (RV-1)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.review.model.applications import ApplicationState
from services.review.model.stages import Stage

Flag = Literal["late", "conflict", "reopened", "substitute_needed"]


@dataclass(frozen=True, slots=True)
class Look:
    """An application with the stage that it is in, or was in last, and what came of it so far."""

    application_id: str
    receipt_no: str
    organisation_name: str
    programme_code: str
    track: str
    product: str
    state: ApplicationState
    final: int | None
    """In hundredths, once its review is over."""
    passed: bool | None
    stage: Stage | None
    panel_id: str | None
    closed_at: dt.datetime | None
    due_at: dt.datetime | None
    sheets_before: int
    conflicted: tuple[int, ...]
    """The seats of that panel that may not score it."""
    given: tuple[int, ...]
    """The seats that handed in a sheet of that stage."""
    composite: int | None
    """Of that stage, in hundredths, while it is closed."""
    rank: int | None
    """In the selection that was drawn last."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How far an application is: sheets that count, sheets that are needed, and what an officer should see."""

    look: Look
    sheets_done: int
    sheets_needed: int | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class LateSheet:
    """A sheet that is past its due time and still awaited."""

    application_id: str
    stage: Stage
    reviewer_id: str
    due_at: dt.datetime
    programme_code: str
    receipt_no: str
    organisation_name: str
    panel_id: str
    seat: int
    name: str
