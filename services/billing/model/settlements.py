"""Nouns of settlements: use, lines, what is missing, totals, shares. Exact before the cut, whole won after it."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from services.billing.model.prices import Mode, Pricing

LineKind = Literal["charge", "discount", "outage_deduction", "delay_deduction", "unmatched"]


SettlementState = Literal["parked", "draft", "issued", "approved", "paid"]


SETTLEMENT_STATES: tuple[str, ...] = get_args(SettlementState)


DEDUCTIONS: tuple[LineKind, ...] = ("outage_deduction", "delay_deduction")


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
