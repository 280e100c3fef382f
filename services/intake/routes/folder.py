"""The place of documents at the edge: confirmed when a process starts, watched by readiness, asked by each route."""

import asyncio
import uuid
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from libs.common.clock import Clock
from libs.common.db import Database
from libs.common.disk import StorageAway
from libs.common.errors import DureError
from libs.common.kept_outside import StartRefused
from libs.common.settings import Settings
from services.intake.operations.folder import claim_folder, why_not_usable
from services.intake.settings import SETTINGS
from services.intake.store.contents import Place
from services.intake.store.places import place_of

T = TypeVar("T")
LOOK_LIMIT_S = 1.5


class WrongFolder(DureError):
    """The place of documents is not the one that belongs to the database, or is gone (503)."""

    status = 503

    def __init__(self) -> None:
        super().__init__("documents_folder_wrong")


class DocumentsFolder:
    """The place as one process sees it, a folder or a bucket: confirmed once, then watched."""

    swept_until: str
    """After which content the collecting of orphans goes on."""

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        self.place = place_of(settings, SETTINGS)
        self.swept_until = uuid.uuid4().hex  # anywhere: whoever restarts often still comes round
        self._db = db
        self._clock = clock
        self._folder_id = ""
        self._looking: asyncio.Task[str] | None = None
        self._confirming: asyncio.Task[None] | None = None

    async def confirm(self) -> None:
        """Find the same id in the database and at the place, or mark both where neither holds anything.

        Raises StartRefused where they do not belong together, and what the database raises.
        """
        if self._folder_id:
            return
        async with self._db.transaction() as tx:
            self._folder_id = await claim_folder(tx, self.place, self._clock)

    async def usable(self) -> Place:
        """The place, looked at just now.

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
        return self.place

    async def in_the_way(self) -> str:
        """Why documents can be neither kept nor read; empty where they can. A disk that hangs is told too."""
        if not self._folder_id:
            return ""
        try:
            return await _in_time(self._look())
        except StorageAway:
            return f"documents: {self.place.told} gives no answer within {LOOK_LIMIT_S} s"

    def _look(self) -> asyncio.Task[str]:
        """The look that is under way, or a new one: a disk that hangs keeps one thread, however many ask."""
        looking = _going_on(self._looking)
        if looking is None:
            looking = asyncio.create_task(asyncio.to_thread(why_not_usable, self.place, self._folder_id))
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


async def _usable(request: Request) -> Place:
    folder: DocumentsFolder = request.app.state.runtime.kept_outside
    return await folder.usable()


DocumentPlace = Annotated[Place, Depends(_usable)]
"""Where documents lie, looked at when the request came."""
