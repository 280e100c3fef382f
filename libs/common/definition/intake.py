"""Who may apply for what, and with which documents: what a definition says about intake (IN)."""

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, Field

from libs.common.definition.review import Quota, SelectionLimits
from libs.common.definition.stated import Decision, Part, Sector, Stage, Stated, StatedOrNone, Text


class Track(Part):
    """One kind of application in a call."""

    name: Text
    products: list[str]
    units_min: StatedOrNone[int]
    units_max: StatedOrNone[int]
    months_min: StatedOrNone[int]
    months_max: StatedOrNone[int]
    stages: StatedOrNone[list[Stage]]
    document_stage_may_be_skipped: StatedOrNone[bool]
    deliberation: StatedOrNone[bool]
    quota: Quota | None
    selection: SelectionLimits


class ApplicantKind(Part):
    """Who may apply, and in which sector they count (IN-5)."""

    name: Text
    sector: Sector
    decision: Stated[Decision]
    through_professor: bool = False
    """A principal investigator who is a professor applies (S0)."""
    counting_unit: Stated[Literal["business_no", "professor", "organisation"]]


class Youth(Part):
    """IN-6: a printed birth date wins over the formula notice date − years + 1 day."""

    born_on_or_after: StatedOrNone[dt.date]
    years: StatedOrNone[int]
    legal_forms: StatedOrNone[list[Literal["corporation", "sole_proprietor"]]]


def _awards_not_counted() -> StatedOrNone[int]:
    return StatedOrNone[int].model_validate({"is": "none", "source": "IN-7 (S2 alone counts awards)"})


class Repeats(Part):
    """IN-7: earlier or running awards of other programmes."""

    year: StatedOrNone[int]
    listed_programmes: StatedOrNone[list[str]]
    listed: StatedOrNone[Decision]
    unlisted_government: StatedOrNone[Decision]
    awards_max: StatedOrNone[int] = Field(default_factory=_awards_not_counted)
    """At most so many awards of the year over the listed programmes, this one included (S2)."""


class Restrictions(Part):
    """IN-8: dated facts that bar an applicant."""

    compared_on: Stated[Literal["closing_date", "receipt_date"]]
    kinds: StatedOrNone[list[str]]
    in_force: StatedOrNone[Decision]
    arrears_with_instalments: StatedOrNone[Decision]


class ProviderCall(Part):
    """IN-8: what bars a provider from the call for providers."""

    closes_at: StatedOrNone[AwareDatetime]
    impairment_unchecked_since: StatedOrNone[dt.date]
    """A business opened on or after this day is not checked for full capital impairment: it is for an officer."""
    csap: StatedOrNone[bool]
    """Every member of a consortium needs the CSAP certification."""
    restrictions: Restrictions


class Document(Part):
    """IN-9 as far as screening needs it here: what must be attached, by whom, in which format."""

    name: Text
    number: int
    formats: StatedOrNone[list[str]]
    required: StatedOrNone[bool]
    tracks: list[str] = Field(default_factory=list)
    sectors: list[Sector] = Field(default_factory=list)
    kinds: list[str] = Field(default_factory=list)
    legal_forms: list[str] = Field(default_factory=list)
    one_of: str = ""
    """Documents with the same `one_of` stand for each other."""


class IntakePolicy(Part):
    """What screening checks (IN-3 … IN-9)."""

    max_applications: StatedOrNone[int]
    applicant_kinds: dict[str, ApplicantKind]
    refused_kinds: StatedOrNone[list[str]]
    youth: Youth
    repeats: Repeats
    restrictions: Restrictions
    documents: dict[str, Document]
    document_missing: StatedOrNone[Decision]
    document_wrong_format: StatedOrNone[Decision]
    file_name_with_number: StatedOrNone[bool]
    """File names follow `[organisation] number_document`."""
    provider_call: ProviderCall | None = None
