"""Dated facts on record of organisations and of principal investigators: restrictions and awards, appended."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, bindparam, insert, or_, select

from libs.common.db import Tx
from libs.common.keys import fold_key
from libs.common.nouns import values
from services.intake.model.organisations import Award, Person, Restriction
from services.intake.store.programmes import new_id
from services.intake.tables.organisations import award, restriction

INVESTIGATOR = "investigator:"
RESTRICTION = [
    restriction.c[name]
    for name in ("kind", "from_day", "until_day", "instalments_approved", "source", "subject_id")
]  # fmt: skip
AWARD = [award.c[name] for name in ("programme_code", "government", "year", "running_until")]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a fact is of: under which name it is kept, as typed, and how a person's record is told from another's."""

    name: str
    person_key: str = ""

    @classmethod
    def investigator(cls, number: str, person_key: str = "") -> "Subject":
        """A principal investigator, by the researcher number as it was typed; an organisation's name is its id."""
        return cls(f"{INVESTIGATOR}{number}", person_key)


async def add_restriction(tx: Tx, subject: Subject, new: Restriction, *, by: str, now: dt.datetime) -> str:
    """Record a restriction; returns its id."""
    row = insert(restriction).values(
        restriction_id=new_id("X", "restriction_seq"),
        **values(_whose(subject)),
        kind=new.kind,
        from_day=new.from_day,
        until_day=new.until_day,
        instalments_approved=new.instalments_approved,
        source=new.source,
        recorded_by=by,
        recorded_at=now,
    )
    return str((await tx.execute(row.returning(restriction.c.restriction_id))).scalar_one())


async def add_award(
    tx: Tx, subject: Subject, new: Award, *, application_id: str | None, source: str, by: str, now: dt.datetime
) -> str:
    """Record an award; returns its id. `application_id` names the application that won it, where it was ours."""
    row = insert(award).values(
        award_id=new_id("W", "award_seq"),
        **values(_whose(subject)),
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


def _of_either(table: Table) -> ColumnElement[bool]:
    """Rows of an organisation, or that either key finds; none finds none. Whose they are is the rule's to say."""
    return or_(
        table.c.subject_id == bindparam("organisation"),
        table.c.subject_key == bindparam("number"),
        table.c.person_key == bindparam("person"),
    )


_RESTRICTIONS = (
    select(*RESTRICTION, restriction.c.subject_key, restriction.c.person_key)
    .where(_of_either(restriction))
    .order_by(restriction.c.recorded_at, restriction.c.restriction_id)
)
_AWARDS = (
    select(*AWARD, award.c.subject_key, award.c.person_key)
    .where(_of_either(award), award.c.application_id.is_distinct_from(bindparam("but")))
    .order_by(award.c.recorded_at, award.c.award_id)
)


async def list_restrictions(tx: Tx, organisation_id: str, person: Person) -> tuple[Restriction, ...]:
    """All restrictions of an organisation, and those that may be of a person, in the order of their record.

    None is left out: the one that bars may be the newest.
    """
    rows = await tx.execute(_RESTRICTIONS, {"organisation": organisation_id, **_keys(person)})
    return tuple(Restriction(*row[:6], person=_person(row.subject_key, row.person_key)) for row in rows)


async def list_awards(tx: Tx, organisation_id: str | None, person: Person, *, but_of: str) -> tuple[Award, ...]:
    """All awards of an organisation or those that may be of a person, but for those of the application `but_of`."""
    rows = await tx.execute(_AWARDS, {"organisation": organisation_id, "but": but_of, **_keys(person)})
    return tuple(Award(*row[:4], person=_person(row.subject_key, row.person_key)) for row in rows)


@dataclass(frozen=True, slots=True)
class _Whose:
    """The columns by which a fact is found."""

    subject_id: str
    subject_key: str
    person_key: str | None


def _whose(subject: Subject) -> _Whose:
    return _Whose(subject.name, fold_key(subject.name), subject.person_key or None)


def _keys(person: Person) -> dict[str, str | None]:
    number = f"{INVESTIGATOR}{person.number_key}" if person.number_key else None
    return {"number": number, "person": person.person_key or None}


def _person(subject_key: str, person_key: str | None) -> Person | None:
    if not subject_key.startswith(INVESTIGATOR):
        return None
    return Person(subject_key.removeprefix(INVESTIGATOR), person_key or "")
