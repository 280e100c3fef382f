"""What billing needs of a programme's definition, one small class per rule; unset values stop with `policy_missing`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from libs.common.calendar import AS_PRINTED, ChangedDays
from libs.common.changed_days import changed_days
from libs.common.errors import NotFound, PolicyMissing
from libs.common.self_payment import Asked, Flow, RateKind, rated
from services.billing.model.prices import Compared, Pricing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

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
class LowestDynamicPolicy:
    """BL-1: the dynamic price of a product where nobody of the call has one; read only where it is needed."""

    programme: "Programme"

    def compared(self, product: str) -> Compared:
        """It, in won an hour, under its path; without an amount where it is decided that there is none.

        Raises PolicyMissing where it is unset, as a whole or for this product.
        """
        stated = self.programme.billing.lowest_dynamic_price_krw
        listed = stated.optional()
        if listed is None:
            return Compared(None, stated.path)
        path = f"{stated.path}.{product}"
        if product not in listed:
            raise PolicyMissing(self.programme.code, path)
        return Compared(listed[product], path)


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
    changed: ChangedDays = AS_PRINTED
    """Holidays that the definition changes: a counted period moves with them (CV-7)."""

    @classmethod
    def of(cls, programme: "Programme") -> "FlowPolicy":
        """Read them; the days only where there is a deposit. Raises PolicyMissing for an unset one."""
        part = programme.billing.self_payment
        flow: Flow = part.flow.required()
        days = part.deposit_days.optional() if flow == "deposit" else None
        return cls(flow, days, changed_days(programme))


def stated_flow(programme: "Programme") -> Flow:
    """BL-5's flow alone: what came in is held by it while the amount is not known. Raises PolicyMissing."""
    flow: Flow = programme.billing.self_payment.flow.required()
    return flow


@dataclass(frozen=True, slots=True)
class SelfPaymentRates:
    """BL-4's rates of a programme; only the one that applies is read, so that others may stay unset."""

    programme: "Programme"

    def of(self, asked: Asked) -> "tuple[Callable[[RateKind], int | None], int]":
        """The rates of what is paid for, and how often they count: cards of a type, or units of a product."""
        key, quantity = rated(self.programme.billing.self_payment.rated_by, asked)
        return (lambda kind: self.krw(key, kind)), quantity

    def krw(self, key: str, kind: RateKind) -> int | None:
        """Won per card (server, PF) and month; None where it is decided that there is no such rate.

        Raises PolicyMissing, NotFound.
        """
        return self.programme.billing.self_payment.rate(key).of(kind).optional()


@dataclass(frozen=True, slots=True)
class PreviewPolicy:
    """What a preview of the cost asks of a definition: the product's cards, what may be given instead, the region."""

    card_type: str
    cards_per_unit: int
    substitutes: tuple[tuple[str, int], ...]
    """Types that may be given instead, each with how many cards for one that was asked (AL-2)."""
    has_region: bool
    region_first: bool

    @classmethod
    def of(cls, programme: "Programme", product: str) -> "PreviewPolicy":
        """Read it. Raises NotFound for an unknown product, PolicyMissing for an unset value."""
        asked, region = programme.product(product), programme.intake.region
        listed = programme.allocation.substitutions.optional() or []
        return cls(
            asked.card_type,
            asked.cards_per_unit,
            tuple((one.given, one.factor) for one in listed if one.asked == asked.card_type),
            region is not None,
            region is not None and bool(programme.intake.region_first.optional()),
        )


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """BL-5: the days within which a user pays the provider after the agency's notice."""

    notified_days: int | None
    changed: ChangedDays = AS_PRINTED

    @classmethod
    def of(cls, programme: "Programme") -> "NoticePolicy":
        """Read it. Raises PolicyMissing when unset."""
        return cls(programme.billing.self_payment.notified_days.optional(), changed_days(programme))


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
    changed: ChangedDays = AS_PRINTED

    @classmethod
    def of(cls, programme: "Programme") -> "DisputePolicy":
        """Read it. Raises PolicyMissing when unset."""
        return cls(programme.billing.dispute_days.optional(), changed_days(programme))


@dataclass(frozen=True, slots=True)
class SharedCap:
    """BL-9: the part of a cap that one programme may draw, in won, and the programmes that it shares the cap with."""

    part_krw: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BudgetPolicy:
    """BL-9's cap, the part of it reserved for operation, the levels that are announced, and with whom it is shared."""

    cap_krw: int | None
    operating_krw: int
    levels_pct: tuple[int, ...]
    shared: SharedCap | None = None

    @classmethod
    def of(cls, programme: "Programme") -> "BudgetPolicy":
        """Read them; the programme's own part only of a cap that is shared. Raises PolicyMissing for an unset one."""
        budget = programme.billing.budget
        cap_krw = budget.cap_krw.optional()
        others = tuple(budget.shared_with.optional() or ())
        shared = None
        if others and cap_krw is not None:
            part_krw = budget.part_krw.optional()
            shared = SharedCap(cap_krw if part_krw is None else part_krw, others)
        return cls(
            cap_krw=cap_krw,
            operating_krw=budget.operating_krw.optional() or 0,
            levels_pct=tuple(budget.levels_pct.optional() or ()),
            shared=shared,
        )


@dataclass(frozen=True, slots=True)
class CommitmentPolicy:
    """BL-9: what one unit is planned to cost a month when a selection is announced; none means no estimate.

    With it goes what the user pays of it: nobody where nothing is planned, so that no rate is needed then.
    """

    unit_month_krw: int
    card_type: str
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
            card_type=asked.card_type,
            cards_per_unit=asked.cards_per_unit,
            flow=stated_flow(programme) if card_month_krw else "free",
            rates=SelfPaymentRates(programme),
        )
