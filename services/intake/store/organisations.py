"""Organisations, and the dated facts about them and about principal investigators."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.intake.model.organisations import Award, Organisation, Representative, Restriction
from services.intake.store.programmes import new_id
from services.intake.tables import award, organisation, restriction

FACTS_MAX = 1_000


def investigator_subject(principal_investigator_id: str) -> str:
    """Under which name a principal investigator's facts are kept; an organisation's are kept under its id."""
    return f"investigator:{principal_investigator_id}"


async def add(tx: Tx, new: Organisation, *, by: str, now: dt.datetime) -> Organisation | None:
    """Register an organisation under a new id; None where its business number is registered already."""
    people = [{"name": r.name, "born_on": r.born_on.isoformat()} for r in new.representatives]
    row = insert(organisation).values(
        organisation_id=new_id("O", "organisation_seq"),
        name=new.name,
        business_no=new.business_no,
        kind=new.kind,
        legal_form=new.legal_form,
        representatives=people,
        opened_on=new.opened_on,
        affiliates=list(new.affiliates),
        registered_by=by,
        registered_at=now,
    )
    added = row.on_conflict_do_nothing(index_elements=["business_no"]).returning(*organisation.c)
    found = (await tx.execute(added)).mappings().first()
    return None if found is None else organisation_of(dict(found))


async def get(tx: Tx, organisation_id: str) -> Organisation:
    """One organisation. Raises NotFound."""
    query = select(organisation).where(organisation.c.organisation_id == organisation_id)
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        raise NotFound("organisation", organisation_id)
    return organisation_of(dict(row))


async def all_after(tx: Tx, organisation_id: str, limit: int, *, own: str | None) -> list[Organisation]:
    """Organisations by id, after one; `own` shows only that one."""
    query = select(organisation).where(organisation.c.organisation_id > organisation_id)
    if own is not None:
        query = query.where(organisation.c.organisation_id == own)
    rows = (await tx.execute(query.order_by(organisation.c.organisation_id).limit(limit))).mappings()
    return [organisation_of(dict(row)) for row in rows]


def organisation_of(row: Mapping[str, Any]) -> Organisation:
    """An organisation's row as a noun."""
    people = tuple(
        Representative(person["name"], dt.date.fromisoformat(person["born_on"])) for person in row["representatives"]
    )
    return Organisation(
        row["organisation_id"],
        row["name"],
        row["business_no"],
        row["kind"],
        row["legal_form"],
        people,
        row["opened_on"],
        tuple(row["affiliates"]),
    )


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
