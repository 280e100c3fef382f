"""The documents folder at the edge: confirmed when a process starts, watched by readiness, asked by each route."""

import asyncio
from pathlib import Path
from typing import TypeVar

from libs.common.clock import Clock
from libs.common.db import Database
from libs.common.disk import StorageAway
from libs.common.errors import DureError
from libs.common.kept_outside import StartRefused
from libs.common.settings import Settings
from services.intake.operations.folder import claim_folder, why_not_usable
from services.intake.settings import documents_dir

T = TypeVar("T")
LOOK_LIMIT_S = 1.5


class WrongFolder(DureError):
    """The documents folder is not the one that belongs to the database, or is gone (503)."""

    status = 503

    def __init__(self) -> None:
        super().__init__("documents_folder_wrong")


class DocumentsFolder:
    """The folder as one process sees it: confirmed once, then watched."""

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        self.path = documents_dir(settings)
        self._db = db
        self._clock = clock
        self._folder_id = ""
        self._looking: asyncio.Task[str] | None = None
        self._confirming: asyncio.Task[None] | None = None

    async def confirm(self) -> None:
        """Find the same id in the database and in the folder, or mark both where neither holds anything.

        Raises StartRefused where they do not belong together, and what the database raises.
        """
        if self._folder_id:
            return
        async with self._db.transaction() as tx:
            self._folder_id = await claim_folder(tx, self.path, self._clock)

    async def usable(self) -> Path:
        """The folder, looked at just now.

        Raises WrongFolder where it is another one or gone, StorageAway where nothing is known within the limit.
        """
        if not self._folder_id:
            self._confirming = _going_on(self._confirming) or asyncio.create_task(self.confirm())
            try:
                await _in_time(self._confirming)
            except StartRefused as refused:
                raise WrongFolder from refused
        if await _in_time(self._look()):
            raise WrongFolder
        return self.path

    async def in_the_way(self) -> str:
        """Why documents can be neither kept nor read; empty where they can. A disk that hangs is told too."""
        if not self._folder_id:
            return ""
        try:
            return await _in_time(self._look())
        except StorageAway:
            return f"documents: {self.path} gives no answer within {LOOK_LIMIT_S} s"

    def _look(self) -> asyncio.Task[str]:
        """The look that is under way, or a new one: a disk that hangs keeps one thread, however many ask."""
        looking = _going_on(self._looking)
        if looking is None:
            looking = asyncio.create_task(asyncio.to_thread(why_not_usable, self.path, self._folder_id))
        self._looking = looking
        return looking


def _going_on(task: asyncio.Task[T] | None) -> asyncio.Task[T] | None:
    """A task of this loop that has not ended; None for any other."""
    if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
        return None
    return task


async def _in_time(task: asyncio.Task[T]) -> T:
    """What a task gives within the limit; later than that it goes on alone. Raises StorageAway, and what it raises."""
    ended, _ = await asyncio.wait({task}, timeout=LOOK_LIMIT_S)
    if not ended:
        raise StorageAway
    return task.result()
