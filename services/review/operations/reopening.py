"""A conflict of interest is found after a stage has closed: an officer opens it again for that application (RV-17)."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, Refused, WrongState
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model.panels import ConflictOfInterest, Declaration, Desk, Panel, Seat
from services.review.model.stages import StageReopening
from services.review.operations.conflicts import desk_on
from services.review.operations.stages import send_on
from services.review.operations.turns import take_reopening_turn
from services.review.rules.freezing import digest_of
from services.review.rules.panel import related_seat
from services.review.rules.reopening import reopening_refusals, sheets_of
from services.review.store import assignments, composites, conflicts, panels, reopenings


async def reopen_stage(tx: Tx, caller: Caller, panel_id: str, told: Declaration, clock: Clock) -> StageReopening:
    """Open a closed stage again for one application, since this reviewer should not have scored it.

    The conflict is on record from now on and the sheet is set aside: kept, shown, not counted. The stage's result is
    out of force, and the application waits for a substitute under a new seat number, whose sheet closes the stage anew.
    What is announced stands until then. Raises NotFound for who does not sit there, WrongState while the stage is open
    (then the conflict is declared) or where the application is gone, Refused where the sheet does not count already.
    """
    panel = await panels.get_panel(tx, panel_id)
    seat = related_seat(await panels.list_seats(tx, panel_id), told.reviewer_id)
    if seat is None:
        raise NotFound("reviewer", told.reviewer_id)
    desk = await desk_on(tx, told.application_id, panel)
    if not desk.closed:
        named = f"{told.application_id}:{panel.stage}"
        raise WrongState("stage", named, "open", ["closed"], f"POST /review/v1/panels/{panel_id}/conflicts")
    refusals = reopening_refusals(desk, seat)
    if refusals:
        raise Refused(refusals)
    return await _reopen(tx, caller, desk, seat, told, panel, clock)


async def _reopen(
    tx: Tx, caller: Caller, desk: Desk, seat: Seat, told: Declaration, panel: Panel, clock: Clock
) -> StageReopening:
    application, now = await take_reopening_turn(tx, panel.programme_code, told.application_id, clock)
    if not application.eligible:
        raise WrongState("application", application.application_id, application.state, ["eligible"])
    closed = await composites.get_closed(tx, desk.place)
    reopening = StageReopening(
        application_id=application.application_id,
        stage=panel.stage,
        version=closed.composite.version,
        panel_id=panel.panel_id,
        seat=seat.seat,
        sheets=sheets_of(closed.composite),
        reason=told.reason,
        composite_sha256=digest_of(application.application_id, closed.composite),
        closed_at=closed.closed_at,
        reopened_by=caller.subject,
        reopened_at=now,
    )
    conflict = ConflictOfInterest(
        panel.panel_id, seat.seat, application.application_id, "declared", told.reason, caller.subject, now
    )
    await conflicts.add_conflicts(tx, [conflict])
    await reopenings.add_reopening(tx, reopening)
    await assignments.change_places(tx, [desk.place], closed_at=None)
    await send_on(tx, [application], await programme_at(tx, panel.programme_code, now), now)
    return reopening
