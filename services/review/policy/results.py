"""What an applicant's result needs of a programme's definition (F-63)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from libs.common.calendar import AS_PRINTED, ChangedDays
from libs.common.changed_days import changed_days

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class ResultPolicy:
    """RV-14: whether means by criterion are shown; the terms of objection and acceptance in days, None where silent."""

    criterion_means_shown: bool
    objection_days: int | None
    acceptance_days: int | None
    changed: ChangedDays = AS_PRINTED
    """Holidays that the definition changes (CV-7)."""

    @classmethod
    def of(cls, programme: "Programme") -> "ResultPolicy":
        """Read it from a definition; what it leaves open stops nothing here."""
        review = programme.review
        return cls(
            criterion_means_shown=bool(review.criterion_means_shown.known()),
            objection_days=review.objection_days.known(),
            changed=changed_days(programme),
            acceptance_days=review.acceptance_days.known(),
        )
