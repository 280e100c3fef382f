"""Whose turn it is: the applications that a batch of events will move, locked by their ids before the first is handled.

What one owner says of an application comes on another topic than what the next one says, so two workers may hear of
the same two applications in different order.
"""

from collections.abc import Sequence
from typing import Any

from libs.common.db import Tx
from libs.common.events.allocator import GrantActivated, GrantEnded, GrantPlaced
from services.intake.store import applications

OF_A_GRANT = (GrantPlaced, GrantActivated, GrantEnded)


async def lock_first(tx: Tx, events: Sequence[Any]) -> None:
    """Lock every application that these events are about; a grant's id is its application's."""
    ids = {event.grant_id if isinstance(event, OF_A_GRANT) else event.application_id for event in events}
    await applications.lock_all(tx, ids)
