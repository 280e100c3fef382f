"""All that screening applies to one case (IN-12)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.intake.policy.applicants import ApplicantPolicy, YouthPolicy
from services.intake.policy.call import ApplicationCountPolicy, RequestBounds, SubmissionWindow
from services.intake.policy.documents import DocumentPolicy
from services.intake.policy.repeats import RepeatPolicy
from services.intake.policy.restrictions import RestrictionPolicy

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class ScreeningPolicy:
    """IN-12's policy: those of all rules that screening applies to one case."""

    window: SubmissionWindow
    count: ApplicationCountPolicy
    bounds: RequestBounds
    applicant: ApplicantPolicy
    youth: YouthPolicy | None
    """None where no reduction is claimed: a call without youth enterprises need not say who one is."""
    repeats: RepeatPolicy
    restrictions: RestrictionPolicy
    documents: DocumentPolicy

    @classmethod
    def of(cls, programme: "Programme", *, track: str, kind: str, youth_claimed: bool) -> "ScreeningPolicy":
        """Read what one case needs. Raises PolicyMissing where any of it is unset, NotFound for an unknown track."""
        applicant = ApplicantPolicy.of(programme, kind)
        return cls(
            SubmissionWindow.of(programme),
            ApplicationCountPolicy.of(programme),
            RequestBounds.of(programme, track),
            applicant,
            YouthPolicy.of(programme) if youth_claimed else None,
            RepeatPolicy.of(programme),
            RestrictionPolicy.of(programme, applicant.sector),
            DocumentPolicy.of(programme),
        )
