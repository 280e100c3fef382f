"""Score sheets, appended as they are handed in."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.lists import Counts, Shape, Wanted, between, count, paged
from libs.common.nouns import among, columns, one, values_of
from services.review.model.sheets import KeptSheet, ScoreSheet, Sheet
from services.review.model.stages import Place, Stage
from services.review.store.conflicts import STANDING
from services.review.store.ids import next_ids
from services.review.tables.applications import application
from services.review.tables.panels import panel_application, stage_reopening
from services.review.tables.sheets import sheet, sheet_seq

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


_STATE = case((_SET_ASIDE, "set_aside"), else_="counted")
_OWN = Shape(
    number=sheet.c.sheet_id,
    found_by=(sheet.c.sheet_id, sheet.c.application_id, application.c.receipt_no),
    sorts={
        "submitted_at": sheet.c.submitted_at,
        "total": sheet.c.total,
        "application_id": sheet.c.application_id,
        "receipt_no": application.c.receipt_no,
    },
    state=_STATE,
)
_ALL = replace(_OWN, found_by=(*_OWN.found_by, application.c.organisation_name))
"""The agency finds sheets by whose the application is, too: of a reviewer that may be hidden."""


@dataclass(frozen=True, slots=True)
class SheetsWanted:
    """Which sheets a list shows: a reviewer's own, or (none named) those not sealed. Instants are half-open."""

    reviewer_id: str | None
    application_id: str | None = None
    stage: Stage | None = None
    submitted_from: dt.datetime | None = None
    submitted_to: dt.datetime | None = None

    @property
    def shape(self) -> Shape:
        """By what, and in which order, such sheets are found."""
        return _ALL if self.reviewer_id is None else _OWN


async def list_sheets(tx: Tx, wanted: Wanted, only: SheetsWanted) -> tuple[KeptSheet, ...]:
    """One page of sheets, and whether each is set aside.

    The sheets of a closed stage are no longer sealed. While it is open again, only the one that was set aside is shown:
    what the others gave, and what the substitute gives, is sealed from everybody until it is closed anew.
    """
    query = _unsealed(select(*SHEET, _SET_ASIDE, application.c.receipt_no), only)
    rows = await tx.execute(paged(query, only.shape, wanted))
    return tuple(KeptSheet(one(Sheet, row[:-2]), row[-2], row[-1]) for row in rows)


async def count_listed_sheets(tx: Tx, wanted: Wanted, only: SheetsWanted) -> Counts:
    """How many there are on all pages, in sum and by whether they count; what is sealed is not counted either."""
    return await count(tx, _unsealed(select(sheet.c.sheet_id), only), only.shape, wanted)


def _unsealed(query: Select[Any], only: SheetsWanted) -> Select[Any]:
    at = and_(panel_application.c.application_id == sheet.c.application_id, panel_application.c.stage == sheet.c.stage)
    beside = sheet.join(panel_application, at).join(application, application.c.application_id == sheet.c.application_id)
    query = query.select_from(beside)
    if only.reviewer_id is None:
        query = query.where(or_(panel_application.c.closed_at.is_not(None), _REOPENED_FOR_IT))
    else:
        query = query.where(sheet.c.reviewer_id == only.reviewer_id)
    if only.application_id is not None:
        query = query.where(sheet.c.application_id == only.application_id)
    if only.stage is not None:
        query = query.where(sheet.c.stage == only.stage)
    return query.where(between(sheet.c.submitted_at, only.submitted_from, only.submitted_to))


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
