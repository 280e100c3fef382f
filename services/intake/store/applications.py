"""Applications, their documents and their history."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.intake.model.applications import Attachment, Request
from services.intake.model.organisations import Organisation, PrincipalInvestigator
from services.intake.store.organisations import ORGANISATION, organisation_of
from services.intake.store.programmes import new_id
from services.intake.tables.applications import application, application_history, document, refused_submission
from services.intake.tables.organisations import organisation

DOCUMENTS_MAX = 200
HISTORY_MAX = 1_000


async def add(tx: Tx, values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a new draft under a new id; returns its row."""
    application_id = new_id("A", "application_seq")
    row = insert(application).values(application_id=application_id, state="draft", version=1, **values)
    return dict((await tx.execute(row.returning(application))).mappings().one())


async def get(tx: Tx, application_id: str, *, for_update: bool = False) -> dict[str, Any]:
    """One application's row. Raises NotFound."""
    query = select(application).where(application.c.application_id == application_id)
    row = (await tx.execute(query.with_for_update() if for_update else query)).mappings().first()
    if row is None:
        raise NotFound("application", application_id)
    return dict(row)


async def get_with_organisation(
    tx: Tx, application_id: str, *, for_update: bool = False
) -> tuple[dict[str, Any], Organisation]:
    """One application's row, and who made it. Raises NotFound."""
    query = select(application, *(column.label(f"of_{column.name}") for column in ORGANISATION)).join(
        organisation, organisation.c.organisation_id == application.c.organisation_id
    )
    query = query.where(application.c.application_id == application_id)
    found = (await tx.execute(query.with_for_update(of=application) if for_update else query)).mappings().first()
    if found is None:
        raise NotFound("application", application_id)
    who = organisation_of([found[f"of_{column.name}"] for column in ORGANISATION])
    return {column.name: found[column] for column in application.c}, who


def request_of(row: Mapping[str, Any]) -> Request:
    """What an application's row asks for."""
    who = row["principal_investigator"]
    investigator = None if who is None else PrincipalInvestigator(who["id"], who["name"], who["is_professor"])
    return Request(
        row["track"],
        row["product"],
        row["units"],
        row["months"],
        row["wished_start"],
        row["youth_claimed"],
        investigator,
    )


async def change(tx: Tx, application_id: str, **values: Any) -> dict[str, Any]:
    """Change an application's row; its version goes up by one. Returns the row."""
    changed = update(application).where(application.c.application_id == application_id)
    changed = changed.values(version=application.c.version + 1, **values)
    return dict((await tx.execute(changed.returning(application))).mappings().one())


async def move(
    tx: Tx,
    application_id: str,
    state: str,
    *,
    reason: str,
    by: str,
    now: dt.datetime,
    only_from: Collection[str] | None = None,
    **values: Any,
) -> None:
    """Put an application into a state and append the step to its history; its version goes up by one.

    `only_from` are the states from which it moves at all, `values` what changes beside the state.
    """
    moved = update(application).where(application.c.application_id == application_id)
    if only_from is not None:
        moved = moved.where(application.c.state.in_(only_from))
    moved = moved.values(version=application.c.version + 1, state=state, **values)
    known = moved.returning(application.c.application_id).cte("moved").c.application_id
    step = {"state": state, "reason": reason, "by": by, "at": now}
    told = [literal(value, application_history.c[name].type) for name, value in step.items()]
    await tx.execute(insert(application_history).from_select(["application_id", *step], select(known, *told)))


