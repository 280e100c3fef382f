"""The rows of uploaded documents; their content lies in `store.files` under its SHA-256."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, insert, select, true, union, union_all

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, by_number, columns, one, values
from services.intake.model.applications import Document
from services.intake.store.programmes import new_id
from services.intake.tables.applications import application, document
from services.intake.tables.call_files import call_file
from services.intake.tables.evidence import evidence_file
from services.intake.tables.supplements import filing_version, supplement_file

DOCUMENT = columns(document, Document)


_NEW = insert(document).values(document_id=new_id("D", "document_seq")).returning(*DOCUMENT)


async def add_document(tx: Tx, new: Document) -> Document:
    """Keep an uploaded document's row under a new id."""
    row = {name: value for name, value in values(new).items() if name != "document_id"}
    return one(Document, (await tx.execute(_NEW, row)).one())


_ALL_OF_IT = (
    select(*DOCUMENT)
    .where(document.c.application_id == bindparam("application"))
    .order_by(document.c.uploaded_at, *by_number(document.c.document_id))
)
_later = document.alias("later")
_OF_APPLICATION = _ALL_OF_IT.where(
    ~exists().where(
        _later.c.application_id == document.c.application_id,
        _later.c.kind == document.c.kind,
        _later.c.filing_version > document.c.filing_version,
    )
)


async def list_documents(tx: Tx, application_id: str) -> tuple[Document, ...]:
    """An application's documents as they stand, in the order of their upload.

    What the answer to a supplement brought of a kind stands for all earlier ones of that kind.
    """
    return all_of(Document, await tx.execute(_OF_APPLICATION, {"application": application_id}))


async def list_all_documents(tx: Tx, application_id: str) -> tuple[Document, ...]:
    """The documents of all versions of a filing, in the order of their upload."""
    return all_of(Document, await tx.execute(_ALL_OF_IT, {"application": application_id}))


_NEWEST = select(*DOCUMENT).order_by(document.c.uploaded_at.desc(), document.c.document_id.desc()).limit(1)


async def find_newest(tx: Tx) -> Document | None:
    """The document that was uploaded last; None where there is none."""
    row = (await tx.execute(_NEWEST)).first()
    return None if row is None else one(Document, row)


_PENDING = ~exists().where(filing_version.c.supplement_id == supplement_file.c.supplement_id)
_ROWS = union_all(
    *(
        select(table.c.application_id, table.c.size_bytes)
        .join(application, application.c.application_id == table.c.application_id)
        .where(application.c.organisation_id == bindparam("organisation"), only)
        for table, only in ((document, true()), (supplement_file, _PENDING))
    )
).subquery("kept")
"""Documents, and files of answers that are not given yet; those of a given answer are documents."""
_OF_THIS = _ROWS.c.application_id == bindparam("application")
_KEPT = select(
    func.count().filter(_OF_THIS),
    func.coalesce(func.sum(_ROWS.c.size_bytes).filter(_OF_THIS), 0),
    func.coalesce(func.sum(_ROWS.c.size_bytes), 0),
)


async def count_kept(tx: Tx, application_id: str, organisation_id: str) -> tuple[int, int, int]:
    """How many documents an application of the organisation has, their bytes, and the bytes of all of its documents."""
    kept = (await tx.execute(_KEPT, {"application": application_id, "organisation": organisation_id})).one()
    return int(kept[0]), int(kept[1]), int(kept[2])


async def get_document(tx: Tx, application_id: str, document_id: str) -> Document:
    """One document of an application. Raises NotFound."""
    query = select(*DOCUMENT).where(document.c.application_id == application_id, document.c.document_id == document_id)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("document", document_id)
    return one(Document, row)


def no_document(document_id: str) -> NotFound:
    """What a document that is not there answers."""
    return NotFound("document", document_id)


async def change_document(tx: Tx, changed: Document) -> None:
    """Put a draft's document in the place of the one with its id: rows are added and removed as a whole."""
    await drop_document(tx, changed.document_id)
    await tx.execute(insert(document).values(**values(changed)))


async def drop_document(tx: Tx, document_id: str) -> None:
    """Take a document out of a draft."""
    await tx.execute(delete(document).where(document.c.document_id == document_id))


NAMED_BY: tuple[ColumnElement[str], ...] = (
    document.c.sha256,
    evidence_file.c.sha256,
    call_file.c.sha256,
    supplement_file.c.sha256,
)
"""Every column that names a content of the store: what none of them names is collected."""


async def list_kept(tx: Tx, hashes: Collection[str]) -> tuple[str, ...]:
    """Which of these contents something still names."""
    if not hashes:
        return ()
    named = union(*(select(column.label("sha256")).where(column.in_(hashes)) for column in NAMED_BY))
    return tuple((await tx.execute(named)).scalars())
