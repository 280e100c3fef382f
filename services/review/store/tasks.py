"""What waits for people in review: a query for each kind of task, all read in one statement."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, distinct, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from libs.common.nouns import by_number
from libs.common.waiting import Waiting
from services.review.store.assignments import ASKED_TO_SCORE, DUE, IS_AWAITED
from services.review.store.presentations import HOLDS
from services.review.store.reading import is_cleared
from services.review.tables.applications import application
from services.review.tables.invitations import invitation, invitation_answer
from services.review.tables.panels import panel, panel_application, seat
from services.review.tables.presentations import presentation, presentation_answer, presentation_slot
from services.review.tables.selections import selection_run


def _awaited(kind: str, reviewer_id: str, only: ColumnElement[bool]) -> Waiting:
    number = panel_application.c.application_id
    rows = (
        select()
        .select_from(ASKED_TO_SCORE)
        .where(seat.c.reviewer_id == reviewer_id, *IS_AWAITED, only)
        .order_by(DUE.asc().nulls_last(), *by_number(number), panel_application.c.stage)
    )
    facts = {"stage": panel_application.c.stage, "receipt_no": application.c.receipt_no}
    return Waiting(kind, "application", rows, (number, application.c.receipt_no, seat.c.seated_at), DUE, facts)


def conflicts_to_answer(reviewer_id: str) -> Waiting:
    """Applications of which a reviewer has not said whether a conflict of interest stands in the way."""
    return _awaited("answer_conflict", reviewer_id, ~is_cleared())


def sheets_to_give(reviewer_id: str) -> Waiting:
    """Applications of which a reviewer's sheet is awaited, the conflict question answered."""
    return _awaited("score_application", reviewer_id, is_cleared())


def panels_to_answer(reviewer_id: str) -> Waiting:
    """Invitations to panels that a reviewer has not answered."""
    answered = and_(
        invitation_answer.c.panel_id == invitation.c.panel_id, invitation_answer.c.seat == invitation.c.seat
    )
    rows = (
        select()
        .select_from(invitation.join(panel, panel.c.panel_id == invitation.c.panel_id))
        .where(invitation.c.reviewer_id == reviewer_id, ~exists().where(answered))
        .order_by(invitation.c.invited_at, *by_number(invitation.c.panel_id))
    )
    told = (invitation.c.panel_id, panel.c.programme_code, invitation.c.invited_at)
    facts = {"stage": panel.c.stage, "track": panel.c.track}
    return Waiting("answer_panel_invitation", "panel", rows, told, facts=facts)


def presentations_to_answer(organisation_id: str) -> Waiting:
    """Slots into which applications of an organisation are invited and of which it has not said whether it comes."""
    of = presentation.join(presentation_slot, presentation_slot.c.slot_id == presentation.c.slot_id).join(
        application, application.c.application_id == presentation.c.application_id
    )
    starts = presentation_slot.c.starts_at
    rows = (
        select()
        .select_from(of)
        .where(
            application.c.organisation_id == organisation_id,
            application.c.state == "eligible",
            HOLDS,
            ~exists().where(presentation_answer.c.presentation_id == presentation.c.id),
        )
        .order_by(starts, presentation.c.id)
    )
    told = (presentation.c.slot_id, presentation_slot.c.place, presentation.c.invited_at)
    facts = {"receipt_no": application.c.receipt_no}
    return Waiting("answer_presentation", "presentation slot", rows, told, starts, facts, due_as="starts_at")


def reviewers_to_remind(now: dt.datetime) -> Waiting:
    """Seats whose sheets are past their due time and still awaited, with how many there are."""
    rows = (
        select()
        .select_from(ASKED_TO_SCORE)
        .where(now > DUE, *IS_AWAITED)
        .group_by(seat.c.panel_id, seat.c.seat, seat.c.name, DUE)
        .order_by(DUE, *by_number(seat.c.panel_id), seat.c.seat)
    )
    facts: Mapping[str, ColumnElement[Any]] = {"seat": seat.c.seat, "sheets": func.count()}
    return Waiting("remind_reviewer", "panel", rows, (seat.c.panel_id, seat.c.name, DUE), DUE, facts)


def selections_to_run() -> Waiting:
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
    since, code, track = reviewed.c.since, reviewed.c.programme_code, reviewed.c.track
    facts = {"programme": code, "track": track, "applications": reviewed.c.applications}
    return _longest_first(
        ("run_selection", "pool"), reviewed, (func.concat(code, ":", track), code, since), facts, since.is_not(None)
    )


def selections_to_announce(proposed: Sequence[str]) -> Waiting:
    """Drafts of selections that nobody has proposed to announce, those named left out."""
    newest = (
        select(selection_run)
        .ext(distinct_on(selection_run.c.selection_id))
        .order_by(selection_run.c.selection_id, selection_run.c.run_version.desc())
        .subquery()
    )
    number, code = newest.c.selection_id, newest.c.programme_code
    only = and_(newest.c.state == "draft", number.not_in(proposed))
    facts = {"programme": code, "track": newest.c.track}
    return _longest_first(("announce_selection", "selection"), newest, (number, code, newest.c.run_at), facts, only)


def _longest_first(
    what: tuple[str, str],
    of: FromClause,
    told: tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]],
    facts: Mapping[str, ColumnElement[Any]],
    only: ColumnElement[bool],
) -> Waiting:
    rows = select().select_from(of).where(only).order_by(told[2], *by_number(told[0]))
    return Waiting(*what, rows, told, facts=facts)
