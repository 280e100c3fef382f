"""Which application lies before which panel, who is asked to score it, and who is late."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import (
    ARRAY,
    TableValuedAlias,
    Text,
    and_,
    any_,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import all_of, by_number, columns, values_of
from services.review.model.panels import Assigned, Escalation, PanelApplication
from services.review.model.stages import Place, Stage
from services.review.store.conflicts import STANDING
from services.review.store.reopenings import SHEETS_BEFORE
from services.review.tables.applications import application
from services.review.tables.panels import escalation, panel, panel_application, seat
from services.review.tables.sheets import sheet

ASSIGNED = (
    panel_application.c.application_id,
    panel_application.c.stage,
    panel_application.c.closed_at,
    application.c.state,
    SHEETS_BEFORE,
)
PLACE = (*(panel_application.c[name] for name in ("application_id", "stage", "panel_id", "closed_at")), SHEETS_BEFORE)


async def add_applications(tx: Tx, panel_id: str, stage: Stage, application_ids: Sequence[str]) -> frozenset[str]:
    """Give applications to a panel for a stage; returns those that no panel had yet."""
    if not application_ids:
        return frozenset()
    given = insert(panel_application).from_select(
        ["application_id", "stage", "panel_id"],
        select(func.unnest(literal(list(application_ids), ARRAY(Text))), literal(stage), literal(panel_id)),
    )
    new = given.on_conflict_do_nothing().returning(panel_application.c.application_id)
    return frozenset((await tx.execute(new)).scalars())


def _asked(places: Collection[Place]) -> TableValuedAlias:
    """Places as rows to join with: two parameters, however many they are."""
    ids, stages = [known for known, _ in places], [stage for _, stage in places]
    told = func.unnest(literal(ids, ARRAY(Text)), literal(stages, ARRAY(Text)))
    return told.table_valued(column("application_id", Text), column("stage", Text), name="asked").render_derived()


async def hold_places(tx: Tx, places: Collection[Place]) -> dict[Place, PanelApplication]:
    """Which panels score applications in their stages, and since when that is over; locked, all in one order."""
    asked = _asked(places)
    query = (
        select(*PLACE)
        .join(
            asked,
            and_(
                panel_application.c.application_id == asked.c.application_id,
                panel_application.c.stage == asked.c.stage,
            ),
        )
        .order_by(panel_application.c.application_id, panel_application.c.stage)
        .with_for_update(of=panel_application)
    )
    held = all_of(PanelApplication, await tx.execute(query))
    return {(place.application_id, place.stage): place for place in held}


async def change_places(tx: Tx, places: Collection[Place], closed_at: dt.datetime | None) -> None:
    """Stages are over for applications, or open again: then a reopening is on record already (RV-17)."""
    asked = _asked(places)
    changed = update(panel_application).where(
        panel_application.c.application_id == asked.c.application_id, panel_application.c.stage == asked.c.stage
    )
    await tx.execute(changed.values(closed_at=closed_at))


async def list_assigned(tx: Tx, panel_id: str) -> tuple[Assigned, ...]:
    """The applications of a panel by id, and whether they are gone."""
    query = (
        select(*ASSIGNED)
        .join(application, application.c.application_id == panel_application.c.application_id)
        .where(panel_application.c.panel_id == panel_id)
        .order_by(*by_number(panel_application.c.application_id))
    )
    return all_of(Assigned, await tx.execute(query))


async def has_begun(tx: Tx, programme_code: str, track: str, stage: Stage) -> bool:
    """Whether a panel has begun on this track and stage."""
    query = (
        select(panel.c.panel_id)
        .join(panel_application, panel_application.c.panel_id == panel.c.panel_id)
        .where(panel.c.programme_code == programme_code, panel.c.track == track, panel.c.stage == stage)
    )
    return (await tx.execute(query.limit(1))).first() is not None


async def count_open(tx: Tx, panel_id: str) -> int:
    """How many applications a panel has still to close: those of which `Assigned.in_review` is true."""
    query = (
        select(func.count())
        .select_from(panel_application.join(application))
        .where(
            panel_application.c.panel_id == panel_id,
            panel_application.c.closed_at.is_(None),
            application.c.state == "eligible",
        )
    )
    return int((await tx.execute(query)).scalar_one())


ASKED_TO_SCORE = (
    seat.join(panel, panel.c.panel_id == seat.c.panel_id)
    .join(panel_application, panel_application.c.panel_id == seat.c.panel_id)
    .join(application, application.c.application_id == panel_application.c.application_id)
    .outerjoin(
        sheet,
        and_(
            sheet.c.application_id == panel_application.c.application_id,
            sheet.c.stage == panel_application.c.stage,
            sheet.c.seat == seat.c.seat,
        ),
    )
    .outerjoin(
        STANDING,
        and_(
            STANDING.c.panel_id == seat.c.panel_id,
            STANDING.c.application_id == panel_application.c.application_id,
            STANDING.c.seat == seat.c.seat,
        ),
    )
)
"""Every seat beside every application of its panel, with the sheet it gave and the conflict it has."""
SITS_FOR = (
    seat.c.vacated_at.is_(None),
    or_(seat.c.scope.is_(None), panel_application.c.application_id == any_(seat.c.scope)),
    application.c.state == "eligible",
)
"""The rule `sits_for` as a filter, so that a list can page."""
DUE = func.coalesce(seat.c.due_at, panel.c.due_at)
"""Until when a seat's sheets are due: its own time, else its panel's."""
IS_AWAITED = (
    panel_application.c.closed_at.is_(None),
    *SITS_FOR,
    sheet.c.sheet_id.is_(None),
    STANDING.c.id.is_(None),
)
"""Whether a seat's sheet is still awaited, as a filter."""


