"""What requests and answers about panels look like."""

import datetime as dt
from typing import Annotated, Any

from pydantic import Field

from libs.common.bounds import Instant
from libs.common.web import Body, View
from services.review.model import Seat, Stage
from services.review.routes.fields import Code, Id, Reason, SeatNumber, answer, request

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


class SeatBody(Body):
    """One reviewer on a panel; the employer is empty where no organisation here employs them."""

    model_config = request(SEAT)

    seat: SeatNumber
    reviewer_id: Id
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
    employer_organisation_id: Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")] = ""

    def noun(self) -> Seat:
        """The seat as rules know it."""
        return Seat(self.seat, self.reviewer_id, self.name, self.employer_organisation_id)


class SeatPanel(Body):
    """A panel for a track's stage; without `application_ids` it takes every eligible application, now and later."""

    model_config = request(
        {
            "programme": "gpu-rental-2025s",
            "track": "1",
            "stage": "document",
            "seats": [{**SEAT, "seat": number, "reviewer_id": f"reviewer-{number}"} for number in range(1, 6)],
            "due_at": "2025-09-26T18:00:00+09:00",
        }
    )

    programme: Code
    track: Code
    stage: Stage
    seats: Annotated[list[SeatBody], Field(max_length=50)]
    application_ids: Annotated[list[Id], Field(min_length=1, max_length=10_000)] | None = None
    due_at: Instant | None = None


class DeclareConflict(Body):
    """A relation between a reviewer and an applicant."""

    model_config = request({"reviewer_id": "reviewer-1", "application_id": "A-000001", "reason": "공동 연구 수행 중"})

    reviewer_id: Id
    application_id: Id
    reason: Reason


class SeatSubstitute(Body):
    """A substitute under a new seat number: for named applications, for a seat's unscored ones, or where needed."""

    model_config = request({**SEAT, "seat": 8, "reviewer_id": "reviewer-8", "replaces_seat": 3, "reason": "기한 경과"})

    seat: SeatNumber
    reviewer_id: Id
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
    employer_organisation_id: Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")] = ""
    application_ids: Annotated[list[Id], Field(min_length=1, max_length=10_000)] | None = None
    replaces_seat: SeatNumber | None = None
    reason: Reason


class SkipStage(Body):
    """The agency skips the document stage of a track whose notice allows it."""

    model_config = request({"programme": "gpu-rental-2025s", "track": "2", "reason": "신청 과제 수가 적음"})

    programme: Code
    track: Code
    reason: Reason


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
    def of(cls, row: dict[str, Any]) -> "PanelView":
        """Tell a panel."""
        seats = [{**seat, "substitute": seat["scope"] is not None} for seat in row["seats"]]
        return cls.model_validate({**row, "programme": row["programme_code"], "seats": seats})


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


class SkippedView(View):
    """A stage that is skipped."""

    model_config = answer({"programme": "gpu-rental-2025s", "track": "2", "skipped": True})

    programme: str
    track: str
    skipped: bool
