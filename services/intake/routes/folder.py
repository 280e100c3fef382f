"""The documents folder at the edge: confirmed when a process starts, watched by readiness, asked by each route."""

import asyncio
from pathlib import Path

from libs.common.clock import Clock
from libs.common.db import Database
from libs.common.errors import DureError
from libs.common.kept_outside import StartRefused
from libs.common.settings import Settings
from services.intake.operations.folder import claim_folder, why_not_usable
from services.intake.settings import documents_dir

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

    async def confirm(self) -> None:
        """Find the same id in the database and in the folder, or mark both where neither holds anything.

        Raises StartRefused where they do not belong together, and what the database raises.
        """
        if self._folder_id:
            return
        async with self._db.transaction() as tx:
            self._folder_id = await claim_folder(tx, self.path, self._clock)

    async def usable(self) -> Path:
        """The folder, looked at just now. Raises WrongFolder where it is another one or gone."""
        try:
            await self.confirm()
        except StartRefused as refused:
            raise WrongFolder from refused
        if await asyncio.to_thread(why_not_usable, self.path, self._folder_id):
            raise WrongFolder
        return self.path

    async def in_the_way(self) -> str:
        """Why documents can be neither kept nor read; empty where they can. A disk that hangs is told too."""
        if not self._folder_id:
            return ""
        if self._looking is None or self._looking.done() or self._looking.get_loop() is not asyncio.get_running_loop():
            self._looking = asyncio.create_task(asyncio.to_thread(why_not_usable, self.path, self._folder_id))
        try:
            return await asyncio.wait_for(asyncio.shield(self._looking), LOOK_LIMIT_S)
        except TimeoutError:
            return f"documents: {self.path} gives no answer within {LOOK_LIMIT_S} s"
