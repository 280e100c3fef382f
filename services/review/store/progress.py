"""Applications as an officer looks through them, and sheets that are late."""

import datetime as dt
from typing import Any

from sqlalchemy import ARRAY, Integer, Select, and_, func, select, true

from libs.common.db import Tx
from libs.common.lists import Counts as ListCounts
from libs.common.lists import Shape, Wanted, count, paged
from libs.common.nouns import all_of
from services.review.model.applications import ApplicationState
from services.review.model.progress import LateSheet, Look
from services.review.store.assignments import ASKED_TO_SCORE, DUE, IS_AWAITED
from services.review.store.conflicts import STANDING
from services.review.store.reopenings import SHEETS_BEFORE
from services.review.tables.applications import application
from services.review.tables.panels import panel, panel_application, seat
from services.review.tables.selections import selection_row, selection_run
from services.review.tables.sheets import composite, sheet

SHAPE = Shape(
    number=application.c.application_id,
    found_by=(application.c.application_id, application.c.receipt_no, application.c.organisation_name),
    sorts={"receipt_no": application.c.receipt_no, "organisation_name": application.c.organisation_name},
    state=application.c.state,
)
_PLACE = (
    select(*(panel_application.c[name] for name in ("stage", "panel_id", "closed_at")), SHEETS_BEFORE)
    .where(panel_application.c.application_id == application.c.application_id)
    .order_by((panel_application.c.stage == application.c.stage).desc().nulls_last(), panel_application.c.stage.desc())
    .limit(1)
    .lateral("place")
)
"""Where an application is scored now, or was last: the presentation comes after the documents."""
_CONFLICTED = func.array(
    select(STANDING.c.seat)
    .where(STANDING.c.application_id == application.c.application_id, STANDING.c.panel_id == _PLACE.c.panel_id)
    .order_by(STANDING.c.seat)
    .scalar_subquery(),
    type_=ARRAY(Integer),
)
_GIVEN = func.array(
    select(sheet.c.seat)
    .where(sheet.c.application_id == application.c.application_id, sheet.c.stage == _PLACE.c.stage)
    .order_by(sheet.c.seat)
    .scalar_subquery(),
    type_=ARRAY(Integer),
)
_COMPOSITE = (
    select(composite.c.composite)
    .where(
        composite.c.application_id == application.c.application_id,
        composite.c.stage == _PLACE.c.stage,
        _PLACE.c.closed_at.is_not(None),
    )
    .order_by(composite.c.version.desc())
    .limit(1)
    .scalar_subquery()
)
_RANK = (
    select(selection_row.c.rank)
    .join(
        selection_run,
        and_(
            selection_run.c.selection_id == selection_row.c.selection_id,
            selection_run.c.run_version == selection_row.c.run_version,
        ),
    )
    .where(selection_row.c.application_id == application.c.application_id, selection_run.c.state != "discarded")
    .order_by(selection_run.c.run_at.desc(), selection_run.c.run_version.desc())
    .limit(1)
    .scalar_subquery()
)


def _looks() -> Select[Any]:
    names = ("application_id", "receipt_no", "organisation_name", "programme_code", "track", "product", "state")
    return (
        select(
            *(application.c[name] for name in (*names, "final", "passed")),
            _PLACE.c.stage,
            _PLACE.c.panel_id,
            _PLACE.c.closed_at,
            panel.c.due_at,
            func.coalesce(_PLACE.c.sheets_before, 0),
            _CONFLICTED,
            _GIVEN,
            _COMPOSITE,
            _RANK,
        )
        .select_from(application)
        .outerjoin(_PLACE, true())
        .outerjoin(panel, panel.c.panel_id == _PLACE.c.panel_id)
    )


def _of_call(query: Select[Any], programme_code: str | None, state: ApplicationState | None) -> Select[Any]:
    if programme_code is not None:
        query = query.where(application.c.programme_code == programme_code)
    return query if state is None else query.where(application.c.state == state)


async def list_looks(
    tx: Tx, wanted: Wanted, programme_code: str | None, state: ApplicationState | None
) -> tuple[Look, ...]:
    """One page of applications, in the order asked for, of a call where it is named."""
    return all_of(Look, await tx.execute(paged(_of_call(_looks(), programme_code, state), SHAPE, wanted)))


async def count_looks(tx: Tx, wanted: Wanted, programme_code: str | None, state: ApplicationState | None) -> ListCounts:
    """How many there are on all pages, in sum and by state."""
    query = _of_call(select(application.c.application_id), programme_code, state)
    return await count(tx, query, SHAPE, wanted)


LATE = Shape(
    number=application.c.application_id,
    found_by=(
        application.c.application_id,
        application.c.receipt_no,
        application.c.organisation_name,
        seat.c.panel_id,
        seat.c.reviewer_id,
        seat.c.name,
    ),
    sorts={"due_at": DUE, "receipt_no": application.c.receipt_no, "name": seat.c.name},
    state=panel_application.c.stage,
    then=(panel_application.c.stage, seat.c.reviewer_id),
)


async def list_late_sheets(
    tx: Tx, wanted: Wanted, programme_code: str | None, now: dt.datetime
) -> tuple[LateSheet, ...]:
    """One page of sheets that are past their due time and still awaited."""
    query = select(
        *(application.c.application_id, panel_application.c.stage, seat.c.reviewer_id, DUE),
        *(application.c.programme_code, application.c.receipt_no, application.c.organisation_name),
        *(seat.c.panel_id, seat.c.seat, seat.c.name),
    )
    return all_of(LateSheet, await tx.execute(paged(_late(query, programme_code, now), LATE, wanted)))


async def count_listed_late(tx: Tx, wanted: Wanted, programme_code: str | None, now: dt.datetime) -> ListCounts:
    """How many there are on all pages, in sum and by stage."""
    return await count(tx, _late(select(application.c.application_id), programme_code, now), LATE, wanted)


def _late(query: Select[Any], programme_code: str | None, now: dt.datetime) -> Select[Any]:
    query = query.select_from(ASKED_TO_SCORE).where(now > DUE, *IS_AWAITED)
    return query if programme_code is None else query.where(application.c.programme_code == programme_code)


async def count_late_sheets(tx: Tx, now: dt.datetime) -> dict[str, int]:
    """How many sheets are late, by call; a call that has panels and no late sheet as 0."""
    counted = {code: 0 for (code,) in await tx.execute(select(panel.c.programme_code).distinct())}
    query = (
        select(panel.c.programme_code, func.count())
        .select_from(ASKED_TO_SCORE)
        .where(now > DUE, *IS_AWAITED)
        .group_by(panel.c.programme_code)
    )
    return counted | {row[0]: int(row[1]) for row in await tx.execute(query)}
