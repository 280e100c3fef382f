"""Panels: who may score what, and when a stage is over for an application (RV-1)."""

import datetime as dt
from collections.abc import Collection, Sequence

from libs.common.errors import Fact, Refusal
from libs.common.keys import fold_key
from services.review.model.applications import Application
from services.review.model.panels import ConflictOfInterest, Desk, Seat
from services.review.model.stages import StageStanding
from services.review.policy.panels import PanelPolicy


def stage_standing(
    application_id: str,
    seats: Sequence[Seat],
    conflicted: Collection[int],
    scored: Collection[int],
    policy: PanelPolicy,
    sheets_before: int = 0,
) -> StageStanding:
    """RV-1: A stage closes when every seated reviewer without a conflict has scored it, and enough have.

    `seats` are all seats of the panel, substitutes and vacated ones included; `conflicted` the seat numbers with
    a conflict of interest in this application; `scored` those that handed in a sheet. A vacated seat is no longer
    awaited, but the sheet it gave before counts. `sheets_before` is with how many sheets the stage was closed before
    it was opened again: as many close it anew, so that a sheet set aside is replaced (RV-17). Returns whom the stage
    awaits (seat numbers, ascending), how many sheets count, and how many substitutes an officer must seat before
    enough can be reached. A late reviewer stays awaited: a step is never skipped. Never raises.

    Example: seven seats, two conflicts, five sheets → closed; seven seats, three conflicts → one substitute.
    Source: S0 §5, S1 §5.
    """
    able = {seat.seat for seat in seats if sits_for(seat, application_id)} - set(conflicted)
    valid = set(scored) - set(conflicted)
    awaited = sorted(able - valid)
    sheets_min = max(policy.sheets_min, sheets_before)
    return StageStanding(tuple(awaited), len(valid), max(0, sheets_min - len(valid | able)))


def standing_of(desk: Desk, policy: PanelPolicy) -> StageStanding:
    """Where the stage on a desk stands (RV-1)."""
    application_id = desk.application.application_id
    return stage_standing(
        application_id, desk.seats, desk.conflicted, desk.seats_given, policy, sheets_before=desk.sheets_before
    )


def sits_for(seat: Seat, application_id: str) -> bool:
    """Whether a seat is asked to score an application, conflicts aside."""
    return not seat.vacated and (seat.scope is None or application_id in seat.scope)


def panel_refusals(seats: Sequence[Seat], policy: PanelPolicy) -> list[Refusal]:
    """Why a panel cannot be seated so (RV-1): too few or too many seats, a seat number or a reviewer twice.

    Each seat above `seats_max` needs a reason, and a call must allow them: "about" seven is eight at most (S0 §5).
    Never raises.

    Example: S0, eight seats, one of them with a reason → none; eight without → `seat_reason_missing`; nine → size.
    """
    refusals = []
    above = 0 if policy.seats_max is None else max(0, len(seats) - policy.seats_max)
    most = policy.seats_max_by_reason or policy.seats_max if above else policy.seats_max
    if len(seats) < policy.seats_min or (most is not None and len(seats) > most):
        limits = {"seats_min": policy.seats_min, "seats_max": most}
        refusals.append(Refusal("RV-1", "panel_size", {"seats": len(seats), **limits}))
    elif above > sum(bool(seat.reason) for seat in seats):
        facts: dict[str, Fact] = {"seats": len(seats), "seats_max": policy.seats_max, "above": above}
        refusals.append(Refusal("RV-1", "seat_reason_missing", facts))
    earlier = [(seat, seats[:place]) for place, seat in enumerate(seats)]
    refusals += [_seat_taken(seat) for seat, others in earlier if _number_among(seat, others)]
    refusals += [_already_seated(seat) for seat, others in earlier if _reviewer_among(seat, others)]
    return refusals


def substitute_scope(desks: Sequence[Desk], replaces_seat: int | None, policy: PanelPolicy) -> frozenset[str]:
    """The applications that a substitute is seated for where none are named (RV-1).

    `desks` are the panel's open ones. With `replaces_seat` those that this seat has not scored or may not score, else
    those that cannot reach enough sheets. Never raises.
    """
    if replaces_seat is not None:
        return frozenset(
            desk.application.application_id
            for desk in desks
            if replaces_seat not in desk.seats_given or replaces_seat in desk.conflicted
        )
    return frozenset(desk.application.application_id for desk in desks if standing_of(desk, policy).substitutes_needed)


