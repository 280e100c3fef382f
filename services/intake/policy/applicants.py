"""Who may apply, whom the call counts, and who is young (IN-5, IN-6)."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from services.intake.model.findings import Outcome
from services.intake.model.organisations import Sector

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class ApplicantPolicy:
    """IN-5's policy for one kind of applicant; `decision` is None for a kind the programme does not list."""

    decision: Outcome | None
    through_professor: bool
    sector: Sector
    counting_unit: Literal["business_no", "professor", "organisation"]
    opened_within_years: int | None = None
    """Counts only a business opened at most so many years ago (startups of S2 and S3)."""

    @classmethod
    def of(cls, programme: "Programme", kind: str) -> "ApplicantPolicy":
        """Read it. Raises PolicyMissing where the decision on the kind is unset."""
        listed = programme.intake.applicant_kinds.get(kind)
        if listed is None:
            return cls(None, through_professor=False, sector="private", counting_unit="business_no")
        refused = programme.intake.refused_kinds.optional() or []
        return cls(
            "fail" if kind in refused else listed.decision.required(),
            listed.through_professor,
            listed.sector,
            listed.counting_unit.required(),
            listed.opened_within_years.optional(),
        )


@dataclass(frozen=True, slots=True)
class YouthPolicy:
    """IN-6's policy: the printed birth date or the years from which it follows, and the legal forms that count."""

    born_on_or_after: dt.date | None
    years: int | None
    notice_date: dt.date | None
    legal_forms: tuple[str, ...]

    @classmethod
    def of(cls, programme: "Programme") -> "YouthPolicy":
        """Read it. Raises PolicyMissing where a value is unset that the line needs: a printed date needs no years."""
        youth = programme.intake.youth
        printed = youth.born_on_or_after.optional()
        years = None if printed else youth.years.optional()
        notice_date = None if printed else programme.notice_date.optional()
        return cls(printed, years, notice_date, tuple(youth.legal_forms.optional() or ()))
