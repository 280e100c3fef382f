"""Reckon beside the event loop, while the database goes on hearing from the transaction that waits for it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import ParamSpec, TypeVar

from sqlalchemy import text

from libs.common.db import Tx

P = ParamSpec("P")
T = TypeVar("T")

HEARD_EVERY_S = 1.0
"""How often the database hears from a transaction whose rules still reckon: well within `takeover_s`."""
ROWS_AT_ONCE = 1_000
"""How many rows one statement writes, where there may be many: what is built for it takes a fraction of a second."""


async def reckon(tx: Tx, rule: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a pure function finds, however long it reckons: probes, heartbeats and requests are answered meanwhile.

    The transaction is not ended as idle, and no other worker takes the batch over (`Settings.takeover_s`). Raises what
    the function raises, and the database's error at once where it has ended the transaction; the thread then ends by
    itself, and what it found is thrown away.
    """
    work = asyncio.ensure_future(asyncio.to_thread(rule, *args, **kwargs))
    try:
        while not (await asyncio.wait([work], timeout=HEARD_EVERY_S))[0]:
            await tx.execute(text("SELECT 1"))
    finally:
        work.cancel()
    return await work


def at_once(rows: Sequence[T], count: int = ROWS_AT_ONCE) -> Iterator[Sequence[T]]:
    """Rows in their order, at most `count` of them together; nothing for none."""
    for first in range(0, len(rows), count):
        yield rows[first : first + count]
