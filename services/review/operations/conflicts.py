"""A reviewer or an officer declares a relation to an applicant: a conflict of interest (RV-1)."""

from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, WrongState
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model.panels import ConflictOfInterest, Declaration, Desk, Panel
from services.review.model.stages import StageStanding
from services.review.operations.stages import check_there, close_complete, desks_of, judge_desk
from services.review.rules.panel import related_seat
from services.review.store import conflicts, panels


async def declare_conflict(tx: Tx, caller: Caller, panel_id: str, told: Declaration, clock: Clock) -> StageStanding:
    """Record a declared relation: the reviewer cannot score that application, and a sheet given before is set aside.

    A reviewer declares their own. Raises NotFound for who does not sit there, WrongState once the stage is closed or
    the application is gone.
    """
    panel = await panels.get_panel(tx, panel_id)
    seat = related_seat(await panels.list_seats(tx, panel_id), told.reviewer_id)
    if "officer" not in caller.roles and (seat is None or seat.reviewer_id != caller.subject):
        raise NotFound("panel", panel_id)
    if seat is None:
        raise NotFound("reviewer", told.reviewer_id)
    desk = await _open_desk(tx, told.application_id, panel)
    now = clock.now()
    programme = await programme_at(tx, panel.programme_code, now)
    found = ConflictOfInterest(panel_id, seat.seat, told.application_id, "declared", told.reason, caller.subject, now)
    await conflicts.add_conflicts(tx, [found])
    judged = judge_desk(replace(desk, conflicted=(*desk.conflicted, seat.seat)), programme)
    await close_complete(tx, [judged], programme, clock)
    return judged.standing


async def _open_desk(tx: Tx, application_id: str, panel: Panel) -> Desk:
    place = (application_id, panel.stage)
    desk = (await desks_of(tx, [place])).get(place)
    if desk is None or desk.panel_id != panel.panel_id:
        raise NotFound("application", application_id)
    if desk.closed:
        raise WrongState("stage", f"{application_id}:{panel.stage}", "closed", ["open"])
    check_there(desk)
    return desk
