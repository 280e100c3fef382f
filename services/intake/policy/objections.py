"""Within how many days a decision may be objected to (MS-7)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from libs.common.calendar import AS_PRINTED, ChangedDays
from libs.common.changed_days import changed_days

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme
    from libs.common.definition.stated import StatedOrNone


@dataclass(frozen=True, slots=True)
class ObjectionPolicy:
    """MS-7's policy: the window in days, None where the call takes no objections, and the holidays that it changes."""

    days: int | None
    changed: ChangedDays = AS_PRINTED

    @classmethod
    def of(cls, programme: "Programme") -> "ObjectionPolicy":
        """Read it. Raises PolicyMissing where it is unset."""
        return cls(_stated(programme).optional(), changed_days(programme))

    @classmethod
    def known(cls, programme: "Programme") -> "ObjectionPolicy":
        """Read what is known of it: None too where it is unset. Never raises."""
        return cls(_stated(programme).known(), changed_days(programme))


def _stated(programme: "Programme") -> "StatedOrNone[int]":
    return programme.review.objection_days
