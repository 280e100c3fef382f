"""Nouns of presenting: when and where, who is invited into which slot, and what they answered (RV-8)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

SlotState = Literal["free", "taken"]
InvitedState = Literal["asked", "attends", "declined"]
"""What became of an invitation into a slot; not answered yet is `asked`."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time and a place at which one application of a track is presented, `[starts_at, ends_at)`."""

    slot_id: str
    programme_code: str
    track: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    made_by: str
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Presentation:
    """That an application is invited into a slot; the last invitation of an application is the one that holds."""

    id: int
    slot_id: str
    application_id: str
    reason: str
    """Why it was moved from another slot; empty for the first."""
    invited_by: str
    invited_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PresentationAnswer:
    """Whether an applicant comes, and why where it does not."""

    presentation_id: int
    attends: bool
    reason: str
    answered_by: str
    answered_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation into a slot with its slot and its answer."""

    presentation: Presentation
    slot: Slot
    answer: PresentationAnswer | None
    receipt_no: str
    organisation_id: str
