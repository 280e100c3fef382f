"""What a programme definition is made of: one small class per part, every value stated with its source (CV-8).

`libs/common/programme.py` puts the parts together and reads values by path.
"""

import datetime as dt
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

T = TypeVar("T")
Decision = Literal["pass", "fail", "officer"]
Sector = Literal["private", "public"]
Stage = Literal["document", "presentation"]


class Part(BaseModel):
    """A piece of a definition: unknown fields are refused, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)


class Stated(Part, Generic[T]):
    """One value and where it comes from. `is` is the value, `none` or `unset`."""

    is_: T | Literal["none", "unset"] = Field(alias="is")
    source: str
    """Notice and section such as `S0 §5`; for an unset value what is missing; for an officer's their reason."""
    default: bool = False
    """Not printed in this notice: taken over from a sister notice or decided by us, to be confirmed."""


class Text(Part):
    """Words in both languages."""

    ko: str
    en: str


class Card(Part):
    """What one card of a type is worth (CV-5, CV-6)."""

    h100_equivalents: Stated[str]
    """A fraction such as `1/4`."""
    fp32_tf: Stated[Decimal]


class Spec(Part):
    """What a server of a product must at least reach (AL-6)."""

    cpu_ghz: Stated[Decimal]
    cores: Stated[int]
    memory_gb: Stated[int]
    storage_tb: Stated[Decimal]
    line_gbps: Stated[Decimal]
    doubtful_cores: Stated[int]
    """The second reading of a notice in doubt: an offer between the two is for an officer (S1 product 3)."""
    doubtful_memory_gb: Stated[int]
    doubtful_storage_tb: Stated[Decimal]


class Product(Part):
    """What a user is granted: so many cards of a type (CV-4)."""

    name: Text
    card_type: str
    cards_per_unit: int = Field(ge=1)
    whole_servers: bool
    """Server products get whole servers of `cards_per_unit` cards, clustered (AL-1)."""
    priced_by: Literal["product", "card"]
    """Whether the price book prices one unit of the product or one card of the assigned type."""
    spec: Spec | None = None


class Quota(Part):
    """RV-10: private share at least, public share below, in per cent of projects."""

    private_min_pct: Stated[int]
    public_below_pct: Stated[int]
    relaxable: Stated[bool]


class SelectionLimits(Part):
    """RV-9: which limits a pool's selection keeps to."""

    capacity_kind: Stated[Literal["peak_cards", "card_months"]]
    capacity: Stated[int]
    """H100-equivalent cards, or card-months."""
    budget_krw: Stated[int]
    planning_price_krw: Stated[int]
    """Planned price of one card and month, in won."""
    projects_max: Stated[int]
    cutoff: Stated[Literal["stop", "skip"]]


class Track(Part):
    """One kind of application in a call."""

    name: Text
    products: list[str]
    units_min: Stated[int]
    units_max: Stated[int]
    months_min: Stated[int]
    months_max: Stated[int]
    stages: Stated[list[Stage]]
    document_stage_may_be_skipped: Stated[bool]
    deliberation: Stated[bool]
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

    born_on_or_after: Stated[dt.date]
    years: Stated[int]
    legal_forms: Stated[list[Literal["corporation", "sole_proprietor"]]]


class Repeats(Part):
    """IN-7: earlier or running awards of other programmes."""

    year: Stated[int]
    listed_programmes: Stated[list[str]]
    listed: Stated[Decision]
    unlisted_government: Stated[Decision]
    awards_max: Stated[int] = Stated[int].model_validate({"is": "none", "source": "IN-7 (S2 alone counts awards)"})
    """At most so many awards of the year over the listed programmes, this one included (S2)."""


class Restrictions(Part):
    """IN-8: dated facts that bar an applicant."""

    compared_on: Stated[Literal["closing_date", "receipt_date"]]
    kinds: Stated[list[str]]
    in_force: Stated[Decision]
    arrears_with_instalments: Stated[Decision]


