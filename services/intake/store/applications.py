"""Applications, their documents and their history."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.intake.model import Attachment, PrincipalInvestigator, Request
from services.intake.store.programmes import next_id
from services.intake.tables import application, application_history, document, refused_submission

DOCUMENTS_MAX = 200
HISTORY_MAX = 1_000


async def add(tx: Tx, values: Mapping[str, Any]) -> str:
    """Keep a new draft under a new id; returns the id."""
    application_id = await next_id(tx, "A", "application_seq")
    await tx.execute(insert(application).values(application_id=application_id, state="draft", version=1, **values))
    return application_id


async def get(tx: Tx, application_id: str, *, for_update: bool = False) -> dict[str, Any]:
    """One application's row. Raises NotFound."""
    query = select(application).where(application.c.application_id == application_id)
    row = (await tx.execute(query.with_for_update() if for_update else query)).mappings().first()
    if row is None:
        raise NotFound("application", application_id)
    return dict(row)


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


async def change(tx: Tx, application_id: str, **values: Any) -> None:
    """Change an application's row; its version goes up by one."""
    changed = update(application).where(application.c.application_id == application_id)
    await tx.execute(changed.values(version=application.c.version + 1, **values))


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
    document_id = await next_id(tx, "D", "document_seq")
    added = insert(document).values(document_id=document_id, **values).returning(document)
    return dict((await tx.execute(added)).mappings().one())


async def documents_of(tx: Tx, application_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The documents of some applications, in the order of their upload."""
    query = select(document).where(document.c.application_id.in_(application_ids))
    return [dict(row) for row in (await tx.execute(query.order_by(document.c.document_id))).mappings()]


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
