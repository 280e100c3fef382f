"""Dated facts on record of organisations and of principal investigators, and what is said against them: appended."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    ScalarSelect,
    Table,
    bindparam,
    cast,
    func,
    insert,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from libs.common.db import Tx, lock
from libs.common.keys import fold_key
from libs.common.nouns import by_number, read, values
from services.intake.model.facts_on_record import AwardOnRecord, CounterFact, RestrictionOnRecord
from services.intake.model.organisations import INVESTIGATOR, Award, Person, Restriction
from services.intake.store.programmes import new_id
from services.intake.tables.organisations import award, award_counter_fact, restriction, restriction_counter_fact

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
        **whose(subject),
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
        **whose(subject),
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


def _said(table: Table, key: Column[str], last_day: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The counter-facts of a row of facts as a JSON list, oldest first."""
    told = func.jsonb_build_object(
        "last_day", last_day, "reason", table.c.reason, "by", table.c.by, "at", table.c.at
    )  # fmt: skip
    listed = func.coalesce(func.jsonb_agg(aggregate_order_by(told, table.c.id)), cast([], JSONB))
    return select(listed).where(table.c[key.name] == key).scalar_subquery()


RECORDED_RESTRICTION = select(
    restriction.c.restriction_id,
    restriction.c.recorded_by,
    restriction.c.recorded_at,
    restriction.c.subject_key,
    restriction.c.person_key,
    _said(
        restriction_counter_fact, restriction.c.restriction_id, restriction_counter_fact.c.last_day
    ).label("said"),
    *RESTRICTION,
)  # fmt: skip
RECORDED_AWARD = select(
    award.c.award_id,
    award.c.application_id,
    award.c.source,
    award.c.subject_id,
    award.c.recorded_by,
    award.c.recorded_at,
    award.c.subject_key,
    award.c.person_key,
    _said(award_counter_fact, award.c.award_id, cast(null(), Date)).label("said"),
    *AWARD,
)


def _of_either(table: Table) -> ColumnElement[bool]:
    """Rows of an organisation, or that either key finds; none finds none. Whose they are is the rule's to say."""
    return or_(
        table.c.subject_id == bindparam("organisation"),
        table.c.subject_key == bindparam("number"),
        table.c.person_key == bindparam("person"),
    )


_RESTRICTIONS_OF = RECORDED_RESTRICTION.where(_of_either(restriction)).order_by(
    restriction.c.recorded_at, *by_number(restriction.c.restriction_id)
)
_AWARDS_OF = RECORDED_AWARD.where(
    _of_either(award), award.c.application_id.is_distinct_from(bindparam("but"))
).order_by(award.c.recorded_at, *by_number(award.c.award_id))  # fmt: skip


async def list_restrictions(tx: Tx, organisation_id: str, person: Person) -> tuple[RestrictionOnRecord, ...]:
    """All restrictions of an organisation, and those that may be of a person, in the order of their record.

    None is left out: the one that bars may be the newest. What was said against them stands beside them.
    """
    rows = await tx.execute(_RESTRICTIONS_OF, {"organisation": organisation_id, **_keys(person)})
    return tuple(restriction_of(row) for row in rows)


async def list_awards(tx: Tx, organisation_id: str | None, person: Person, *, but_of: str) -> tuple[AwardOnRecord, ...]:
    """All awards of an organisation or those that may be of a person, but for those of the application `but_of`."""
    rows = await tx.execute(_AWARDS_OF, {"organisation": organisation_id, "but": but_of, **_keys(person)})
    return tuple(award_of(row) for row in rows)


async def find_restriction(tx: Tx, restriction_id: str) -> RestrictionOnRecord | None:
    """One restriction, which nobody else says anything against until the transaction ends; None where there is none."""
    await lock(tx, f"restriction:{restriction_id}")
    row = (await tx.execute(RECORDED_RESTRICTION.where(restriction.c.restriction_id == restriction_id))).first()
    return None if row is None else restriction_of(row)


async def find_award(tx: Tx, award_id: str) -> AwardOnRecord | None:
    """One award, which nobody else says anything against until the transaction ends; None where there is none."""
    await lock(tx, f"award:{award_id}")
    row = (await tx.execute(RECORDED_AWARD.where(award.c.award_id == award_id))).first()
    return None if row is None else award_of(row)


async def add_restriction_counter_fact(tx: Tx, restriction_id: str, said: CounterFact) -> None:
    """Append what is said against a restriction."""
    await tx.execute(insert(restriction_counter_fact).values(restriction_id=restriction_id, **values(said)))


async def add_award_counter_fact(tx: Tx, award_id: str, said: CounterFact) -> None:
    """Append that an award never was."""
    told = {"reason": said.reason, "by": said.by, "at": said.at}
    await tx.execute(insert(award_counter_fact).values(award_id=award_id, **told))


def restriction_of(row: Sequence[Any]) -> RestrictionOnRecord:
    """The restriction that a row of `RECORDED_RESTRICTION` holds."""
    fact_id, by, at, key, person, said, kind, first, last, instalments, source, subject = row
    fact = Restriction(kind, first, last, instalments, source, subject, _person(key, person))
    return RestrictionOnRecord(
        restriction_id=fact_id,
        subject=subject,
        fact=fact,
        recorded_by=by,
        recorded_at=at,
        counter_facts=read(tuple[CounterFact, ...], said),
    )


def award_of(row: Sequence[Any]) -> AwardOnRecord:
    """The award that a row of `RECORDED_AWARD` holds."""
    fact_id, application_id, source, subject, by, at, key, person, said, code, government, year, until = row
    return AwardOnRecord(
        award_id=fact_id,
        subject=subject,
        fact=Award(code, government, year, until, _person(key, person)),
        application_id=application_id,
        source=source,
        recorded_by=by,
        recorded_at=at,
        counter_facts=read(tuple[CounterFact, ...], said),
    )


@dataclass(frozen=True, slots=True)
class _Whose:
    """The columns by which a fact is found."""

    subject_id: str
    subject_key: str
    person_key: str | None


def whose(subject: Subject) -> Mapping[str, str | None]:
    """The columns by which a fact of this subject is found."""
    return values(_Whose(subject.name, fold_key(subject.name), subject.person_key or None))


def _keys(person: Person) -> dict[str, str | None]:
    number = f"{INVESTIGATOR}{person.number_key}" if person.number_key else None
    return {"number": number, "person": person.person_key or None}


def _person(subject_key: str, person_key: str | None) -> Person | None:
    if not subject_key.startswith(INVESTIGATOR):
        return None
    return Person(subject_key.removeprefix(INVESTIGATOR), person_key or "")
