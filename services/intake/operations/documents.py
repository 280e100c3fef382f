"""Uploaded documents of a draft: kept by content, taken out, removed once no document refers to their content."""

import asyncio
import datetime as dt
from dataclasses import dataclass, replace

from libs.common.apart import TooMuch, look_apart
from libs.common.calendar import kst_day
from libs.common.clock import Clock
from libs.common.db import Tx, lock, lock_all
from libs.common.errors import Conflict, DureError, Invalid
from libs.common.identity import Caller
from libs.common.incoming import IncomingFile
from libs.common.programmes import programme_at
from services.intake.model.applications import Application, Document, StatedDays
from services.intake.operations.applications import (
    must_be_applicant,
    must_be_draft,
    own_application,
    own_draft,
    written_application,
)
from services.intake.operations.organisations import refuse
from services.intake.rules.document_dates import stated_days_refusal
from services.intake.rules.formats import REFUSED, ZIP_ENTRIES_MAX, ZIP_EXPANDED_BYTES_MAX
from services.intake.rules.limits import is_full, is_too_large, mebibytes
from services.intake.rules.orphans import forgotten, goes_on_after
from services.intake.rules.states import documents_may_go
from services.intake.settings import SETTINGS
from services.intake.store import documents
from services.intake.store.contents import Opened, Place

NOT_STATED = StatedDays()
LOOK = "services.intake.rules.look:look_at"
LOOKED_AT_ONCE = 200
"""Contents that are compared with the documents in one query."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What comes with an upload: a file that was looked into, and brought to its place unless it is kept already."""

    kind: str
    file_name: str
    file: IncomingFile
    size_bytes: int
    sha256: str
    found_format: str
    pages: int | None
    stated: StatedDays = NOT_STATED


async def may_upload(tx: Tx, caller: Caller, application_id: str) -> None:
    """Refuse whoever does not write the application before its file costs anything. Raises NotFound, Forbidden."""
    found = await own_application(tx, caller, application_id)
    must_be_applicant(caller, found.organisation_id)


async def look_into(
    kind: str, file_name: str, file: IncomingFile, *, place: Place, stated: StatedDays = NOT_STATED
) -> Upload:
    """Find out what a file is, in a process apart, and bring it to its place, before any transaction is opened.

    Raises Invalid for an empty file and for what is dangerous or nobody could read: a bomb, macros, a program, a
    password, a part of a file, or what takes too long to look into; LookersBusy, StorageFull, StorageAway.
    """
    if not file.size_bytes:
        raise Invalid("document_empty", "IN-9", file_name=file_name)
    part = await asyncio.to_thread(file.bring_to_disk)
    try:
        found_format, pages = await look_apart(LOOK, part)
    except TooMuch as error:
        raise Invalid("document_too_complex", "IN-9", file_name=file_name) from error
    if found_format in REFUSED:
        limits = {"entries_max": ZIP_ENTRIES_MAX, "expanded_mib_max": mebibytes(ZIP_EXPANDED_BYTES_MAX)}
        raise Invalid(REFUSED[found_format], "IN-9", file_name=file_name, **limits)

    def bring() -> None:
        if not place.is_kept(file.sha256, file.size_bytes):
            place.bring(file.sha256, part)

    await asyncio.to_thread(bring)
    return Upload(kind, file_name, file, file.size_bytes, file.sha256, found_format, pages, stated)


async def attach(
    tx: Tx, caller: Caller, application_id: str, upload: Upload, *, place: Place, clock: Clock
) -> Document:
    """Keep an uploaded file with a draft, under the format that its content has.

    A wrong format is kept and found by screening (IN-9). Raises Forbidden for the agency, Invalid for a kind that the
    programme does not know, WrongState once the application is submitted, Conflict above the limits on documents and
    bytes of a draft and on bytes of an organisation, StorageFull, StorageAway.
    """
    draft = await own_draft(tx, caller, application_id)
    now = clock.now()
    programme = await programme_at(tx, draft.programme_code, now)
    if upload.kind not in programme.intake.documents:
        raise Invalid("document_unknown", "IN-9", file_name=upload.file_name, document=upload.kind)
    refuse(stated_days_refusal(upload.stated, kst_day(now)))
    await keep_upload(tx, draft, upload, place=place)
    return await documents.add_document(tx, document_of(upload, application_id, caller, now))


async def keep_upload(tx: Tx, found: Application, upload: Upload, *, place: Place) -> None:
    """Have an upload's content lie at its place, within the limits of its application and of its organisation.

    Raises Conflict above them, StorageFull, StorageAway.
    """
    # nobody adds to the organisation's bytes beside this, or collects the content before its row is there
    await lock_all(tx, (f"documents:{found.organisation_id}", _content(upload.sha256)))
    await _refuse_too_many(tx, found.application_id, found.organisation_id, upload.size_bytes)
    await keep_content(tx, upload, place=place)


