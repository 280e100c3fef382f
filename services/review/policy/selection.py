"""What selection and deliberation need of a programme's definition: one small frozen class per rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from services.review.model.applications import Sector

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme
    from libs.common.definition.stated import StatedOrNone


@dataclass(frozen=True, slots=True)
class QuotaPolicy:
    """RV-10: private share at least, public share below, in per cent of the selected projects."""

    private_min_pct: int
    public_below_pct: int | None
    relaxable: bool

    @classmethod
    def of(cls, programme: "Programme", track: str) -> "QuotaPolicy | None":
        """Read it from a definition; None where the track has no quota."""
        part = programme.track(track).quota
        if part is None:
            return None
        private_min, public_below = part.private_min_pct.optional(), part.public_below_pct.optional()
        if private_min is None and public_below is None:
            return None
        return cls(private_min or 0, public_below, bool(part.relaxable.optional()))


@dataclass(frozen=True, slots=True)
class SelfPaymentRates:
    """Won per card and month that the user pays, by payer; what the subsidy's budget need not carry."""

    standard_krw: int | None = 0
    youth_krw: int | None = 0
    public_krw: int | None = 0

    def rate_krw(self, sector: Sector, *, youth: bool) -> int:
        """The one rate that applies; reductions never add up. Where there is none, nothing is paid."""
        if sector == "public":
            return self.public_krw or 0
        return (self.youth_krw if youth else self.standard_krw) or 0


@dataclass(frozen=True, slots=True)
class ProductPolicy:
    """What one unit of a product takes: its cards, and their H100-equivalents (1 where the type has none)."""

    cards_per_unit: int
    h100_equivalents: Fraction
    self_payment: SelfPaymentRates = SelfPaymentRates()


@dataclass(frozen=True, slots=True)
class SelectionPolicy:
    """RV-9: the limits of one pool; None is no such limit.

    Planning price and self-payment stand in it as they are in force also where no budget limits: what is frozen under a
    hash states what was known (F-18). None there is a value that is unset or decided to be none.
    """

    capacity_kind: Literal["peak_cards", "card_months"]
    capacity: Fraction | None
    budget_krw: int | None
    planning_price_krw: int | None
    projects_max: int | None
    per_counting_unit_max: int | None
    cutoff: Literal["stop", "skip"]
    quota: QuotaPolicy | None
    products: Mapping[str, ProductPolicy]

    @classmethod
    def of(cls, programme: "Programme", track: str, *, quota_relaxed: bool = False) -> "SelectionPolicy":
        """Read it from a definition. Unset prices and rates stop only where a budget limits (CV-8)."""
        part = programme.track(track)
        limits = part.selection
        capacity, budget_krw = limits.capacity.optional(), limits.budget_krw.optional()
        return cls(
            capacity_kind=limits.capacity_kind.optional() or "peak_cards",
            capacity=None if capacity is None else Fraction(capacity),
            budget_krw=budget_krw,
            planning_price_krw=_in_force(limits.planning_price_krw, needed=budget_krw is not None),
            projects_max=limits.projects_max.optional(),
            per_counting_unit_max=programme.intake.max_applications.optional(),
            cutoff=limits.cutoff.optional() or "skip",
            quota=None if quota_relaxed else QuotaPolicy.of(programme, track),
            products={name: _product(programme, name, priced=budget_krw is not None) for name in part.products},
        )


def _in_force(stated: "StatedOrNone[int]", *, needed: bool) -> int | None:
    return stated.optional() if needed else stated.known()


def _product(programme: "Programme", name: str, *, priced: bool) -> ProductPolicy:
    product = programme.product(name)
    worth = programme.card(product.card_type).h100_equivalents.optional()
    return ProductPolicy(
        cards_per_unit=product.cards_per_unit,
        h100_equivalents=Fraction(1) if worth is None else Fraction(worth),
        self_payment=_rates(programme, product.card_type, needed=priced),
    )


def _rates(programme: "Programme", card_type: str, *, needed: bool) -> SelfPaymentRates:
    part = programme.billing.self_payment
    flow = part.flow.required() if needed else part.flow.known()
    if flow == "free":
        return SelfPaymentRates()
    if not needed and card_type not in part.rates:
        return SelfPaymentRates(None, None, None)
    rate = part.rate(card_type)
    return SelfPaymentRates(
        standard_krw=_in_force(rate.standard_krw, needed=needed),
        youth_krw=_in_force(rate.youth_krw, needed=needed),
        public_krw=_in_force(rate.public_krw, needed=needed),
    )


@dataclass(frozen=True, slots=True)
class DeliberationPolicy:
    """RV-12: whether a committee may lower units and months in this track."""

    allowed: bool

    @classmethod
    def of(cls, programme: "Programme", track: str) -> "DeliberationPolicy":
        """Read it from a definition."""
        return cls(bool(programme.track(track).deliberation.optional()))
