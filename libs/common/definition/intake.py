"""Who may apply for what, and with which documents: what a definition says about intake (IN)."""

from typing import Annotated, Literal

from pydantic import Field

from libs.common.bounds import BirthDay, Count, Expected, GrantMonths, Instant, Key, Positive, Year, YearsOfAge
from libs.common.definition.review import Quota, SelectionLimits
from libs.common.definition.stated import Decision, Flag, Keys, Part, Sector, Stage, Stated, StatedOrNone, Text

LegalForm = Literal["corporation", "sole_proprietor"]
FileEnding = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9]{1,10}$"),
    Expected("파일 이름의 끝(예: pdf)", "the ending of a file name, such as pdf"),
]
Formats = Annotated[list[FileEnding], Field(min_length=1, max_length=50)]
"""Endings of file names."""


class Track(Part):
    """One kind of application in a call."""

    name: Text
    products: Keys
    units_min: StatedOrNone[Positive]
    units_max: StatedOrNone[Positive]
    months_min: StatedOrNone[GrantMonths]
    months_max: StatedOrNone[GrantMonths]
    stages: StatedOrNone[Annotated[list[Stage], Field(min_length=1, max_length=10)]]
    document_stage_may_be_skipped: StatedOrNone[Flag]
    deliberation: StatedOrNone[Flag]
    quota: Quota | None
    selection: SelectionLimits


class ApplicantKind(Part):
    """Who may apply, and in which sector they count (IN-5)."""

    name: Text
    sector: Sector
    decision: Stated[Decision]
    through_professor: Flag = False
    """A principal investigator who is a professor applies (S0)."""
    counting_unit: Stated[Literal["business_no", "professor", "organisation"]]


class Youth(Part):
    """IN-6: a printed birth date wins over the formula notice date − years + 1 day."""

    born_on_or_after: StatedOrNone[BirthDay]
    years: StatedOrNone[YearsOfAge]
    legal_forms: StatedOrNone[Annotated[list[LegalForm], Field(max_length=10)]]


def _awards_not_counted() -> StatedOrNone[Positive]:
    return StatedOrNone[Positive].model_validate({"is": "none", "source": "IN-7 (S2 alone counts awards)"})


class Repeats(Part):
    """IN-7: earlier or running awards of other programmes."""

    year: StatedOrNone[Year]
    listed_programmes: StatedOrNone[Keys]
    listed: StatedOrNone[Decision]
    unlisted_government: StatedOrNone[Decision]
    awards_max: StatedOrNone[Positive] = Field(default_factory=_awards_not_counted)
    """At most so many awards of the year over the listed programmes, this one included (S2)."""


def _none_of_the_kinds() -> StatedOrNone[Keys]:
    return StatedOrNone[Keys].model_validate({"is": "none", "source": "IN-8 (a kind counts as its notice prints it)"})


def _any_card() -> StatedOrNone[Keys]:
    return StatedOrNone[Keys].model_validate({"is": "none", "source": "IN-8 (S1 alone asks a GPU provider for more)"})


class Restrictions(Part):
    """IN-8: dated facts that bar an applicant."""

    compared_on: Stated[Literal["closing_date", "receipt_date"]]
    kinds: StatedOrNone[Keys]
    in_force: StatedOrNone[Decision]
    arrears_with_instalments: StatedOrNone[Decision]


class ApplicantRestrictions(Restrictions):
    """IN-8: what bars an applicant, some of it in the private sector alone."""

    private_kinds: StatedOrNone[Keys] = Field(default_factory=_none_of_the_kinds)
    """Those of `kinds` that bar the private sector alone (S0)."""


class ProviderCall(Part):
    """IN-8: what bars a provider from the call for providers."""

    closes_at: StatedOrNone[Instant]
    impairment_unchecked_since: StatedOrNone[BirthDay]
    """A business opened on or after this day is not checked for full capital impairment: it is for an officer."""
    csap: StatedOrNone[Flag]
    """Every member of a consortium needs the CSAP certification."""
    restrictions: Restrictions
    agreement_kinds: StatedOrNone[Keys] = Field(default_factory=_none_of_the_kinds)
    """Those of its restrictions' kinds that are looked at when the agreement is made, by that day (S1: arrears)."""
    cards_not_alone: StatedOrNone[Keys] = Field(default_factory=_any_card)
    """Types of cards with which alone nobody applies (S1: A100)."""


class Document(Part):
    """IN-9 as far as screening needs it here: what must be attached, by whom, in which format."""

    name: Text
    number: Count
    formats: StatedOrNone[Formats]
    required: StatedOrNone[Flag]
    tracks: Keys = Field(default_factory=list)
    sectors: Annotated[list[Sector], Field(max_length=10)] = Field(default_factory=list)
    kinds: Keys = Field(default_factory=list)
    legal_forms: Keys = Field(default_factory=list)
    one_of: Annotated[
        str,
        Field(pattern=r"^[^.\s\x00-\x1f]{0,60}$"),
        Expected("마침표와 빈칸이 없는 60자 이하의 이름", "a name of at most 60 characters without dot or space"),
    ] = ""
    """Documents with the same `one_of` stand for each other."""


class IntakePolicy(Part):
    """What screening checks (IN-3 … IN-9)."""

    max_applications: StatedOrNone[Positive]
    applicant_kinds: Annotated[dict[Key, ApplicantKind], Field(max_length=200)]
    refused_kinds: StatedOrNone[Keys]
    youth: Youth
    repeats: Repeats
    restrictions: ApplicantRestrictions
    documents: Annotated[dict[Key, Document], Field(max_length=200)]
    document_missing: StatedOrNone[Decision]
    document_wrong_format: StatedOrNone[Decision]
    file_name_with_number: StatedOrNone[Flag]
    """File names follow `[organisation] number_document`."""
    provider_call: ProviderCall | None = None
