"""Score sheets, appended as they are handed in."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import among, by_number, columns, one, values_of
from services.review.model.sheets import KeptSheet, ScoreSheet, Sheet
from services.review.model.stages import Place
from services.review.store.conflicts import STANDING
from services.review.store.ids import next_ids, place_after, place_of
from services.review.tables import application, panel_application, sheet, sheet_seq, stage_reopening

SHEET = columns(sheet, Sheet)
_SET_ASIDE = exists().where(
    STANDING.c.panel_id == sheet.c.panel_id,
    STANDING.c.application_id == sheet.c.application_id,
    STANDING.c.seat == sheet.c.seat,
)
_REOPENED_FOR_IT = exists().where(
    stage_reopening.c.application_id == sheet.c.application_id,
    stage_reopening.c.stage == sheet.c.stage,
    stage_reopening.c.seat == sheet.c.seat,
)


async def add_sheets(tx: Tx, new: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """Keep sheets; returns them with their ids."""
    if not new:
        return ()
    ids = await next_ids(tx, "SH", sheet_seq, len(new))
    kept = tuple(replace(given, sheet_id=sheet_id) for sheet_id, given in zip(ids, new, strict=True))
    await tx.execute(insert(sheet), values_of(kept))
    return kept


async def list_seats_given(tx: Tx, panel_id: str) -> dict[str, tuple[int, ...]]:
    """Which seats of a panel have handed in a sheet, ascending, by application."""
    query = select(sheet.c.application_id, sheet.c.seat).where(sheet.c.panel_id == panel_id)
    found: dict[str, tuple[int, ...]] = defaultdict(tuple)
    for application_id, number in await tx.execute(query.order_by(sheet.c.application_id, sheet.c.seat)):
        found[application_id] += (number,)
    return found


async def list_sheets(
    tx: Tx, after: str, limit: int, *, reviewer_id: str | None, application_id: str | None
) -> tuple[KeptSheet, ...]:
    """Sheets by id, after one, and whether each is set aside: a reviewer's own, or (none named) those not sealed.

    The sheets of a closed stage are no longer sealed. While it is open again, only the one that was set aside is shown:
    what the others gave, and what the substitute gives, is sealed from everybody until it is closed anew.
    """
    query = (
        select(*SHEET, _SET_ASIDE)
        .join(
            panel_application,
            and_(
                panel_application.c.application_id == sheet.c.application_id,
                panel_application.c.stage == sheet.c.stage,
            ),
        )
        .where(place_of(sheet.c.sheet_id) > place_after(after))
        .order_by(*by_number(sheet.c.sheet_id))
        .limit(limit)
    )
    if reviewer_id is None:
        query = query.where(or_(panel_application.c.closed_at.is_not(None), _REOPENED_FOR_IT))
    else:
        query = query.where(sheet.c.reviewer_id == reviewer_id)
    if application_id is not None:
        query = query.where(sheet.c.application_id == application_id)
    return tuple(KeptSheet(one(Sheet, row[:-1]), row[-1]) for row in await tx.execute(query))


async def count_sheets(tx: Tx, programme_code: str) -> int:
    """How many sheets a call's applications have."""
    query = (
        select(func.count())
        .select_from(sheet.join(application, application.c.application_id == sheet.c.application_id))
        .where(application.c.programme_code == programme_code)
    )
    return int((await tx.execute(query)).scalar_one())


async def list_given(tx: Tx, application_ids: Collection[str]) -> dict[Place, tuple[ScoreSheet, ...]]:
    """What was given to these applications, by application and stage, by seat."""
    query = select(sheet.c.application_id, sheet.c.stage, sheet.c.seat, sheet.c.scores)
    query = query.where(among(sheet.c.application_id, application_ids))
    found: dict[Place, list[ScoreSheet]] = defaultdict(list)
    for row in await tx.execute(query.order_by(sheet.c.application_id, sheet.c.stage, sheet.c.seat)):
        found[row.application_id, row.stage].append(ScoreSheet(row.seat, row.scores))
    return {place: tuple(given) for place, given in found.items()}
