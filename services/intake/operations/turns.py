"""Whose turn it is: the applications that a batch of events will move, locked by their ids before the first is handled.

What one owner says of an application comes on another topic than what the next one says, so two workers may hear of
the same two applications in different order.
"""

from collections.abc import Sequence
from typing import Any

from libs.common.db import Tx, lock
from libs.common.events.allocator import GrantActivated, GrantEnded, GrantPlaced
from libs.common.events.review import ProviderAgreed, SeatCleared, SeatSeated, SeatVacated, SelectionDecided
from services.intake.operations.providers import LOCK as PROVIDERS
from services.intake.store import applications

OF_A_GRANT = (GrantPlaced, GrantActivated, GrantEnded)
STANDING_STILL = (SeatSeated, SeatCleared, SeatVacated, SelectionDecided)
"""They move no application: who may read one, and who selected, is kept beside it."""


async def lock_first(tx: Tx, events: Sequence[Any]) -> None:
    """Lock every application that these events are about; a grant's id is its application's.

    Before them the turn of the providers, where one of them makes a provider: others take it first too.
    """
    if any(isinstance(event, ProviderAgreed) for event in events):
        await lock(tx, PROVIDERS)
    moving = [event for event in events if not isinstance(event, STANDING_STILL)]
    ids = {event.grant_id if isinstance(event, OF_A_GRANT) else event.application_id for event in moving}
    await applications.lock_all(tx, ids)
