"""Slots of presentations, who is invited into which, and the answers; appended."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx, lock
from libs.common.errors import NotFound
from libs.common.lists import Counts, Shape, Wanted, between, count, paged
from libs.common.nouns import all_of, by_number, columns, one, values
from services.review.model.presentations import (
    Invited,
    InvitedState,
    Presentation,
    PresentationAnswer,
    Slot,
    SlotState,
)
from services.review.store.assignments import SITS_FOR
from services.review.store.ids import next_id
from services.review.tables.applications import application
from services.review.tables.panels import panel_application, seat
from services.review.tables.presentations import (
    presentation,
    presentation_answer,
    presentation_slot,
    presentation_slot_seq,
)

SLOT = columns(presentation_slot, Slot)
PRESENTATION = columns(presentation, Presentation)
ANSWER = columns(presentation_answer, PresentationAnswer)
_LATER = presentation.alias("later")
HOLDS = ~exists().where(_LATER.c.application_id == presentation.c.application_id, _LATER.c.id > presentation.c.id)
"""The last invitation of an application is the one that holds."""
_REVIEWED_BY_SEAT = and_(
    panel_application.c.panel_id == seat.c.panel_id,
    panel_application.c.application_id == presentation.c.application_id,
    panel_application.c.stage == "presentation",
    *SITS_FOR,
)


async def hold_slots(tx: Tx, programme_code: str) -> None:
    """Wait until nobody else changes the presentations of a call."""
    await lock(tx, f"presentations:{programme_code}")


async def next_slot_id(tx: Tx) -> str:
    """The id of a new slot."""
    return await next_id(tx, "PS", presentation_slot_seq)


async def add_slot(tx: Tx, slot: Slot) -> None:
    """Keep a new slot."""
    await tx.execute(insert(presentation_slot).values(values(slot)))


async def get_slot(tx: Tx, slot_id: str) -> Slot:
    """One slot. Raises NotFound."""
    row = (await tx.execute(select(*SLOT).where(presentation_slot.c.slot_id == slot_id))).first()
    if row is None:
        raise NotFound("presentation slot", slot_id)
    return one(Slot, row)


async def list_slots(tx: Tx, programme_code: str) -> tuple[Slot, ...]:
    """The slots of a call by id."""
    query = select(*SLOT).where(presentation_slot.c.programme_code == programme_code)
    return all_of(Slot, await tx.execute(query.order_by(*by_number(presentation_slot.c.slot_id))))


async def add_presentation(tx: Tx, new: Presentation) -> None:
    """Invite an application into a slot; the caller has the turn of the call's presentations."""
    row = {name: value for name, value in values(new).items() if name != "id"}
    await tx.execute(insert(presentation).values(row))


async def add_answer(tx: Tx, answer: PresentationAnswer) -> None:
    """Keep whether an applicant comes."""
    await tx.execute(insert(presentation_answer).values(values(answer)))


_BESIDE = (
    presentation.join(presentation_slot, presentation_slot.c.slot_id == presentation.c.slot_id)
    .join(application, application.c.application_id == presentation.c.application_id)
    .outerjoin(presentation_answer, presentation_answer.c.presentation_id == presentation.c.id)
)


def _invited(*only: ColumnElement[bool]) -> Select[Any]:
    named = (application.c.receipt_no, application.c.organisation_id)
    return select(*PRESENTATION, *SLOT, *ANSWER, *named).select_from(_BESIDE).where(HOLDS, *only)


async def list_holding(tx: Tx, slot_id: str, application_id: str = "") -> tuple[Invited, ...]:
    """The invitations that hold, of a slot and of an application."""
    about = or_(presentation.c.slot_id == slot_id, presentation.c.application_id == application_id)
    return tuple(_told(row) for row in await tx.execute(_invited(about).order_by(presentation.c.id)))


_TAKEN = case((exists().where(presentation.c.slot_id == presentation_slot.c.slot_id, HOLDS), "taken"), else_="free")
SLOTS = Shape(
    number=presentation_slot.c.slot_id,
    found_by=(presentation_slot.c.slot_id, presentation_slot.c.place, presentation_slot.c.track),
    sorts={"starts_at": presentation_slot.c.starts_at, "track": presentation_slot.c.track},
    state=_TAKEN,
)


