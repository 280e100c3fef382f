"""Nouns of a panel: its seats, who may not score what, what lies before it, who is late (RV-1)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from libs.common.keys import fold_key
from services.review.model.applications import Application, ApplicationState
from services.review.model.sheets import Composite, ScoreSheet
from services.review.model.stages import Place, Stage, StageStanding, Withdrawal

ConflictKind = Literal["employer", "declared"]
ConflictState = Literal["standing", "withdrawn"]
AssignmentState = Literal["conflict", "given", "closed", "saved", "open"]
"""What a reviewer has to do with an assignment: nothing (the first three), go on with a saved sheet, or begin."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel for a track's stage."""

    panel_id: str
    programme_code: str
    programme_version: int
    track: str
    stage: Stage
    takes_all: bool
    """Every application of the stage goes to it by itself, now and later."""
    due_at: dt.datetime | None
    seated_by: str
    seated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Seat:
    """One chair of a panel. `scope` names the applications a substitute was seated for; None means all of the panel."""

    seat: int
    reviewer_id: str
    name: str
    employer_organisation_id: str
    """Empty where no organisation here employs the reviewer."""
    scope: tuple[str, ...] | None = None
    reason: str = ""
    """Why a substitute was seated, or why the seat was opened above the number that the notice prints."""
    vacated_at: dt.datetime | None = None
    seated_at: dt.datetime | None = None
    """None until it is kept."""
    due_at: dt.datetime | None = None
    """Until when its sheets are due; None where the panel's due time holds."""

    @property
    def vacated(self) -> bool:
        """Whether nobody is awaited on it any more."""
        return self.vacated_at is not None

    @property
    def substitute(self) -> bool:
        """Whether it was seated in another's stead."""
        return self.scope is not None

    @property
    def reviewer_key(self) -> str:
        """By what its reviewer is told apart from others (CV-9)."""
        return fold_key(self.reviewer_id)

    @property
    def employer_key(self) -> str:
        """By what its reviewer's employer is told apart from others (CV-9); empty where there is none."""
        return fold_key(self.employer_organisation_id)


@dataclass(frozen=True, slots=True)
class NewPanel:
    """A panel as an officer asks for it; without named applications it takes every one of the stage, now and later."""

    programme_code: str
    track: str
    stage: Stage
    seats: tuple[Seat, ...]
    application_ids: frozenset[str] | None
    due_at: dt.datetime | None
    by_invitation: bool = False
    """Whether the reviewers are invited, and sit once they accept; else the officer seats them at once."""


@dataclass(frozen=True, slots=True)
class NewSubstitute:
    """Who is to sit in whose stead, and for which applications; unnamed, the rule says for which."""

    seat: Seat
    application_ids: frozenset[str] | None
    replaces_seat: int | None


@dataclass(frozen=True, slots=True)
class Declaration:
    """Which reviewer is related to which applicant, and how."""

    reviewer_id: str
    application_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seated:
    """Who sits on a panel."""

    panel_id: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class ConflictOfInterest:
    """That a seat may not score an application."""

    panel_id: str
    seat: int
    application_id: str
    kind: ConflictKind
    reason: str
    declared_by: str
    declared_at: dt.datetime


@dataclass(frozen=True, slots=True)
class KeptConflict:
    """A conflict of interest on record, and whether it was taken back."""

    id: int
    conflict: ConflictOfInterest
    withdrawal: Withdrawal | None
    receipt_no: str = ""
    organisation_name: str = ""
    """Of its application, in a list."""


@dataclass(frozen=True, slots=True)
class PanelApplication:
    """Which panel scores an application in a stage, and since when that is over."""

    application_id: str
    stage: Stage
    panel_id: str
    closed_at: dt.datetime | None = None
    sheets_before: int = 0
    """With how many sheets it was closed before it was opened again; 0 where it never was (RV-17)."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """An application of a panel, and whether it is gone."""

    application_id: str
    stage: Stage
    closed_at: dt.datetime | None
    state: ApplicationState
    sheets_before: int

    @property
    def in_review(self) -> bool:
        """Whether its stage is open and it is still there to be scored."""
        return self.closed_at is None and self.state == "eligible"


@dataclass(frozen=True, slots=True)
class AssignedNamed:
    """An application of a panel with its receipt and whose it is, and which seats have a conflict or gave a sheet."""

    assigned: Assigned
    receipt_no: str
    organisation_name: str
    conflicted: tuple[int, ...]
    given: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one reviewer is asked to score."""

    application_id: str
    stage: Stage
    programme_code: str
    track: str
    product: str
    panel_id: str
    seat: int
    due_at: dt.datetime | None
    closed: bool
    scored: bool
    conflict: bool
    receipt_no: str
    cleared: bool
    """Whether the reviewer has said to have no conflict."""
    total: int | None
    """Of the sheet that was handed in, in hundredths."""
    saved_at: dt.datetime | None
    """When a draft of the sheet was saved last."""
    state: AssignmentState


@dataclass(frozen=True, slots=True)
class Escalation:
    """A seat that owed sheets after its panel's due time, as it was put on record."""

    panel_id: str
    seat: int
    sheets_awaited: int
    due_at: dt.datetime
    escalated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SeatedPanel:
    """A panel with its seats, how many applications it has still to close, and who was late."""

    panel: Panel
    seats: tuple[Seat, ...]
    open_applications: int
    late: tuple[Escalation, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one application of a panel: whom it awaits, how many sheets it has, what it needs to close."""

    application_id: str
    receipt_no: str
    organisation_name: str
    stage: Stage
    state: ApplicationState
    closed_at: dt.datetime | None
    sheets: int
    awaited_seats: tuple[int, ...]
    conflicted_seats: tuple[int, ...]
    substitutes_needed: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the table for one application's stage: seats, who may not score it, sheets given."""

    application: Application
    panel_id: str
    stage: Stage
    closed: bool
    seats: Sequence[Seat]
    conflicted: Sequence[int]
    given: Sequence[ScoreSheet]
    sheets_before: int = 0
    """With how many sheets it was closed before it was opened again; 0 where it never was (RV-17)."""

    @property
    def place(self) -> Place:
        """Where its application is scored."""
        return self.application.application_id, self.stage

    @property
    def in_review(self) -> bool:
        """Whether its stage is open and its application still there to be scored."""
        return not self.closed and self.application.eligible

    @property
    def seats_given(self) -> tuple[int, ...]:
        """The seats that handed in a sheet."""
        return tuple(sheet.seat for sheet in self.given)


@dataclass(frozen=True, slots=True)
class Judged:
    """Where the stage on a desk stands, and its result where nobody is awaited any more."""

    desk: Desk
    standing: StageStanding
    result: Composite | None
