"""What review needs of a programme's definition: one small frozen class per rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from services.review.model import HUNDREDTHS_PER_POINT, Sector, Stage

if TYPE_CHECKING:
    from libs.common.programme import Programme


def _hundredths(value: Decimal | int | None) -> int:
    return int(Fraction(value or 0) * HUNDREDTHS_PER_POINT)


@dataclass(frozen=True, slots=True)
class PanelPolicy:
    """RV-1: how many sit on a panel, and how many sheets a stage needs to close; None is no upper limit."""

    seats_min: int
    seats_max: int | None
    sheets_min: int

    @classmethod
    def of(cls, programme: "Programme") -> "PanelPolicy":
        """Read it from a definition."""
        value = programme.value
        return cls(
            seats_min=value("review.seats_min") or 0,
            seats_max=value("review.seats_max"),
            sheets_min=value("review.sheets_min") or 1,
        )


@dataclass(frozen=True, slots=True)
class RubricPolicy:
    """RV-2: the criteria in the notice's order with their maximum in hundredths."""

    maxima: Mapping[str, int]

    @classmethod
    def of(cls, programme: "Programme") -> "RubricPolicy":
        """Read it from a definition; an empty rubric is one that an officer has still to fill in."""
        names = programme.value("review.rubric")
        return cls({name: _hundredths(programme.value(f"review.rubric.{name}.max")) for name in names})


@dataclass(frozen=True, slots=True)
class ScoringPolicy:
    """RV-3, RV-4, RV-6, RV-7: trimming, decimals, bonus and threshold (None: all pass), in hundredths."""

    trimmed: bool
    decimals: int
    youth_bonus: int
    threshold: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "ScoringPolicy":
        """Read it from a definition."""
        value = programme.value
        threshold = value("review.threshold")
        decimals = value("review.decimals")
        return cls(
            trimmed=bool(value("review.trimmed")),
            decimals=2 if decimals is None else decimals,
            youth_bonus=_hundredths(value("review.youth_bonus")),
            threshold=None if threshold is None else _hundredths(threshold),
        )


@dataclass(frozen=True, slots=True)
class TiePolicy:
    """RV-5: the criteria in the order in which they break ties."""

    order: tuple[str, ...]

    @classmethod
    def of(cls, programme: "Programme") -> "TiePolicy":
        """Read it from a definition; without a printed order the larger maximum goes first, then rubric order."""
        printed = programme.value("review.tie_order")
        if printed is not None:
            return cls(tuple(printed))
        maxima = RubricPolicy.of(programme).maxima
        return cls(tuple(sorted(maxima, key=lambda name: -maxima[name])))


@dataclass(frozen=True, slots=True)
class StagePolicy:
    """RV-8: a track's stages in order, and whether the document stage may be skipped."""

    stages: tuple[Stage, ...]
    document_may_be_skipped: bool

    @classmethod
    def of(cls, programme: "Programme", track: str) -> "StagePolicy":
        """Read it from a definition."""
        return cls(
            stages=tuple(programme.value(f"tracks.{track}.stages") or ("document",)),
            document_may_be_skipped=bool(programme.value(f"tracks.{track}.document_stage_may_be_skipped")),
        )


@dataclass(frozen=True, slots=True)
class QuotaPolicy:
    """RV-10: private share at least, public share below, in per cent of the selected projects."""

    private_min_pct: int
    public_below_pct: int | None
    relaxable: bool

    @classmethod
    def of(cls, programme: "Programme", track: str) -> "QuotaPolicy | None":
        """Read it from a definition; None where the track has no quota."""
        part = programme.value(f"tracks.{track}.quota")
        if part is None:
            return None
        private_min = programme.value(f"tracks.{track}.quota.private_min_pct")
        public_below = programme.value(f"tracks.{track}.quota.public_below_pct")
        if private_min is None and public_below is None:
            return None
        return cls(private_min or 0, public_below, bool(programme.value(f"tracks.{track}.quota.relaxable")))


@dataclass(frozen=True, slots=True)
class SelfPaymentRates:
    """Won per card and month that the user pays, by payer; what the subsidy's budget need not carry."""

    standard_krw: int = 0
    youth_krw: int = 0
    public_krw: int = 0

    def rate_krw(self, sector: Sector, *, youth: bool) -> int:
        """The one rate that applies; reductions never add up."""
        if sector == "public":
            return self.public_krw
        return self.youth_krw if youth else self.standard_krw


@dataclass(frozen=True, slots=True)
class ProductPolicy:
    """What one unit of a product takes: its cards, and their H100-equivalents (1 where the type has none)."""

    cards_per_unit: int
    h100_equivalents: Fraction
    self_payment: SelfPaymentRates = SelfPaymentRates()


@dataclass(frozen=True, slots=True)
class SelectionPolicy:
    """RV-9: the limits of one pool; None is no such limit."""

    capacity_kind: Literal["peak_cards", "card_months"]
    capacity: Fraction | None
    budget_krw: int | None
    planning_price_krw: int
    projects_max: int | None
    per_counting_unit_max: int | None
    cutoff: Literal["stop", "skip"]
    quota: QuotaPolicy | None
    products: Mapping[str, ProductPolicy]

    @classmethod
    def of(cls, programme: "Programme", track: str, *, quota_relaxed: bool = False) -> "SelectionPolicy":
        """Read it from a definition. Prices and rates are read only where a budget limits."""
        value = programme.value
        at = f"tracks.{track}.selection"
        capacity, budget_krw = value(f"{at}.capacity"), value(f"{at}.budget_krw")
        products = value(f"tracks.{track}.products")
        return cls(
            capacity_kind=(value(f"{at}.capacity_kind") or "peak_cards"),
            capacity=None if capacity is None else Fraction(capacity),
            budget_krw=budget_krw,
            planning_price_krw=0 if budget_krw is None else value(f"{at}.planning_price_krw") or 0,
            projects_max=value(f"{at}.projects_max"),
            per_counting_unit_max=value("intake.max_applications"),
            cutoff=value(f"{at}.cutoff") or "skip",
            quota=None if quota_relaxed else QuotaPolicy.of(programme, track),
            products={name: _product(programme, name, priced=budget_krw is not None) for name in products},
        )


def _product(programme: "Programme", name: str, *, priced: bool) -> ProductPolicy:
    card_type = programme.value(f"products.{name}.card_type")
    worth = programme.value(f"cards.{card_type}.h100_equivalents")
    return ProductPolicy(
        cards_per_unit=programme.value(f"products.{name}.cards_per_unit"),
        h100_equivalents=Fraction(1) if worth is None else Fraction(worth),
        self_payment=_rates(programme, card_type) if priced else SelfPaymentRates(),
    )


def _rates(programme: "Programme", card_type: str) -> SelfPaymentRates:
    if programme.value("billing.self_payment.flow") == "free":
        return SelfPaymentRates()
    at = f"billing.self_payment.rates.{card_type}"
    return SelfPaymentRates(
        standard_krw=programme.value(f"{at}.standard_krw") or 0,
        youth_krw=programme.value(f"{at}.youth_krw") or 0,
        public_krw=programme.value(f"{at}.public_krw") or 0,
    )


@dataclass(frozen=True, slots=True)
class DeliberationPolicy:
    """RV-12: whether a committee may lower units and months in this track."""

    allowed: bool

    @classmethod
    def of(cls, programme: "Programme", track: str) -> "DeliberationPolicy":
        """Read it from a definition."""
        return cls(bool(programme.value(f"tracks.{track}.deliberation")))
