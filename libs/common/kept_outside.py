"""What a service keeps outside of its database: confirmed to be the right place before anything is read or written."""

import asyncio
from typing import Protocol

from libs.common import log

FIRST_LIMIT_S = 5.0
AGAIN_AFTER_S = 1.0
_log = log.get(__name__)


class StartRefused(Exception):
    """The process must not work with what it was given: why, and what to do, in both languages."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(f"{ko} · {en}")
        self.ko = ko
        self.en = en


class KeptOutside(Protocol):
    """What lies outside, as one process sees it."""

    async def confirm(self) -> None:
        """Find out that it is the right place; once that is known, do nothing.

        Raises StartRefused where it is another one; whatever the database raises where it cannot be asked.
        """

    async def in_the_way(self) -> str:
        """Why it cannot be worked with now; empty where it can, or where that is not known yet."""


class NothingOutside:
    """A service that keeps everything in its database."""

    async def confirm(self) -> None:
        """Nothing to confirm."""

    async def in_the_way(self) -> str:
        """Nothing is in the way."""
        return ""


async def try_to_confirm(kept: KeptOutside) -> bool:
    """Confirm it now; False where the database cannot be asked within five seconds. Raises StartRefused."""
    try:
        async with asyncio.timeout(FIRST_LIMIT_S):
            await kept.confirm()
    except StartRefused:
        raise
    except Exception as error:  # noqa: BLE001 - away, starting, not migrated: it is asked again
        _log.warning("not_confirmed_yet", error=repr(error)[:300])
        return False
    return True


async def confirm_in_time(kept: KeptOutside) -> None:
    """Confirm it as soon as the database can be asked. Raises StartRefused."""
    while not await try_to_confirm(kept):  # noqa: ASYNC110 - nothing tells when a database is back
        await asyncio.sleep(AGAIN_AFTER_S)
