"""The folder of uploaded documents belongs to one database: both carry the same id, or nothing is read or written.

Two processes that share a database but no folder would each keep documents that the other cannot find; a new folder
in the place of a lost one would look empty and sound.
"""

import asyncio
import datetime as dt
import uuid
from pathlib import Path

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.kept_outside import StartRefused
from libs.common.messages.facts import with_particles
from services.intake.model.folders import DocumentFolder
from services.intake.store import documents, files, folders


async def claim_folder(tx: Tx, path: Path, clock: Clock) -> str:
    """The id of the folder that belongs to this database; a new one where database and folder are both empty.

    A database that has documents but no id yet takes the folder in which their files lie. Raises StartRefused.
    """
    await lock(tx, "document-folder")
    kept = await folders.find_folder(tx)
    try:
        if kept is not None:
            _refuse_another(path, kept.folder_id, await asyncio.to_thread(folders.read_marker, path))
            return kept.folder_id
        await _refuse_not_ours(tx, path)
        return await _mark(tx, path, clock.now())
    except OSError as error:
        raise StartRefused(
            with_particles(
                f"서류 폴더 {path}을(를) 쓸 수 없습니다({error.strerror}). DURE_STATE_DIR과 폴더의 권한을 확인하십시오."
            ),
            f"the documents folder {path} cannot be used ({error.strerror}); check DURE_STATE_DIR and its permissions",
        ) from error


def _refuse_another(path: Path, folder_id: str, marked: str | None) -> None:
    if marked == folder_id:
        return
    raise StartRefused(
        with_particles(
            f"서류 폴더 {path}은(는) 이 데이터베이스의 폴더({folder_id})가 아닙니다(표식: {marked or '없음'})."
            " intake의 모든 프로세스가 같은 공유 볼륨을 쓰도록 연결하거나 DURE_STATE_DIR을 바로잡으십시오."
            f" 파일을 모두 옮긴 새 폴더라면 {folders.MARKER} 파일에 이 값을 적으십시오(services/intake/README.md)."
        ),
        f"the documents folder {path} is not the folder {folder_id} of this database"
        f" (its marker: {marked or 'none'}); mount the same shared volume in every process of intake,"
        " or correct DURE_STATE_DIR. If this is a new folder with all files moved into it,"
        f" write that id into {folders.MARKER} (services/intake/README.md)",
    )


async def _refuse_not_ours(tx: Tx, path: Path) -> None:
    """Of a database without an id: its documents lie in the folder; where it has none the folder is empty."""
    newest = await documents.find_newest_hash(tx)
    if newest is not None:
        if await asyncio.to_thread(files.path_of(path, newest).exists):
            return
        raise StartRefused(
            f"서류 폴더 {path}에 이 데이터베이스의 서류가 없습니다. 서류가 있는 공유 볼륨을 연결하거나"
            " DURE_STATE_DIR을 바로잡으십시오.",
            f"the documents folder {path} does not hold the documents of this database; mount the shared volume"
            " that holds them, or correct DURE_STATE_DIR",
        )
    if await asyncio.to_thread(files.stored, path):
        raise StartRefused(
            f"서류 폴더 {path}에는 다른 데이터베이스의 서류가 있습니다. 빈 폴더를 쓰도록 DURE_STATE_DIR을 바꾸거나"
            " DURE_DATABASE_URL을 바로잡으십시오.",
            f"the documents folder {path} holds documents of another database; give this one an empty folder by"
            " DURE_STATE_DIR, or correct DURE_DATABASE_URL",
        )


async def _mark(tx: Tx, path: Path, now: dt.datetime) -> str:
    """Mark the folder, then the database with its commit: a crash between leaves a marker that is replaced."""
    new = DocumentFolder(str(uuid.uuid4()), now)
    await asyncio.to_thread(folders.write_marker, path, new.folder_id)
    await folders.add_folder(tx, new)
    return new.folder_id


def why_not_usable(path: Path, folder_id: str) -> str:
    """Why the folder of this id can be neither written nor read, in words; empty where it can."""
    try:
        marked = folders.read_marker(path)
    except OSError as error:
        return f"documents: {path} cannot be read ({error.strerror})"
    if marked == folder_id:
        return ""
    return f"documents: {path} is not the folder {folder_id} of this database (its marker: {marked or 'none'})"
