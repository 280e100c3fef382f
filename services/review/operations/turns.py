"""Who waits for whom: whatever is judged under a lock is judged at an instant read after it was had (F-80).

A batch of events takes all its locks before the first is handled, in the order of the README: a batch whose second
event asked for the turn of another call, or for a row, while it holds those of the first, could stand against another
one, or against who closes a stage.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from libs.common.clock import Clock
from libs.common.db import Tx, lock_all
from libs.common.events.intake import ApplicationRevoked, ApplicationScreened, ApplicationWithdrawn, ReductionDecided
from libs.common.programmes import first_calls
from services.review.model.applications import Application
from services.review.store.applications import hold_known
from services.review.store.panels import hold_seating, hold_seats, keep_seating

ENDING = (ApplicationWithdrawn, ApplicationRevoked)
MOVING = (ApplicationScreened, ReductionDecided, *ENDING)


async def lock_first(tx: Tx, events: Sequence[Any]) -> None:
    """Wait for the panels, the selections and the applications that these events will move; handlers count on it.

    An application that enters a stage meets the panel that takes it, since nobody seats one meanwhile. One that goes
    has the turn of its call's selections, and its row after that, as whoever closes or skips a stage.
    """
    moving = [event for event in events if isinstance(event, MOVING)]
    await keep_seating(tx, {event.programme_code for event in moving})
    if ending := {event.programme_code for event in moving if isinstance(event, ENDING)}:
        await _take_turns_of_selections(tx, ending)
    application_ids = sorted({event.application_id for event in moving})
    if application_ids[1:]:  # a row alone is locked by its handler
        await hold_known(tx, application_ids)


async def _take_turns_of_selections(tx: Tx, programme_codes: Collection[str]) -> None:
    """Wait for the one turn of each call's selections; rounds of a call share its limits, and so its turn (AL-20)."""
    first = await first_calls(tx)
    await lock_all(tx, {f"selection:{first.get(code, code)}" for code in programme_codes})


async def take_seating_turn(tx: Tx, programme_code: str, clock: Clock) -> dt.datetime:
    """Wait until no application of the call enters a stage; until the transaction ends, only this one seats panels."""
    await hold_seating(tx, programme_code)
    return clock.now()


async def take_closing_turn(
    tx: Tx, programme_code: str, application_ids: Collection[str], clock: Clock, *, announced: bool = False
) -> tuple[dict[str, Application], dt.datetime]:
    """Wait until nobody seats a panel of the call, then for these applications; returns them as they stand then.

    One that enters a stage meets the panel that takes it. Where one of them is `announced`, its result may change a
    selection: then the one turn of the call's selections is taken in between.
    """
    await keep_seating(tx, [programme_code])
    if announced:
        await _take_turns_of_selections(tx, [programme_code])
    return await hold_known(tx, application_ids), clock.now()


async def take_reopening_turn(
    tx: Tx, programme_code: str, application_id: str, clock: Clock
) -> tuple[Application, dt.datetime]:
    """Wait for the turns that whoever opens a stage again needs: no selection is announced on it meanwhile."""
    held, now = await take_closing_turn(tx, programme_code, [application_id], clock, announced=True)
    return held[application_id], now


async def take_seats_turn(tx: Tx, panel_id: str, clock: Clock) -> dt.datetime:
    """Wait until nobody else changes this panel's seats."""
    await hold_seats(tx, panel_id)
    return clock.now()


async def take_selection_turn(tx: Tx, programme_code: str, clock: Clock) -> dt.datetime:
    """Wait for the one turn of a call's selections: they share its counting units, and one's going moves others up."""
    await _take_turns_of_selections(tx, [programme_code])
    return clock.now()
