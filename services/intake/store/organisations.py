"""Organisations."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import after_number, as_json, by_number, columns, values, whole
from services.intake.model.organisations import Organisation
from services.intake.store.programmes import new_id
from services.intake.tables.organisations import organisation

ORGANISATION = columns(organisation, Organisation)


async def add_organisation(tx: Tx, new: Organisation, *, by: str, now: dt.datetime) -> Organisation | None:
    """Register an organisation under a new id; None where its business number is registered already."""
    told = {**values(new), "representatives": as_json(new.representatives)}
    named = told | {"organisation_id": new_id("O", "organisation_seq")}
    row = insert(organisation).values(**named, registered_by=by, registered_at=now)
    added = row.on_conflict_do_nothing(index_elements=["business_no"]).returning(*ORGANISATION)
    found = (await tx.execute(added)).first()
    return None if found is None else organisation_of(found)


async def change_organisation(tx: Tx, changed: Organisation) -> None:
    """Keep an organisation's facts as they are now."""
    same = organisation.c.organisation_id == changed.organisation_id
    told = {**values(changed), "representatives": as_json(changed.representatives)}
    await tx.execute(update(organisation).where(same).values(**told))


async def find_organisation_by_number(tx: Tx, business_no: str) -> Organisation | None:
    """The organisation of a business number of ten digits, locked for a change; None where there is none."""
    query = select(*ORGANISATION).where(organisation.c.business_no == business_no).with_for_update()
    row = (await tx.execute(query)).first()
    return None if row is None else organisation_of(row)


async def get_organisation(tx: Tx, organisation_id: str) -> Organisation:
    """One organisation. Raises NotFound."""
    query = select(*ORGANISATION).where(organisation.c.organisation_id == organisation_id)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("organisation", organisation_id)
    return organisation_of(row)


async def list_organisations(tx: Tx, after: str, limit: int, *, own: str | None) -> tuple[Organisation, ...]:
    """Organisations by id, after one; `own` shows only that one."""
    query = select(*ORGANISATION).where(after_number(organisation.c.organisation_id, after))
    if own is not None:
        query = query.where(organisation.c.organisation_id == own)
    rows = await tx.execute(query.order_by(*by_number(organisation.c.organisation_id)).limit(limit))
    return tuple(organisation_of(row) for row in rows)


def organisation_of(row: Sequence[Any]) -> Organisation:
    """The organisation that a row of `ORGANISATION` holds."""
    return whole(Organisation, row)
