"""How money is counted: what a definition says about billing (BL)."""

from typing import Annotated, Literal

from pydantic import Field

from libs.common.bounds import DaysPerMonth, HoursPerMonth, Key, Krw, Percent, PeriodDays, Positive, PositivePercent
from libs.common.definition.stated import Codes, Part, Stated, StatedOrNone, none_for, unset_for
from libs.common.self_payment import RatedBy, RateKind


class SelfPaymentRate(Part):
    """Won per card (or unit of a product) and month, by payer (BL-4)."""

    standard_krw: StatedOrNone[Krw]
    youth_krw: StatedOrNone[Krw]
    public_krw: StatedOrNone[Krw]
    regional_krw: StatedOrNone[Krw] = unset_for("BL-4 (S2 alone prints a region)")

    def of(self, kind: RateKind) -> StatedOrNone[Krw]:
        """What the definition says of one kind of payer."""
        stated: StatedOrNone[Krw] = getattr(self, f"{kind}_krw")
        return stated


class SelfPayment(Part):
    """BL-4, BL-5."""

    flow: Stated[Literal["own_account", "deposit", "free"]]
    deposit_days: StatedOrNone[PeriodDays]
    notified_days: StatedOrNone[PeriodDays]
    """`own_account`: days within which the user pays the provider after the agency's notice."""
    rates: Annotated[dict[Key, SelfPaymentRate], Field(max_length=200)]
    rated_by: RatedBy = "card"
    """Whether the rates are of one card of a type, or of one unit of a product (a server, a PF)."""

    def rate(self, card_type: str) -> SelfPaymentRate:
        """The rates of one card type (or product). Raises NotFound where the definition prints none for it."""
        return self.entry("rates", self.rates, card_type)


class Budget(Part):
    """BL-9: the cap, VAT and a reserved operating part included."""

    cap_krw: StatedOrNone[Krw]
    operating_krw: StatedOrNone[Krw]
    levels_pct: StatedOrNone[Annotated[list[Percent], Field(min_length=1, max_length=100)]]
    shared_with: StatedOrNone[Codes] = none_for("BL-9 (S1 alone prints one cap for two programmes)")
    """The other programmes under the same cap."""
    part_krw: StatedOrNone[Krw] = none_for("BL-9 (the cap is the programme's own)")
    """What this programme may draw of a cap that it shares; moved between programmes under BL-13."""


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
    lowest_dynamic_price_krw: StatedOrNone[Annotated[dict[Key, Krw], Field(max_length=200)]] = unset_for(
        "BL-1 (no notice prints a price)"
    )
    """By product, won an hour: what a fixed price is compared with where no provider offers the product dynamically."""
