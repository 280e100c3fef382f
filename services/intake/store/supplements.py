"""Requests for supplements with all that came of them, and the versions of a filing."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, insert, literal, select

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, by_number, columns, field_names, one, values
from services.intake.model.applications import Document
from services.intake.model.supplements import (
    Extension,
    FilingVersion,
    StandingSupplement,
    Supplement,
    Wanted,
)
from services.intake.store.programmes import new_id
from services.intake.tables.applications import document
from services.intake.tables.supplements import filing_version, supplement, supplement_extension, supplement_file

SUPPLEMENT = columns(supplement, Supplement)
EXTENSION = columns(supplement_extension, Extension)
VERSION = columns(filing_version, FilingVersion)
OF_A_FILE = tuple(name for name in field_names(Document) if name != "filing_version")
FILE = [supplement_file.c[name] for name in OF_A_FILE]


async def add_supplement(
    tx: Tx, application_id: str, wanted: Wanted, due_at: dt.datetime, *, by: str, now: dt.datetime
) -> str:
    """Keep a request under a new id; returns the id."""
    row = insert(supplement).values(
        supplement_id=new_id("SP", "supplement_seq"),
        application_id=application_id,
        **values(wanted),
        due_at=due_at,
        asked_by=by,
        asked_at=now,
    )
    return str((await tx.execute(row.returning(supplement.c.supplement_id))).scalar_one())


async def list_supplements(tx: Tx, application_id: str) -> tuple[StandingSupplement, ...]:
    """An application's requests with all that came of them, in the order in which they were asked: four statements."""
    query = select(*SUPPLEMENT).where(supplement.c.application_id == application_id)
    found = all_of(Supplement, await tx.execute(query.order_by(*by_number(supplement.c.supplement_id))))
    if not found:
        return ()
    extensions = await _extensions(tx, application_id)
    files = await _files(tx, application_id)
    answers = {answer.supplement_id: answer for answer in await list_versions(tx, application_id)}
    return tuple(
        StandingSupplement(
            asked,
            tuple(extension for at, extension in extensions if at == asked.supplement_id),
            tuple(file for at, file in files if at == asked.supplement_id),
            answers.get(asked.supplement_id),
        )
        for asked in found
    )


async def get_supplement(tx: Tx, application_id: str, supplement_id: str) -> StandingSupplement:
    """One request of an application. Raises NotFound."""
    for standing in await list_supplements(tx, application_id):
        if standing.request.supplement_id == supplement_id:
            return standing
    raise NotFound("supplement", supplement_id)


async def _extensions(tx: Tx, application_id: str) -> Sequence[tuple[str, Extension]]:
    query = select(supplement_extension.c.supplement_id, *EXTENSION).join(supplement)
    query = query.where(supplement.c.application_id == application_id)
    rows = await tx.execute(query.order_by(supplement_extension.c.id))
    return [(row[0], one(Extension, row[1:])) for row in rows]


async def _files(tx: Tx, application_id: str) -> Sequence[tuple[str, Document]]:
    query = select(supplement_file.c.supplement_id, *FILE).where(supplement_file.c.application_id == application_id)
    rows = await tx.execute(query.order_by(supplement_file.c.uploaded_at, *by_number(supplement_file.c.document_id)))
    return [(row[0], one(Document, row[1:])) for row in rows]


async def add_extension(tx: Tx, supplement_id: str, granted: Extension) -> None:
    """Append a later end."""
    await tx.execute(insert(supplement_extension).values(supplement_id=supplement_id, **values(granted)))


async def add_file(tx: Tx, supplement_id: str, new: Document) -> Document:
    """Keep a file of an answer that is not given yet, under a new id among the documents."""
    told = {name: value for name, value in values(new).items() if name in OF_A_FILE and name != "document_id"}
    row = insert(supplement_file).values(document_id=new_id("D", "document_seq"), supplement_id=supplement_id, **told)
    return one(Document, (await tx.execute(row.returning(*FILE))).one())


async def drop_file(tx: Tx, document_id: str) -> None:
    """Take a file out of an answer that is not given yet."""
    await tx.execute(delete(supplement_file).where(supplement_file.c.document_id == document_id))


async def add_version(tx: Tx, new: FilingVersion) -> None:
    """Append a version of a filing."""
    await tx.execute(insert(filing_version).values(**{**values(new), "form": dict(new.form)}))


async def add_answered(tx: Tx, supplement_id: str, version: int) -> None:
    """Make documents of the files of an answer, with this version of the filing."""
    files = select(*FILE, literal(version)).where(supplement_file.c.supplement_id == supplement_id)
    await tx.execute(insert(document).from_select([*OF_A_FILE, "filing_version"], files))


async def list_versions(tx: Tx, application_id: str) -> tuple[FilingVersion, ...]:
    """The kept versions of a filing, the first one first; none while there is but what was filed first."""
    query = select(*VERSION).where(filing_version.c.application_id == application_id)
    return all_of(FilingVersion, await tx.execute(query.order_by(filing_version.c.version)))
