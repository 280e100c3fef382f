"""What waits for people in review: one statement for each kind of task, which tells how many there are in all."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, distinct, exists, func, null, select
from sqlalchemy.dialects.postgresql import distinct_on

from libs.common.backbone import Instant
from libs.common.db import Tx
from libs.common.nouns import by_number
from libs.common.tasks import TASKS_MAX, Task
from services.review.store.assignments import ASKED_TO_SCORE, DUE, IS_AWAITED
from services.review.store.presentations import HOLDS
from services.review.store.reading import is_cleared
from services.review.tables.applications import application
from services.review.tables.invitations import invitation, invitation_answer
from services.review.tables.panels import panel, panel_application, seat
from services.review.tables.presentations import presentation, presentation_answer, presentation_slot
from services.review.tables.selections import selection_run

KINDS = {
    "answer_conflict": "application",
    "score_application": "application",
    "answer_panel_invitation": "panel",
    "answer_presentation": "presentation slot",
    "remind_reviewer": "panel",
    "run_selection": "pool",
    "announce_selection": "selection",
}
"""Kind of task → kind of thing."""


async def _waiting(tx: Tx, kind: str, query: Select[Any], facts: Sequence[str]) -> tuple[tuple[Task, ...], int]:
    """The tasks of a query whose rows are: id, title, since, due or none, the facts, how many there are in all."""
    rows = (await tx.execute(query.add_columns(func.count().over()).limit(TASKS_MAX))).all()
    tasks = tuple(
        Task(kind, KINDS[kind], row[0], row[1], row[2], row[3], dict(zip(facts, row[4:-1], strict=True)))
        for row in rows
    )
    return tasks, rows[0][-1] if rows else 0


def _awaited(reviewer_id: str) -> Select[Any]:
    number = panel_application.c.application_id
    return (
        select(
            number, application.c.receipt_no, seat.c.seated_at, DUE, panel_application.c.stage, application.c.receipt_no
        )
        .select_from(ASKED_TO_SCORE)
        .where(seat.c.reviewer_id == reviewer_id, *IS_AWAITED)
        .order_by(DUE.asc().nulls_last(), *by_number(number), panel_application.c.stage)
    )


async def list_conflicts_to_answer(tx: Tx, reviewer_id: str) -> tuple[tuple[Task, ...], int]:
    """Applications of which a reviewer has not said whether a conflict of interest stands in the way."""
    query = _awaited(reviewer_id).where(~is_cleared())
    return await _waiting(tx, "answer_conflict", query, ("stage", "receipt_no"))


async def list_sheets_to_give(tx: Tx, reviewer_id: str) -> tuple[tuple[Task, ...], int]:
    """Applications of which a reviewer's sheet is awaited, the conflict question answered."""
    query = _awaited(reviewer_id).where(is_cleared())
    return await _waiting(tx, "score_application", query, ("stage", "receipt_no"))


async def list_panels_to_answer(tx: Tx, reviewer_id: str) -> tuple[tuple[Task, ...], int]:
    """Invitations to panels that a reviewer has not answered."""
    answered = and_(
        invitation_answer.c.panel_id == invitation.c.panel_id, invitation_answer.c.seat == invitation.c.seat
    )
    query = (
        select(
            invitation.c.panel_id,
            panel.c.programme_code,
            invitation.c.invited_at,
            _none(),
            panel.c.stage,
            panel.c.track,
        )
        .select_from(invitation.join(panel, panel.c.panel_id == invitation.c.panel_id))
        .where(invitation.c.reviewer_id == reviewer_id, ~exists().where(answered))
        .order_by(invitation.c.invited_at, *by_number(invitation.c.panel_id))
    )
    return await _waiting(tx, "answer_panel_invitation", query, ("stage", "track"))


async def list_presentations_to_answer(tx: Tx, organisation_id: str) -> tuple[tuple[Task, ...], int]:
    """Slots into which applications of an organisation are invited and of which it has not said whether it comes."""
    of = presentation.join(presentation_slot, presentation_slot.c.slot_id == presentation.c.slot_id).join(
        application, application.c.application_id == presentation.c.application_id
    )
    starts = presentation_slot.c.starts_at
    query = (
        select(
            *(presentation.c.slot_id, presentation_slot.c.place, presentation.c.invited_at, starts),
            *(application.c.receipt_no, presentation_slot.c.starts_at.label("starts")),
        )
        .select_from(of)
        .where(
            application.c.organisation_id == organisation_id,
            application.c.state == "eligible",
            HOLDS,
            ~exists().where(presentation_answer.c.presentation_id == presentation.c.id),
        )
        .order_by(starts, presentation.c.id)
    )
    return await _waiting(tx, "answer_presentation", query, ("receipt_no", "starts_at"))


async def list_reviewers_to_remind(tx: Tx, now: dt.datetime) -> tuple[tuple[Task, ...], int]:
    """Seats whose sheets are past their due time and still awaited, with how many there are."""
    query = (
        select(seat.c.panel_id, seat.c.name, DUE.label("since"), DUE.label("due"), seat.c.seat, func.count())
        .select_from(ASKED_TO_SCORE)
        .where(now > DUE, *IS_AWAITED)
        .group_by(seat.c.panel_id, seat.c.seat, seat.c.name, DUE)
        .order_by(DUE, *by_number(seat.c.panel_id), seat.c.seat)
    )
    return await _waiting(tx, "remind_reviewer", query, ("seat", "sheets"))


async def list_selections_to_run(tx: Tx) -> tuple[tuple[Task, ...], int]:
    """Pools whose applications have all come out of the review, and of which no selection is drawn yet."""
    pool = (application.c.programme_code, application.c.track)
    drawn = exists().where(
        selection_run.c.programme_code == pool[0],
        selection_run.c.track == pool[1],
        selection_run.c.state != "discarded",
    )
    reviewed = (
        select(
            *pool,
            func.count(distinct(application.c.application_id)).label("applications"),
            func.max(panel_application.c.closed_at).label("since"),
        )
        .outerjoin_from(
            application, panel_application, panel_application.c.application_id == application.c.application_id
        )
        .where(application.c.state == "eligible", ~drawn)
        .group_by(*pool)
        .having(func.bool_and(application.c.final.is_not(None)))
        .subquery("reviewed")
    )
    code, track = reviewed.c.programme_code, reviewed.c.track
    query = (
        select(func.concat(code, ":", track), code, reviewed.c.since, _none(), code, track, reviewed.c.applications)
        .where(reviewed.c.since.is_not(None))
        .order_by(reviewed.c.since, code, track)
    )
    return await _waiting(tx, "run_selection", query, ("programme", "track", "applications"))


async def list_selections_to_announce(tx: Tx, proposed: Sequence[str]) -> tuple[tuple[Task, ...], int]:
    """Drafts of selections that nobody has proposed to announce, those named left out."""
    newest = (
        select(selection_run)
        .ext(distinct_on(selection_run.c.selection_id))
        .order_by(selection_run.c.selection_id, selection_run.c.run_version.desc())
        .subquery()
    )
    query = (
        select(
            newest.c.selection_id,
            newest.c.programme_code,
            newest.c.run_at,
            _none(),
            newest.c.programme_code,
            newest.c.track,
        )
        .where(newest.c.state == "draft", newest.c.selection_id.not_in(proposed))
        .order_by(newest.c.run_at, *by_number(newest.c.selection_id))
    )
    return await _waiting(tx, "announce_selection", query, ("programme", "track"))


def _none() -> ColumnElement[Any]:
    return cast(null(), Instant).label("no_term")
