"""Requests for supplements as officers look through them: which are open, answered, overdue."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from libs.common.db import Tx
from libs.common.lists import Counts, Shape, count, paged
from libs.common.lists import Wanted as ListWanted
from libs.common.nouns import columns, one
from services.intake.model.supplements import ListedSupplement, Supplement, SupplementState
from services.intake.store.organisations import PRINTED
from services.intake.tables.applications import application
from services.intake.tables.organisations import organisation
from services.intake.tables.supplements import filing_version, supplement, supplement_extension

SUPPLEMENT = columns(supplement, Supplement)
_EXTENDED = (
    select(supplement_extension.c.due_at)
    .where(supplement_extension.c.supplement_id == supplement.c.supplement_id)
    .order_by(supplement_extension.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
DUE_NOW = func.coalesce(_EXTENDED, supplement.c.due_at)
BESIDE = (
    application.c.programme_code,
    application.c.organisation_id,
    organisation.c.name,
    application.c.receipt_no,
    DUE_NOW,
    filing_version.c.at,
)


@dataclass(frozen=True, slots=True)
class SupplementsWanted:
    """Which requests a list shows; None: whichever. They are looked at `now`: one is overdue from its end on."""

    now: dt.datetime
    programme_code: str | None = None
    state: SupplementState | None = None
    application_id: str | None = None


def _state(now: dt.datetime) -> ColumnElement[str]:
    over = now >= DUE_NOW
    return case((filing_version.c.supplement_id.is_not(None), "answered"), (over, "overdue"), else_="open")


def _shape(now: dt.datetime) -> Shape:
    return Shape(
        number=supplement.c.supplement_id,
        found_by=(
            supplement.c.supplement_id,
            supplement.c.application_id,
            application.c.receipt_no,
            organisation.c.name,
            organisation.c.business_no,
            PRINTED,
        ),
        sorts={"due_at": DUE_NOW, "asked_at": supplement.c.asked_at},
        state=_state(now),
    )


async def list_supplements(tx: Tx, wanted: ListWanted, only: SupplementsWanted) -> tuple[ListedSupplement, ...]:
    """One page of requests, each with whose it is and how it stands."""
    rows = await tx.execute(paged(_narrowed(select(*SUPPLEMENT, *BESIDE), only), _shape(only.now), wanted))
    return tuple(ListedSupplement(one(Supplement, row[: len(SUPPLEMENT)]), *row[len(SUPPLEMENT) :]) for row in rows)


async def count_supplements(tx: Tx, wanted: ListWanted, only: SupplementsWanted) -> Counts:
    """How many there are on all pages, in sum and by state."""
    return await count(tx, _narrowed(select(supplement.c.supplement_id), only), _shape(only.now), wanted)


def _narrowed(query: Select[Any], only: SupplementsWanted) -> Select[Any]:
    beside = (
        supplement.join(application, application.c.application_id == supplement.c.application_id)
        .join(organisation, organisation.c.organisation_id == application.c.organisation_id)
        .outerjoin(filing_version, filing_version.c.supplement_id == supplement.c.supplement_id)
    )
    query = query.select_from(beside)
    filters = (
        (application.c.programme_code, only.programme_code),
        (supplement.c.application_id, only.application_id),
        (_state(only.now), only.state),
    )
    for column, value in filters:
        query = query if value is None else query.where(column == literal(value))
    return query
