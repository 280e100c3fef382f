"""Which place of documents belongs to this database: a row here, a marker there."""

from sqlalchemy import insert, select

from libs.common.db import Tx
from libs.common.nouns import columns, one, values
from services.intake.model.folders import DocumentFolder
from services.intake.tables.folders import document_folder

FOLDER = columns(document_folder, DocumentFolder)


async def find_folder(tx: Tx) -> DocumentFolder | None:
    """The folder that belongs to this database; None before the first start."""
    row = (await tx.execute(select(*FOLDER))).first()
    return None if row is None else one(DocumentFolder, row)


async def add_folder(tx: Tx, new: DocumentFolder) -> None:
    """Remember the folder, once and for all."""
    await tx.execute(insert(document_folder).values(values(new)))
