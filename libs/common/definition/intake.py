"""Who may apply for what, and with which documents: what a definition says about intake (IN)."""

from typing import Annotated, Literal

from pydantic import Field

from libs.common.bounds import (
    BirthDay,
    Count,
    Day,
    Expected,
    GrantMonths,
    Instant,
    Key,
    Name,
    PeriodDays,
    Positive,
    Year,
    YearsOfAge,
)
from libs.common.definition.forms import Conditions, Form
from libs.common.definition.review import Quota, SelectionLimits
from libs.common.definition.stated import (
    Decision,
    Flag,
    Keys,
    Part,
    Sector,
    Stage,
    Stated,
    StatedOrNone,
    Text,
    none_for,
    unset_for,
)

LegalForm = Literal["corporation", "sole_proprietor"]
FileEnding = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9]{1,10}$"),
    Expected("파일 이름의 끝(예: pdf)", "the ending of a file name, such as pdf"),
]
Formats = Annotated[list[FileEnding], Field(min_length=1, max_length=50)]
"""Endings of file names."""
Stages = Annotated[list[Stage], Field(min_length=1, max_length=10)]
Years = Annotated[int, Field(ge=1, le=100, strict=True)]
ModelName = Annotated[
    str,
    Field(min_length=1, max_length=100, pattern=r"[0-9A-Za-z가-힣]"),
    Expected("글자나 숫자가 든 1~100자의 모델 이름", "a model's name of 1 to 100 characters, with a letter or a digit"),
]


class Track(Part):
    """One kind of application in a call."""

    name: Text
    products: Keys
    units_min: StatedOrNone[Positive]
    units_max: StatedOrNone[Positive]
    months_min: StatedOrNone[GrantMonths]
    months_max: StatedOrNone[GrantMonths]
    stages: StatedOrNone[Stages]
    document_stage_may_be_skipped: StatedOrNone[Flag]
    deliberation: StatedOrNone[Flag]
    quota: Quota | None
    selection: SelectionLimits
    presentation: StatedOrNone[Annotated[list[Day], Field(min_length=1, max_length=60)]] = none_for(
        "RV-8 (a notice prints no day)"
    )
    """The days on which this pool presents."""
    large: StatedOrNone[Annotated[dict[Key, Positive], Field(min_length=1, max_length=200)]] = none_for(
        "IN-14 (S4 alone knows large applications)"
    )
    """By product, the units from which on an application is large."""
    large_stages: StatedOrNone[Stages] = none_for("IN-14 (S4 alone knows large applications)")
    """The stages of a large application, instead of `stages`."""
    body_pages_about: StatedOrNone[Positive] = none_for("IN-14 (S4 alone counts pages)")
    """About how many pages the body of the plan has: the document that says `body`."""
    large_body_pages_about: StatedOrNone[Positive] = none_for("IN-14 (S4 alone counts pages)")


class ApplicantKind(Part):
    """Who may apply, and in which sector they count (IN-5)."""

    name: Text
    sector: Sector
    decision: Stated[Decision]
    through_professor: Flag = False
    """A principal investigator who is a professor applies (S0)."""
    counting_unit: Stated[Literal["business_no", "professor", "organisation"]]
    opened_within_years: StatedOrNone[Years] = none_for("IN-5 (S2 and S3 alone print an age of the business)")
    """Counts only a business opened at most so many years ago (startups)."""


class Youth(Part):
    """IN-6: a printed birth date wins over the formula notice date − years + 1 day."""

    born_on_or_after: StatedOrNone[BirthDay]
    years: StatedOrNone[YearsOfAge]
    legal_forms: StatedOrNone[Annotated[list[LegalForm], Field(max_length=10)]]
    evidence: StatedOrNone[Keys] = none_for("IN-15 (a notice names no evidence)")
    """The documents of which one shows that the claim is true (IN-15)."""


class Region(Part):
    """IN-15: the region whose organisations pay less."""

    name: Text
    addresses: Annotated[list[Name], Field(min_length=1, max_length=50)]
    """How the address of a place of business there begins, in all its spellings."""
    evidence: StatedOrNone[Keys]
    """The documents of which one shows it."""
    registered_by: StatedOrNone[Literal["notice_date", "closing_date", "receipt_date"]]
    """The day on or before which the place of business was registered there."""