class ProviderCall(Part):
    """IN-8: what bars a provider from the call for providers."""

    closes_at: Stated[AwareDatetime]
    impairment_unchecked_since: Stated[dt.date]
    """A business opened on or after this day is not checked for full capital impairment: it is for an officer."""
    csap: Stated[bool]
    """Every member of a consortium needs the CSAP certification."""
    restrictions: Restrictions


class Document(Part):
    """IN-9 as far as screening needs it here: what must be attached, by whom, in which format."""

    name: Text
    number: int
    formats: Stated[list[str]]
    required: Stated[bool]
    tracks: list[str] = []
    sectors: list[Sector] = []
    kinds: list[str] = []
    legal_forms: list[str] = []
    one_of: str = ""
    """Documents with the same `one_of` stand for each other."""


class IntakePolicy(Part):
    """What screening checks (IN-3 … IN-9)."""

    max_applications: Stated[int]
    applicant_kinds: dict[str, ApplicantKind]
    refused_kinds: Stated[list[str]]
    youth: Youth
    repeats: Repeats
    restrictions: Restrictions
    documents: dict[str, Document]
    document_missing: Stated[Decision]
    document_wrong_format: Stated[Decision]
    file_name_with_number: Stated[bool]
    """File names follow `[organisation] number_document`."""
    provider_call: ProviderCall | None = None


class Criterion(Part):
    """One line of the rubric."""

    name: Text
    max: Stated[int]


class ReviewPolicy(Part):
    """How panels score (RV-1 … RV-8). The rubric's order is the notice's."""

    seats_min: Stated[int]
    seats_max: Stated[int]
    sheets_min: Stated[int]
    trimmed: Stated[bool]
    decimals: Stated[int]
    rubric: dict[str, Criterion]
    tie_order: Stated[list[str]]
    youth_bonus: Stated[Decimal]
    threshold: Stated[Decimal]


class Substitution(Part):
    """AL-2: asked in one type, given as `factor` times as many of another."""

    asked: str
    given: str
    factor: int


class DynamicPolicy(Part):
    """AL-9, AL-11: how a dynamic pool works."""

    idle_s: Stated[int]
    """Seconds without utilisation after which a session gives its cards back."""
    fallback_report_days: Stated[int]


class AllocationPolicy(Part):
    """How grants get their cards (AL)."""

    mode: Stated[Literal["fixed", "dynamic"]]
    provider_choice: Stated[Literal["agency", "preference"]]
    substitutions: Stated[list[Substitution]]
    server_cards: Stated[int]
    gates: Stated[list[Literal["agreement", "self_payment", "training"]]]
    dynamic: DynamicPolicy | None


class MeteringPolicy(Part):
    """How hours are counted (MT)."""

    wait_limit_s: Stated[int]
    statement_due_day: Stated[int]
    days_per_month: Stated[int]


class SelfPaymentRate(Part):
    """Won per card and month, by payer (BL-4)."""

    standard_krw: Stated[int]
    youth_krw: Stated[int]
    public_krw: Stated[int]


class SelfPayment(Part):
    """BL-4, BL-5."""

    flow: Stated[Literal["own_account", "deposit", "free"]]
    deposit_days: Stated[int]
    notified_days: Stated[int]
    """`own_account`: days within which the user pays the provider after the agency's notice."""
    rates: dict[str, SelfPaymentRate]


class Budget(Part):
    """BL-9: the cap, VAT and a reserved operating part included."""

    cap_krw: Stated[int]
    operating_krw: Stated[int]
    levels_pct: Stated[list[int]]


class BillingPolicy(Part):
    """How money is counted (BL)."""

    pricing: Stated[Literal["hourly", "monthly"]]
    price_rounds_max: Stated[int]
    fixed_price_max_pct: Stated[int]
    """A fixed hourly price is at most this share of the dynamic one (BL-1)."""
    outage_hours_per_month: Stated[int]
    delay_days_per_month: Stated[int]
    dispute_days: Stated[int]
    self_payment: SelfPayment
    budget: Budget
