"""HTTP: slots of presentations, invitations into them, and whether applicants come (RV-8)."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import Field

from libs.common.bounds import FIRST_INSTANT, Expected, Instant, Text
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.list_requests import FromInstant, ListRequest, ToInstant, list_of
from libs.common.paging import ListPage
from libs.common.web import Allowed, Body, Command, Db, ServiceRouter, Timepiece, View, problems
from services.review.model.presentations import Invited, InvitedState, Slot, SlotState
from services.review.operations import presentations
from services.review.routes.fields import (
    Agency,
    Code,
    Id,
    InProgramme,
    InProgrammeIfAny,
    InTrack,
    Officer,
    Words,
    answer,
    request,
)
from services.review.store.presentations import (
    PresentationsWanted,
    SlotsWanted,
    count_presentations,
    count_slots,
    list_slot_page,
)
from services.review.store.presentations import list_presentations as presentations_after

router = ServiceRouter(tags=["발표평가 · Presentations"])
SlotId = Annotated[
    str,
    Path(max_length=40, pattern=r"^PS-[0-9]{1,18}$"),
    Expected("발표 시간 번호(예: PS-000001)", "a slot's id, such as PS-000001"),
]
Slots = Annotated[ListRequest, Depends(list_of("presentation_slot_id", {"starts_at": "instant", "track": "text"}))]
Presentations = Annotated[
    ListRequest, Depends(list_of("id", {"starts_at": "instant", "receipt_no": "text"}, id_kind="number"))
]
SlotIs = Annotated[SlotState | None, Query(description="비어 있음, 배정됨 · free or taken")]
Answered = Annotated[InvitedState | None, Query(description="회신 전, 참석, 불참 · what was answered")]
PlaceName = Annotated[Text, Field(min_length=1, max_length=200)]
SLOT: dict[str, Any] = {
    "programme": "gpu-rental-2025s",
    "track": "2",
    "starts_at": "2025-10-01T01:00:00Z",
    "ends_at": "2025-10-01T01:30:00Z",
    "place": "서울 회의실 3",
}
INVITED: dict[str, Any] = {
    **SLOT,
    "presentation_slot_id": "PS-000001",
    "id": 1,
    "application_id": "A-000001",
    "receipt_no": "gpu-rental-2025s-0001",
    "reason": "",
    "invited_at": "2025-09-25T01:00:00Z",
    "attends": True,
    "answer_reason": "",
    "answered_at": "2025-09-26T01:00:00Z",
}


class MakeSlot(Body):
    """When and where one application of a track is presented; a day that the notice does not print needs a reason."""

    model_config = request({**SLOT, "reason": ""})

    programme: Code
    track: Code
    starts_at: Instant
    ends_at: Instant
    place: PlaceName
    reason: Words = ""

    def told(self) -> Slot:
        """The slot as it is asked for."""
        return Slot("", self.programme, self.track, self.starts_at, self.ends_at, self.place, "", FIRST_INSTANT)


class InviteToSlot(Body):
    """Which application presents in a slot; moving one from another slot needs a reason."""

    model_config = request({"application_id": "A-000001", "reason": ""})

    application_id: Id
    reason: Words = ""


class AnswerSlot(Body):
    """Whether the applicant comes; a no needs its reason."""

    model_config = request({"attends": True, "reason": ""})

    attends: Annotated[bool, Field(strict=True)]
    reason: Words = ""


class SlotView(View):
    """A slot of a track's presentations."""

    model_config = answer({**SLOT, "presentation_slot_id": "PS-000001"})

    presentation_slot_id: str
    programme: str
    track: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str

    @classmethod
    def of(cls, slot: Slot) -> "SlotView":
        """Tell a slot."""
        return cls(
            presentation_slot_id=slot.slot_id,
            programme=slot.programme_code,
            track=slot.track,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            place=slot.place,
        )


