"""The place of uploaded documents belongs to one database: both carry the same id, or nothing is read or written.

Two processes that share a database but no folder would each keep documents that the other cannot find; a new folder
in the place of a lost one would look empty and sound. A bucket is marked in the same way.
"""

import asyncio
import datetime as dt
import uuid

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.kept_outside import StartRefused
from libs.common.messages.facts import with_particles
from services.intake.model.folders import DocumentFolder
from services.intake.store import documents, folders
from services.intake.store.contents import MARKER, AccessRefused, Place


async def claim_folder(tx: Tx, place: Place, clock: Clock) -> str:
    """The id of the place that belongs to this database; a new one where database and place are both empty.

    A database that has documents but no id yet takes the place in which their files lie. Raises StartRefused, and
    StorageAway where a bucket gives no answer: it is asked again.
    """
    await lock(tx, "document-folder")
    kept = await folders.find_folder(tx)
    try:
        if kept is not None:
            _refuse_another(place, kept.folder_id, await asyncio.to_thread(place.read_marker))
            return kept.folder_id
        await _refuse_not_ours(tx, place)
        return await _mark(tx, place, clock.now())
    except (OSError, AccessRefused) as error:
        why = error.why if isinstance(error, AccessRefused) else error.strerror
        raise StartRefused(
            with_particles(
                f"서류 저장소 {place.told}을(를) 쓸 수 없습니다({why})."
                f" 저장소의 권한과 {place.setting} 값을 확인하십시오."
            ),
            f"the documents folder {place.told} cannot be used ({why}); check {place.setting} and its permissions",
        ) from error


def _refuse_another(place: Place, folder_id: str, marked: str | None) -> None:
    if marked == folder_id:
        return
    raise StartRefused(
        with_particles(
            f"서류 저장소 {place.told}은(는) 이 데이터베이스의 저장소({folder_id})가 아닙니다"
            f"(표식: {marked or '없음'})."
            " intake의 모든 프로세스가 같은 공유 볼륨이나 같은 버킷을 쓰도록 연결하거나"
            f" {place.setting}을(를) 바로잡으십시오."
            f" 파일을 모두 옮긴 새 저장소라면 {MARKER} 파일에 이 값을 적으십시오(services/intake/README.md)."
        ),
        f"the documents folder {place.told} is not the folder {folder_id} of this database"
        f" (its marker: {marked or 'none'}); mount the same shared volume in every process of intake"
        f" or name the same bucket, or correct {place.setting}. If this is a new place with all files moved into it,"
        f" write that id into {MARKER} (services/intake/README.md)",
    )


async def _refuse_not_ours(tx: Tx, place: Place) -> None:
    """Of a database without an id: its documents lie in the place; where it has none the place is empty."""
    newest = await documents.find_newest(tx)
    if newest is not None:
        if await asyncio.to_thread(place.is_kept, newest.sha256, newest.size_bytes):
            return
        raise StartRefused(
            with_particles(
                f"서류 저장소 {place.told}에 이 데이터베이스의 서류가 없습니다. 서류가 있는 공유 볼륨이나 버킷을"
                f" 연결하거나 {place.setting}을(를) 바로잡으십시오."
            ),
            f"the documents folder {place.told} does not hold the documents of this database; mount the shared volume"
            f" or name the bucket that holds them, or correct {place.setting}",
        )
    if await asyncio.to_thread(place.lying, "", 1):
        raise StartRefused(
            with_particles(
                f"서류 저장소 {place.told}에는 다른 데이터베이스의 서류가 있습니다. 빈 저장소를 쓰도록"
                f" {place.setting}을(를) 바꾸거나 DURE_DATABASE_URL을 바로잡으십시오."
            ),
            f"the documents folder {place.told} holds documents of another database; give this one an empty place by"
            f" {place.setting}, or correct DURE_DATABASE_URL",
        )


async def _mark(tx: Tx, place: Place, now: dt.datetime) -> str:
    """Mark the place, then the database with its commit: a crash between leaves a marker that is replaced."""
    new = DocumentFolder(str(uuid.uuid4()), now)
    await asyncio.to_thread(place.write_marker, new.folder_id)
    await folders.add_folder(tx, new)
    return new.folder_id


def why_not_usable(place: Place, folder_id: str) -> str:
    """Why the place of this id can be neither written nor read, in words; empty where it can. Raises StorageAway."""
    try:
        marked = place.read_marker()
    except OSError as error:
        return f"documents: {place.told} cannot be read ({error.strerror})"
    if marked == folder_id:
        return ""
    return f"documents: {place.told} is not the folder {folder_id} of this database (its marker: {marked or 'none'})"
