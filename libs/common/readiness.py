"""Whether requests may be sent to a process: its database, its schema, its bus, its issuer; told within two seconds.

It is asked over a connection of its own, so that a busy request pool says nothing about the database, and from
whatever event loop serves the probes, so that a busy main loop delays no answer.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from libs.common.db_address import connect_arguments
from libs.common.kept_outside import NothingOutside

ANSWER_LIMIT_S = 1.8
KEPT_S = 30.0
"""Where nobody asks for so long, the connection is given back; probes ask more often."""
SERVICES = Path(__file__).resolve().parents[2] / "services"
_REVISION = re.compile(r"^(down_)?revision(?:\s*:[^=]+)? = [\"'](\w+)[\"']", re.MULTILINE)
_STATE = (
    "SELECT (SELECT version_num FROM alembic_version LIMIT 1) AS revision,"
    " current_setting('transaction_read_only') AS read_only"
)


def known_revisions(service: str) -> tuple[frozenset[str], str]:
    """All revisions of a service's migrations and the newest of them, read from the files without Alembic."""
    said: dict[bool, set[str]] = {True: set(), False: set()}
    for file in sorted((SERVICES / service / "migrations" / "versions").glob("*.py")):
        for before, name in _REVISION.findall(file.read_text(encoding="utf-8")):
            said[bool(before)].add(name)
    newest = said[False] - said[True]
    return frozenset(said[False]), next(iter(newest), "")


class Readiness:
    """Answers `/readyz` for one service of a process.

    `others` and `kept_outside` say in words what else keeps it from work, `notes` what is away without doing so.
    """

    def __init__(
        self,
        service: str,
        database_url: str,
        others: Sequence[Callable[[], str]],
        notes: Callable[[], list[str]],
        kept_outside: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        self._url = database_url
        self._others = others
        self.notes = notes
        self._kept_outside = kept_outside or NothingOutside().in_the_way
        self._revisions, self._newest = known_revisions(service)
        self._connection: Any = None
        self._asking: asyncio.Task[str] | None = None
        self._giving_back: asyncio.TimerHandle | None = None

    async def why_not(self) -> str:
        """Why requests should not come here, within two seconds; empty when they may.

        Whoever asks while an answer is being found gets that one: probes never queue.
        """
        if self._asking is None or self._asking.done() or self._asking.get_loop() is not asyncio.get_running_loop():
            self._asking = asyncio.create_task(self._ask())
        why_not = await asyncio.shield(self._asking)
        self._keep_for_a_while()
        return why_not or next((why for other in self._others if (why := other())), "")

    async def close(self) -> None:
        """Give the connection back; only the loop that opened it can."""
        if self._asking is not None and self._asking.get_loop() is asyncio.get_running_loop():
            self._give_back()

    def _keep_for_a_while(self) -> None:
        if self._giving_back is not None:
            self._giving_back.cancel()
        self._giving_back = asyncio.get_running_loop().call_later(KEPT_S, self._give_back)

    def _give_back(self) -> None:
        if self._giving_back is not None:
            self._giving_back.cancel()
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            with contextlib.suppress(Exception):
                connection.terminate()

    async def _ask(self) -> str:
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                return await self._state() or await self._kept_outside()
        except TimeoutError:
            await self.close()
            return f"database: no answer within {ANSWER_LIMIT_S} s"
        except asyncpg.UndefinedTableError:
            return f"schema: not migrated, {self._newest} is needed"
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the reason
            await self.close()
            return f"database: {error!r}"[:300]

    async def _state(self) -> str:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(**connect_arguments(self._url), timeout=ANSWER_LIMIT_S)  # type: ignore[no-untyped-call]
        row = await self._connection.fetchrow(_STATE)
        # a revision that these files do not know is newer than this process: it was made to fit the old one as well
        if row["revision"] is None or (row["revision"] in self._revisions and row["revision"] != self._newest):
            return f"schema: {row['revision']}, {self._newest} is needed"
        return "database: takes no changes (read only)" if row["read_only"] == "on" else ""
