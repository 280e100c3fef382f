"""What intake says: programmes, providers, applications, agreements (topic `dure.intake.events.v1`)."""

import datetime as dt
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.common.events.envelope import Event

Sector = Literal["private", "public"]


class ProgrammeOpened(Event):
    """A programme's definition came into force."""

    TYPE: ClassVar[str] = "kr.dure.intake.programme.opened.v1"
    KEY: ClassVar[str] = "code"

    code: str
    version: int = Field(ge=1)
    in_force_from: AwareDatetime
    definition: dict[str, Any]
    """The whole definition; `libs.common.definition.programme.Programme` reads it."""


class ProgrammeRevised(ProgrammeOpened):
    """An officer changed a value: a new version of the whole definition, from an instant on."""

    TYPE: ClassVar[str] = "kr.dure.intake.programme.revised.v1"

    reason: str


class ApplicationSubmitted(Event):
    """A final submit reached the server in time and has its receipt number (IN-1, IN-2)."""

    TYPE: ClassVar[str] = "kr.dure.intake.application.submitted.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    programme_version: int
    receipt_no: str
    received_at: AwareDatetime
    organisation_id: str
    organisation_name: str
    applicant_kind: str
    sector: Sector
    counting_unit: str
    """The business number, or `<organisation>/<professor>`: whom a per-applicant limit counts (IN-3)."""
    track: str
    product: str
    units: int = Field(ge=1)
    months: int = Field(ge=1)
    wished_start: dt.date


class ApplicationScreened(ApplicationSubmitted):
    """Screening ended: only eligible applications go to review (IN-12)."""

    TYPE: ClassVar[str] = "kr.dure.intake.application.screened.v1"

    eligible: bool
    youth: bool
    """Youth enterprise that claimed the reduction (IN-6)."""
    principal_investigator_id: str
    failed_rules: list[str] = Field(default_factory=list)


class ReductionDecided(Event):
    """Which reduction of the self-payment an application has: of what it claimed, what its evidence shows (IN-15).

    Said with the end of its screening where it claims one, and again where that is decided anew; the newest holds. An
    application of which it was never said has the youth reduction where `youth` is told of it, else none.
    """

    TYPE: ClassVar[str] = "kr.dure.intake.reduction.decided.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    programme_version: int = Field(ge=1)
    youth: bool
    """A youth enterprise that claimed it with evidence (IN-6)."""
    regional: bool
    """A place of business in the call's region that claimed it with evidence."""
    reduction: Literal["none", "youth", "regional"]
    """The one that applies: reductions never add up."""
    decided_at: AwareDatetime


class OfferStated(Event):
    """What an eligible application of a providers' call offers, by what its form declares (IN-8, RV-15).

    Said with the end of its screening, right after `application.screened`, and once: what is offered stands.
    """

    TYPE: ClassVar[str] = "kr.dure.intake.offer.stated.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    programme_version: int = Field(ge=1)
    products: list[str]
    """Products of the call that its cards suffice for, within one data centre, in the call's order."""
    cards: list[str]
    """Types of the call's cards that it puts into the programme, in the call's order."""
    stated_at: AwareDatetime


class ConsortiumChecked(Event):
    """A declared consortium was checked before the agreement (IN-8): arrears, accounts; the last one counts."""

    TYPE: ClassVar[str] = "kr.dure.intake.consortium.checked.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    programme_version: int = Field(ge=1)
    check_id: str
    outcome: Literal["pass", "officer", "fail"]
    """The worst of what was found of any member."""
    found: list[str]
    """The codes of all that is no `pass`, each once."""
    checked_at: AwareDatetime


class ApplicationWithdrawn(Event):
    """The applicant withdrew, declined or gave up."""

    TYPE: ClassVar[str] = "kr.dure.intake.application.withdrawn.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    withdrawn_at: AwareDatetime
    reason: str


class ApplicationRevoked(ApplicationWithdrawn):
    """The agency cancelled a selection or an agreement."""

    TYPE: ClassVar[str] = "kr.dure.intake.application.revoked.v1"


class AgreementSigned(Event):
    """The agreement stands: what was awarded, to whom, and which facts of the applicant later steps need."""

    TYPE: ClassVar[str] = "kr.dure.intake.agreement.signed.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    programme_version: int
    organisation_id: str
    organisation_name: str
    business_no: str
    applicant_kind: str
    sector: Sector
    youth: bool
    representative_keys: list[str]
    """SHA-256 of `name|birth date` of each representative: AL-5 compares, nobody reads."""
    affiliates: list[str]
    """Business numbers of affiliates and subsidiaries."""
    track: str
    product: str
    units: int
    months: int
    wished_start: dt.date
    signed_at: AwareDatetime


class EvidenceFiled(Event):
    """A file that shows a fact after the selection was taken in: what billing compares a claim with (BL-14)."""

    TYPE: ClassVar[str] = "kr.dure.intake.evidence.filed.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    evidence_id: str
    kind: str
    file_name: str
    size_bytes: int = Field(ge=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the file's bytes as intake took them in."""
    filed_at: AwareDatetime


class AgreementEnded(Event):
    """The agreement ended before its time."""

    TYPE: ClassVar[str] = "kr.dure.intake.agreement.ended.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    ended_at: AwareDatetime
    reason: str


class TrainingAttended(Event):
    """People of an application attended a mandatory course (AL-7): how many did by now, whatever was said before."""

    TYPE: ClassVar[str] = "kr.dure.intake.training.attended.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    attendance_id: str
    attended_on: dt.date
    people: int = Field(ge=1)
    """Of this attendance alone."""
    people_trained: int = Field(ge=0)
    """Of all attendances that were not withdrawn."""
    facts: int = Field(ge=1)
    """Attendances and withdrawals on record: of two words about an application the one with more is the later."""
    told_at: AwareDatetime


class TrainingWithdrawn(TrainingAttended):
    """An attendance never was, with the reason; what is left of the others."""

    TYPE: ClassVar[str] = "kr.dure.intake.training.withdrawn.v1"

    reason: str


class ProviderMember(BaseModel):
    """One member of a provider's consortium; the provider itself is the first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    organisation_id: str
    name: str
    business_no: str
    """Ten digits."""
    csap_certified: bool


class ProviderRegistered(Event):
    """An organisation supplies cards under a code of its own: a provider, alone or at the head of a consortium."""

    TYPE: ClassVar[str] = "kr.dure.intake.provider.registered.v1"
    KEY: ClassVar[str] = "provider_id"

    provider_id: str
    organisation_id: str
    name: str
    business_no: str
    members: list[ProviderMember]
    representative_keys: list[str]
    """SHA-256 of `folded name|birth date` of every member's representatives (CV-9): AL-5 compares, nobody reads."""
    affiliates: list[str]
    """Business numbers of all members' affiliates and subsidiaries, ten digits each."""
    registered_at: AwareDatetime


class ProviderChanged(ProviderRegistered):
    """Facts of a provider changed: the whole of it as it is now, from an instant on, with the reason."""

    TYPE: ClassVar[str] = "kr.dure.intake.provider.changed.v1"

    changed_at: AwareDatetime
    reason: str
