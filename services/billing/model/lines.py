"""Nouns of settlement lines: what for, how much, what is missing. Exact before the cut, whole won after it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from services.billing.model.prices import Mode

LineKind = Literal["charge", "discount", "outage_deduction", "delay_deduction", "unmatched"]


DEDUCTIONS: tuple[LineKind, ...] = ("outage_deduction", "delay_deduction")


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
    """A value without which a line cannot be written: a price, a wait discount rate or an unset policy value.

    `bounds` where a value is there but makes an amount that no ledger may hold (CV-10), `back` where more hours of a
    month of use are taken back than were ever reported for it.
    """

    kind: Literal["price", "wait_discount", "policy", "bounds", "back"]
    path: str
    product: str = ""
    """Of a price."""
    mode: str = ""
    month: str = ""
    """Month of use `YYYY-MM`; of a price, a rate or a sum."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A line of another settlement in its place: what it states is settled and never changes."""

    settlement_id: str
    line_no: int
    line: Line


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
    """What earlier lines stated for the same grant, month of use and price key: what is left is the next line's."""

    charge_krw: int = 0
    delay_krw: int = 0
    """Deducted for late delivery, positive."""
    outage_krw: int = 0
    """Deducted for outages, positive."""
    delay_exact: Fraction = Fraction(0)
    """What the delay asked for, exactly, before ceiling and cut."""
    outage_exact: Fraction = Fraction(0)
    discount_krw: int = 0
    """Taken off for long waits, positive."""
    discount_exact: Fraction = Fraction(0)
    """What the discount asked for, exactly, before the cut."""


NOTHING_SO_FAR = MonthSoFar()


@dataclass(frozen=True, slots=True)
class OpenMonths:
    """Months at a monthly price that are known and that no line states at that price: how many, and how many won."""

    months: Fraction = Fraction(0)
    krw: int = 0


NOTHING_OPEN = OpenMonths()
UseKey = tuple[str, str, str, str, int]
"""Grant, month of use, priced product, mode, units."""
