"""The nouns of billing: prices, use, lines, splits, self-payments, postings. Money: whole won, exact before the cut."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

Mode = Literal["dynamic", "fixed"]
Pricing = Literal["hourly", "monthly"]
Flow = Literal["own_account", "deposit", "free"]
RateKind = Literal["standard", "youth", "regional", "public"]
LineKind = Literal["charge", "discount", "outage_deduction", "delay_deduction", "unmatched"]
SettlementState = Literal["parked", "draft", "issued", "approved", "paid"]
SelfPaymentState = Literal["awaiting_policy", "due", "covered", "overdue", "closed"]

SETTLEMENT_STATES: tuple[str, ...] = get_args(SettlementState)
SELF_PAYMENT_STATES: tuple[str, ...] = get_args(SelfPaymentState)
DEDUCTIONS: tuple[LineKind, ...] = ("outage_deduction", "delay_deduction")


@dataclass(frozen=True, slots=True)
class PriceVersion:
    """An agreed unit price, VAT included, from the first day of a month on, as a negotiation round left it."""

    programme_code: str
    provider_id: str
    product: str
    """Key of the price book: a product, or a card type where the programme prices cards."""
    mode: Mode
    pricing: Pricing
    unit_price_krw: int
    valid_from: str
    """Month `YYYY-MM`: valid from 00:00 KST of its first day."""
    round_no: int

    @property
    def version(self) -> str:
        """The readable id that settlement lines carry."""
        key = f"{self.programme_code}/{self.provider_id}/{self.product}/{self.mode}"
        return f"{key}/{self.valid_from}/r{self.round_no}"


@dataclass(frozen=True, slots=True)
class WaitDiscount:
    """The share of the price that a provider takes off a discounted hour, from a month on."""

    programme_code: str
    provider_id: str
    rate_pct: Fraction
    valid_from: str

    @property
    def version(self) -> str:
        """The readable id that discount lines carry."""
        return f"{self.programme_code}/{self.provider_id}/wait-discount/{self.valid_from}"


@dataclass(frozen=True, slots=True)
class Use:
    """What one grant used under one price key and mode in one month of use, as the closed statement says it."""

    grant_id: str
    period: str
    """Month of use `YYYY-MM`: the statement's, or an earlier one for an adjustment."""
    adjustment: bool
    pricing: Pricing
    mode: Mode
    priced_product: str
    priced_units: int
    payable: bool
    billable_unit_hours: int
    discounted_unit_hours: int
    outage_unit_hours: int
    unmatched_unit_hours: int
    months_before: Fraction | None
    months_after: Fraction | None
    starts_at: dt.datetime
    delivered_at: dt.datetime
    ends_at: dt.datetime
    usage_events: int
    evidence_sha256: str

    @property
    def months(self) -> Fraction:
        """Months of use in the statement's month (MT-11); 0 where it states none."""
        return (self.months_after or Fraction(0)) - (self.months_before or Fraction(0))


@dataclass(frozen=True, slots=True)
class Words:
    """A formula in words with its numbers, in both languages."""

    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a settlement: what for, how much exactly, how much after the cut, and why."""

    kind: LineKind
    rule_ids: tuple[str, ...]
    grant_id: str
    period: str
    adjustment: bool
    mode: Mode
    priced_product: str
    units: int
    quantity: Fraction
    """Unit-hours, months or days of the formula."""
    price_version: str | None
    uncut_krw: Fraction
    """The exact product, signed, before shortening and cutting."""
    amount_krw: int
    """Whole won, signed: charges positive, discounts and deductions negative."""
    shortened_krw: Fraction
    """What BL-8's ceiling took away from a deduction (≥ 0); 0 elsewhere."""
    formula: Words
    usage_events: int
    evidence_sha256: str
    cause: str = ""
    """The dispute whose decision this line carries out; empty otherwise."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A value without which a line cannot be written: a price, a wait discount rate or an unset policy value."""

    kind: Literal["price", "wait_discount", "policy"]
    path: str


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a settlement's cut lines, as positive amounts: fee = charge − discount − deduction."""

    charge_krw: int
    discount_krw: int
    deduction_krw: int

    @property
    def fee_krw(self) -> int:
        """What the provider's month costs."""
        return self.charge_krw - self.discount_krw - self.deduction_krw


@dataclass(frozen=True, slots=True)
class MonthSoFar:
    """What earlier settlements stated for the same grant, month of use and price key (BL-8's ceiling)."""

    charge_krw: int = 0
    delay_krw: int = 0
    """Deducted for late delivery, positive."""
    outage_krw: int = 0
    """Deducted for outages, positive."""
    delay_exact: Fraction = Fraction(0)
    """What the delay asked for, exactly, before ceiling and cut."""
    outage_exact: Fraction = Fraction(0)