def document_of(upload: Upload, application_id: str, caller: Caller, now: dt.datetime) -> Document:
    """The row of an upload; its id is given where it is kept."""
    return Document(
        document_id="",
        application_id=application_id,
        kind=upload.kind,
        file_name=upload.file_name,
        found_format=upload.found_format,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        uploaded_by=caller.subject,
        uploaded_at=now,
        pages=upload.pages,
        issued_on=upload.stated.issued_on,
        valid_until=upload.stated.valid_until,
    )


async def state_days(
    tx: Tx, caller: Caller, application_id: str, document_id: str, stated: StatedDays, clock: Clock
) -> Document:
    """State when a draft's document was issued and until when it is valid, instead of what was stated before.

    Raises NotFound, Forbidden for the agency, WrongState once the application is submitted, Invalid for days that
    cannot be.
    """
    await own_draft(tx, caller, application_id)
    before = await documents.get_document(tx, application_id, document_id)
    refuse(stated_days_refusal(stated, kst_day(clock.now())))
    changed = replace(before, issued_on=stated.issued_on, valid_until=stated.valid_until)
    await documents.change_document(tx, changed)
    return changed


async def keep_content(tx: Tx, upload: Upload, *, place: Place) -> None:
    """Have an upload's content lie at its place while the row that names it is written in this transaction.

    Nobody collects it beside this. What was collected since it was brought is brought again. Raises StorageFull,
    StorageAway.
    """
    await lock(tx, _content(upload.sha256))
    await asyncio.to_thread(lambda: place.keep(upload.sha256, upload.size_bytes, upload.file.bring_to_disk()))


async def _refuse_too_many(tx: Tx, application_id: str, organisation_id: str, more_bytes: int) -> None:
    count, draft_bytes, kept_bytes = await documents.count_kept(tx, application_id, organisation_id)
    if is_full(count, SETTINGS.documents_max):
        raise Conflict("documents_max_reached", documents_max=SETTINGS.documents_max)
    if is_too_large(draft_bytes, more_bytes, SETTINGS.draft_bytes_max):
        limit_mib = mebibytes(SETTINGS.draft_bytes_max)
        raise Conflict("draft_bytes_reached", kept_mib=mebibytes(draft_bytes), draft_mib_max=limit_mib)
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


async def collect(tx: Tx, sha256: str, *, place: Place) -> bool:
    """Remove a content that nothing names any more; whoever uploads the same meanwhile waits.

    Returns whether it was there and is gone. Raises StorageAway.
    """
    await lock(tx, _content(sha256))
    if await documents.list_kept(tx, [sha256]):
        return False
    return await asyncio.to_thread(place.remove, sha256)


@dataclass(frozen=True, slots=True)
class Looked:
    """Some contents of the store: those to be removed, how many more nothing names, and after which one it goes on."""

    forgotten: tuple[str, ...]
    waiting: int
    after: str
    """Empty at the end of the store."""


async def look_for_orphans(tx: Tx, after: str, *, place: Place, grace_s: int) -> Looked:
    """Compare the contents that come after one with the documents: what failed uploads and crashes left behind.

    What lies there for less than the time of grace waits. Raises StorageAway.
    """
    lying = await asyncio.to_thread(place.lying, after, LOOKED_AT_ONCE)
    ages = {one.sha256: one.age_s for one in lying}
    unnamed = set(ages).difference(await documents.list_kept(tx, ages))
    old = forgotten({sha256: ages[sha256] for sha256 in unnamed}, grace_s)
    return Looked(old, len(unnamed.difference(old)), goes_on_after(tuple(ages), LOOKED_AT_ONCE))


class MissingFile(DureError):
    """A document's row is there and its file is not, or not whole (503): the folder is another or was damaged."""

    status = 503

    def __init__(self, document: Document) -> None:
        super().__init__("document_missing_file", document_id=document.document_id, file_name=document.file_name)


async def get_document(tx: Tx, caller: Caller, application_id: str, document_id: str) -> Document:
    """A document of an application that the caller may see. Raises NotFound."""
    await own_application(tx, caller, application_id)
    return await documents.get_document(tx, application_id, document_id)


async def open_document(document: Document, *, place: Place) -> Opened:
    """A document's content, to be read in pieces. Raises MissingFile, StorageAway."""
    opened = await asyncio.to_thread(place.open, document.sha256)
    if opened is None or opened.size_bytes != document.size_bytes:
        raise MissingFile(document)
    return opened


def _content(sha256: str) -> str:
    return f"content:{sha256}"
