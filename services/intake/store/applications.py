"""Applications and their history; the history is appended, never edited."""

import datetime as dt
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, get_args

from sqlalchemy import Insert, Row, Text, any_, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, among, field_names, values
from services.intake.model.applications import Application, ApplicationState, Asked, Receipt, Step, Submitted
from services.intake.model.organisations import Organisation, Person
from services.intake.store.organisations import ORGANISATION, organisation_of
from services.intake.store.programmes import new_id
from services.intake.store.sketches import ASKED, asked_of, columns_of
from services.intake.tables.applications import application, application_history, refused_submission
from services.intake.tables.organisations import organisation

STATES: tuple[ApplicationState, ...] = get_args(ApplicationState)
RECEIVED = field_names(Receipt)
STANDS = tuple(name for name in field_names(Application) if name not in {"asked", "receipt"})
APPLICATION = [application.c[name] for name in (*STANDS, *ASKED, *RECEIVED)]
HISTORY_MAX = 1_000


def application_of(row: Row[Any]) -> Application:
    """The application that the columns `APPLICATION` of a row hold."""
    received = Receipt(*(getattr(row, name) for name in RECEIVED)) if row.receipt_no is not None else None
    return Application(
        application_id=row.application_id,
        programme_code=row.programme_code,
        organisation_id=row.organisation_id,
        state=row.state,
        version=row.version,
        title=row.title,
        asked=asked_of(row),
        created_at=row.created_at,
        receipt=received,
        eligible=row.eligible,
    )


async def add_application(
    tx: Tx, programme_code: str, organisation_id: str, asked: Asked, title: str, *, by: str, now: dt.datetime
) -> Application:
    """Keep a new draft under a new id."""
    told = {"programme_code": programme_code, "organisation_id": organisation_id, "title": title, **columns_of(asked)}
    row = insert(application).values(
        application_id=new_id("A", "application_seq"), state="draft", version=1, created_by=by, created_at=now, **told
    )
    return application_of((await tx.execute(row.returning(*APPLICATION))).one())