UseKey = tuple[str, str, str, str, int]
"""Grant, month of use, priced product, mode, units."""


@dataclass(frozen=True, slots=True)
class Share:
    """Who pays a grant's fee of one settlement: fee = self-payment + subsidy + uncovered; negative comes back."""

    grant_id: str
    fee_krw: int
    self_payment_krw: int
    subsidy_krw: int
    uncovered_krw: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a grant's fee has been paid from so far, over all approved settlements."""

    self_payment_krw: int = 0
    subsidy_krw: int = 0
    uncovered_krw: int = 0


@dataclass(frozen=True, slots=True)
class Demand:
    """What a settlement wants from the budget for one grant."""

    approved_at: dt.datetime
    settlement_id: str
    grant_id: str
    amount_krw: int


@dataclass(frozen=True, slots=True)
class Draw:
    """What the budget gave on a demand, and what it could not."""

    demand: Demand
    subsidy_krw: int
    uncovered_krw: int


@dataclass(frozen=True, slots=True)
class Move:
    """An amount that goes from one part of a budget to the other, and why."""

    from_part: str
    to_part: str
    amount_krw: int
    reason: str


@dataclass(frozen=True, slots=True)
class Payer:
    """The facts of an applicant that decide what they pay themselves."""

    sector: Literal["private", "public"]
    youth: bool
    regional: bool = False
    prefers_youth: bool = False
    """Asked for the youth reduction although the regional one would apply (S2)."""


@dataclass(frozen=True, slots=True)
class SelfPaymentDue:
    """What a grant owes in advance for its whole period, and by which rate."""

    amount_krw: int
    rate_kind: RateKind | None
    rate_krw: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a self-payment counts as received, and whether that opens the gate."""

    received_krw: int
    covered: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One account's part of a posting: positive is debit, negative is credit, in won."""

    account: str
    amount_krw: int


@dataclass(frozen=True, slots=True)
class Posting:
    """A balanced set of entries with the one fact that caused it."""

    cause: str
    """Unique for ever: the same fact posts once, whatever is repeated."""
    rule_id: str
    programme_code: str
    programme_version: int
    at: dt.datetime
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A settlement as far as it can be written: its lines, and what is missing for the others."""

    lines: tuple[Line, ...]
    missing: tuple[Missing, ...]

    @property
    def state(self) -> Literal["draft", "parked"]:
        """Parked while anything is missing."""
        return "parked" if self.missing else "draft"


@dataclass(frozen=True, slots=True)
class Statement:
    """A closed usage statement as billing heard it."""

    statement_id: str
    provider_id: str
    programme_code: str
    programme_version: int
    month: str
    closed_at: dt.datetime
    sha256: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The price book of one provider in one programme."""

    prices: tuple[PriceVersion, ...] = ()
    discounts: tuple[WaitDiscount, ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """A self-payment on record: what is owed on which basis, what came in, and in which state it stands."""

    application_id: str
    programme_code: str
    programme_version: int
    organisation_id: str
    payer: Payer
    track: str
    product: str
    units: int
    months: int
    cards: int
    card_type: str
    basis: Literal["asked", "assigned"]
    signed_at: dt.datetime
    state: SelfPaymentState = "due"
    flow: Flow | None = None
    due: SelfPaymentDue | None = None
    due_at: dt.datetime | None = None
    missing_path: str | None = None
    deposited_krw: int = 0
    evidenced_krw: int = 0
    paid_krw: int = 0
    burnt_krw: int = 0
    refunded_krw: int = 0
    overdue_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    close_reason: str = ""
    covered_at: dt.datetime | None = None
    version: int = 1

    @property
    def due_krw(self) -> int:
        """What is owed, in won; 0 while it cannot be computed."""
        return self.due.amount_krw if self.due else 0

    @property
    def received_from_user_krw(self) -> int:
        """What the user has really paid in: deposits, or payments to the provider."""
        return self.deposited_krw if self.flow == "deposit" else self.paid_krw

    @property
    def left_to_burn_krw(self) -> int:
        """The self-payment not yet burnt down; a deposit counts only as far as it came in and was not given back."""
        if self.flow == "deposit":
            return max(0, min(self.due_krw, self.deposited_krw - self.refunded_krw) - self.burnt_krw)
        return max(0, self.due_krw - self.burnt_krw)
