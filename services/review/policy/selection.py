"""What selection and deliberation need of a programme's definition: one small frozen class per rule."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from libs.common.self_payment import RatedBy, RateKind, as_asked, rated

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
    """Won per card (server, PF) and month that the user pays, by payer; what the subsidy's budget need not carry."""

    standard_krw: int | None = 0
    youth_krw: int | None = 0
    public_krw: int | None = 0
    regional_krw: int | None = None

    def krw(self, kind: RateKind) -> int | None:
        """The rate of a kind of payer (BL-4); None where there is none, or, where no budget limits, it is unset."""
        stated = {"standard": self.standard_krw, "youth": self.youth_krw, "public": self.public_krw}
        return stated.get(kind, self.regional_krw)


@dataclass(frozen=True, slots=True)
class ProductPolicy:
    """What one unit of a product takes: its cards, and their H100-equivalents (1 where the type has none)."""

    cards_per_unit: int
    h100_equivalents: Fraction
    self_payment: SelfPaymentRates = SelfPaymentRates()
    rated_by: RatedBy = "card"

    @classmethod
    def of(cls, programme: "Programme", name: str, *, priced: bool) -> "ProductPolicy":
        """Read it from a definition; `priced`: where a budget limits, unset rates stop (CV-8)."""
        product = programme.product(name)
        worth = programme.card(product.card_type).h100_equivalents.optional()
        return cls(
            cards_per_unit=product.cards_per_unit,
            h100_equivalents=Fraction(1) if worth is None else Fraction(worth),
            self_payment=_rates(programme, name, needed=priced),
            rated_by=programme.billing.self_payment.rated_by,
        )


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
            products={name: ProductPolicy.of(programme, name, priced=budget_krw is not None) for name in part.products},
        )

    def with_places(self, places: int | None) -> "SelectionPolicy":
        """The same where the call divides its places by shares: no more projects than the pool's places (RV-11)."""
        told = [one for one in (self.projects_max, places) if one is not None]
        return replace(self, projects_max=min(told, default=None))


def _in_force(stated: "StatedOrNone[int]", *, needed: bool) -> int | None:
    return stated.optional() if needed else stated.known()


def _rates(programme: "Programme", product: str, *, needed: bool) -> SelfPaymentRates:
    part = programme.billing.self_payment
    flow = part.flow.required() if needed else part.flow.known()
    if flow == "free":
        return SelfPaymentRates()
    asked = programme.product(product)
    key, _ = rated(part.rated_by, as_asked(product, 1, asked.card_type, asked.cards_per_unit))
    if not needed and key not in part.rates:
        return SelfPaymentRates(None, None, None)
    rate = part.rate(key)
    return SelfPaymentRates(
        standard_krw=_in_force(rate.standard_krw, needed=needed),
        youth_krw=_in_force(rate.youth_krw, needed=needed),
        public_krw=_in_force(rate.public_krw, needed=needed),
        regional_krw=_in_force(rate.regional_krw, needed=needed and programme.intake.region is not None),
    )


@dataclass(frozen=True, slots=True)
class DeliberationPolicy:
    """RV-12: whether a committee may lower units and months in this track."""

    allowed: bool

    @classmethod
    def of(cls, programme: "Programme", track: str) -> "DeliberationPolicy":
        """Read it from a definition."""
        return cls(bool(programme.track(track).deliberation.optional()))


@dataclass(frozen=True, slots=True)
class SharePolicy:
    """RV-11: how many places a call has and what part of them, in per cent, each of its pools has."""

    places: int
    shares: Mapping[str, Fraction]

    @classmethod
    def of(cls, programme: "Programme") -> "SharePolicy | None":
        """Read it from a definition; None where it prints no places or no shares."""
        places = programme.review.places.optional()
        if places is None:
            return None
        shares = {track: part.selection.share_pct.optional() for track, part in programme.tracks.items()}
        told = {track: Fraction(share) for track, share in shares.items() if share is not None}
        return cls(places, told) if told else None
