"""The rows of uploaded documents; their content lies in `store.files` under its SHA-256."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, insert, select

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, by_number, columns, one, values
from services.intake.model.applications import Document
from services.intake.store.programmes import new_id
from services.intake.tables.applications import application, document

DOCUMENT = columns(document, Document)


_NEW = insert(document).values(document_id=new_id("D", "document_seq")).returning(*DOCUMENT)


async def add_document(tx: Tx, new: Document) -> Document:
    """Keep an uploaded document's row under a new id."""
    row = {name: value for name, value in values(new).items() if name != "document_id"}
    return one(Document, (await tx.execute(_NEW, row)).one())


_OF_APPLICATION = (
    select(*DOCUMENT)
    .where(document.c.application_id == bindparam("application"))
    .order_by(document.c.uploaded_at, *by_number(document.c.document_id))
)


async def list_documents(tx: Tx, application_id: str) -> tuple[Document, ...]:
    """An application's documents, in the order of their upload."""
    return all_of(Document, await tx.execute(_OF_APPLICATION, {"application": application_id}))


_NEWEST = select(document.c.sha256).order_by(document.c.uploaded_at.desc(), document.c.document_id.desc()).limit(1)


async def find_newest_hash(tx: Tx) -> str | None:
    """The hash of the content that was uploaded last; None where there is no document."""
    return (await tx.execute(_NEWEST)).scalar_one_or_none()


_KEPT = (
    select(
        func.count().filter(document.c.application_id == bindparam("application")),
        func.coalesce(func.sum(document.c.size_bytes), 0),
    )
    .join(application, application.c.application_id == document.c.application_id)
    .where(application.c.organisation_id == bindparam("organisation"))
)


async def count_kept(tx: Tx, application_id: str, organisation_id: str) -> tuple[int, int]:
    """How many documents an application of the organisation has, and how many bytes all of the organisation's have."""
    kept = (await tx.execute(_KEPT, {"application": application_id, "organisation": organisation_id})).one()
    return int(kept[0]), int(kept[1])


async def get_document(tx: Tx, application_id: str, document_id: str) -> Document:
    """One document of an application. Raises NotFound."""
    query = select(*DOCUMENT).where(document.c.application_id == application_id, document.c.document_id == document_id)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("document", document_id)
    return one(Document, row)


async def drop_document(tx: Tx, document_id: str) -> None:
    """Take a document out of a draft."""
    await tx.execute(delete(document).where(document.c.document_id == document_id))


async def list_kept(tx: Tx, hashes: Collection[str]) -> tuple[str, ...]:
    """Which of these contents some document still has."""
    query = select(document.c.sha256).where(document.c.sha256.in_(hashes)).distinct()
    return tuple((await tx.execute(query)).scalars())
