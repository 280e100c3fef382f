"""Nouns of the price book. Prices in whole won, VAT included."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Mode = Literal["dynamic", "fixed"]


Pricing = Literal["hourly", "monthly"]


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

    @property
    def decimal_pct(self) -> Decimal:
        """The rate as a decimal number: exact, as rates are told in decimals."""
        return Decimal(self.rate_pct.numerator) / self.rate_pct.denominator


@dataclass(frozen=True, slots=True)
class Book:
    """The price book of one provider in one programme."""

    prices: tuple[PriceVersion, ...] = ()
    discounts: tuple[WaitDiscount, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedPrice:
    """A price with when, by whom and under which programme version it was recorded."""

    price: PriceVersion
    programme_version: int
    recorded_by: str
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class RecordedDiscount:
    """A wait discount rate with when, by whom and under which programme version it was recorded."""

    rate: WaitDiscount
    programme_version: int
    recorded_by: str
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PriceStated:
    """By which price version lines state the use of a product, mode and month."""

    priced_product: str
    mode: Mode
    period: str
    price_version: str