async def all_after(
    tx: Tx, application_id: str, limit: int, *, own: str | None, filters: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    """Applications by id, after one; `own` shows one organisation's; filters are columns and their values."""
    query = select(application).where(application.c.application_id > application_id)
    wanted = {
        **{k: v for k, v in filters.items() if v is not None},
        **({} if own is None else {"organisation_id": own}),
    }
    for name, value in wanted.items():
        query = query.where(application.c[name] == value)
    return [
        dict(row) for row in (await tx.execute(query.order_by(application.c.application_id).limit(limit))).mappings()
    ]


async def counts_by_state(tx: Tx) -> list[tuple[str, str, int]]:
    """How many applications of each call are in which state."""
    by = (application.c.programme_code, application.c.state)
    rows = await tx.execute(select(*by, func.count()).group_by(*by).order_by(*by))
    return [(row[0], row[1], row[2]) for row in rows]


async def others_submitted(tx: Tx, row: Mapping[str, Any], counting_unit: str) -> int:
    """How many other applications of the counting unit are submitted in the call and not withdrawn.

    Once this one has its receipt only earlier receipts count, so that looking again finds the same.
    """
    query = select(func.count()).where(
        application.c.programme_code == row["programme_code"],
        application.c.counting_unit == counting_unit,
        application.c.receipt_no.is_not(None),
        application.c.state != "withdrawn",
        application.c.application_id != row["application_id"],
    )
    if row["receipt_no"] is not None:
        query = query.where(application.c.receipt_no < row["receipt_no"])
    return int((await tx.execute(query)).scalar_one())


async def submitted_of(tx: Tx, *, organisation_id: str | None, investigator_id: str | None) -> list[dict[str, Any]]:
    """Applications that wait for their screening to end, of an organisation or a principal investigator; locked."""
    query = select(application).where(application.c.state == "submitted")
    if organisation_id is not None:
        query = query.where(application.c.organisation_id == organisation_id)
    if investigator_id is not None:
        query = query.where(application.c.principal_investigator["id"].astext == investigator_id)
    return [
        dict(row)
        for row in (await tx.execute(query.order_by(application.c.application_id).with_for_update())).mappings()
    ]


async def note(tx: Tx, application_id: str, state: str, *, reason: str, by: str, now: dt.datetime) -> None:
    """Append to an application's history."""
    row = {"application_id": application_id, "state": state, "reason": reason, "by": by, "at": now}
    await tx.execute(insert(application_history).values(**row))


async def history_of(tx: Tx, application_id: str) -> list[dict[str, Any]]:
    """Who did what when and why, oldest first."""
    table = application_history.c
    query = select(table.state, table.reason, table.by, table.at).where(table.application_id == application_id)
    return [dict(row) for row in (await tx.execute(query.order_by(table.id).limit(HISTORY_MAX))).mappings()]


async def add_document(tx: Tx, values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep an uploaded document's row under a new id."""
    added = insert(document).values(document_id=new_id("D", "document_seq"), **values).returning(document)
    return dict((await tx.execute(added)).mappings().one())


async def documents_of(tx: Tx, application_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The documents of some applications, in the order of their upload."""
    query = select(document).where(document.c.application_id.in_(application_ids))
    return [dict(row) for row in (await tx.execute(query.order_by(document.c.document_id))).mappings()]


async def count_documents(tx: Tx, application_id: str) -> int:
    """How many documents an application has."""
    query = select(func.count()).where(document.c.application_id == application_id)
    return int((await tx.execute(query)).scalar_one())


async def get_document(tx: Tx, application_id: str, document_id: str) -> dict[str, Any]:
    """One document of an application. Raises NotFound."""
    query = select(document).where(document.c.application_id == application_id, document.c.document_id == document_id)
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        raise NotFound("document", document_id)
    return dict(row)


async def drop_document(tx: Tx, document_id: str) -> None:
    """Take a document out of a draft."""
    await tx.execute(delete(document).where(document.c.document_id == document_id))


def attachment_of(row: Mapping[str, Any]) -> Attachment:
    """A document as screening sees it."""
    return Attachment(row["kind"], row["file_name"], row["found_format"])


async def add_refused_submission(tx: Tx, row: Mapping[str, Any], code: str, *, by: str, now: dt.datetime) -> None:
    """Keep on record that a final submit came outside the call."""
    await tx.execute(
        insert(refused_submission).values(
            application_id=row["application_id"], programme_code=row["programme_code"], code=code, by=by, at=now
        )
    )
