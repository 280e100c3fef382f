"""What a call says of time, number and size of applications (IN-1, IN-3, IN-4)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class SubmissionWindow:
    """IN-1's policy: the call's first and last instant; None where there is no such bound."""

    opens_at: dt.datetime | None
    closes_at: dt.datetime | None

    @classmethod
    def of(cls, programme: "Programme") -> "SubmissionWindow":
        """Read it. Raises PolicyMissing where the definition leaves a bound unset."""
        return cls(programme.submissions_open_at.optional(), programme.submissions_close_at.optional())


@dataclass(frozen=True, slots=True)
class ApplicationCountPolicy:
    """IN-3's policy: the products of each track, and how many applications a counting unit may have in the call."""

    products: Mapping[str, tuple[str, ...]]
    applications_max: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "ApplicationCountPolicy":
        """Read it. Raises PolicyMissing where the number is unset."""
        return cls(products_by_track(programme), programme.intake.max_applications.optional())


def products_by_track(programme: "Programme") -> dict[str, tuple[str, ...]]:
    """The products of each track: always stated, so a draft can be begun while limits are still unset."""
    return {key: tuple(track.products) for key, track in programme.tracks.items()}


@dataclass(frozen=True, slots=True)
class RequestBounds:
    """IN-4's policy: a track's bounds and the programme's use window (both days belong to it)."""

    units_min: int | None
    units_max: int | None
    months_min: int | None
    months_max: int | None
    use_starts_on: dt.date | None
    use_ends_on: dt.date | None

    @classmethod
    def of(cls, programme: "Programme", track: str) -> "RequestBounds":
        """Read them. Raises PolicyMissing where one is unset and NotFound for an unknown track."""
        part = programme.track(track)
        return cls(
            part.units_min.optional(),
            part.units_max.optional(),
            part.months_min.optional(),
            part.months_max.optional(),
            programme.use_starts_on.required(),
            programme.use_ends_on.required(),
        )
