"""What intake knows of reviewers: who sits for an application, and what he may read of it (RV-16)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.intake.model.applications import Application, Document
from services.intake.model.organisations import Organisation

Stage = Literal["document", "presentation"]


@dataclass(frozen=True, slots=True)
class ReaderFact:
    """That a reviewer was seated for an application, cleared himself of a conflict, or sits for it no longer.

    `sitting` counts from 1 how often the seat has sat for it, so that facts may be heard in any order.
    """

    application_id: str
    stage: Stage
    reviewer_id: str
    panel_id: str
    seat: int
    sitting: int
    fact: Literal["seated", "cleared", "vacated"]
    why: str
    """Why it was vacated: `stage_closed`, `conflict`, `replaced`; else empty."""
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class OpenedApplication:
    """What a reviewer sees of an application: before the conflict question is answered only what that needs."""

    application: Application
    organisation: Organisation
    stage: Stage
    cleared: bool
    names_hidden: bool
    documents: tuple["ShownDocument", ...]


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document of a stage under the name that a reviewer may see, and what it is in both languages."""

    document: Document
    file_name: str
    name_ko: str
    name_en: str
