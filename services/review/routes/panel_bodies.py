"""What requests about panels look like."""

from typing import Annotated

from pydantic import Field

from libs.common.bounds import Instant
from libs.common.web import Body
from services.review.model.panels import Declaration, NewPanel, NewSubstitute, Seat
from services.review.model.stages import Stage
from services.review.routes.fields import Code, Id, IdIfAny, PersonName, Reason, SeatNumber, Words, request
from services.review.routes.panel_views import SEAT


class SeatBody(Body):
    """One reviewer on a panel; the employer is empty where no organisation here employs them."""

    model_config = request(SEAT)

    seat: SeatNumber
    reviewer_id: Id
    name: PersonName
    employer_organisation_id: IdIfAny = ""
    due_at: Instant | None = None
    """Until when this reviewer's sheets are due; without it the panel's due time holds."""
    reason: Words = ""
    """Why the seat is opened, where the panel has more than the notice prints (RV-1)."""

    def told(self) -> Seat:
        """The seat as it is asked for."""
        told = (self.seat, self.reviewer_id, self.name, self.employer_organisation_id)
        return Seat(*told, reason=self.reason.strip(), due_at=self.due_at)


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
    by_invitation: Annotated[bool, Field(strict=True)] = False
    """Whether they are invited and sit once they accept; else they are seated at once, which counts as accepted."""

    def told(self) -> NewPanel:
        """The panel as it is asked for."""
        return NewPanel(
            self.programme,
            self.track,
            self.stage,
            tuple(seat.told() for seat in self.seats),
            None if self.application_ids is None else frozenset(self.application_ids),
            self.due_at,
            self.by_invitation,
        )


class DeclareConflict(Body):
    """A relation between a reviewer and an applicant."""

    model_config = request({"reviewer_id": "reviewer-1", "application_id": "A-000001", "reason": "공동 연구 수행 중"})

    reviewer_id: Id
    application_id: Id
    reason: Reason

    def told(self) -> Declaration:
        """The relation as it is declared."""
        return Declaration(self.reviewer_id, self.application_id, self.reason)


class WithdrawConflict(DeclareConflict):
    """A relation that was recorded wrongly, and why it is none."""

    model_config = request({"reviewer_id": "reviewer-1", "application_id": "A-000001", "reason": "동명이인으로 확인됨"})


class ReopenStage(DeclareConflict):
    """A relation that was found after the stage had closed."""

    model_config = request({"reviewer_id": "reviewer-1", "application_id": "A-000001", "reason": "사외이사 겸직 확인"})


class SeatSubstitute(Body):
    """A substitute under a new seat number: for named applications, for a seat's unscored ones, or where needed."""

    model_config = request({**SEAT, "seat": 8, "reviewer_id": "reviewer-8", "replaces_seat": 3, "reason": "기한 경과"})

    seat: SeatNumber
    reviewer_id: Id
    name: PersonName
    employer_organisation_id: IdIfAny = ""
    application_ids: Annotated[list[Id], Field(min_length=1, max_length=10_000)] | None = None
    replaces_seat: SeatNumber | None = None
    due_at: Instant | None = None
    reason: Reason

    def told(self) -> NewSubstitute:
        """The substitute as it is asked for."""
        return NewSubstitute(
            Seat(
                self.seat,
                self.reviewer_id,
                self.name,
                self.employer_organisation_id,
                reason=self.reason,
                due_at=self.due_at,
            ),
            None if self.application_ids is None else frozenset(self.application_ids),
            self.replaces_seat,
        )


class SkipStage(Body):
    """The agency skips the document stage of a track whose notice allows it, or takes that back."""

    model_config = request({"programme": "gpu-rental-2025s", "track": "2", "reason": "신청 과제 수가 적음"})

    programme: Code
    track: Code
    reason: Reason
