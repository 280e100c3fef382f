"""Applications as people look through them: found by part of a text, in an order, counted by state."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from libs.common.db import Tx
from libs.common.lists import Counts, Shape, Wanted, between, count, paged, sortable
from libs.common.nouns import among
from services.intake.model.applications import ApplicationState, NamedApplication
from services.intake.store.applications import APPLICATION, application_of
from services.intake.store.organisations import PRINTED
from services.intake.tables.applications import application
from services.intake.tables.organisations import organisation

SHAPE = Shape(
    number=application.c.application_id,
    found_by=(
        application.c.application_id,
        application.c.receipt_no,
        application.c.title,
        organisation.c.name,
        organisation.c.business_no,
        PRINTED,
    ),
    sorts={
        "title": application.c.title,
        "organisation_name": organisation.c.name,
        "state": application.c.state,
        "units": sortable(application.c.units),
        "created_at": application.c.created_at,
        "received_at": sortable(application.c.received_at),
    },
    state=application.c.state,
)


@dataclass(frozen=True, slots=True)
class ApplicationsWanted:
    """Which applications a list shows; None: whichever. Instants are half-open: from the first, before the last."""

    programme_code: str | None = None
    state: ApplicationState | None = None
    organisation_id: str | None = None
    track: str | None = None
    received_from: dt.datetime | None = None
    received_to: dt.datetime | None = None


async def list_applications(
    tx: Tx, wanted: Wanted, only: ApplicationsWanted, own: Collection[str] | None
) -> tuple[NamedApplication, ...]:
    """One page of applications with whose they are; `own` shows these organisations' alone."""
    query = _narrowed(select(*APPLICATION, organisation.c.name.label("of"), organisation.c.business_no), only, own)
    rows = await tx.execute(paged(query, SHAPE, wanted))
    return tuple(NamedApplication(application_of(row), row.of, row.business_no) for row in rows)


async def count_applications(tx: Tx, wanted: Wanted, only: ApplicationsWanted, own: Collection[str] | None) -> Counts:
    """How many there are on all pages, in sum and by state; of these organisations alone where they are named."""
    return await count(tx, _narrowed(select(application.c.application_id), only, own), SHAPE, wanted)


def _narrowed(query: Select[Any], only: ApplicationsWanted, own: Collection[str] | None) -> Select[Any]:
    beside = application.join(organisation, organisation.c.organisation_id == application.c.organisation_id)
    query = query.select_from(beside)
    if own is not None:
        query = query.where(among(application.c.organisation_id, own))
    filters = (
        (application.c.programme_code, only.programme_code),
        (application.c.state, only.state),
        (application.c.organisation_id, only.organisation_id),
        (application.c.track, only.track),
    )
    for column, value in filters:
        query = query if value is None else query.where(column == value)
    if only.received_from is not None or only.received_to is not None:
        query = query.where(between(application.c.received_at, only.received_from, only.received_to))
    return query
