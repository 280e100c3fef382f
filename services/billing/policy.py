"""What billing needs of a programme's definition, one small class per rule; unset values stop with `policy_missing`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from libs.common.errors import NotFound, PolicyMissing
from services.billing.model.prices import Pricing
from services.billing.model.self_payments import Flow, RateKind

if TYPE_CHECKING:
    import datetime as dt

    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class PricePolicy:
    """BL-1's numbers: how prices are counted, how many rounds, and the fixed price's largest share."""

    pricing: Pricing
    rounds_max: int | None
    fixed_max_pct: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "PricePolicy":
        """Read them. Raises PolicyMissing for an unset one."""
        return cls(
            pricing=programme.billing.pricing.required(),
            rounds_max=programme.billing.price_rounds_max.optional(),
            fixed_max_pct=programme.billing.fixed_price_max_pct.optional(),
        )


@dataclass(frozen=True, slots=True)
class UsePolicy:
    """BL-1: the programme's first day of use, from which a rate without a month of its own holds; none while unset."""

    starts_on: "dt.date | None"

    @classmethod
    def of(cls, programme: "Programme") -> "UsePolicy":
        """Read it. An unset day is None; never raises."""
        return cls(programme.use_starts_on.known())


def missing_path(error: PolicyMissing | NotFound, programme_code: str) -> str:
    """What to fill in, or to wait for, so that a step can go on: a dotted path, or `programme` for the whole."""
    if isinstance(error, PolicyMissing):
        return str(error.facts["path"])
    return (
        "programme"
        if error.facts["thing"] == "programme"
        else str(error.facts["id"]).removeprefix(f"{programme_code}:")
    )


def price_keys(programme: "Programme") -> frozenset[str]:
    """The products and card types that the programme's price book may name."""
    by_product = {key for key, product in programme.products.items() if product.priced_by == "product"}
    by_card = any(product.priced_by == "card" for product in programme.products.values())
    return frozenset(by_product | (set(programme.cards) if by_card else set()))


@dataclass(frozen=True, slots=True)
class FlowPolicy:
    """BL-5's flow, and the days within which a deposit is due after the agreement."""

    flow: Flow
    deposit_days: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "FlowPolicy":
        """Read them; the days only where there is a deposit. Raises PolicyMissing for an unset one."""
        part = programme.billing.self_payment
        flow: Flow = part.flow.required()
        days = part.deposit_days.optional() if flow == "deposit" else None
        return cls(flow, days)


def stated_flow(programme: "Programme") -> Flow:
    """BL-5's flow alone: what came in is held by it while the amount is not known. Raises PolicyMissing."""
    flow: Flow = programme.billing.self_payment.flow.required()
    return flow


@dataclass(frozen=True, slots=True)
class SelfPaymentRates:
    """BL-4's rates of one card type; only the one that applies is read, so that others may stay unset."""

    programme: "Programme"
    card_type: str

    def krw(self, kind: RateKind) -> int:
        """Won per card and month; 0 where it is decided that there is none.

        A kind for which a definition has no place (a region's rate) is missing, with its path (F-14). Raises
        PolicyMissing, NotFound.
        """
        rate = self.programme.billing.self_payment.rate(self.card_type)
        stated = {"standard": rate.standard_krw, "youth": rate.youth_krw, "public": rate.public_krw}
        if kind not in stated:
            path = f"billing.self_payment.rates.{self.card_type}.{kind}_krw"
            raise PolicyMissing(self.programme.code, path)
        return stated[kind].optional() or 0


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """BL-5: the days within which a user pays the provider after the agency's notice."""

    notified_days: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "NoticePolicy":
        """Read it. Raises PolicyMissing when unset."""
        return cls(programme.billing.self_payment.notified_days.optional())


@dataclass(frozen=True, slots=True)
class DeductionPolicy:
    """BL-8's divisors: hours and days that make a month's price; none means nothing is deducted."""

    outage_hours_per_month: int | None
    delay_days_per_month: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "DeductionPolicy":
        """Read them. Raises PolicyMissing for an unset one."""
        return cls(
            outage_hours_per_month=programme.billing.outage_hours_per_month.optional(),
            delay_days_per_month=programme.billing.delay_days_per_month.optional(),
        )


@dataclass(frozen=True, slots=True)
class DisputePolicy:
    """BL-11: how many days after issue a line can be contested; none means no window."""

    dispute_days: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "DisputePolicy":
        """Read it. Raises PolicyMissing when unset."""
        return cls(programme.billing.dispute_days.optional())


@dataclass(frozen=True, slots=True)
class BudgetPolicy:
    """BL-9's cap, the part of it reserved for operation, and the levels that are announced."""

    cap_krw: int | None
    operating_krw: int
    levels_pct: tuple[int, ...]

    @classmethod
    def of(cls, programme: "Programme") -> "BudgetPolicy":
        """Read them. Raises PolicyMissing for an unset one."""
        budget = programme.billing.budget
        return cls(
            cap_krw=budget.cap_krw.optional(),
            operating_krw=budget.operating_krw.optional() or 0,
            levels_pct=tuple(budget.levels_pct.optional() or ()),
        )


@dataclass(frozen=True, slots=True)
class CommitmentPolicy:
    """BL-9: what one unit is planned to cost a month when a selection is announced; none means no estimate.

    With it goes what the user pays of it: nobody where nothing is planned, so that no rate is needed then.
    """

    unit_month_krw: int
    cards_per_unit: int
    flow: Flow
    rates: SelfPaymentRates

    @classmethod
    def of(cls, programme: "Programme", track: str, product: str) -> "CommitmentPolicy":
        """Read it. Raises PolicyMissing when unset, NotFound for an unknown track or product."""
        card_month_krw = programme.track(track).selection.planning_price_krw.optional() or 0
        asked = programme.product(product)
        return cls(
            unit_month_krw=card_month_krw * asked.cards_per_unit,
            cards_per_unit=asked.cards_per_unit,
            flow=stated_flow(programme) if card_month_krw else "free",
            rates=SelfPaymentRates(programme, asked.card_type),
        )