async def find_assignment(tx: Tx, reviewer_id: str, place: Place) -> tuple[str, int] | None:
    """From which panel and seat a reviewer is asked to score an application in a stage; None where they are not."""
    query = (
        select(seat.c.panel_id, seat.c.seat)
        .select_from(ASKED_TO_SCORE)
        .where(
            seat.c.reviewer_id == reviewer_id,
            *SITS_FOR,
            panel_application.c.application_id == place[0],
            panel_application.c.stage == place[1],
        )
    )
    row = (await tx.execute(query)).first()
    return None if row is None else (row.panel_id, row.seat)


async def list_late(tx: Tx, now: dt.datetime) -> tuple[Escalation, ...]:
    """Seats that still owe sheets after their panel's due time and are not on record yet, with how many they owe."""
    on_record = exists().where(escalation.c.panel_id == seat.c.panel_id, escalation.c.seat == seat.c.seat)
    query = (
        select(seat.c.panel_id, seat.c.seat, func.count(), DUE, literal(now))
        .select_from(ASKED_TO_SCORE)
        .where(
            now > DUE,
            *IS_AWAITED,
            ~on_record,
        )
        .group_by(seat.c.panel_id, seat.c.seat, DUE)
        .order_by(*by_number(seat.c.panel_id), seat.c.seat)
    )
    return all_of(Escalation, await tx.execute(query))


async def add_escalations(tx: Tx, late: Sequence[Escalation]) -> int:
    """Record late seats once; returns how many are new."""
    if not late:
        return 0
    told = insert(escalation).values(values_of(late)).on_conflict_do_nothing()
    return len((await tx.execute(told.returning(escalation.c.seat))).all())


async def list_escalations(tx: Tx, panel_id: str) -> tuple[Escalation, ...]:
    """A panel's late seats on record, by seat."""
    query = select(*columns(escalation, Escalation)).where(escalation.c.panel_id == panel_id)
    return all_of(Escalation, await tx.execute(query.order_by(escalation.c.seat)))
