"""Says who may read what: seats that sit for an application from now on, and seats that do no longer (RV-16)."""

import datetime as dt
from collections.abc import Mapping, Sequence

from libs.common.db import Tx
from libs.common.events.review import SeatReviewer, SeatSeated, SeatVacated
from libs.common.outbox import say
from services.review.model.applications import Application
from services.review.model.panels import Desk, Panel, Seat, Seated
from services.review.model.stages import Stage
from services.review.rules.reading import SittingKey, readers_of, sitting_of
from services.review.store import panels
from services.review.store.reading import list_taken_back

Sittings = Mapping[SittingKey, int]


async def say_seated(
    tx: Tx, seated: Seated, stage: Stage, found: Sequence[Application], now: dt.datetime, taken_back: Sittings
) -> None:
    """Say of each application which of these seats read it; whom the applicant employs does not.

    `taken_back` counts the conflicts of these seats that were taken back; seats that are new have none.
    """
    events = [
        SeatSeated(
            application_id=one.application_id,
            programme_code=one.programme_code,
            stage=stage,
            panel_id=seated.panel_id,
            seats=_told(seated.panel_id, one, reading, taken_back),
            seated_at=now,
        )
        for one in found
        if (reading := readers_of(seated.seats, one))
    ]
    await say(tx, *events, now=now)


async def say_conflict_over(tx: Tx, panel: Panel, application: Application, seat: Seat, now: dt.datetime) -> None:
    """Say that a seat sits for an application again, since its conflict was taken back: another sitting."""
    taken_back = await list_taken_back(tx, [panel.panel_id], [application.application_id])
    await say_seated(tx, Seated(panel.panel_id, (seat,)), panel.stage, [application], now, taken_back)


async def say_conflict(tx: Tx, panel: Panel, application: Application, seat: Seat, now: dt.datetime) -> None:
    """Say that a seat reads an application no longer, since it has a conflict of interest."""
    taken_back = await list_taken_back(tx, [panel.panel_id], [application.application_id])
    told = _told(panel.panel_id, application, [seat], taken_back)
    await say(tx, _vacated(panel.panel_id, panel.stage, application, told, now), now=now)


async def say_replaced(tx: Tx, panel: Panel, found: Sequence[Application], seat: Seat, now: dt.datetime) -> None:
    """Say that a seat reads none of these applications any more, since a substitute sits in its stead."""
    taken_back = await list_taken_back(tx, [panel.panel_id], [one.application_id for one in found])
    events = [
        _vacated(panel.panel_id, panel.stage, one, _told(panel.panel_id, one, [seat], taken_back), now, "replaced")
        for one in found
        if readers_of([seat], one)
    ]
    await say(tx, *events, now=now)


async def say_closed(tx: Tx, desks: Sequence[Desk], now: dt.datetime) -> None:
    """Say that nobody reads these applications any more, since their stages are closed.

    The seats are read again: one may have been taken since the desk was. The caller has the turn of the call's seating.
    """
    panel_ids = {desk.panel_id for desk in desks}
    seats = await panels.list_seats_by_panel(tx, panel_ids)
    taken_back = await list_taken_back(tx, panel_ids, [desk.application.application_id for desk in desks])
    events = [
        _vacated(
            desk.panel_id,
            desk.stage,
            desk.application,
            _told(desk.panel_id, desk.application, reading, taken_back),
            now,
            "stage_closed",
        )
        for desk in desks
        if (reading := readers_of(seats.get(desk.panel_id, ()), desk.application, desk.conflicted))
    ]
    await say(tx, *events, now=now)


def _told(panel_id: str, application: Application, seats: Sequence[Seat], taken_back: Sittings) -> list[SeatReviewer]:
    known = application.application_id
    return [
        SeatReviewer(
            seat=seat.seat,
            reviewer_id=seat.reviewer_id,
            sitting=sitting_of(taken_back, panel_id, known, seat.seat),
        )
        for seat in seats
    ]


def _vacated(
    panel_id: str,
    stage: Stage,
    application: Application,
    seats: list[SeatReviewer],
    now: dt.datetime,
    why: str = "conflict",
) -> SeatVacated:
    return SeatVacated.model_validate(
        {
            "application_id": application.application_id,
            "programme_code": application.programme_code,
            "stage": stage,
            "panel_id": panel_id,
            "seats": seats,
            "why": why,
            "vacated_at": now,
        }
    )