class Revocation(Part):
    """IN-16, OB-3: what cancels a selection or an agreement, and what giving up means."""

    intent_needed: StatedOrNone[Flag] = none_for("IN-16 (a notice asks for no intent)")
    """A false statement counts only where its intent is shown."""
    accounts_of_year: StatedOrNone[Year] = none_for("IN-16 (S1 alone asks for accounts before the agreement)")
    """The year whose accounts are filed before the agreement; full capital impairment cancels."""
    giving_up_bars: StatedOrNone[Flag] = unset_for("OB-3 (a notice does not say)")
    """Who gives up after the allocation may be barred from next year's programmes."""


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
    overlaps: StatedOrNone[Annotated[dict[Key, Decision], Field(max_length=200)]] = none_for(
        "IN-7 (S3 alone decides by programme)"
    )
    """What an award of a programme means, by its code; it wins over `listed`."""


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


def _own_closing() -> StatedOrNone[Instant]:
    return StatedOrNone[Instant].model_validate({"is": "none", "source": "the call's own submissions_close_at"})


class ProviderCall(Part):
    """IN-8, RV-15: what bars a provider from the call for providers, and how that call goes on.

    In a providers' call of its own, the closing and the restrictions are the call's: they are not written here.
    """

    closes_at: StatedOrNone[Instant] = Field(default_factory=_own_closing)
    impairment_unchecked_since: StatedOrNone[BirthDay]
    """A business opened on or after this day is not checked for full capital impairment: it is for an officer."""
    csap: StatedOrNone[Flag]
    """Every member of a consortium needs the CSAP certification."""
    restrictions: Restrictions | None = None
    agreement_kinds: StatedOrNone[Keys] = Field(default_factory=_none_of_the_kinds)
    """Those of its restrictions' kinds that are looked at when the agreement is made, by that day (S1: arrears)."""
    cards_not_alone: StatedOrNone[Keys] = Field(default_factory=_any_card)
    """Types of cards with which alone nobody applies (S1: A100)."""
    all_products_first: StatedOrNone[Flag] = none_for("RV-15 (S1 ① alone)")
    """Among those that pass, whoever offers every product of the call comes first."""
    one_in_principle: StatedOrNone[Flag] = none_for("RV-15 (S1 ① alone)")
    """One provider in principle; several by a decision with its reason."""
    demonstration: StatedOrNone[Annotated[list[Text], Field(max_length=50)]] = none_for("RV-15 (nothing is shown)")
    """What a provider shows before the negotiation of technology."""
    price_rounds_max: StatedOrNone[Positive] = none_for("RV-15 (no limit of rounds)")


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
    why: Text | None = None
    """What the document is for, in the applicant's words."""
    when: Conditions = Field(default_factory=list)
    """It is required only where all of these hold."""
    valid_on_notice_date: StatedOrNone[Flag] = none_for("IN-9 (S2 alone)")
    """A certificate with a validity must be valid on the notice date."""
    issued_on_or_after: StatedOrNone[Day] = none_for("IN-9 (S2 alone)")
    pages_max: StatedOrNone[Positive] = none_for("a notice prints no limit of pages")
    pages_about: StatedOrNone[Positive] = none_for("a notice prints no number of pages")
    """About how many pages; more is for an officer, not a failure."""
    body: Flag = False
    """The body of the plan, whose pages the tracks count (IN-14)."""
    template: Name | None = None
    """The form on which it is written, as the notice calls it."""


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
    form: Form = Field(default_factory=dict)
    """What an application states beside its documents. `model`, `purpose` and `extra_storage_tb` are read by rules."""
    investigator_and_manager_differ: StatedOrNone[Flag] = none_for("IN-10 (S2 alone)")
    models: StatedOrNone[Annotated[list[ModelName], Field(max_length=500)]] = none_for("IN-13 (S3 alone)")
    """The published models; an entry that ends in ` Series` stands for all that begin with what is before it."""
    model_unlisted: StatedOrNone[Decision] = none_for("IN-13 (S3 alone)")
    purposes_allowed: StatedOrNone[Keys] = none_for("IN-13 (S3 alone)")
    """Those of the form's `purpose` that are supported."""
    purpose_refused: StatedOrNone[Decision] = none_for("IN-13 (S3 alone)")
    """What another purpose means."""
    region: Region | None = None
    region_first: StatedOrNone[Flag] = none_for("BL-4 (S2 alone knows a region)")
    """Who may claim both has the region's reduction, unless it asks for the youth one."""
    supplement: StatedOrNone[Literal["allowed"]] = unset_for("IN-9 (a notice does not say)")
    """Whether the agency may ask for what is missing; `none`: it does not."""
    receipt_days: StatedOrNone[PeriodDays] = none_for("IN-2 (the receipt is shown at once)")
    """Days within which the receipt number is sent."""
    agreement_form: StatedOrNone[Literal["electronic", "sealed_paper"]] = unset_for("AL-7 (a notice does not say)")
    revocation: Revocation = Field(default_factory=Revocation)
    retention_years: StatedOrNone[Years] = unset_for("MS-6 (no notice prints a term)")
    """Years after the end of use for which personal data is kept."""
