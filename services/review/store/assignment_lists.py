"""What reviewers are asked to score, and what lies before a panel, as people look through it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, and_, case, func, select

from libs.common.db import Tx
from libs.common.lists import Counts, Shape, Wanted, between, count, paged, sortable
from libs.common.nouns import all_of, one
from services.review.model.panels import Assigned, AssignedNamed, Assignment, AssignmentState
from services.review.store.assignments import ASKED_TO_SCORE, ASSIGNED, DUE, SITS_FOR
from services.review.store.conflicts import STANDING
from services.review.store.reading import is_cleared
from services.review.tables.applications import application
from services.review.tables.panels import panel_application, seat
from services.review.tables.reading import sheet_draft
from services.review.tables.sheets import sheet

_SAVED = and_(
    sheet_draft.c.application_id == panel_application.c.application_id,
    sheet_draft.c.stage == panel_application.c.stage,
    sheet_draft.c.seat == seat.c.seat,
)
STATE = case(
    (STANDING.c.id.is_not(None), "conflict"),
    (sheet.c.sheet_id.is_not(None), "given"),
    (panel_application.c.closed_at.is_not(None), "closed"),
    (sheet_draft.c.saved_at.is_not(None), "saved"),
    else_="open",
)
ASSIGNMENTS = Shape(
    number=panel_application.c.application_id,
    found_by=(panel_application.c.application_id, application.c.receipt_no),
    sorts={
        "receipt_no": application.c.receipt_no,
        "due_at": sortable(DUE),
        "saved_at": sortable(sheet_draft.c.saved_at),
        "total": sortable(sheet.c.total),
        "state": STATE,
    },
    state=STATE,
    then=(panel_application.c.stage,),
)
"""A reviewer finds nothing by whose an application is: where names are hidden, a search would tell them."""


@dataclass(frozen=True, slots=True)
class AssignmentsWanted:
    """Which assignments of a reviewer a list shows; None: whichever. Instants are half-open."""

    reviewer_id: str
    state: AssignmentState | None = None
    programme_code: str | None = None
    due_from: dt.datetime | None = None
    due_to: dt.datetime | None = None


async def list_assignments(tx: Tx, wanted: Wanted, only: AssignmentsWanted) -> tuple[Assignment, ...]:
    """One page of what one reviewer is asked to score."""
    query = select(
        panel_application.c.application_id,
        panel_application.c.stage,
        application.c.programme_code,
        application.c.track,
        application.c.product,
        seat.c.panel_id,
        seat.c.seat,
        DUE,
        panel_application.c.closed_at.is_not(None),
        sheet.c.sheet_id.is_not(None),
        STANDING.c.id.is_not(None),
        application.c.receipt_no,
        is_cleared(),
        sheet.c.total,
        sheet_draft.c.saved_at,
        STATE,
    )
    return all_of(Assignment, await tx.execute(paged(_asked_of(query, only), ASSIGNMENTS, wanted)))


async def count_assignments(tx: Tx, wanted: Wanted, only: AssignmentsWanted) -> Counts:
    """How many there are on all pages, in sum and by what is to be done."""
    return await count(tx, _asked_of(select(panel_application.c.application_id), only), ASSIGNMENTS, wanted)


def _asked_of(query: Select[Any], only: AssignmentsWanted) -> Select[Any]:
    query = query.select_from(ASKED_TO_SCORE.outerjoin(sheet_draft, _SAVED))
    query = query.where(seat.c.reviewer_id == only.reviewer_id, *SITS_FOR)
    if only.state is not None:
        query = query.where(STATE.in_((only.state,)))
    if only.programme_code is not None:
        query = query.where(application.c.programme_code == only.programme_code)
    if only.due_from is None and only.due_to is None:
        return query
    return query.where(between(DUE, only.due_from, only.due_to))


OF_PANEL = Shape(
    number=panel_application.c.application_id,
    found_by=(panel_application.c.application_id, application.c.receipt_no, application.c.organisation_name),
    sorts={
        "receipt_no": application.c.receipt_no,
        "organisation_name": application.c.organisation_name,
        "closed_at": sortable(panel_application.c.closed_at),
    },
    state=application.c.state,
)


def _seats(query: Select[Any]) -> ColumnElement[Any]:
    return func.array(query.scalar_subquery(), type_=ARRAY(Integer))


_CONFLICTED = _seats(
    select(STANDING.c.seat)
    .where(
        STANDING.c.panel_id == panel_application.c.panel_id,
        STANDING.c.application_id == panel_application.c.application_id,
    )
    .order_by(STANDING.c.seat)
    .correlate(panel_application)
)
_GIVEN = _seats(
    select(sheet.c.seat)
    .where(
        sheet.c.panel_id == panel_application.c.panel_id,
        sheet.c.application_id == panel_application.c.application_id,
    )
    .order_by(sheet.c.seat)
    .correlate(panel_application)
)


async def list_of_panel(tx: Tx, panel_id: str, wanted: Wanted, closed: bool | None) -> tuple[AssignedNamed, ...]:
    """One page of the applications of a panel; those whose stage is closed, or is not, where it is named."""
    query = select(*ASSIGNED, application.c.receipt_no, application.c.organisation_name, _CONFLICTED, _GIVEN)
    rows = await tx.execute(paged(_of_panel(query, panel_id, closed), OF_PANEL, wanted))
    return tuple(
        AssignedNamed(one(Assigned, row[:-4]), row[-4], row[-3], tuple(row[-2]), tuple(row[-1])) for row in rows
    )


async def count_of_panel(tx: Tx, panel_id: str, wanted: Wanted, closed: bool | None) -> Counts:
    """How many there are on all pages, in sum and by state."""
    query = _of_panel(select(panel_application.c.application_id), panel_id, closed)
    return await count(tx, query, OF_PANEL, wanted)


def _of_panel(query: Select[Any], panel_id: str, closed: bool | None) -> Select[Any]:
    beside = panel_application.join(application, application.c.application_id == panel_application.c.application_id)
    query = query.select_from(beside).where(panel_application.c.panel_id == panel_id)
    return query if closed is None else query.where(panel_application.c.closed_at.is_not(None) == closed)
