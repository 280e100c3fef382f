"""One writer at a time: whatever moves money takes its turn before it reads, so that no two can deadlock."""

import datetime as dt

from libs.common.clock import Clock
from libs.common.db import Tx, lock


async def take_turn(tx: Tx, clock: Clock) -> dt.datetime:
    """Wait for the one turn of this database's money, held until the transaction ends; returns the instant after.

    What is judged under the turn is judged at this instant: one read before the wait could date a fact before its
    cause (F-80).
    """
    await lock(tx, "billing")
    return clock.now()
