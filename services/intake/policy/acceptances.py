"""Within how many days of its delivery a selection is accepted (RV-13)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from libs.common.calendar import AS_PRINTED, ChangedDays
from libs.common.changed_days import changed_days

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class AcceptancePolicy:
    """RV-13's clock: the term in days, None where the call sets none, and the holidays that it changes."""

    days: int | None
    changed: ChangedDays = AS_PRINTED

    @classmethod
    def of(cls, programme: "Programme") -> "AcceptancePolicy":
        """Read it. Raises PolicyMissing where it is unset."""
        return cls(programme.review.acceptance_days.optional(), changed_days(programme))
