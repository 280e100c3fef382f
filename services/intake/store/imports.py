"""Many restrictions or awards at once: one statement each for whose they are, what is known, ids and rows."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, or_, select

from libs.common.db import Tx
from libs.common.nouns import among
from services.intake.model.organisations import Award, Restriction
from services.intake.store.facts import AWARD, RESTRICTION, Subject, whose
from services.intake.tables.organisations import award, organisation, restriction


@dataclass(frozen=True, slots=True)
class Kept:
    """A fact on record and whose it is, as it is kept."""

    fact_id: str
    subject_id: str
    subject_key: str
    person_key: str
    fact: Restriction | Award


@dataclass(frozen=True, slots=True)
class New:
    """A fact to be recorded, and where it is known from."""

    subject: Subject
    fact: Restriction | Award
    source: str


async def list_by_numbers(tx: Tx, business_numbers: Collection[str]) -> dict[str, str]:
    """The ids of the organisations of these business numbers, by number."""
    query = select(organisation.c.business_no, organisation.c.organisation_id)
    rows = await tx.execute(query.where(among(organisation.c.business_no, business_numbers)))
    return {row.business_no: row.organisation_id for row in rows}


async def list_kept_restrictions(
    tx: Tx, subject_keys: Collection[str], person_keys: Collection[str]
) -> tuple[Kept, ...]:
    """All restrictions on record under these keys, withdrawn ones too."""
    of = or_(among(restriction.c.subject_key, subject_keys), among(restriction.c.person_key, person_keys))
    query = select(restriction.c.restriction_id, restriction.c.subject_id, restriction.c.subject_key)
    query = query.add_columns(func.coalesce(restriction.c.person_key, ""), *RESTRICTION[:5]).where(of)
    return tuple(_kept(row, Restriction(*list(row)[4:])) for row in await tx.execute(query))


async def list_kept_awards(tx: Tx, subject_keys: Collection[str], person_keys: Collection[str]) -> tuple[Kept, ...]:
    """All awards on record under these keys, withdrawn ones too."""
    of = or_(among(award.c.subject_key, subject_keys), among(award.c.person_key, person_keys))
    query = select(award.c.award_id, award.c.subject_id, award.c.subject_key)
    query = query.add_columns(func.coalesce(award.c.person_key, ""), *AWARD).where(of)
    return tuple(_kept(row, Award(*list(row)[4:])) for row in await tx.execute(query))


def _kept(row: Sequence[Any], fact: Restriction | Award) -> Kept:
    fact_id, subject, key, person = row[:4]
    return Kept(fact_id, subject, key, person, fact)


async def next_ids(tx: Tx, sequence: str, prefix: str, count: int) -> tuple[str, ...]:
    """So many further ids of a sequence, in their order."""
    query = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
    numbers = sorted((await tx.execute(query)).scalars())
    return tuple(f"{prefix}-{number:06d}" for number in numbers)


async def add_restrictions(tx: Tx, new: Sequence[New], *, by: str, now: dt.datetime) -> tuple[str, ...]:
    """Record restrictions; returns their ids in that order."""
    ids = await next_ids(tx, "restriction_seq", "X", len(new))
    rows = [
        {
            "restriction_id": fact_id,
            **whose(one.subject),
            "kind": one.fact.kind,
            "from_day": one.fact.from_day,
            "until_day": one.fact.until_day,
            "instalments_approved": one.fact.instalments_approved,
            "source": one.source,
            "recorded_by": by,
            "recorded_at": now,
        }
        for fact_id, one in zip(ids, new, strict=True)
        if isinstance(one.fact, Restriction)
    ]
    if rows:
        await tx.execute(insert(restriction), rows)
    return ids


async def add_awards(tx: Tx, new: Sequence[New], *, by: str, now: dt.datetime) -> tuple[str, ...]:
    """Record awards that came from elsewhere; returns their ids in that order."""
    ids = await next_ids(tx, "award_seq", "W", len(new))
    rows = [
        {
            "award_id": fact_id,
            **whose(one.subject),
            "programme_code": one.fact.programme_code,
            "government": one.fact.government,
            "year": one.fact.year,
            "running_until": one.fact.running_until,
            "application_id": None,
            "source": one.source,
            "recorded_by": by,
            "recorded_at": now,
        }
        for fact_id, one in zip(ids, new, strict=True)
        if isinstance(one.fact, Award)
    ]
    if rows:
        await tx.execute(insert(award), rows)
    return ids
