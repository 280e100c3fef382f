"""HTTP: reviewers are invited to a panel with a seat, and accept or decline it (RV-1)."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import Field

from libs.common.acts import record_readings
from libs.common.bounds import Instant
from libs.common.db import Tx
from libs.common.list_requests import ListRequest, list_of
from libs.common.paging import ListPage
from libs.common.programme_names import ProgrammeName, list_programme_names
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.review.model.invitations import InvitationState, KeptInvitation
from services.review.model.stages import Stage
from services.review.operations import invitations
from services.review.routes.fields import Agency, Officer, PanelId, Reviewer, Words, answer, request
from services.review.routes.panel_bodies import SeatBody
from services.review.routes.panel_views import SEAT
from services.review.store.invitations import count_invitations_to, list_invitations_to, list_invited
from services.review.store.panels import get_panel

router = ServiceRouter(tags=["위촉 · Invitations"])
Listed = Annotated[ListRequest, Depends(list_of("panel_id", {"invited_at": "instant"}, {"seat": "number"}))]
Answered = Annotated[InvitationState | None, Query(description="회신 전, 수락, 사양 · what was answered")]
INVITED: dict[str, Any] = {
    **SEAT,
    "panel_id": "PN-000001",
    "programme": "gpu-rental-2025s",
    "track": "1",
    "stage": "document",
    "due_at": "2025-09-26T09:00:00Z",
    "seat_reason": "",
    "invited_at": "2025-09-18T01:00:00Z",
    "accepted": None,
    "reason": "",
    "answered_at": None,
}


class InviteReviewers(Body):
    """Reviewers who are asked to sit on a panel, each with a seat number."""

    model_config = request({"seats": [SEAT]})

    seats: Annotated[list[SeatBody], Field(min_length=1, max_length=50)]


class AnswerInvitation(Body):
    """Whether the caller takes the seat; a no needs its reason."""

    model_config = request({"accepted": False, "reason": "해외 출장"})

    accepted: Annotated[bool, Field(strict=True)]
    reason: Words = ""


class InvitationView(View):
    """An invitation to a seat of a panel, and what became of it; `accepted` is empty while it waits."""

    model_config = answer(INVITED)

    panel_id: str
    seat: int
    reviewer_id: str
    name: str
    employer_organisation_id: str
    programme: str
    track: str
    stage: Stage
    due_at: Instant | None
    seat_reason: str
    """Why the seat was opened above the number that the notice prints; empty where it was not."""
    invited_at: dt.datetime
    accepted: bool | None
    reason: str
    answered_at: dt.datetime | None

    @classmethod
    def of(cls, kept: KeptInvitation) -> "InvitationView":
        """Tell an invitation with its answer."""
        asked, on, told = kept.invitation, kept.panel, kept.answer
        return cls(
            panel_id=asked.panel_id,
            seat=asked.seat,
            reviewer_id=asked.reviewer_id,
            name=asked.name,
            employer_organisation_id=asked.employer_organisation_id,
            programme=on.programme_code,
            track=on.track,
            stage=on.stage,
            due_at=asked.due_at or on.due_at,
            seat_reason=asked.seat_reason,
            invited_at=asked.invited_at,
            accepted=None if told is None else told.accepted,
            reason="" if told is None else told.reason,
            answered_at=None if told is None else told.answered_at,
        )


class PanelInvitations(View):
    """All invitations to a panel, by seat."""

    model_config = answer({"panel_id": "PN-000001", "items": [INVITED]})

    panel_id: str
    items: list[InvitationView]

    @classmethod
    def of(cls, panel_id: str, found: tuple[KeptInvitation, ...]) -> "PanelInvitations":
        """Tell a panel's invitations."""
        return cls(panel_id=panel_id, items=[InvitationView.of(kept) for kept in found])


class ListedInvitation(InvitationView):
    """An invitation in its reviewer's list, with the name of the programme."""

    model_config = answer({**INVITED, "programme_name": None})

    programme_name: ProgrammeName | None

    @classmethod
    def named(cls, kept: KeptInvitation, names: Mapping[str, ProgrammeName]) -> "ListedInvitation":
        """Tell an invitation with names."""
        name = names.get(kept.panel.programme_code)
        return cls(**InvitationView.of(kept).model_dump(), programme_name=name)


@router.post(
    "/panels/{panel_id}/invitations",
    status_code=201,
    summary="평가위원 위촉 요청 · Invite reviewers",
    responses=problems(404, 409),
)
async def invite_reviewers(
    panel_id: PanelId, body: InviteReviewers, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> PanelInvitations:
    """Ask reviewers to sit on a panel. A seat counts once it is accepted; who declines leaves room (RV-1)."""

    async def act(tx: Tx) -> PanelInvitations:
        asked = [seat.told() for seat in body.seats]
        return PanelInvitations.of(panel_id, await invitations.invite(tx, caller, panel_id, asked, clock))

    return await command.once(db, act)


@router.get(
    "/panels/{panel_id}/invitations", summary="위촉 요청 현황 · Invitations of a panel", responses=problems(404)
)
async def list_panel_invitations(panel_id: PanelId, caller: Agency, db: Db, now: Now) -> PanelInvitations:
    """Who was invited to a panel, and what they answered. Who read it is kept (MS-6)."""
    async with db.transaction() as tx:
        await get_panel(tx, panel_id)
        found = await list_invited(tx, panel_id)
        await record_readings(tx, caller, "list_panel_invitations", [("panel", panel_id)], now)
    return PanelInvitations.of(panel_id, found)


@router.get("/invitations", summary="내가 받은 위촉 요청 · Invitations to me", responses=problems())
async def list_invitations(
    caller: Reviewer, db: Db, listed: Listed, state: Answered = None
) -> ListPage[ListedInvitation]:
    """The panels to which the calling reviewer is or was invited, with the own answer."""
    async with db.transaction() as tx:
        found = await list_invitations_to(tx, caller.subject, listed.wanted, state)
        names = await list_programme_names(tx, [kept.panel.programme_code for kept in found])
        counts = await count_invitations_to(tx, caller.subject, listed.wanted, state) if listed.counts else None
    return listed.page([ListedInvitation.named(kept, names) for kept in found], counts)


@router.post(
    "/panels/{panel_id}/acceptance",
    summary="위촉 수락·사양 · Accept or decline a seat",
    responses=problems(404, 409),
)
async def answer_invitation(
    panel_id: PanelId, body: AnswerInvitation, caller: Reviewer, db: Db, clock: Timepiece, command: Command
) -> InvitationView:
    """The calling reviewer takes the seat to which he is invited, or declines it with a reason."""

    async def act(tx: Tx) -> InvitationView:
        told = await invitations.answer(tx, caller, panel_id, accepted=body.accepted, reason=body.reason, clock=clock)
        return InvitationView.of(told)

    return await command.once(db, act)
