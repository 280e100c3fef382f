"""Nouns of inviting reviewers: a seat counts once whoever is invited has accepted it (RV-1)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.review.model.panels import Panel, Seat

InvitationState = Literal["asked", "accepted", "declined"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """That a reviewer is asked to sit on a seat of a panel."""

    panel_id: str
    seat: int
    reviewer_id: str
    name: str
    employer_organisation_id: str
    due_at: dt.datetime | None
    seat_reason: str
    """Why the seat was opened above the number that the notice prints; empty where it was not."""
    invited_by: str
    invited_at: dt.datetime

    @property
    def chair(self) -> Seat:
        """The seat that it becomes once it is accepted."""
        told = (self.seat, self.reviewer_id, self.name, self.employer_organisation_id)
        return Seat(*told, reason=self.seat_reason, due_at=self.due_at)


@dataclass(frozen=True, slots=True)
class InvitationAnswer:
    """What a reviewer answered, and why where it was no."""

    panel_id: str
    seat: int
    accepted: bool
    reason: str
    answered_at: dt.datetime


@dataclass(frozen=True, slots=True)
class KeptInvitation:
    """An invitation to a panel, and what became of it."""

    invitation: Invitation
    answer: InvitationAnswer | None
    panel: Panel

    @property
    def pending(self) -> bool:
        """Whether it still waits for an answer."""
        return self.answer is None
