"""What answers about panels look like."""

import datetime as dt
from typing import Any

from libs.common.web import View
from services.review.model.panels import Assignment, Panel, SeatedPanel
from services.review.model.stages import Stage, StageStanding
from services.review.routes.fields import answer, told

SEAT: dict[str, Any] = {
    "seat": 1,
    "reviewer_id": "reviewer-1",
    "name": "홍길동",
    "employer_organisation_id": "O-000009",
}
PANEL: dict[str, Any] = {
    "panel_id": "PN-000001",
    "programme": "gpu-rental-2025s",
    "track": "1",
    "stage": "document",
    "takes_all": True,
    "due_at": "2025-09-26T09:00:00Z",
    "seated_at": "2025-09-20T01:00:00Z",
    "seats": [{**SEAT, "substitute": False, "reason": "", "vacated_at": None}],
    "open_applications": 40,
    "late": [{"seat": 3, "sheets_awaited": 12, "escalated_at": "2025-09-26T09:01:00Z"}],
}
PROGRESS: dict[str, Any] = {
    "application_id": "A-000001",
    "stage": "document",
    "state": "eligible",
    "closed_at": None,
    "sheets": 4,
    "awaited_seats": [5],
    "conflicted_seats": [2],
    "substitutes_needed": 0,
}
ASSIGNMENT: dict[str, Any] = {
    "application_id": "A-000001",
    "stage": "document",
    "programme": "gpu-rental-2025s",
    "track": "1",
    "product": "H100x2",
    "panel_id": "PN-000001",
    "seat": 5,
    "due_at": None,
    "closed": False,
    "scored": False,
    "conflict": False,
}


class SeatView(View):
    """A seat of a panel."""

    model_config = answer({**SEAT, "substitute": False, "reason": "", "vacated_at": None})

    seat: int
    reviewer_id: str
    name: str
    employer_organisation_id: str
    substitute: bool
    reason: str
    vacated_at: dt.datetime | None


class LateView(View):
    """A seat that owed sheets after the due time."""

    seat: int
    sheets_awaited: int
    escalated_at: dt.datetime


class PanelView(View):
    """A panel; for the agency's eyes only."""

    model_config = answer(PANEL)

    panel_id: str
    programme: str
    track: str
    stage: Stage
    takes_all: bool
    due_at: dt.datetime | None
    seated_at: dt.datetime
    seats: list[SeatView]
    open_applications: int
    late: list[LateView]

    @classmethod
    def of(cls, found: SeatedPanel) -> "PanelView":
        """Tell a panel."""
        return cls(
            **PanelLine.of(found.panel).model_dump(),
            seated_at=found.panel.seated_at,
            seats=[SeatView.model_validate(seat) for seat in found.seats],
            open_applications=found.open_applications,
            late=[LateView.model_validate(late) for late in found.late],
        )


class PanelLine(View):
    """A panel in a list."""

    model_config = answer(
        {name: PANEL[name] for name in ("panel_id", "programme", "track", "stage", "takes_all", "due_at")}
    )

    panel_id: str
    programme: str
    track: str
    stage: Stage
    takes_all: bool
    due_at: dt.datetime | None

    @classmethod
    def of(cls, panel: Panel) -> "PanelLine":
        """Tell a panel without its seats."""
        return cls.model_validate(told(panel, programme=panel.programme_code))


class ProgressView(View):
    """How far an application's stage is."""

    model_config = answer(PROGRESS)

    application_id: str
    stage: Stage
    state: str
    closed_at: dt.datetime | None
    sheets: int
    awaited_seats: list[int]
    conflicted_seats: list[int]
    substitutes_needed: int


class StandingView(View):
    """Where a stage stands after a conflict was declared."""

    model_config = answer({"closed": False, "awaited_seats": [5], "sheets": 4, "substitutes_needed": 0})

    closed: bool
    awaited_seats: list[int]
    sheets: int
    substitutes_needed: int

    @classmethod
    def of(cls, standing: StageStanding) -> "StandingView":
        """Tell where a stage stands."""
        return cls(
            closed=standing.closed,
            awaited_seats=list(standing.awaited),
            sheets=standing.sheets,
            substitutes_needed=standing.substitutes_needed,
        )


class AssignmentView(View):
    """An application that the calling reviewer is asked to score."""

    model_config = answer(ASSIGNMENT)

    application_id: str
    stage: Stage
    programme: str
    track: str
    product: str
    panel_id: str
    seat: int
    due_at: dt.datetime | None
    closed: bool
    scored: bool
    conflict: bool

    @classmethod
    def of(cls, one: Assignment) -> "AssignmentView":
        """Tell what is to be scored."""
        return cls.model_validate(told(one, programme=one.programme_code))


class SkippedView(View):
    """A stage that is skipped."""

    model_config = answer({"programme": "gpu-rental-2025s", "track": "2", "skipped": True})

    programme: str
    track: str
    skipped: bool
