"""What review does when it hears of an application.

The turns that it needs are taken before a batch's first event (`turns.lock_first`).
"""

import datetime as dt
from typing import Literal

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.events.intake import (
    ApplicationRevoked,
    ApplicationScreened,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ReductionDecided,
)
from libs.common.programmes import programme_at
from services.review.model.applications import Application, ApplicationState, Departure
from services.review.operations.refilling import refill
from services.review.operations.stages import send_on
from services.review.store import applications


async def hear_submitted(tx: Tx, event: ApplicationSubmitted, now: dt.datetime) -> None:  # noqa: ARG001 - a handler
    """Know of an application; it is reviewed once screening has found it eligible."""
    await applications.add_application(tx, _heard(event, "submitted", youth=False))


async def hear_screened(tx: Tx, event: ApplicationScreened, clock: Clock) -> None:
    """Take an eligible application into review; an ineligible one leaves it."""
    state: ApplicationState = "eligible" if event.eligible else "ineligible"
    found = await applications.change_heard(tx, _heard(event, state, youth=event.youth))
    if found is not None and event.eligible:
        now = clock.now()
        await send_on(tx, [found], await programme_at(tx, event.programme_code, now), now)


async def hear_reduction(tx: Tx, event: ReductionDecided, clock: Clock) -> None:  # noqa: ARG001 - a handler's shape
    """Keep which reduction an application has: what RV-9 takes off for it follows, of selections run from now on."""
    await applications.change_reduction(tx, event.application_id, event.reduction)


async def hear_withdrawn(tx: Tx, event: ApplicationWithdrawn, clock: Clock) -> None:
    """An application was withdrawn."""
    await _let_go(tx, event, "withdrawn", clock)


async def hear_revoked(tx: Tx, event: ApplicationRevoked, clock: Clock) -> None:
    """An application was revoked."""
    await _let_go(tx, event, "revoked", clock)


async def _let_go(tx: Tx, event: ApplicationWithdrawn, state: Literal["withdrawn", "revoked"], clock: Clock) -> None:
    """An application leaves its stage, and the waiting list moves up (RV-13).

    Raises NotFound for one that was never heard of: the event is kept as a dead letter until what came before it is
    heard, so that nobody who left is reviewed.
    """
    gone = Departure(event.application_id, state, event.withdrawn_at, event.reason)
    if await applications.end_application(tx, gone):
        await refill(tx, event.programme_code, event.application_id, clock.now())
    else:  # gone already, or never heard of: that raises
        await applications.get_application(tx, event.application_id)


def _heard(event: ApplicationSubmitted, state: ApplicationState, *, youth: bool) -> Application:
    return Application(
        application_id=event.application_id,
        programme_code=event.programme_code,
        receipt_no=event.receipt_no,
        received_at=event.received_at,
        organisation_id=event.organisation_id,
        organisation_name=event.organisation_name,
        sector=event.sector,
        counting_unit=event.counting_unit,
        track=event.track,
        product=event.product,
        units=event.units,
        months=event.months,
        wished_start=event.wished_start,
        youth=youth,
        state=state,
    )