class PresentationView(SlotView):
    """An application in its slot, and whether its applicant comes; `attends` is empty until that is said."""

    model_config = answer(INVITED)

    id: int
    application_id: str
    receipt_no: str
    reason: str
    invited_at: dt.datetime
    attends: bool | None
    answer_reason: str
    answered_at: dt.datetime | None

    @classmethod
    def held(cls, found: Invited) -> "PresentationView":
        """Tell an invitation with its answer."""
        asked, told = found.presentation, found.answer
        return cls(
            **SlotView.of(found.slot).model_dump(),
            id=asked.id,
            application_id=asked.application_id,
            receipt_no=found.receipt_no,
            reason=asked.reason,
            invited_at=asked.invited_at,
            attends=None if told is None else told.attends,
            answer_reason="" if told is None else told.reason,
            answered_at=None if told is None else told.answered_at,
        )


@router.post(
    "/presentation-slots", status_code=201, summary="발표 시간 등록 · Make a slot", responses=problems(404, 409)
)
async def make_slot(body: MakeSlot, caller: Officer, db: Db, clock: Timepiece, command: Command) -> SlotView:
    """A time and a place for one presentation; on another day than the notice prints only with a reason (RV-8)."""

    async def act(tx: Tx) -> SlotView:
        return SlotView.of(await presentations.make_slot(tx, caller, body.told(), body.reason, clock))

    return await command.once(db, act)


@router.get("/presentation-slots", summary="발표 시간 목록 · List slots", responses=problems())
async def list_slots(
    _: Agency,
    db: Db,
    listed: Slots,
    programme: InProgramme,
    track: InTrack = None,
    state: SlotIs = None,
    starts_from: FromInstant = None,
    starts_to: ToInstant = None,
) -> ListPage[SlotView]:
    """The slots of a call, taken or free."""
    only = SlotsWanted(programme, track, state, starts_from, starts_to)
    async with db.transaction() as tx:
        found = await list_slot_page(tx, listed.wanted, only)
        counts = await count_slots(tx, listed.wanted, only) if listed.counts else None
    return listed.page([SlotView.of(slot) for slot in found], counts)


@router.post(
    "/presentation-slots/{slot_id}/invitation",
    status_code=201,
    summary="발표 안내 · Invite to present",
    responses=problems(404, 409),
)
async def invite_to_present(
    slot_id: SlotId, body: InviteToSlot, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> PresentationView:
    """Invite an application that passed the document stage into a slot, or move it there with a reason (RV-8)."""

    async def act(tx: Tx) -> PresentationView:
        held = await presentations.invite(tx, caller, slot_id, body.application_id, body.reason, clock)
        return PresentationView.held(held)

    return await command.once(db, act)


@router.post(
    "/presentation-slots/{slot_id}/answer",
    summary="발표 참석 회신 · Say whether one comes",
    responses=problems(404, 409),
)
async def answer_presentation(
    slot_id: SlotId,
    body: AnswerSlot,
    caller: Annotated[Caller, Allowed("applicant")],
    db: Db,
    clock: Timepiece,
    command: Command,
) -> PresentationView:
    """The applicant confirms its slot, or says with a reason that it cannot come."""

    async def act(tx: Tx) -> PresentationView:
        told = await presentations.answer(tx, caller, slot_id, attends=body.attends, reason=body.reason, clock=clock)
        return PresentationView.held(told)

    return await command.once(db, act)


@router.get("/presentations", summary="발표 일정 · List presentations", responses=problems())
async def list_presentations(
    caller: Annotated[Caller, Allowed("applicant", "reviewer", "officer", "operator", "auditor")],
    db: Db,
    listed: Presentations,
    programme: InProgrammeIfAny = None,
    state: Answered = None,
    starts_from: FromInstant = None,
    starts_to: ToInstant = None,
) -> ListPage[PresentationView]:
    """Who presents when and where: the agency sees all, applicants their own, reviewers what they sit for.

    `ids` are applications'.
    """
    applicant = "applicant" in caller.roles
    own = None if caller.sees_all() or not applicant else caller.organisation_id
    seen = None if caller.sees_all() or applicant else caller.subject
    only = PresentationsWanted(programme, own, seen, state, starts_from, starts_to)
    async with db.transaction() as tx:
        found = await presentations_after(tx, listed.wanted, only)
        counts = await count_presentations(tx, listed.wanted, only) if listed.counts else None
    return listed.page([PresentationView.held(one) for one in found], counts)
