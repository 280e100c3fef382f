"""Panels: who may score what, and when a stage is over for an application (RV-1)."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from libs.common.errors import Refusal
from services.review.model.panels import Desk, Seat
from services.review.model.stages import StageStanding
from services.review.policy import PanelPolicy

T = TypeVar("T")


def stage_standing(
    application_id: str,
    seats: Sequence[Seat],
    conflicted: Collection[int],
    scored: Collection[int],
    policy: PanelPolicy,
) -> StageStanding:
    """RV-1: A stage closes when every seated reviewer without a conflict has scored it, and enough have.

    `seats` are all seats of the panel, substitutes and vacated ones included; `conflicted` the seat numbers with
    a conflict of interest in this application; `scored` those that handed in a sheet. A vacated seat is no longer
    awaited, but the sheet it gave before counts. Returns whom the stage awaits (seat numbers, ascending), how
    many sheets count, and how many substitutes an officer must seat before `sheets_min` can be reached. A late
    reviewer stays awaited: a step is never skipped. Never raises.

    Example: seven seats, two conflicts, five sheets → closed; seven seats, three conflicts → one substitute.
    Source: S0 §5, S1 §5.
    """
    able = {seat.seat for seat in seats if sits_for(seat, application_id)} - set(conflicted)
    valid = set(scored) - set(conflicted)
    awaited = sorted(able - valid)
    return StageStanding(tuple(awaited), len(valid), max(0, policy.sheets_min - len(valid | able)))


def sits_for(seat: Seat, application_id: str) -> bool:
    """Whether a seat is asked to score an application, conflicts aside."""
    return not seat.vacated and (seat.scope is None or application_id in seat.scope)


def panel_refusals(seats: Sequence[Seat], policy: PanelPolicy) -> list[Refusal]:
    """Why a panel cannot be seated so: too few or too many seats, a seat number or a reviewer twice."""
    refusals = []
    if len(seats) < policy.seats_min or (policy.seats_max is not None and len(seats) > policy.seats_max):
        limits = {"seats_min": policy.seats_min, "seats_max": policy.seats_max}
        refusals.append(Refusal("RV-1", "panel_size", {"seats": len(seats), **limits}))
    numbers = _repeated([seat.seat for seat in seats])
    reviewers = _repeated([seat.reviewer_id for seat in seats])
    refusals += [Refusal("RV-1", "seat_taken", {"seat": number}) for number in numbers]
    refusals += [Refusal("RV-1", "reviewer_already_seated", {"reviewer_id": reviewer}) for reviewer in reviewers]
    return refusals


def substitute_scope(desks: Sequence[Desk], replaces_seat: int | None, policy: PanelPolicy) -> frozenset[str]:
    """The applications that a substitute is seated for where none are named (RV-1).

    `desks` are the panel's open ones. With `replaces_seat` those that this seat has not scored, else those that
    cannot reach enough sheets. Never raises.
    """
    if replaces_seat is not None:
        return frozenset(desk.application.application_id for desk in desks if replaces_seat not in desk.seats_given)
    return frozenset(
        desk.application.application_id
        for desk in desks
        if stage_standing(
            desk.application.application_id, desk.seats, desk.conflicted, desk.seats_given, policy
        ).substitutes_needed
    )


def substitute_refusals(substitute: Seat, seats: Sequence[Seat], scope: Collection[str]) -> list[Refusal]:
    """Why a substitute cannot be seated so: the number or the reviewer has sat here before, or nothing is to score."""
    refusals = []
    if substitute.seat in {seat.seat for seat in seats}:
        refusals.append(Refusal("RV-1", "seat_taken", {"seat": substitute.seat}))
    if substitute.reviewer_id in {seat.reviewer_id for seat in seats}:
        refusals.append(Refusal("RV-1", "reviewer_already_seated", {"reviewer_id": substitute.reviewer_id}))
    if not scope:
        refusals.append(Refusal("RV-1", "no_substitute_needed", {}))
    return refusals


def employer_conflicts(seats: Sequence[Seat], organisation_id: str) -> list[int]:
    """The seats whose reviewer is employed by the applicant: they may not score it."""
    return [seat.seat for seat in seats if seat.employer_organisation_id == organisation_id]


def _repeated(values: Sequence[T]) -> list[T]:
    return [value for place, value in enumerate(values) if value in values[:place]]
