"""Whom an officer may invite to a panel, and what an answer needs (RV-1)."""

from collections.abc import Sequence

from libs.common.errors import Fact, Refusal
from services.review.model.invitations import KeptInvitation
from services.review.model.panels import Seat
from services.review.policy.panels import PanelPolicy
from services.review.rules.panel import panel_refusals


def invitation_refusals(
    asked: Sequence[Seat], seats: Sequence[Seat], invited: Sequence[KeptInvitation], policy: PanelPolicy
) -> list[Refusal]:
    """Why these reviewers cannot be invited: the panel would be too small or too large, a number or person comes twice.

    `seats` are those of the panel, substitutes and vacated ones included; `invited` all invitations so far. Whoever
    declined leaves room, but a seat number is never given out again, and nobody is asked twice. Never raises.

    Example: seven seats at most, five accepted, one pending, one declined → one more may be invited, two may not.
    """
    full = [seat for seat in seats if not seat.substitute]
    waiting = [kept.invitation.chair for kept in invited if kept.pending]
    refusals = panel_refusals([*full, *waiting, *asked], policy)
    others = [*(seat for seat in seats if seat.substitute), *_declined(invited)]
    refusals += [_taken(seat) for seat in asked if any(seat.seat == other.seat for other in others)]
    refusals += [_known(seat) for seat in asked if any(seat.reviewer_key == other.reviewer_key for other in others)]
    return refusals


def _declined(invited: Sequence[KeptInvitation]) -> list[Seat]:
    return [kept.invitation.chair for kept in invited if kept.answer is not None and not kept.answer.accepted]


def _taken(seat: Seat) -> Refusal:
    return Refusal("RV-1", "seat_taken", {"seat": seat.seat})


def _known(seat: Seat) -> Refusal:
    return Refusal("RV-1", "reviewer_already_invited", {"reviewer_id": seat.reviewer_id})


def own_invitation(invited: Sequence[KeptInvitation], subject: str) -> KeptInvitation | None:
    """The invitation of an account, exactly as its issuer says it; None where it has none."""
    return next((kept for kept in invited if kept.invitation.reviewer_id == subject), None)


def answer_refusals(kept: KeptInvitation, *, accepted: bool, reason: str) -> list[Refusal]:
    """Why an answer is not taken: there is another one already, or a no has no reason."""
    if kept.answer is not None and kept.answer.accepted != accepted:
        facts: dict[str, Fact] = {"seat": kept.invitation.seat, "panel_id": kept.invitation.panel_id}
        return [Refusal("RV-1", "invitation_answered_already", facts)]
    return [] if accepted or reason else [Refusal("RV-1", "reason_missing")]
