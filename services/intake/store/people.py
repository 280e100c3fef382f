"""What persons told of themselves."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import all_of, among, columns, one, values
from services.intake.model.members import Person
from services.intake.tables.people import person

PERSON = columns(person, Person)


async def find_person(tx: Tx, subject: str) -> Person | None:
    """What a person told of himself; None where nothing."""
    row = (await tx.execute(select(*PERSON).where(person.c.subject == subject))).first()
    return None if row is None else one(Person, row)


async def list_people(tx: Tx, subjects: list[str]) -> tuple[Person, ...]:
    """What these persons told of themselves; whoever told nothing is left out."""
    return all_of(Person, await tx.execute(select(*PERSON).where(among(person.c.subject, subjects))))


async def keep_person(tx: Tx, told: Person) -> dt.datetime:
    """Keep what a person tells of himself in the place of what he told before; returns when."""
    row = values(told)
    await tx.execute(insert(person).values(row).on_conflict_do_update(index_elements=["subject"], set_=row))
    return told.changed_at
