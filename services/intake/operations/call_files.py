"""An officer uploads the files that a call names, and takes one back; everybody fetches them (MS-5)."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Invalid, NotFound
from libs.common.identity import Caller
from services.intake.model.call_files import CallFile, NamedFile
from services.intake.operations.documents import Upload, keep_content
from services.intake.operations.programmes import show
from services.intake.operations.public_calls import PublicCall
from services.intake.policy.call_files import CallFilesPolicy
from services.intake.rules.call_files import is_named, with_uploads
from services.intake.store import call_files
from services.intake.store.contents import Place
from services.intake.store.programmes import get_programme


async def may_add(tx: Tx, code: str, file_name: str) -> None:
    """Refuse before a file costs anything. Raises NotFound, Invalid for a name that the newest version lacks."""
    named = CallFilesPolicy.of((await show(tx, code)).programme).files
    if not is_named(file_name, named):
        names = ", ".join(one.file_name for one in named)
        raise Invalid("call_file_unknown", "MS-5", file_name=file_name, names=names)


async def add(tx: Tx, caller: Caller, code: str, upload: Upload, *, place: Place, clock: Clock) -> CallFile:
    """Keep an upload; from now on it stands for its name, and what stood for it before stays on record.

    Raises NotFound, Invalid as `may_add`, StorageFull, StorageAway.
    """
    await get_programme(tx, code, for_update=True)
    await may_add(tx, code, upload.file_name)
    await keep_content(tx, upload, place=place)
    told = CallFile(
        file_id="",
        programme_code=code,
        file_name=upload.file_name,
        found_format=upload.found_format,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        uploaded_by=caller.subject,
        uploaded_at=clock.now(),
    )
    return await call_files.add_file(tx, told)


async def withdraw(tx: Tx, caller: Caller, code: str, file_id: str, reason: str, clock: Clock) -> CallFile:
    """Take a file back: nobody fetches it any more, and the upload before it stands again.

    Raises NotFound, also where it was taken back already.
    """
    await get_programme(tx, code, for_update=True)
    found = await call_files.get_standing(tx, code, file_id)
    await call_files.add_withdrawal(tx, file_id, reason, by=caller.subject, now=clock.now())
    return found


async def list_of(tx: Tx, call: PublicCall) -> tuple[NamedFile, ...]:
    """The files that a call in force names, each with what can be fetched."""
    return with_uploads(CallFilesPolicy.of(call.programme).files, await call_files.list_newest(tx, call.programme.code))


async def get(tx: Tx, call: PublicCall, file_id: str) -> CallFile:
    """A file that can be fetched of a call in force. Raises NotFound, also for one that something newer replaced."""
    for one in await list_of(tx, call):
        if one.file is not None and one.file.file_id == file_id:
            return one.file
    raise NotFound("document", file_id)
