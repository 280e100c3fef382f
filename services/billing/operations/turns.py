"""One writer at a time: whatever moves money takes its turn before it reads, so that nobody waits crosswise."""

from libs.common.db import Tx, lock


async def take_turn(tx: Tx) -> None:
    """Wait for the one turn of this database's money; it is held until the transaction ends; again is free."""
    await lock(tx, "billing")
