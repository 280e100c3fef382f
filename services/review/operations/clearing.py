"""A reviewer says that no conflict of interest stands in the way of reading an application (RV-16)."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, Refusal, Refused
from libs.common.events.review import SeatCleared
from libs.common.identity import Caller
from libs.common.outbox import say
from services.review.model.panels import Desk, Panel, Seat, Seated
from services.review.model.reading import Clearance
from services.review.operations.conflicts import desk_on
from services.review.operations.stages import check_there
from services.review.operations.telling import say_seated
from services.review.rules.panel import own_seat
from services.review.rules.reading import sitting_of
from services.review.store import panels
from services.review.store.reading import add_clearance, find_clearance, list_taken_back


async def clear_conflict(tx: Tx, caller: Caller, panel_id: str, application_id: str, clock: Clock) -> Clearance:
    """Record that the caller has no conflict in this application: intake lets him read it from now to the close.

    The same again changes nothing. Raises NotFound for who does not sit there for it, Refused once the stage is closed
    or where a conflict is on record, WrongState where the application is gone.
    """
    panel = await panels.get_panel(tx, panel_id)
    seat = own_seat(await panels.list_seats(tx, panel_id), caller.subject, application_id)
    if seat is None:
        raise NotFound("panel", panel_id)
    desk = await desk_on(tx, application_id, panel)
    _check_open(desk, seat)
    taken_back = await list_taken_back(tx, [panel_id], [application_id])
    now = clock.now()
    sitting = sitting_of(taken_back, panel_id, application_id, seat.seat)
    kept = await find_clearance(tx, panel_id, application_id, seat.seat, sitting)
    if kept is None:
        kept = Clearance(panel_id, seat.seat, application_id, sitting, caller.subject, now)
        await add_clearance(tx, kept)
        # once more that he sits there: who was seated before seats were said is not known to intake
        await say_seated(tx, Seated(panel_id, (seat,)), panel.stage, [desk.application], now, taken_back)
        await say(tx, _said(kept, panel), now=now)
    return kept


def _check_open(desk: Desk, seat: Seat) -> None:
    facts = {"application_id": desk.application.application_id, "stage": desk.stage}
    if desk.closed:
        raise Refused([Refusal("RV-16", "reading_closed", facts)])
    check_there(desk)
    if seat.seat in desk.conflicted:
        raise Refused([Refusal("RV-16", "conflict_keeps_from_reading", {**facts, "seat": seat.seat})])


def _said(kept: Clearance, panel: Panel) -> SeatCleared:
    return SeatCleared(
        application_id=kept.application_id,
        programme_code=panel.programme_code,
        stage=panel.stage,
        panel_id=kept.panel_id,
        seat=kept.seat,
        reviewer_id=kept.cleared_by,
        sitting=kept.sitting,
        cleared_at=kept.cleared_at,
    )
