"""Who reads an application, from when to when, and what may be saved before a sheet is handed in (RV-16)."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from libs.common.errors import Refusal
from services.review.model.applications import Application
from services.review.model.panels import Seat
from services.review.policy.scoring import RubricPolicy
from services.review.rules.panel import employer_conflicts, sits_for
from services.review.rules.scoring import sheet_refusals

SittingKey = tuple[str, str, int]
"""A panel, an application, a seat."""


def readers_of(seats: Sequence[Seat], application: Application, conflicted: Collection[int] = ()) -> tuple[Seat, ...]:
    """The seats that read an application: whoever sits for it without a conflict (RV-16).

    `seats` are those of its panel, `conflicted` the seats with a conflict on record. Whoever the applicant employs is
    in conflict without a word (CV-9). Returns the seats that read, by number; intake lets them in once they have
    cleared themselves. Never raises.

    Example: five seats, one employed by the applicant, one vacated → the other three.
    Source: S0 §5.
    """
    apart = {*conflicted, *employer_conflicts(seats, application)}
    return tuple(seat for seat in seats if sits_for(seat, application.application_id) and seat.seat not in apart)


def sitting_of(taken_back: Mapping[SittingKey, int], panel_id: str, application_id: str, seat: int) -> int:
    """Which sitting of a seat for an application this is: the first, and one more for each conflict taken back."""
    return 1 + taken_back.get((panel_id, application_id, seat), 0)


def next_saving(version: int | None) -> int:
    """The version under which a draft is saved: 1 where none was, else one more."""
    return 1 if version is None else version + 1


def was_saved_since(read: int | None, kept: int | None) -> bool:
    """Whether another window has saved a draft since this one read it; never where no version is told.

    `read` is the version that was read, 0 where none was there; `kept` the one that is kept, None where none is.
    """
    return read is not None and read != (kept or 0)


def draft_refusals(scores: Mapping[str, Decimal], policy: RubricPolicy) -> list[Refusal]:
    """Why scores may not even be saved: what is filled in keeps to RV-2, what is not may be missing yet."""
    return [refusal for refusal in sheet_refusals(scores, policy) if refusal.code != "criterion_missing"]