@dataclass(frozen=True, slots=True)
class SlotsWanted:
    """Which slots of a call a list shows; None: whichever. Instants are half-open."""

    programme_code: str
    track: str | None = None
    state: SlotState | None = None
    starts_from: dt.datetime | None = None
    starts_to: dt.datetime | None = None


async def list_slot_page(tx: Tx, wanted: Wanted, only: SlotsWanted) -> tuple[Slot, ...]:
    """One page of slots, taken or free."""
    return all_of(Slot, await tx.execute(paged(_slots(select(*SLOT), only), SLOTS, wanted)))


async def count_slots(tx: Tx, wanted: Wanted, only: SlotsWanted) -> Counts:
    """How many there are on all pages, in sum and by whether they are taken."""
    return await count(tx, _slots(select(presentation_slot.c.slot_id), only), SLOTS, wanted)


def _slots(query: Select[Any], only: SlotsWanted) -> Select[Any]:
    query = query.select_from(presentation_slot)
    query = query.where(presentation_slot.c.programme_code == only.programme_code)
    if only.track is not None:
        query = query.where(presentation_slot.c.track == only.track)
    if only.state is not None:
        query = query.where(_TAKEN.in_((only.state,)))
    return query.where(between(presentation_slot.c.starts_at, only.starts_from, only.starts_to))


_ANSWERED = case(
    (presentation_answer.c.attends.is_(None), "asked"),
    (presentation_answer.c.attends, "attends"),
    else_="declined",
)
PRESENTATIONS = Shape(
    number=presentation.c.id,
    found_by=(presentation.c.application_id, application.c.receipt_no, presentation_slot.c.place),
    sorts={"starts_at": presentation_slot.c.starts_at, "receipt_no": application.c.receipt_no},
    state=_ANSWERED,
    by_length=False,
    ids=presentation.c.application_id,
)
"""Reviewers read this list, too: nothing is found by whose an application is."""


@dataclass(frozen=True, slots=True)
class PresentationsWanted:
    """Which invitations that hold a list shows: of a call, of an organisation, of what a reviewer sits for."""

    programme_code: str | None = None
    organisation_id: str | None = None
    reviewer_id: str | None = None
    state: InvitedState | None = None
    starts_from: dt.datetime | None = None
    starts_to: dt.datetime | None = None


async def list_presentations(tx: Tx, wanted: Wanted, only: PresentationsWanted) -> tuple[Invited, ...]:
    """One page of the invitations that hold."""
    rows = await tx.execute(paged(_narrowed(_invited(), only), PRESENTATIONS, wanted))
    return tuple(_told(row) for row in rows)


async def count_presentations(tx: Tx, wanted: Wanted, only: PresentationsWanted) -> Counts:
    """How many there are on all pages, in sum and by what was answered."""
    return await count(tx, _narrowed(_invited(), only), PRESENTATIONS, wanted)


def _narrowed(query: Select[Any], only: PresentationsWanted) -> Select[Any]:
    if only.programme_code is not None:
        query = query.where(presentation_slot.c.programme_code == only.programme_code)
    if only.organisation_id is not None:
        query = query.where(application.c.organisation_id == only.organisation_id)
    if only.reviewer_id is not None:
        query = query.where(exists().where(seat.c.reviewer_id == only.reviewer_id, _REVIEWED_BY_SEAT))
    if only.state is not None:
        query = query.where(_ANSWERED.in_((only.state,)))
    return query.where(between(presentation_slot.c.starts_at, only.starts_from, only.starts_to))


def _told(row: Any) -> Invited:
    told, rest = row[: len(PRESENTATION)], row[len(PRESENTATION) :]
    on, rest = rest[: len(SLOT)], rest[len(SLOT) :]
    answer, (receipt_no, organisation_id) = rest[: len(ANSWER)], rest[len(ANSWER) :]
    answered = None if answer[0] is None else one(PresentationAnswer, answer)
    return Invited(one(Presentation, told), one(Slot, on), answered, receipt_no, organisation_id)
