"""Nouns of the price book. Prices in whole won, VAT included."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Mode = Literal["dynamic", "fixed"]


Pricing = Literal["hourly", "monthly"]


def _again(nth: int) -> str:
    """What a version's id bears from the second time on: ids of old stay as they are."""
    return "" if nth == 1 else f".{nth}"


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
    nth: int = 1
    """How often this round was recorded: 2 once the first one was withdrawn."""

    @property
    def version(self) -> str:
        """The readable id that settlement lines carry."""
        key = f"{self.programme_code}/{self.provider_id}/{self.product}/{self.mode}"
        return f"{key}/{self.valid_from}/r{self.round_no}{_again(self.nth)}"


@dataclass(frozen=True, slots=True)
class WaitDiscount:
    """The share of the price that a provider takes off a discounted hour, from a month on."""

    programme_code: str
    provider_id: str
    rate_pct: Fraction
    valid_from: str
    nth: int = 1
    """How often a rate was recorded for this month: 2 once the first one was withdrawn."""

    @property
    def version(self) -> str:
        """The readable id that discount lines carry."""
        return f"{self.programme_code}/{self.provider_id}/wait-discount/{self.valid_from}{_again(self.nth)}"

    @property
    def decimal_pct(self) -> Decimal:
        """The rate as a decimal number: exact, as rates are told in decimals."""
        return Decimal(self.rate_pct.numerator) / self.rate_pct.denominator


@dataclass(frozen=True, slots=True)
class Compared:
    """With which dynamic price a fixed one was compared when it was agreed (BL-1): it stands for that."""

    krw: int | None
    """None where it is decided that there is no such price, so that no share limits the fixed one."""
    against: str
    """The price's version, of the provider itself or of another one of the call; or the policy value's path."""


@dataclass(frozen=True, slots=True)
class Book:
    """The price book of one provider in one programme: what stands, and what was withdrawn."""

    prices: tuple[PriceVersion, ...] = ()
    discounts: tuple[WaitDiscount, ...] = ()
    former_prices: tuple[PriceVersion, ...] = ()
    """Withdrawn: they price nothing any more, and lines that state them are taken back."""
    former_discounts: tuple[WaitDiscount, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The counter-fact of a price or rate that was wrong: of which version, who took it back, when and why."""

    version: str
    reason: str
    withdrawn_by: str
    withdrawn_at: dt.datetime


@dataclass(frozen=True, slots=True)
class RecordedPrice:
    """A price with when, by whom and under which programme version it was recorded."""

    price: PriceVersion
    programme_version: int
    recorded_by: str
    recorded_at: dt.datetime
    compared: Compared | None = None
    """Of a fixed hourly price; none of any other, and of one agreed before this was kept."""


@dataclass(frozen=True, slots=True)
class RecordedDiscount:
    """A wait discount rate with when, by whom and under which programme version it was recorded."""

    rate: WaitDiscount
    programme_version: int
    recorded_by: str
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class StaleSpan:
    """Months of use `[since, until)`, `YYYY-MM`, in which lines that carry a version are not at the price in force."""

    price_version: str
    since: str
    until: str
