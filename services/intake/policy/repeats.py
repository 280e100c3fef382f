"""Which earlier support counts, and what it means (IN-7)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.intake.model.findings import Outcome

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class RepeatPolicy:
    """IN-7's policy: the year that counts, the listed programmes and what an award of one of them means."""

    year: int | None
    listed_programmes: tuple[str, ...]
    listed: Outcome
    unlisted_government: Outcome
    awards_max: int | None
    overlaps: Callable[[], Mapping[str, Outcome]] = dict
    """What an award of a programme means, by its code; it wins over `listed`. Read only where there is an award."""

    @classmethod
    def of(cls, programme: "Programme") -> "RepeatPolicy":
        """Read it. Raises PolicyMissing where a value is unset; `none` for an outcome means `pass`."""
        repeats = programme.intake.repeats
        return cls(
            repeats.year.optional(),
            tuple(repeats.listed_programmes.optional() or ()),
            repeats.listed.optional() or "pass",
            repeats.unlisted_government.optional() or "pass",
            repeats.awards_max.optional(),
            lambda: repeats.overlaps.optional() or {},
        )
