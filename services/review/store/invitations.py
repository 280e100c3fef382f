"""Invitations to panels and their answers, appended."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.lists import Counts, Shape, Wanted, count, paged
from libs.common.nouns import columns, one, values, values_of
from services.review.model.invitations import Invitation, InvitationAnswer, InvitationState, KeptInvitation
from services.review.model.panels import Panel
from services.review.store.panels import PANEL
from services.review.tables.invitations import invitation, invitation_answer
from services.review.tables.panels import panel

INVITATION, ANSWER = columns(invitation, Invitation), columns(invitation_answer, InvitationAnswer)
_KEPT = invitation.join(panel, panel.c.panel_id == invitation.c.panel_id).outerjoin(
    invitation_answer,
    (invitation_answer.c.panel_id == invitation.c.panel_id) & (invitation_answer.c.seat == invitation.c.seat),
)


async def add_invitations(tx: Tx, new: Sequence[Invitation]) -> None:
    """Keep invitations; the caller has the turn of the panel's seats."""
    await tx.execute(insert(invitation), values_of(new))


async def add_answer(tx: Tx, answer: InvitationAnswer) -> None:
    """Keep what a reviewer answered."""
    await tx.execute(insert(invitation_answer).values(values(answer)))


def _query() -> Select[Any]:
    return select(*INVITATION, *ANSWER, *PANEL).select_from(_KEPT)


async def list_invited(tx: Tx, panel_id: str) -> tuple[KeptInvitation, ...]:
    """All invitations to a panel, by seat."""
    query = _query().where(invitation.c.panel_id == panel_id).order_by(invitation.c.seat)
    return tuple(_kept(row) for row in await tx.execute(query))


STATE = case(
    (invitation_answer.c.accepted.is_(None), "asked"), (invitation_answer.c.accepted, "accepted"), else_="declined"
)
SHAPE = Shape(
    number=invitation.c.panel_id,
    found_by=(invitation.c.panel_id, panel.c.programme_code, panel.c.track),
    sorts={"invited_at": invitation.c.invited_at},
    state=STATE,
    then=(invitation.c.seat,),
)


async def list_invitations_to(
    tx: Tx, reviewer_id: str, wanted: Wanted, state: InvitationState | None
) -> tuple[KeptInvitation, ...]:
    """One page of the invitations of a reviewer."""
    rows = await tx.execute(paged(_to(_query(), reviewer_id, state), SHAPE, wanted))
    return tuple(_kept(row) for row in rows)


async def count_invitations_to(tx: Tx, reviewer_id: str, wanted: Wanted, state: InvitationState | None) -> Counts:
    """How many there are on all pages, in sum and by what was answered."""
    return await count(tx, _to(_query(), reviewer_id, state), SHAPE, wanted)


def _to(query: Select[Any], reviewer_id: str, state: InvitationState | None) -> Select[Any]:
    query = query.where(invitation.c.reviewer_id == reviewer_id)
    return query if state is None else query.where(STATE.in_((state,)))


def _kept(row: Any) -> KeptInvitation:
    asked, rest = row[: len(INVITATION)], row[len(INVITATION) :]
    answer, on = rest[: len(ANSWER)], rest[len(ANSWER) :]
    told = None if answer[0] is None else one(InvitationAnswer, answer)
    return KeptInvitation(one(Invitation, asked), told, one(Panel, on))
