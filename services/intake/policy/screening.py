"""All that screening applies to one case (IN-12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.intake.policy.applicants import ApplicantPolicy, YouthPolicy
from services.intake.policy.call import ApplicationCountPolicy, RequestBounds, SubmissionWindow
from services.intake.policy.documents import DocumentPolicy
from services.intake.policy.form import FormPolicy
from services.intake.policy.models import ModelPolicy
from services.intake.policy.people import PeoplePolicy
from services.intake.policy.provider_offers import OfferPolicy
from services.intake.policy.reductions import ReductionPolicy
from services.intake.policy.repeats import RepeatPolicy
from services.intake.policy.restrictions import ProviderPolicy, RestrictionPolicy

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
    people: PeoplePolicy
    models: ModelPolicy
    form: FormPolicy
    large_from: Mapping[str, int] | None
    """By product, the units from which on an application is large (IN-14)."""
    reductions: ReductionPolicy
    providers: ProviderPolicy | None = None
    offers: OfferPolicy | None = None
    """Both in a providers' call alone: then every member of the consortium is looked at, not the applicant (IN-8)."""

    @classmethod
    def of(
        cls,
        programme: "Programme",
        *,
        track: str,
        kind: str,
        youth_claimed: bool,
        region_claimed: bool = False,
        product: str = "",
    ) -> "ScreeningPolicy":
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
            PeoplePolicy.of(programme),
            ModelPolicy.of(programme),
            FormPolicy.of(programme),
            large_from_of(programme, track),
            ReductionPolicy.of(programme, product=product, youth_claimed=youth_claimed, region_claimed=region_claimed),
            ProviderPolicy.of(programme) if programme.audience == "providers" else None,
            OfferPolicy.of(programme),
        )


def large_from_of(programme: "Programme", track: str) -> Mapping[str, int] | None:
    """By product of a track, the units from which on an application is large (IN-14); None where none is.

    Raises PolicyMissing where it is unset, NotFound for an unknown track.
    """
    return programme.track(track).large.optional()
