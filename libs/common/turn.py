"""One worker at a time: a lock in the database whose holder must show that it lives, else another takes over.

The lock belongs to a transaction that stays open while the work goes on elsewhere. Its holder lets the database hear
from it several times within `takeover_s`; of a holder that hangs (its process is stopped, its machine is lost) the
database ends the session after that time, and the lock is free again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from libs.common.db import Tx, may_idle, try_lock

_TRY = text(
    "SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0)),"
    " set_config('idle_in_transaction_session_timeout', :limit_ms, true)"
)
BEATS = 4
"""How often a living holder is heard within the time after which it would lose its turn."""


class LostTurn(Exception):
    """The database no longer holds the lock for us: another worker may be at it."""


async def try_turn(tx: Tx, name: str, takeover_s: float) -> bool:
    """Take the one turn of this name if nobody has it, until the transaction ends.

    From here on the database ends this transaction when it hears nothing for `takeover_s` seconds (0: as it is set).
    """
    if not takeover_s:
        return await try_lock(tx, name)
    row = (await tx.execute(_TRY, {"name": name, "limit_ms": str(int(takeover_s * 1000))})).one()
    return bool(row[0])


async def let_go_after(tx: Tx, takeover_s: float) -> None:
    """Have the database end this transaction, with its locks, when it hears nothing for so long (0: as it is set)."""
    if takeover_s:
        await may_idle(tx, takeover_s)


@asynccontextmanager
async def keeping_turn(tx: Tx, takeover_s: float) -> AsyncIterator[None]:
    """Let the database hear from `tx` while the block works without it; the block must not use `tx`.

    Raises LostTurn, and cancels the block, where the database does not answer or has ended the transaction.
    """
    if not takeover_s:
        yield
        return
    over, failure = asyncio.Event(), None
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_beat(tx, takeover_s, over))
            try:
                yield
            except Exception as error:  # noqa: BLE001 - raised below: a group would wrap it
                failure = error
            finally:
                over.set()
    except BaseExceptionGroup as error:
        raise LostTurn(repr(error.exceptions[0])) from error
    if failure is not None:
        raise failure


async def _beat(tx: Tx, takeover_s: float, over: asyncio.Event) -> None:
    while True:
        try:
            async with asyncio.timeout(takeover_s / BEATS):
                await over.wait()
        except TimeoutError:
            async with asyncio.timeout(takeover_s):
                await tx.execute(text("SELECT 1"))
        else:
            return
