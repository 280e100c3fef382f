"""What intake needs of a programme's definition: one small frozen class per rule."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from libs.common.calendar import kst_day
from libs.common.errors import PolicyMissing
from services.intake.model.findings import Outcome
from services.intake.model.organisations import Sector

if TYPE_CHECKING:
    from libs.common.definition.intake import Document, ProviderCall, Restrictions
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


@dataclass(frozen=True, slots=True)
class ApplicantPolicy:
    """IN-5's policy for one kind of applicant; `decision` is None for a kind the programme does not list."""

    decision: Outcome | None
    through_professor: bool
    sector: Sector
    counting_unit: Literal["business_no", "professor", "organisation"]

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


@dataclass(frozen=True, slots=True)
class RepeatPolicy:
    """IN-7's policy: the year that counts, the listed programmes and what an award of one of them means."""

    year: int | None
    listed_programmes: tuple[str, ...]
    listed: Outcome
    unlisted_government: Outcome
    awards_max: int | None

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
        )


@dataclass(frozen=True, slots=True)
class RestrictionPolicy:
    """IN-8's policy: which kinds of facts bar, on which day, and what one in force means."""

    compared_on: Literal["closing_date", "receipt_date"]
    closes_on: dt.date | None
    kinds: frozenset[str]
    in_force: Outcome
    arrears_with_instalments: Outcome

    @classmethod
    def of(cls, programme: "Programme") -> "RestrictionPolicy":
        """Read the applicants' half. Raises PolicyMissing where a value is unset."""
        return cls._read(programme.intake.restrictions, programme.submissions_close_at.optional())

    @classmethod
    def for_providers(cls, call: "ProviderCall") -> "RestrictionPolicy":
        """Read the providers' half. Raises PolicyMissing where a value is unset."""
        return cls._read(call.restrictions, call.closes_at.optional())

    @classmethod
    def _read(cls, part: "Restrictions", closes_at: dt.datetime | None) -> "RestrictionPolicy":
        return cls(
            part.compared_on.required(),
            None if closes_at is None else kst_day(closes_at),
            frozenset(part.kinds.optional() or ()),
            part.in_force.optional() or "pass",
            part.arrears_with_instalments.optional() or "pass",
        )

    def restriction_date(self, received_at: dt.datetime) -> dt.date:
        """The day on which a fact must be in force to bar: the closing day, or the receipt's where the call says so."""
        if self.compared_on == "receipt_date" or self.closes_on is None:
            return kst_day(received_at)
        return self.closes_on


@dataclass(frozen=True, slots=True)
class ProviderPolicy:
    """The providers' half of IN-8's policy."""

    restrictions: RestrictionPolicy
    impairment_unchecked_since: dt.date | None
    csap: bool

    @classmethod
    def of(cls, programme: "Programme") -> "ProviderPolicy":
        """Read it. Raises PolicyMissing where the programme has no call for providers or leaves a value unset."""
        call = programme.intake.provider_call
        if call is None:
            raise PolicyMissing(programme.code, "intake.provider_call")
        return cls(
            RestrictionPolicy.for_providers(call),
            call.impairment_unchecked_since.optional(),
            bool(call.csap.optional()),
        )


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One document of IN-9's list; empty filters mean everyone."""

    kind: str
    name_ko: str
    name_en: str
    number: int
    formats: tuple[str, ...] | None
    required: bool
    tracks: tuple[str, ...]
    sectors: tuple[str, ...]
    kinds: tuple[str, ...]
    legal_forms: tuple[str, ...]
    one_of: str


@dataclass(frozen=True, slots=True)
class DocumentPolicy:
    """IN-9's policy: the documents and what a missing or a wrong one means."""

    documents: Mapping[str, DocumentKind]
    missing: Outcome
    wrong_format: Outcome
    file_name_with_number: bool

    @classmethod
    def of(cls, programme: "Programme") -> "DocumentPolicy":
        """Read it. Raises PolicyMissing where a value is unset."""
        intake = programme.intake
        return cls(
            {kind: _document_kind(kind, listed) for kind, listed in intake.documents.items()},
            intake.document_missing.optional() or "pass",
            intake.document_wrong_format.optional() or "pass",
            bool(intake.file_name_with_number.optional()),
        )


def _document_kind(kind: str, listed: "Document") -> DocumentKind:
    formats = listed.formats.optional()
    return DocumentKind(
        kind=kind,
        name_ko=listed.name.ko,
        name_en=listed.name.en,
        number=listed.number,
        formats=None if formats is None else tuple(formats),
        required=bool(listed.required.optional()),
        tracks=tuple(listed.tracks),
        sectors=tuple(listed.sectors),
        kinds=tuple(listed.kinds),
        legal_forms=tuple(listed.legal_forms),
        one_of=listed.one_of,
    )


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
        return cls(
            SubmissionWindow.of(programme),
            ApplicationCountPolicy.of(programme),
            RequestBounds.of(programme, track),
            ApplicantPolicy.of(programme, kind),
            YouthPolicy.of(programme) if youth_claimed else None,
            RepeatPolicy.of(programme),
            RestrictionPolicy.of(programme),
            DocumentPolicy.of(programme),
        )