_BY_ID = select(*APPLICATION).where(application.c.application_id == bindparam("id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()


async def get_application(tx: Tx, application_id: str, *, for_update: bool = False) -> Application:
    """One application. Raises NotFound."""
    row = (await tx.execute(_BY_ID_LOCKED if for_update else _BY_ID, {"id": application_id})).first()
    if row is None:
        raise NotFound("application", application_id)
    return application_of(row)


async def lock_all(tx: Tx, application_ids: Collection[str]) -> None:
    """Lock those of these applications that there are, by their ids, until the transaction ends."""
    query = select(application.c.application_id).where(application.c.application_id.in_(application_ids))
    if application_ids:
        await tx.execute(query.order_by(application.c.application_id).with_for_update())


_WITH_ORGANISATION = (
    select(*APPLICATION, *(column.label(f"of_{column.name}") for column in ORGANISATION))
    .join(organisation, organisation.c.organisation_id == application.c.organisation_id)
    .where(application.c.application_id == bindparam("id"))
)
_WITH_ORGANISATION_LOCKED = _WITH_ORGANISATION.with_for_update(of=application)


async def get_with_organisation(
    tx: Tx, application_id: str, *, for_update: bool = False
) -> tuple[Application, Organisation]:
    """One application, and who made it. Raises NotFound."""
    query = _WITH_ORGANISATION_LOCKED if for_update else _WITH_ORGANISATION
    row = (await tx.execute(query, {"id": application_id})).first()
    if row is None:
        raise NotFound("application", application_id)
    return application_of(row), organisation_of(row[len(APPLICATION) :])


async def change_draft(tx: Tx, application_id: str, asked: Asked, title: str) -> Application:
    """Change what an application asks for: a draft, or the answer to a supplement; its version goes up by one."""
    changed = update(application).where(application.c.application_id == application_id)
    changed = changed.values(version=application.c.version + 1, title=title, **columns_of(asked))
    return application_of((await tx.execute(changed.returning(*APPLICATION))).one())


STEP = field_names(Step)


@cache
def _moving(more: tuple[str, ...]) -> Insert:
    """Changes the state, and those columns more, and appends the step that it was."""
    kept = {name: bindparam(f"kept_{name}", type_=application.c[name].type) for name in more}
    moved = update(application).where(
        application.c.application_id == bindparam("id"),
        application.c.state == any_(bindparam("only_from", type_=ARRAY(Text))),
    )
    moved = moved.values(version=application.c.version + 1, state=bindparam("to_state", type_=Text), **kept)
    known = moved.returning(application.c.application_id).cte("moved").c.application_id
    told = [bindparam(f"step_{name}", type_=application_history.c[name].type) for name in STEP]
    return insert(application_history).from_select(["application_id", *STEP], select(known, *told))


async def move(
    tx: Tx,
    application_id: str,
    state: ApplicationState,
    *,
    reason: str,
    by: str,
    now: dt.datetime,
    only_from: Collection[ApplicationState] = STATES,
    receipt: Receipt | None = None,
    eligible: bool | None = None,
) -> None:
    """Put an application into a state and append the step to its history; its version goes up by one.

    `only_from` are the states from which it moves at all; a receipt and the screening's end are kept beside it.
    """
    more: dict[str, Any] = {} if receipt is None else {name: getattr(receipt, name) for name in RECEIVED}
    if eligible is not None:
        more["eligible"] = eligible
    told = {f"kept_{name}": value for name, value in more.items()}
    told |= {f"step_{name}": value for name, value in values(Step(state, reason, by, now)).items()}
    told |= {"id": application_id, "only_from": list(only_from), "to_state": state}
    await tx.execute(_moving(tuple(more)), told)


async def let_open(tx: Tx, application_id: str) -> None:
    """Leave open again whether an application is eligible: its screening goes on."""
    await tx.execute(update(application).where(application.c.application_id == application_id).values(eligible=None))


async def count_by_state(tx: Tx) -> tuple[tuple[str, str, int], ...]:
    """How many applications of each call are in which state."""
    by = (application.c.programme_code, application.c.state)
    rows = await tx.execute(select(*by, func.count()).group_by(*by).order_by(*by))
    return tuple((code, state, count) for code, state, count in rows)


_DRAFTS = select(func.count()).where(
    application.c.organisation_id == bindparam("organisation"), application.c.state == "draft"
)


async def count_drafts(tx: Tx, organisation_id: str) -> int:
    """How many drafts an organisation has."""
    return int((await tx.execute(_DRAFTS, {"organisation": organisation_id})).scalar_one())


_LED_BY = or_(application.c.investigator_key == bindparam("number"), application.c.person_key == bindparam("person"))
"""Rows that either key finds; none finds none. Which of them are the person's is the rule's to say."""
_SUBMITTED = (
    select(
        application.c.application_id,
        application.c.receipt_no,
        application.c.counting_unit,
        application.c.investigator_key,
        application.c.person_key,
        application.c.state,
        application.c.received_at,
        (application.c.programme_code != bindparam("programme")).label("of_another_round"),
    )
    .where(
        application.c.programme_code == func.any(bindparam("calls", type_=ARRAY(Text))),
        or_(application.c.counting_unit == bindparam("unit"), _LED_BY),
        application.c.receipt_no.is_not(None),
        application.c.application_id != bindparam("but"),
    )
    .order_by(func.length(application.c.receipt_no), application.c.receipt_no)
)


def _keys(person: Person) -> dict[str, str | None]:
    return {"number": person.number_key or None, "person": person.person_key or None}


async def list_submitted(
    tx: Tx, programme_code: str, rounds: Sequence[str], counting_unit: str, person: Person, *, but: str
) -> tuple[Submitted, ...]:
    """Others of the call and its other rounds, submitted, that may be of a counting unit or led by a person."""
    told = {"programme": programme_code, "calls": [programme_code, *rounds], "unit": counting_unit, "but": but}
    return tuple(
        Submitted(
            row.application_id,
            row.receipt_no,
            row.counting_unit,
            Person(row.investigator_key or "", row.person_key or ""),
            row.state,
            row.received_at,
            of_another_round=row.of_another_round,
        )
        for row in await tx.execute(_SUBMITTED, {**told, **_keys(person)})
    )


async def list_under_screening(
    tx: Tx, *, organisation_id: str | None, person: Person | None
) -> tuple[Application, ...]:
    """Applications that wait for their screening to end, of an organisation or led by a person; locked."""
    query = select(*APPLICATION).where(application.c.state == "submitted")
    if organisation_id is not None:
        query = query.where(application.c.organisation_id == organisation_id)
    if person is not None:
        query = query.where(_LED_BY)
    query = query.order_by(application.c.application_id).with_for_update()
    rows = await tx.execute(query, {} if person is None else _keys(person))
    return tuple(application_of(row) for row in rows)


async def list_under_screening_among(
    tx: Tx, organisation_ids: Collection[str], people: Collection[Person]
) -> tuple[Application, ...]:
    """Applications that wait for their screening to end, of any of these or led by any of them; locked."""
    led = {"investigator_key": {one.number_key for one in people}, "person_key": {one.person_key for one in people}}
    named = [among(application.c[name], keys - {""}) for name, keys in led.items()]
    query = select(*APPLICATION).where(
        application.c.state == "submitted", or_(among(application.c.organisation_id, organisation_ids), *named)
    )
    rows = await tx.execute(query.order_by(application.c.application_id).with_for_update())
    return tuple(application_of(row) for row in rows)


async def add_step(tx: Tx, application_id: str, step: Step) -> None:
    """Append to an application's history."""
    row = {"state": step.state, "reason": step.reason, "by": step.by, "at": step.at}
    await tx.execute(insert(application_history).values(application_id=application_id, **row))


async def list_history(tx: Tx, application_id: str) -> tuple[Step, ...]:
    """Who did what when and why, oldest first: the newest so many steps."""
    table = application_history.c
    query = select(table.state, table.reason, table.by, table.at).where(table.application_id == application_id)
    return all_of(Step, await tx.execute(query.order_by(table.id.desc()).limit(HISTORY_MAX)))[::-1]


async def get_submitter(tx: Tx, application_id: str) -> str:
    """Who submitted an application. Raises NotFound for one that nobody did."""
    table = application_history.c
    query = select(table.by).where(table.application_id == application_id, table.state == "submitted")
    found = (await tx.execute(query.order_by(table.id).limit(1))).scalar_one_or_none()
    if found is None:
        raise NotFound("application", application_id)
    return str(found)


async def add_refused_submission(tx: Tx, of: Application, code: str, *, by: str, now: dt.datetime) -> None:
    """Keep on record that a final submit came outside the call."""
    told = {"application_id": of.application_id, "programme_code": of.programme_code}
    await tx.execute(insert(refused_submission).values(**told, code=code, by=by, at=now))
