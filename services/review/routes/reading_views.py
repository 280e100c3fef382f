"""What a reviewer sends and sees: what is to be scored, that no conflict is in the way, a sheet not handed in yet."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import Field

from libs.common.messages.words import called
from libs.common.programme_names import ProgrammeName
from libs.common.web import Body, View
from services.review.model.panels import Assignment, AssignmentState
from services.review.model.reading import SheetDraft
from services.review.model.sheets import NewSheet, points
from services.review.model.stages import Place, Stage
from services.review.routes.fields import Code, Id, Score, Words, answer, request, told

ASSIGNMENT: dict[str, Any] = {
    "application_id": "A-000001",
    "receipt_no": "gpu-rental-2025s-0001",
    "stage": "document",
    "programme": "gpu-rental-2025s",
    "track": "1",
    "product": "H100x2",
    "panel_id": "PN-000001",
    "seat": 5,
    "due_at": "2025-09-26T09:00:00Z",
    "closed": False,
    "scored": False,
    "conflict": False,
    "cleared": True,
    "total": None,
    "saved_at": "2025-09-24T04:58:00Z",
    "state": "saved",
}
SAVED: dict[str, Any] = {"scores": {"goals": "27.5", "capability": "12"}, "comment": "목표가 구체적임", "version": 3}
DRAFT: dict[str, Any] = {
    "application_id": "A-000001",
    "stage": "document",
    "scores": {"goals": "27.50", "capability": "12.00"},
    "total": "39.50",
    "comment": "목표가 구체적임",
    "version": 4,
    "saved_at": "2025-09-24T04:58:00Z",
}


class AssignmentView(View):
    """An application that the calling reviewer is asked to score; the total is of the sheet that was handed in."""

    model_config = answer(ASSIGNMENT)

    application_id: str
    receipt_no: str
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
    cleared: bool
    total: str | None
    saved_at: dt.datetime | None
    state: AssignmentState

    @classmethod
    def of(cls, one: Assignment) -> "AssignmentView":
        """Tell what is to be scored."""
        total = None if one.total is None else points(one.total)
        return cls.model_validate(told(one, programme=one.programme_code, total=total))


class ListedAssignment(AssignmentView):
    """An assignment in a list, with the name of its programme."""

    model_config = answer({**ASSIGNMENT, "programme_name": None})

    programme_name: ProgrammeName | None

    @classmethod
    def named(cls, one: Assignment, names: Mapping[str, ProgrammeName]) -> "ListedAssignment":
        """Tell what is to be scored, with names."""
        return cls(**AssignmentView.of(one).model_dump(), programme_name=names.get(one.programme_code))


ASSIGNMENT_COLUMNS: Mapping[str, Callable[[ListedAssignment], Any]] = {
    "신청 번호": lambda one: one.application_id,
    "접수번호": lambda one: one.receipt_no,
    "사업 코드": lambda one: one.programme,
    "사업명": lambda one: None if one.programme_name is None else one.programme_name.ko,
    "트랙": lambda one: one.track,
    "상품": lambda one: one.product,
    "평가 단계": lambda one: called("stage", one.stage),
    "평가위원회": lambda one: one.panel_id,
    "위원 번호": lambda one: one.seat,
    "제출 기한": lambda one: one.due_at,
    "상태": lambda one: called("state.assignment", one.state),
    "이해충돌 없음 확인": lambda one: one.cleared,
    "내 총점": lambda one: one.total,
    "저장 시각": lambda one: one.saved_at,
}


class ClearConflict(Body):
    """The reviewer has no conflict of interest in an application."""

    model_config = request({"application_id": "A-000001"})

    application_id: Id


class ClearanceView(View):
    """That a reviewer has no conflict of interest in an application, and since when he may read it."""

    model_config = answer(
        {"panel_id": "PN-000001", "seat": 5, "application_id": "A-000001", "cleared_at": "2025-09-23T01:00:00Z"}
    )

    panel_id: str
    seat: int
    application_id: str
    cleared_at: dt.datetime


class SaveDraft(Body):
    """A sheet as far as it is filled in; what is left out is not filled in yet.

    `version` is the one that was read (0: nothing was saved yet); without it whatever is there is saved over.
    """

    model_config = request(SAVED)

    scores: Annotated[dict[Code, Score], Field(max_length=100)]
    comment: Words = ""
    version: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] | None = None

    def told(self, place: Place) -> NewSheet:
        """The sheet as it is saved."""
        application_id, stage = place
        return NewSheet(application_id, stage, self.scores, self.comment)


class DraftView(View):
    """A sheet that is saved and counts nothing yet; version 0 is one of which nothing was saved."""

    model_config = answer(DRAFT)

    application_id: str
    stage: Stage
    scores: dict[str, str]
    total: str
    comment: str
    version: int
    saved_at: dt.datetime | None

    @classmethod
    def of(cls, draft: SheetDraft) -> "DraftView":
        """Tell a draft in points."""
        scores = {name: points(value) for name, value in draft.scores.items()}
        return cls.model_validate(told(draft, scores=scores, total=points(draft.total)))

    @classmethod
    def empty(cls, place: Place) -> "DraftView":
        """Tell that nothing is saved yet."""
        application_id, stage = place
        return cls(
            application_id=application_id,
            stage=stage,
            scores={},
            total=points(0),
            comment="",
            version=0,
            saved_at=None,
        )
