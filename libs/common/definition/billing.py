"""How money is counted: what a definition says about billing (BL)."""

from typing import Annotated, Literal

from pydantic import Field

from libs.common.bounds import DaysPerMonth, HoursPerMonth, Key, Krw, Percent, PeriodDays, Positive, PositivePercent
from libs.common.definition.stated import Part, Stated, StatedOrNone


class SelfPaymentRate(Part):
    """Won per card and month, by payer (BL-4)."""

    standard_krw: StatedOrNone[Krw]
    youth_krw: StatedOrNone[Krw]
    public_krw: StatedOrNone[Krw]


class SelfPayment(Part):
    """BL-4, BL-5."""

    flow: Stated[Literal["own_account", "deposit", "free"]]
    deposit_days: StatedOrNone[PeriodDays]
    notified_days: StatedOrNone[PeriodDays]
    """`own_account`: days within which the user pays the provider after the agency's notice."""
    rates: Annotated[dict[Key, SelfPaymentRate], Field(max_length=200)]

    def rate(self, card_type: str) -> SelfPaymentRate:
        """The rates of one card type. Raises NotFound where the definition prints none for it."""
        return self.entry("rates", self.rates, card_type)


class Budget(Part):
    """BL-9: the cap, VAT and a reserved operating part included."""

    cap_krw: StatedOrNone[Krw]
    operating_krw: StatedOrNone[Krw]
    levels_pct: StatedOrNone[Annotated[list[Percent], Field(min_length=1, max_length=100)]]


class BillingPolicy(Part):
    """How money is counted (BL)."""

    pricing: Stated[Literal["hourly", "monthly"]]
    price_rounds_max: StatedOrNone[Positive]
    fixed_price_max_pct: StatedOrNone[PositivePercent]
    """A fixed hourly price is at most this share of the dynamic one (BL-1)."""
    outage_hours_per_month: StatedOrNone[HoursPerMonth]
    delay_days_per_month: StatedOrNone[DaysPerMonth]
    dispute_days: StatedOrNone[PeriodDays]
    self_payment: SelfPayment
    budget: Budget
