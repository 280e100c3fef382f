"""A relation to an applicant is declared, or taken back as wrong: a conflict of interest (RV-1)."""

from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, NotFound, Refused, WrongState
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model.panels import ConflictOfInterest, Declaration, Desk, Panel, Seat
from services.review.model.stages import StageStanding, Withdrawal
from services.review.operations.stages import check_there, close_complete, desks_of, judge_desk
from services.review.operations.telling import say_conflict, say_conflict_over
from services.review.operations.turns import take_seats_turn
from services.review.rules.panel import related_seat, withdrawal_refusals
from services.review.store import conflicts, panels


async def declare_conflict(tx: Tx, caller: Caller, panel_id: str, told: Declaration, clock: Clock) -> StageStanding:
    """Record a declared relation: the reviewer cannot score that application, and a sheet given before is set aside.

    A reviewer declares their own. The same again changes nothing. Raises NotFound for who does not sit there,
    WrongState once the stage is closed (then an officer opens it again, RV-17) or the application is gone.
    """
    panel = await panels.get_panel(tx, panel_id)
    seat = related_seat(await panels.list_seats(tx, panel_id), told.reviewer_id)
    if "officer" not in caller.roles and (seat is None or seat.reviewer_id != caller.subject):
        raise NotFound("panel", panel_id)
    if seat is None:
        raise NotFound("reviewer", told.reviewer_id)
    reopen = f"POST /review/v1/panels/{panel_id}/reopenings" if "officer" in caller.roles else ""
    desk = await _open_desk(tx, told.application_id, panel, reopen)
    if seat.seat not in desk.conflicted:
        now = clock.now()
        found = ConflictOfInterest(
            panel_id, seat.seat, told.application_id, "declared", told.reason, caller.subject, now
        )
        await conflicts.add_conflicts(tx, [found])
        await say_conflict(tx, panel, desk.application, seat, now)
    return await _judge(tx, replace(desk, conflicted=(*desk.conflicted, seat.seat)), clock)


async def withdraw_conflict(tx: Tx, caller: Caller, panel_id: str, told: Declaration, clock: Clock) -> StageStanding:
    """An officer takes a conflict back that was recorded wrongly; both stay on record, and a sheet set aside counts.

    Raises Conflict where the reviewer has none in this application; Refused where it follows from the employer on
    record, or a substitute was seated since; WrongState once the stage is closed: its result was made without them.
    """
    panel = await panels.get_panel(tx, panel_id)
    await take_seats_turn(tx, panel_id, clock)
    seats = await panels.list_seats(tx, panel_id)
    seat = _seat_of(told, seats)
    desk = await _open_desk(tx, told.application_id, panel)
    kept = await conflicts.find_standing(tx, panel_id, told.application_id, seat.seat)
    if kept is None:
        raise Conflict("no_conflict_on_record", "RV-1", application_id=told.application_id, seat=seat.seat)
    refusals = withdrawal_refusals(kept.conflict, seats, desk.application)
    if refusals:
        raise Refused(refusals)
    now = clock.now()
    await conflicts.add_withdrawal(tx, kept.id, Withdrawal(told.reason, caller.subject, now))
    await say_conflict_over(tx, panel, desk.application, seat, now)
    still = tuple(number for number in desk.conflicted if number != seat.seat)
    return await _judge(tx, replace(desk, conflicted=still), clock)


def _seat_of(told: Declaration, seats: tuple[Seat, ...]) -> Seat:
    seat = related_seat(seats, told.reviewer_id)
    if seat is None:
        raise NotFound("reviewer", told.reviewer_id)
    return seat


async def _judge(tx: Tx, desk: Desk, clock: Clock) -> StageStanding:
    """Close the stage on a desk where nobody is awaited any more; returns where it stands."""
    programme = await programme_at(tx, desk.application.programme_code, clock.now())
    judged = judge_desk(desk, programme)
    await close_complete(tx, [judged], programme, clock)
    return judged.standing


async def desk_on(tx: Tx, application_id: str, panel: Panel) -> Desk:
    """The desk of one application on this panel, its place locked. Raises NotFound where it is not there."""
    place = (application_id, panel.stage)
    desk = (await desks_of(tx, [place])).get(place)
    if desk is None or desk.panel_id != panel.panel_id:
        raise NotFound("application", application_id)
    return desk


async def _open_desk(tx: Tx, application_id: str, panel: Panel, next_call: str = "") -> Desk:
    desk = await desk_on(tx, application_id, panel)
    if desk.closed:
        raise WrongState("stage", f"{application_id}:{panel.stage}", "closed", ["open"], next_call)
    check_there(desk)
    return desk
