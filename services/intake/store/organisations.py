"""Organisations."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.lists import Counts, Shape, Wanted, between, count, paged
from libs.common.nouns import among, as_json, by_number, columns, values, whole
from services.intake.model.organisations import Organisation
from services.intake.store.programmes import new_id
from services.intake.tables.organisations import organisation

ORGANISATION = columns(organisation, Organisation)


async def add_organisation(tx: Tx, new: Organisation, *, by: str, now: dt.datetime) -> Organisation | None:
    """Register an organisation under a new id; None where its business number is registered already."""
    told = {**values(new), "representatives": as_json(new.representatives), "places": as_json(new.places)}
    named = told | {"organisation_id": new_id("O", "organisation_seq")}
    row = insert(organisation).values(**named, registered_by=by, registered_at=now)
    added = row.on_conflict_do_nothing(index_elements=["business_no"]).returning(*ORGANISATION)
    found = (await tx.execute(added)).first()
    return None if found is None else organisation_of(found)


async def find_organisation_by_number(tx: Tx, business_no: str) -> Organisation | None:
    """The organisation of a business number of ten digits, locked for a change; None where there is none."""
    query = select(*ORGANISATION).where(organisation.c.business_no == business_no).with_for_update()
    row = (await tx.execute(query)).first()
    return None if row is None else organisation_of(row)


async def get_organisation(tx: Tx, organisation_id: str, *, for_update: bool = False) -> Organisation:
    """One organisation. Raises NotFound."""
    query = select(*ORGANISATION).where(organisation.c.organisation_id == organisation_id)
    row = (await tx.execute(query.with_for_update() if for_update else query)).first()
    if row is None:
        raise NotFound("organisation", organisation_id)
    return organisation_of(row)


async def list_named(tx: Tx, organisation_ids: Collection[str]) -> tuple[Organisation, ...]:
    """These organisations, by id."""
    query = select(*ORGANISATION).where(among(organisation.c.organisation_id, organisation_ids))
    rows = await tx.execute(query.order_by(*by_number(organisation.c.organisation_id)))
    return tuple(organisation_of(row) for row in rows)


PRINTED = func.concat_ws(
    "-", *(func.substr(organisation.c.business_no, first, length) for first, length in ((1, 3), (4, 2), (6, 5)))
)
"""A business number as people write it."""
SHAPE = Shape(
    number=organisation.c.organisation_id,
    found_by=(organisation.c.organisation_id, organisation.c.name, organisation.c.business_no, PRINTED),
    sorts={"name": organisation.c.name, "business_no": organisation.c.business_no, "kind": organisation.c.kind},
    state=organisation.c.kind,
)


@dataclass(frozen=True, slots=True)
class OrganisationsWanted:
    """Which organisations a list shows; None: whichever. `own` shows these alone, instants are half-open."""

    own: Collection[str] | None = None
    kind: str | None = None
    registered_from: dt.datetime | None = None
    registered_to: dt.datetime | None = None


async def list_organisations(tx: Tx, wanted: Wanted, only: OrganisationsWanted) -> tuple[Organisation, ...]:
    """One page of organisations."""
    rows = await tx.execute(paged(_narrowed(select(*ORGANISATION), only), SHAPE, wanted))
    return tuple(organisation_of(row) for row in rows)


async def count_organisations(tx: Tx, wanted: Wanted, only: OrganisationsWanted) -> Counts:
    """How many there are on all pages, in sum and by kind."""
    return await count(tx, _narrowed(select(organisation.c.organisation_id), only), SHAPE, wanted)


def _narrowed(query: Select[Any], only: OrganisationsWanted) -> Select[Any]:
    if only.own is not None:
        query = query.where(among(organisation.c.organisation_id, only.own))
    if only.kind is not None:
        query = query.where(organisation.c.kind == only.kind)
    return query.where(between(organisation.c.registered_at, only.registered_from, only.registered_to))


def organisation_of(row: Sequence[Any]) -> Organisation:
    """The organisation that a row of `ORGANISATION` holds."""
    return whole(Organisation, row)
