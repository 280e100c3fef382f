"""What review does when it hears of an application."""

import datetime as dt
from typing import Any

from libs.common.db import Tx
from libs.common.events.intake import ApplicationScreened, ApplicationSubmitted, ApplicationWithdrawn
from libs.common.programmes import programme_at
from services.review.operations.refilling import refill
from services.review.operations.stages import send_on
from services.review.store import applications


async def hear_submitted(tx: Tx, event: ApplicationSubmitted, now: dt.datetime) -> None:  # noqa: ARG001 - a handler
    """Know of an application; it is reviewed once screening has found it eligible."""
    await applications.hear_first(tx, {**_facts(event), "youth": False, "state": "submitted"})


async def hear_screened(tx: Tx, event: ApplicationScreened, now: dt.datetime) -> None:
    """Take an eligible application into review; an ineligible one leaves it."""
    found = {"state": "eligible"} if event.eligible else {"state": "ineligible", "stage": None}
    row = await applications.hear(tx, {**_facts(event), "youth": event.youth, **found})
    if row is not None and event.eligible:
        await send_on(tx, [row], await programme_at(tx, event.programme_code, now), now)


async def hear_gone(tx: Tx, event: ApplicationWithdrawn, now: dt.datetime, *, state: str) -> None:
    """An application was withdrawn or revoked: it leaves its stage, and the waiting list moves up (RV-13)."""
    gone = {"state": state, "gone_at": event.withdrawn_at, "gone_reason": event.reason}
    if await applications.leave(tx, event.application_id, **gone):
        await refill(tx, event.programme_code, event.application_id, now)


def _facts(event: ApplicationSubmitted) -> dict[str, Any]:
    return {
        "application_id": event.application_id,
        "programme_code": event.programme_code,
        "receipt_no": event.receipt_no,
        "received_at": event.received_at,
        "organisation_id": event.organisation_id,
        "organisation_name": event.organisation_name,
        "sector": event.sector,
        "counting_unit": event.counting_unit,
        "track": event.track,
        "product": event.product,
        "units": event.units,
        "months": event.months,
        "wished_start": event.wished_start,
    }
