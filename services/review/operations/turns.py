"""Who waits for whom: whatever is judged under a lock is judged at an instant read after it was had (F-80)."""

import datetime as dt

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from services.review.store.panels import hold_seating, hold_seats


async def take_seating_turn(tx: Tx, programme_code: str, clock: Clock) -> dt.datetime:
    """Wait until no application of the call enters a stage; until the transaction ends, only this one seats panels."""
    await hold_seating(tx, programme_code, alone=True)
    return clock.now()


async def keep_seating(tx: Tx, programme_code: str, clock: Clock) -> dt.datetime:
    """Wait until nobody seats a panel of the call: an application that enters a stage meets the panel that takes it."""
    await hold_seating(tx, programme_code, alone=False)
    return clock.now()


async def take_seats_turn(tx: Tx, panel_id: str, clock: Clock) -> dt.datetime:
    """Wait until nobody else changes this panel's seats."""
    await hold_seats(tx, panel_id)
    return clock.now()


async def take_selection_turn(tx: Tx, programme_code: str, clock: Clock) -> dt.datetime:
    """Wait for the one turn of a call's selections: they share its counting units, and one's going moves others up."""
    await lock(tx, f"selection:{programme_code}")
    return clock.now()
