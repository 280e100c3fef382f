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
    state = "eligible" if event.eligible else "ineligible"
    await applications.hear(tx, {**_facts(event), "youth": event.youth, "state": state})
    row = await applications.get(tx, event.application_id)
    if row["state"] == "eligible":
        await send_on(tx, row, await programme_at(tx, event.programme_code, now), now)
    elif row["state"] == "ineligible":
        await applications.change(tx, event.application_id, stage=None)


async def hear_gone(tx: Tx, event: ApplicationWithdrawn, now: dt.datetime, *, state: str) -> None:
    """An application was withdrawn or revoked: it leaves its stage, and the waiting list moves up (RV-13)."""
    known = await applications.find(tx, [event.application_id])
    if not known or known[event.application_id]["state"] in applications.GONE:
        return
    gone = {"state": state, "stage": None, "gone_at": event.withdrawn_at, "gone_reason": event.reason}
    await applications.change(tx, event.application_id, **gone)
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
