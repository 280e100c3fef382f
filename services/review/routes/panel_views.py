"""What answers about panels look like."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from libs.common.identity import Caller
from libs.common.programme_names import ProgrammeName
from libs.common.web import View
from services.review.model.panels import Declaration, KeptConflict, Panel, SeatedPanel
from services.review.model.sheets import points
from services.review.model.stages import ReopenedStage, Stage, StageStanding
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
    "seats": [{**SEAT, "substitute": False, "reason": "", "vacated_at": None, "due_at": None}],
    "open_applications": 40,
    "late": [{"seat": 3, "sheets_awaited": 12, "escalated_at": "2025-09-26T09:01:00Z"}],
}
NAMED = {"receipt_no": "gpu-rental-2025s-0001", "organisation_name": "한빛에이아이"}
PROGRESS: dict[str, Any] = {
    "application_id": "A-000001",
    **NAMED,
    "stage": "document",
    "state": "eligible",
    "closed_at": None,
    "sheets": 4,
    "awaited_seats": [5],
    "conflicted_seats": [2],
    "substitutes_needed": 0,
}
CONFLICT: dict[str, Any] = {
    "id": 1,
    **NAMED,
    "seat": 2,
    "application_id": "A-000001",
    "kind": "declared",
    "reason": "공동 연구 수행 중",
    "declared_by": "reviewer-2",
    "declared_at": "2025-09-22T01:00:00Z",
    "withdrawn_reason": None,
    "withdrawn_by": None,
    "withdrawn_at": None,
}
REOPENING: dict[str, Any] = {
    "application_id": "A-000001",
    "stage": "document",
    "version": 1,
    "panel_id": "PN-000001",
    "seat": 2,
    "sheets": 5,
    "reason": "사외이사 겸직 확인",
    "composite_sha256": "9f2c…",
    "closed_at": "2025-09-26T08:00:00Z",
    "reopened_by": "officer-1",
    "reopened_at": "2025-10-02T01:00:00Z",
}


class SeatView(View):
    """A seat of a panel."""

    model_config = answer({**SEAT, "substitute": False, "reason": "", "vacated_at": None, "due_at": None})

    seat: int
    reviewer_id: str
    name: str
    employer_organisation_id: str
    substitute: bool
    reason: str
    vacated_at: dt.datetime | None
    due_at: dt.datetime | None


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


PANEL_LINE = {name: PANEL[name] for name in ("panel_id", "programme", "track", "stage", "takes_all", "due_at")}


class PanelLine(View):
    """A panel in a list."""

    model_config = answer(PANEL_LINE)

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


class ListedPanel(PanelLine):
    """A panel in a list, with the name of its programme."""

    model_config = answer({**PANEL_LINE, "seated_at": "2025-09-22T01:00:00Z", "programme_name": None})

    seated_at: dt.datetime
    programme_name: ProgrammeName | None

    @classmethod
    def named(cls, panel: Panel, names: Mapping[str, ProgrammeName]) -> "ListedPanel":
        """Tell a panel with names."""
        name = names.get(panel.programme_code)
        return cls.model_validate(told(panel, programme=panel.programme_code, programme_name=name))


class ProgressView(View):
    """How far an application's stage is."""

    model_config = answer(PROGRESS)

    application_id: str
    receipt_no: str
    organisation_name: str
    stage: Stage
    state: str
    closed_at: dt.datetime | None
    sheets: int
    awaited_seats: list[int]
    conflicted_seats: list[int]
    substitutes_needed: int


class StandingView(View):
    """Where a stage stands after a conflict was declared or taken back; what others did is for the agency only."""

    model_config = answer(
        {
            "application_id": "A-000001",
            "reviewer_id": "reviewer-1",
            "closed": False,
            "awaited_seats": [5],
            "sheets": 4,
            "substitutes_needed": 0,
        }
    )

    application_id: str
    reviewer_id: str
    closed: bool | None
    awaited_seats: list[int] | None
    sheets: int | None
    substitutes_needed: int | None

    @classmethod
    def of(cls, told: Declaration, standing: StageStanding, caller: Caller) -> "StandingView":
        """Tell the agency where a stage stands, and a reviewer no more than that the word was heard (RV-1)."""
        shown = caller.sees_all()
        return cls(
            application_id=told.application_id,
            reviewer_id=told.reviewer_id,
            closed=standing.closed if shown else None,
            awaited_seats=list(standing.awaited) if shown else None,
            sheets=standing.sheets if shown else None,
            substitutes_needed=standing.substitutes_needed if shown else None,
        )


class ConflictView(View):
    """A conflict of interest on record, who recorded it, and who took it back and why; for the agency's eyes only."""

    model_config = answer(CONFLICT)

    id: int
    seat: int
    application_id: str
    receipt_no: str
    organisation_name: str
    kind: str
    reason: str
    declared_by: str
    declared_at: dt.datetime
    withdrawn_reason: str | None
    withdrawn_by: str | None
    withdrawn_at: dt.datetime | None

    @classmethod
    def of(cls, kept: KeptConflict) -> "ConflictView":
        """Tell a conflict with what became of it."""
        back = kept.withdrawal
        return cls.model_validate(
            told(
                kept.conflict,
                id=kept.id,
                receipt_no=kept.receipt_no,
                organisation_name=kept.organisation_name,
                withdrawn_reason=None if back is None else back.reason,
                withdrawn_by=None if back is None else back.withdrawn_by,
                withdrawn_at=None if back is None else back.withdrawn_at,
            )
        )


class ReopeningView(View):
    """That a closed stage was opened again for one application: who, when, why, and which version it ended."""

    model_config = answer(REOPENING)

    application_id: str
    stage: Stage
    version: int
    panel_id: str
    seat: int
    sheets: int
    reason: str
    composite_sha256: str
    closed_at: dt.datetime
    reopened_by: str
    reopened_at: dt.datetime


class ReopenedView(ReopeningView):
    """A reopening in a list, beside the result that it took out of force."""

    model_config = answer({**REOPENING, "id": 1, "final": "83.10", "passed": True, **NAMED})

    id: int
    receipt_no: str
    organisation_name: str
    final: str
    passed: bool

    @classmethod
    def listed(cls, found: ReopenedStage) -> "ReopenedView":
        """Tell a reopening with the result before it."""
        named = {"receipt_no": found.receipt_no, "organisation_name": found.organisation_name}
        result = {"id": found.id, "final": points(found.final), "passed": found.passed}
        return cls.model_validate(told(found.reopening, **result, **named))


class SkippedView(View):
    """A track whose document stage is skipped, or is not any more."""

    model_config = answer({"programme": "gpu-rental-2025s", "track": "2", "skipped": True})

    programme: str
    track: str
    skipped: bool
