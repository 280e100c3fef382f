"""Organisations, and the dated facts about them and about principal investigators."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import columns, field_names, values
from services.intake.model.organisations import Award, Organisation, Representative, Restriction
from services.intake.store.programmes import new_id
from services.intake.tables.organisations import award, organisation, restriction

FACTS_MAX = 1_000


def investigator_subject(principal_investigator_id: str) -> str:
    """Under which name a principal investigator's facts are kept; an organisation's are kept under its id."""
    return f"investigator:{principal_investigator_id}"


ORGANISATION = columns(organisation, Organisation)


async def add_organisation(tx: Tx, new: Organisation, *, by: str, now: dt.datetime) -> Organisation | None:
    """Register an organisation under a new id; None where its business number is registered already."""
    told = {**_values(new), "organisation_id": new_id("O", "organisation_seq")}
    row = insert(organisation).values(**told, registered_by=by, registered_at=now)
    added = row.on_conflict_do_nothing(index_elements=["business_no"]).returning(*ORGANISATION)
    found = (await tx.execute(added)).first()
    return None if found is None else organisation_of(found)


async def change_organisation(tx: Tx, changed: Organisation) -> None:
    """Keep an organisation's facts as they are now."""
    same = organisation.c.organisation_id == changed.organisation_id
    await tx.execute(update(organisation).where(same).values(**_values(changed)))


def _values(told: Organisation) -> dict[str, Any]:
    people = [{"name": person.name, "born_on": person.born_on.isoformat()} for person in told.representatives]
    return {**values(told), "representatives": people}


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
    query = select(*ORGANISATION).where(organisation.c.organisation_id > after)
    if own is not None:
        query = query.where(organisation.c.organisation_id == own)
    rows = await tx.execute(query.order_by(organisation.c.organisation_id).limit(limit))
    return tuple(organisation_of(row) for row in rows)


def organisation_of(row: Sequence[Any]) -> Organisation:
    """The organisation that a row of `ORGANISATION` holds."""
    told = dict(zip(field_names(Organisation), row, strict=True))
    told["representatives"] = tuple(
        Representative(person["name"], dt.date.fromisoformat(person["born_on"])) for person in told["representatives"]
    )
    told["affiliates"] = tuple(told["affiliates"])
    return Organisation(**told)


async def add_restriction(tx: Tx, subject_id: str, new: Restriction, *, by: str, now: dt.datetime) -> str:
    """Record a restriction; returns its id."""
    row = insert(restriction).values(
        restriction_id=new_id("X", "restriction_seq"),
        subject_id=subject_id,
        kind=new.kind,
        from_day=new.from_day,
        until_day=new.until_day,
        instalments_approved=new.instalments_approved,
        source=new.source,
        recorded_by=by,
        recorded_at=now,
    )
    return str((await tx.execute(row.returning(restriction.c.restriction_id))).scalar_one())


async def restrictions_of(tx: Tx, subjects: Sequence[str]) -> tuple[Restriction, ...]:
    """All restrictions of some subjects, in the order of their record."""
    table = restriction.c
    query = select(
        table.kind, table.from_day, table.until_day, table.instalments_approved, table.source, table.subject_id
    )
    rows = await tx.execute(query.where(table.subject_id.in_(subjects)).order_by(table.restriction_id).limit(FACTS_MAX))
    return tuple(Restriction(*row) for row in rows)


async def add_award(
    tx: Tx, subject_id: str, new: Award, *, application_id: str | None, source: str, by: str, now: dt.datetime
) -> str:
    """Record an award; returns its id. `application_id` names the application that won it, where it was ours."""
    row = insert(award).values(
        award_id=new_id("W", "award_seq"),
        subject_id=subject_id,
        programme_code=new.programme_code,
        government=new.government,
        year=new.year,
        running_until=new.running_until,
        application_id=application_id,
        source=source,
        recorded_by=by,
        recorded_at=now,
    )
    return str((await tx.execute(row.returning(award.c.award_id))).scalar_one())


async def awards_of(tx: Tx, subject_id: str, *, but_of: str) -> tuple[Award, ...]:
    """A counting unit's awards, in the order of their record, but for those of the application `but_of`."""
    table = award.c
    query = select(table.programme_code, table.government, table.year, table.running_until)
    query = query.where(table.subject_id == subject_id, table.application_id.is_distinct_from(but_of))
    return tuple(Award(*row) for row in await tx.execute(query.order_by(table.award_id).limit(FACTS_MAX)))
