"""Uploaded documents of a draft: kept by content, taken out, removed once no document refers to their content."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from libs.common.clock import Clock
from libs.common.db import Tx, lock, lock_all
from libs.common.disk import disk_errors_told
from libs.common.errors import Conflict, DureError, Invalid
from libs.common.identity import Caller
from libs.common.incoming import IncomingFile
from libs.common.programmes import programme_at
from services.intake.model.applications import Document
from services.intake.operations.applications import must_be_draft, own_application, own_draft, written_application
from services.intake.rules.formats import UNSAFE, ZIP_ENTRIES_MAX, ZIP_EXPANDED_BYTES_MAX, format_of
from services.intake.rules.limits import is_full, is_too_large, mebibytes
from services.intake.rules.states import documents_may_go
from services.intake.settings import SETTINGS
from services.intake.store import documents, files

COLLECTED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """What comes with an upload: a file that was looked into, flushed to disk unless its content is kept already."""

    kind: str
    file_name: str
    file: IncomingFile
    size_bytes: int
    sha256: str
    found_format: str


async def look_into(kind: str, file_name: str, file: IncomingFile, *, folder: Path) -> Upload:
    """Find a file's format and bring it safely to disk, before any transaction is opened.

    Raises Invalid for an empty file and for an archive that is dangerous to unpack; StorageFull, StorageAway.
    """
    if not file.size_bytes:
        raise Invalid("document_empty", "IN-9", file_name=file_name)

    def look() -> str:
        with disk_errors_told(), file.open_content() as content:
            found = format_of(content)
        if not files.is_kept(folder, file.sha256, file.size_bytes):
            files.make_durable(file.bring_to_disk())
        return found

    found_format = await asyncio.to_thread(look)
    if found_format == UNSAFE:
        limits = {"entries_max": ZIP_ENTRIES_MAX, "expanded_mib_max": mebibytes(ZIP_EXPANDED_BYTES_MAX)}
        raise Invalid("document_unsafe", "IN-9", file_name=file_name, **limits)
    return Upload(kind, file_name, file, file.size_bytes, file.sha256, found_format)


async def attach(
    tx: Tx, caller: Caller, application_id: str, upload: Upload, *, folder: Path, clock: Clock
) -> Document:
    """Keep an uploaded file with a draft, under the format that its content has.

    A wrong format is kept and found by screening (IN-9). Raises Forbidden for the agency, Invalid for a kind that the
    programme does not know, WrongState once the application is submitted, Conflict above the limits on documents of a
    draft and on bytes of an organisation, StorageFull, StorageAway.
    """
    draft = await own_draft(tx, caller, application_id)
    now = clock.now()
    programme = await programme_at(tx, draft.programme_code, now)
    if upload.kind not in programme.intake.documents:
        raise Invalid("document_unknown", "IN-9", file_name=upload.file_name, document=upload.kind)
    # nobody adds to the organisation's bytes beside this, or collects the content before its row is there
    await lock_all(tx, (f"documents:{draft.organisation_id}", _content(upload.sha256)))
    await _refuse_too_many(tx, application_id, draft.organisation_id, upload.size_bytes)
    await asyncio.to_thread(_keep, folder, upload)
    document = Document(
        document_id="",
        application_id=application_id,
        kind=upload.kind,
        file_name=upload.file_name,
        found_format=upload.found_format,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        uploaded_by=caller.subject,
        uploaded_at=now,
    )
    return await documents.add_document(tx, document)


def _keep(folder: Path, upload: Upload) -> None:
    if files.is_kept(folder, upload.sha256, upload.size_bytes):
        return
    part = upload.file.bring_to_disk()
    files.make_durable(part)  # once more: its content may have been kept when it was looked at, and collected since
    files.keep(folder, upload.sha256, part)


async def _refuse_too_many(tx: Tx, application_id: str, organisation_id: str, more_bytes: int) -> None:
    count, kept_bytes = await documents.count_kept(tx, application_id, organisation_id)
    if is_full(count, SETTINGS.documents_max):
        raise Conflict("documents_max_reached", documents_max=SETTINGS.documents_max)
    if is_too_large(kept_bytes, more_bytes, SETTINGS.organisation_bytes_max):
        limit_mib = mebibytes(SETTINGS.organisation_bytes_max)
        raise Conflict("organisation_bytes_reached", kept_mib=mebibytes(kept_bytes), organisation_mib_max=limit_mib)


async def detach(tx: Tx, caller: Caller, application_id: str, document_id: str) -> str:
    """Take a document out of a draft; returns its content's SHA-256, to be collected once this is committed.

    Those of a draft that was withdrawn may go too. Raises NotFound, Forbidden for the agency, and WrongState once the
    application is submitted.
    """
    found = await written_application(tx, caller, application_id)
    if not documents_may_go(found):
        must_be_draft(found)
    document = await documents.get_document(tx, application_id, document_id)
    await documents.drop_document(tx, document_id)
    return document.sha256


async def collect(tx: Tx, sha256: str, *, folder: Path) -> bool:
    """Remove a content that no document has any more; whoever uploads the same meanwhile waits.

    Returns whether it was there and is gone.
    """
    await lock(tx, _content(sha256))
    if await documents.list_kept(tx, [sha256]):
        return False
    return await asyncio.to_thread(files.remove, folder, sha256)


async def list_orphans(tx: Tx, *, folder: Path) -> tuple[str, ...]:
    """Contents in the store that no document has: what a crash between two steps left behind."""
    stored = await asyncio.to_thread(files.stored, folder)
    orphans: list[str] = []
    for first in range(0, len(stored), COLLECTED_AT_ONCE):
        some = stored[first : first + COLLECTED_AT_ONCE]
        kept = set(await documents.list_kept(tx, some))
        orphans += [sha256 for sha256 in some if sha256 not in kept]
    return tuple(orphans)


class MissingFile(DureError):
    """A document's row is there and its file is not, or not whole (503): the folder is another or was damaged."""

    status = 503

    def __init__(self, document: Document) -> None:
        super().__init__("document_missing_file", document_id=document.document_id, file_name=document.file_name)


async def get_document(tx: Tx, caller: Caller, application_id: str, document_id: str) -> Document:
    """A document of an application that the caller may see. Raises NotFound."""
    await own_application(tx, caller, application_id)
    return await documents.get_document(tx, application_id, document_id)


async def open_document(document: Document, *, folder: Path) -> BinaryIO:
    """A document's content, to be read in pieces. Raises MissingFile, StorageAway."""
    file = await asyncio.to_thread(files.open_content, folder, document.sha256)
    if file is None:
        raise MissingFile(document)
    if os.fstat(file.fileno()).st_size != document.size_bytes:
        file.close()
        raise MissingFile(document)
    return file


def _content(sha256: str) -> str:
    return f"content:{sha256}"
