"""How money is counted: what a definition says about billing (BL)."""

from typing import Literal

from libs.common.definition.stated import Part, Stated, StatedOrNone


class SelfPaymentRate(Part):
    """Won per card and month, by payer (BL-4)."""

    standard_krw: StatedOrNone[int]
    youth_krw: StatedOrNone[int]
    public_krw: StatedOrNone[int]


class SelfPayment(Part):
    """BL-4, BL-5."""

    flow: Stated[Literal["own_account", "deposit", "free"]]
    deposit_days: StatedOrNone[int]
    notified_days: StatedOrNone[int]
    """`own_account`: days within which the user pays the provider after the agency's notice."""
    rates: dict[str, SelfPaymentRate]

    def rate(self, card_type: str) -> SelfPaymentRate:
        """The rates of one card type. Raises NotFound where the definition prints none for it."""
        return self.entry("rates", self.rates, card_type)


class Budget(Part):
    """BL-9: the cap, VAT and a reserved operating part included."""

    cap_krw: StatedOrNone[int]
    operating_krw: StatedOrNone[int]
    levels_pct: StatedOrNone[list[int]]


class BillingPolicy(Part):
    """How money is counted (BL)."""

    pricing: Stated[Literal["hourly", "monthly"]]
    price_rounds_max: StatedOrNone[int]
    fixed_price_max_pct: StatedOrNone[int]
    """A fixed hourly price is at most this share of the dynamic one (BL-1)."""
    outage_hours_per_month: StatedOrNone[int]
    delay_days_per_month: StatedOrNone[int]
    dispute_days: StatedOrNone[int]
    self_payment: SelfPayment
    budget: Budget