def without_need(
    desks: Sequence[Desk], scope: Collection[str], policy: PanelPolicy, due_at: dt.datetime | None, now: dt.datetime
) -> frozenset[str]:
    """The named applications for which no further substitute is needed (RV-1).

    One is needed for each voice that is lost: a seat with a conflict, a vacated one without a sheet and, from `due_at`
    or the seat's own due time on, one that is still awaited. Each substitute seated for the application before makes up
    for one. One is also needed where enough sheets cannot be reached. Never raises.

    Example: one sheet set aside, no substitute yet → needed; one substitute seated for it → not needed.
    """
    return frozenset(
        desk.application.application_id
        for desk in desks
        if desk.application.application_id in scope
        and not standing_of(desk, policy).substitutes_needed
        and _voices_lost(desk, due_at, now) <= _substitutes_of(desk)
    )


def is_late(seat: Seat, due_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a seat's sheets are due: by its own due time, else by its panel's; never where neither is set."""
    due = seat.due_at or due_at
    return due is not None and now >= due


def _voices_lost(desk: Desk, due_at: dt.datetime | None, now: dt.datetime) -> int:
    """How many seats asked to score the application do not: in conflict, or without a sheet and vacated or late."""
    asked = [seat for seat in desk.seats if seat.scope is None or desk.application.application_id in seat.scope]
    return sum(
        seat.seat in desk.conflicted
        or (seat.seat not in desk.seats_given and (seat.vacated or is_late(seat, due_at, now)))
        for seat in asked
    )


def _substitutes_of(desk: Desk) -> int:
    return sum(seat.scope is not None and desk.application.application_id in seat.scope for seat in desk.seats)


def substitute_refusals(substitute: Seat, seats: Sequence[Seat], scope: Collection[str]) -> list[Refusal]:
    """Why a substitute cannot be seated so: the number or the reviewer has sat here before, or nothing is to score."""
    refusals = []
    if _number_among(substitute, seats):
        refusals.append(_seat_taken(substitute))
    if _reviewer_among(substitute, seats):
        refusals.append(_already_seated(substitute))
    if not scope:
        refusals.append(Refusal("RV-1", "no_substitute_needed", {}))
    return refusals


def _number_among(seat: Seat, others: Sequence[Seat]) -> bool:
    return any(seat.seat == other.seat for other in others)


def _reviewer_among(seat: Seat, others: Sequence[Seat]) -> bool:
    """However the two are spelt: one reviewer has one voice (CV-9)."""
    return any(seat.reviewer_key == other.reviewer_key for other in others)


def _seat_taken(seat: Seat) -> Refusal:
    return Refusal("RV-1", "seat_taken", {"seat": seat.seat})


def _already_seated(seat: Seat) -> Refusal:
    return Refusal("RV-1", "reviewer_already_seated", {"reviewer_id": seat.reviewer_id})


def employer_conflicts(seats: Sequence[Seat], applicant: Application) -> list[int]:
    """The seats whose reviewer is employed by the applicant, however it is spelt (CV-9): they may not score it."""
    return [seat.seat for seat in seats if seat.employer_key and seat.employer_key == applicant.organisation_key]


def related_seat(seats: Sequence[Seat], reviewer_id: str) -> Seat | None:
    """The seat of the reviewer whom a declaration of a relation names, however they are spelt (CV-9)."""
    key = fold_key(reviewer_id)
    return next((seat for seat in seats if seat.reviewer_key == key), None)


def withdrawal_refusals(kept: ConflictOfInterest, seats: Sequence[Seat], applicant: Application) -> list[Refusal]:
    """Why a conflict on record cannot be taken back as wrong: it follows from the seat's employer, or it was acted on.

    `seats` are those of the panel. Once a substitute was seated for the application, its voice stands in the other's
    stead: two would be more than the panel has, and whoever chose between them would choose the result.
    """
    facts: dict[str, Fact] = {"application_id": applicant.application_id, "seat": kept.seat}
    if kept.seat in employer_conflicts(seats, applicant):
        return [Refusal("RV-1", "conflict_by_employer", facts)]
    acted = [seat for seat in seats if _seated_since(seat, kept)]
    if acted:
        return [Refusal("RV-1", "substitute_seated_already", {**facts, "substitute": acted[0].seat})]
    return []


def _seated_since(seat: Seat, kept: ConflictOfInterest) -> bool:
    """Whether a substitute was seated for this application at the instant of the conflict or later."""
    in_scope = seat.scope is not None and kept.application_id in seat.scope
    return in_scope and seat.seated_at is not None and seat.seated_at >= kept.declared_at


def own_seat(seats: Sequence[Seat], subject: str, application_id: str) -> Seat | None:
    """The seat from which somebody scores an application; None where they do not sit for it.

    Who may is asked by the account's subject exactly as its issuer says it: another spelling is another account.
    """
    return next((seat for seat in seats if seat.reviewer_id == subject and sits_for(seat, application_id)), None)
