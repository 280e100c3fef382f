"""An officer seats a substitute under a new seat number (RV-1)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import NotFound, Refusal, Refused
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model.applications import Application
from services.review.model.panels import Desk, NewSubstitute, Panel, Seat, Seated, SeatedPanel
from services.review.model.stages import Place
from services.review.operations.panels import check_all_given, describe
from services.review.operations.stages import add_employer_conflicts, close_complete, desks_of, judge_desk
from services.review.operations.telling import say_replaced, say_seated
from services.review.operations.turns import take_seats_turn
from services.review.policy.panels import PanelPolicy
from services.review.rules.panel import substitute_refusals, substitute_scope, without_need
from services.review.store import assignments, panels
from services.review.store.invitations import list_invited


async def seat_substitute(tx: Tx, caller: Caller, panel_id: str, asked: NewSubstitute, clock: Clock) -> SeatedPanel:
    """Seat a substitute under a new seat number, for the applications that need one.

    Those are the named ones; else with `replaces_seat` the open ones which that seat has not scored (it is
    vacated; its sheets stand), else those that cannot reach enough sheets. Raises Refused where none needs one
    or the seat or reviewer is taken.
    """
    panel = await panels.get_panel(tx, panel_id)
    await take_seats_turn(tx, panel_id, clock)
    desks = await _desks_of(tx, panel)
    now = clock.now()
    programme = await programme_at(tx, panel.programme_code, now)
    seats = await panels.list_seats(tx, panel_id)
    waiting = [kept.invitation.chair for kept in await list_invited(tx, panel_id) if kept.pending]
    scored = _to_score(asked, seats, desks, PanelPolicy.of(programme), waiting)
    if asked.replaces_seat is None:
        _check_needed(scored, list(desks.values()), panel, PanelPolicy.of(programme), now)
    if asked.replaces_seat is not None:
        await panels.end_seat(tx, panel_id, asked.replaces_seat, now)
        there = [desk.application for desk in desks.values() if desk.in_review]
        for seat in seats:
            if seat.seat == asked.replaces_seat:
                await say_replaced(tx, panel, there, seat, now)
    seated = replace(asked.seat, scope=tuple(sorted(one.application_id for one in scored)))
    await panels.add_seats(tx, panel_id, [seated], now)
    new = Seated(panel_id, (seated,))
    await add_employer_conflicts(tx, new, scored, caller.subject, now)
    await say_seated(tx, new, panel.stage, scored, now, {})
    await _close_what_is_complete(tx, panel, programme, clock)
    return await describe(tx, panel_id)


def _to_score(
    asked: NewSubstitute,
    seats: Sequence[Seat],
    desks: Mapping[Place, Desk],
    policy: PanelPolicy,
    waiting: Sequence[Seat],
) -> list[Application]:
    """What the substitute is to score; raises what forbids it. `waiting` are seats that somebody is invited to."""
    in_review = [desk for desk in desks.values() if desk.in_review]
    scope = asked.application_ids
    if scope is None:
        scope = substitute_scope(in_review, asked.replaces_seat, policy)
    if asked.replaces_seat is not None and asked.replaces_seat not in {seat.seat for seat in seats if not seat.vacated}:
        raise NotFound("seat", str(asked.replaces_seat))
    there = {desk.application.application_id: desk.application for desk in in_review}
    check_all_given(scope - there.keys())
    refusals = substitute_refusals(asked.seat, [*seats, *waiting], scope)
    if refusals:
        raise Refused(refusals)
    return [there[known] for known in sorted(scope)]


def _check_needed(
    scored: Sequence[Application],
    desks: Sequence[Desk],
    panel: Panel,
    policy: PanelPolicy,
    now: dt.datetime,
) -> None:
    """Raise Refused where one of the applications needs no further voice."""
    ids = {one.application_id for one in scored}
    if without_need(desks, ids, policy, panel.due_at, now):
        raise Refused([Refusal("RV-1", "no_substitute_needed", {})])


async def _desks_of(tx: Tx, panel: Panel) -> Mapping[Place, Desk]:
    """All desks of a panel, locked."""
    assigned = await assignments.list_assigned(tx, panel.panel_id)
    return await desks_of(tx, [(one.application_id, one.stage) for one in assigned])


async def _close_what_is_complete(tx: Tx, panel: Panel, programme: Programme, clock: Clock) -> None:
    """A seat that was vacated may have been the last one awaited."""
    desks = (await _desks_of(tx, panel)).values()
    await close_complete(tx, [judge_desk(desk, programme) for desk in desks if desk.in_review], programme, clock)
