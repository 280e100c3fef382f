"""Uploaded documents of a draft."""

import asyncio
import datetime as dt
import unicodedata
from pathlib import Path
from typing import Any

from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.intake.operations.applications import must_be_draft, own_application
from services.intake.rules.formats import format_of
from services.intake.store import applications, files


async def attach(
    tx: Tx,
    caller: Caller,
    application_id: str,
    kind: str,
    file_name: str,
    content: bytes,
    *,
    folder: Path,
    now: dt.datetime,
) -> dict[str, Any]:
    """Keep an uploaded file with a draft, under the format that its content has.

    A wrong format is kept and found by screening (IN-9). Raises Invalid for an empty file or a kind that the
    programme does not know, WrongState once the application is submitted.
    """
    row = await own_application(tx, caller, application_id, for_update=True)
    must_be_draft(row)
    if not content:
        raise Invalid("document_empty", "IN-9", file_name=file_name)
    programme = await programme_at(tx, row["programme_code"], now)
    if kind not in programme.intake.documents:
        raise Invalid("document_unknown", "IN-9", file_name=file_name, document=kind)
    if await applications.count_documents(tx, application_id) >= applications.DOCUMENTS_MAX:
        raise Conflict("documents_max_reached", documents_max=applications.DOCUMENTS_MAX)
    return await applications.add_document(
        tx,
        {
            "application_id": application_id,
            "kind": kind,
            "file_name": unicodedata.normalize("NFC", file_name),
            "found_format": await asyncio.to_thread(format_of, content),
            "size_bytes": len(content),
            "sha256": await asyncio.to_thread(files.keep, folder, content),
            "uploaded_by": caller.subject,
            "uploaded_at": now,
        },
    )


async def detach(tx: Tx, caller: Caller, application_id: str, document_id: str) -> None:
    """Take a document out of a draft. Raises NotFound, and WrongState once the application is submitted."""
    row = await own_application(tx, caller, application_id, for_update=True)
    must_be_draft(row)
    await applications.get_document(tx, application_id, document_id)
    await applications.drop_document(tx, document_id)


async def read(
    tx: Tx, caller: Caller, application_id: str, document_id: str, *, folder: Path
) -> tuple[dict[str, Any], bytes]:
    """A document and its content. Raises NotFound."""
    await own_application(tx, caller, application_id)
    document = await applications.get_document(tx, application_id, document_id)
    return document, await asyncio.to_thread(files.path_of(folder, document["sha256"]).read_bytes)
