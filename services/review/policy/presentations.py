"""What presentations need of a programme's definition (RV-8)."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class PresentationPolicy:
    """RV-8: the days on which a track presents, as the notice prints them; None where it prints none."""

    days: tuple[dt.date, ...] | None

    @classmethod
    def of(cls, programme: "Programme", track: str) -> "PresentationPolicy":
        """Read it from a definition."""
        days = programme.track(track).presentation.optional()
        return cls(None if days is None else tuple(days))
