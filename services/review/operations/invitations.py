"""Reviewers are invited to a panel with a seat, and accept or decline it; a seat counts when it is accepted (RV-1)."""

import datetime as dt
from collections.abc import Sequence

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, Refused
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model.invitations import Invitation, InvitationAnswer, KeptInvitation
from services.review.model.panels import Panel, Seat, Seated
from services.review.operations.stages import SYSTEM, add_employer_conflicts
from services.review.operations.telling import say_seated
from services.review.operations.turns import take_seating_turn, take_seats_turn
from services.review.policy.panels import PanelPolicy
from services.review.rules.invitations import answer_refusals, invitation_refusals, own_invitation
from services.review.store import applications, assignments, invitations, panels


async def invite(
    tx: Tx, caller: Caller, panel_id: str, asked: Sequence[Seat], clock: Clock
) -> tuple[KeptInvitation, ...]:
    """Invite reviewers to seats of a panel; returns all invitations to it. Raises NotFound, Refused (RV-1)."""
    panel = await panels.get_panel(tx, panel_id)
    now = await take_seats_turn(tx, panel_id, clock)
    policy = PanelPolicy.of(await programme_at(tx, panel.programme_code, now))
    seats, invited = await panels.list_seats(tx, panel_id), await invitations.list_invited(tx, panel_id)
    refusals = invitation_refusals(asked, seats, invited, policy)
    if refusals:
        raise Refused(refusals)
    await send(tx, caller, panel_id, asked, now)
    return await invitations.list_invited(tx, panel_id)


async def send(tx: Tx, caller: Caller, panel_id: str, asked: Sequence[Seat], now: dt.datetime) -> None:
    """Keep that these reviewers are invited to these seats of a panel."""
    new = [
        Invitation(
            panel_id=panel_id,
            seat=seat.seat,
            reviewer_id=seat.reviewer_id,
            name=seat.name,
            employer_organisation_id=seat.employer_organisation_id,
            due_at=seat.due_at,
            seat_reason=seat.reason,
            invited_by=caller.subject,
            invited_at=now,
        )
        for seat in asked
    ]
    await invitations.add_invitations(tx, new)


async def answer(tx: Tx, caller: Caller, panel_id: str, *, accepted: bool, reason: str, clock: Clock) -> KeptInvitation:
    """The caller accepts the seat to which he is invited, and sits on it from now on, or declines it with a reason.

    He is asked to score what is still open then. The same answer again changes nothing. Raises NotFound for who is not
    invited, Refused for another answer than the one before or a no without a reason.
    """
    panel = await panels.get_panel(tx, panel_id)
    await take_seats_turn(tx, panel_id, clock)
    kept = own_invitation(await invitations.list_invited(tx, panel_id), caller.subject)
    if kept is None:
        raise NotFound("panel", panel_id)
    refusals = answer_refusals(kept, accepted=accepted, reason=reason)
    if refusals:
        raise Refused(refusals)
    if kept.answer is not None:
        return kept
    # nothing enters the panel, and no stage of it closes, between this seat and what it is asked to score
    now = await take_seating_turn(tx, panel.programme_code, clock)
    told = InvitationAnswer(panel_id, kept.invitation.seat, accepted, reason, now)
    await invitations.add_answer(tx, told)
    if accepted:
        await _seat(tx, panel, kept.invitation.chair, now)
    return KeptInvitation(kept.invitation, told, panel)


async def _seat(tx: Tx, panel: Panel, chair: Seat, now: dt.datetime) -> None:
    await panels.add_seats(tx, panel.panel_id, [chair], now)
    waiting = [one.application_id for one in await assignments.list_assigned(tx, panel.panel_id) if one.in_review]
    found = tuple((await applications.list_known(tx, waiting)).values())
    seated = Seated(panel.panel_id, (chair,))
    await add_employer_conflicts(tx, seated, found, SYSTEM, now)
    await say_seated(tx, seated, panel.stage, found, now, {})
