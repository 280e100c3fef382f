"""Which folder of documents belongs to this database: a row here, a marker file there."""

import os
from pathlib import Path

from sqlalchemy import insert, select

from libs.common.db import Tx
from libs.common.nouns import columns, one, values
from services.intake.model.folders import DocumentFolder
from services.intake.tables.folders import document_folder

MARKER = "folder-id.txt"
MARKER_BYTES_MAX = 200
FOLDER = columns(document_folder, DocumentFolder)


async def find_folder(tx: Tx) -> DocumentFolder | None:
    """The folder that belongs to this database; None before the first start."""
    row = (await tx.execute(select(*FOLDER))).first()
    return None if row is None else one(DocumentFolder, row)


async def add_folder(tx: Tx, new: DocumentFolder) -> None:
    """Remember the folder, once and for all."""
    await tx.execute(insert(document_folder).values(values(new)))


def read_marker(folder: Path) -> str | None:
    """The id in a folder's marker; None where it has none. Raises OSError."""
    try:
        with (folder / MARKER).open("rb") as file:
            return file.read(MARKER_BYTES_MAX).decode("utf-8", "replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None


def write_marker(folder: Path, folder_id: str) -> None:
    """Mark a folder durably; a crash leaves a whole marker or none. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{MARKER}.{os.getpid()}"
    with part.open("w", encoding="utf-8") as file:
        file.write(f"{folder_id}\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / MARKER)
