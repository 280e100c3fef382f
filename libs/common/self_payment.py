"""What a user pays of their own grant (자부담금): one home for the rate, the quantity and the amount (BL-4).

Billing computes with it what is owed, and what a selected application is planned to cost; review what of a budget an
award takes (RV-9). Intake decides which reduction is granted (IN-15) and says it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from libs.common.cards import cards_of

Flow = Literal["own_account", "deposit", "free"]
RateKind = Literal["standard", "youth", "regional", "public"]
RATE_KINDS: tuple[RateKind, ...] = get_args(RateKind)
Reduction = Literal["none", "youth", "regional"]
RatedBy = Literal["card", "product"]


@dataclass(frozen=True, slots=True)
class Payer:
    """The facts of an applicant that decide what they pay themselves."""

    sector: Literal["private", "public"]
    reduction: Reduction = "none"
    """The one that was claimed and granted (IN-15)."""


@dataclass(frozen=True, slots=True)
class SelfPaymentDue:
    """What a grant owes in advance for its whole period, and by which rate."""

    amount_krw: int
    rate_kind: RateKind | None
    rate_krw: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a self-payment is counted for: units of a product, as cards of a type."""

    product: str
    units: int
    card_type: str
    cards: int


def applying_reduction(*, youth: bool, regional: bool, region_first: bool) -> Reduction:
    """Which of the reductions that are granted applies: reductions never add up (BL-4).

    `region_first`: where both are granted the regional one goes first (S2), and the applicant does not ask for the
    youth one. Never raises.

    Example: S2, youth and in Gwangju → regional; asking for youth → youth.
    Source: S2 §3, §5.
    """
    if regional and (region_first or not youth):
        return "regional"
    return "youth" if youth else "none"


def granted_before(*, youth: bool) -> Reduction:
    """The reduction of an applicant of whom only one fact was told, as before reductions travelled: youth or none."""
    return "youth" if youth else "none"


def self_payment_due(
    payer: Payer, flow: Flow, rate_krw: Callable[[RateKind], int | None], quantity: int, months: int
) -> SelfPaymentDue:
    """BL-4: The self-payment for the whole granted period, in advance: rate × quantity × months, by the assigned type.

    `payer` holds the applicant's sector and the one reduction that applies; `flow` is the programme's ("free": nobody
    pays); `rate_krw` gives the won per card (server, PF) and month for a kind of payer, None where it is decided that
    there is no such rate; `quantity` counts those cards (servers, PF), `months` the whole months granted, both ≥ 0.
    The regional rate applies to public applicants too; else they pay the public one (S0: 0), else the youth one
    applies. A kind without a rate of its own pays the standard one; without that nobody pays. Returns whole won,
    nothing to round. Raises what `rate_krw` raises for a rate that is unset.

    Example: S0, 4 H100, 6 months: 400,000 × 4 × 6 = 9,600,000; as 16 A100: 100,000 × 16 × 6 = 9,600,000. S2, H100×8,
    4 months, in Gwangju: 200,000 × 8 × 4 = 6,400,000.
    Source: S0 §3, S2 §3, S3 §1, S4 §III.
    """
    if flow == "free":
        return SelfPaymentDue(0, None, 0)
    for kind in _kinds(payer):
        krw = rate_krw(kind)
        if krw is not None:
            return SelfPaymentDue(krw * quantity * months, kind, krw)
    return SelfPaymentDue(0, None, 0)


def _kinds(payer: Payer) -> tuple[RateKind, ...]:
    """The kinds of rate by which a payer might pay; the first that the programme has is the one."""
    first: tuple[RateKind, ...] = ("regional",) if payer.reduction == "regional" else ()
    if payer.sector == "public":
        return (*first, "public", "standard")
    return (*first, "youth", "standard") if payer.reduction == "youth" else (*first, "standard")


def rated(by: RatedBy, asked: Asked) -> tuple[str, int]:
    """Under which key the rates stand, and how often they count: cards of the assigned type, or units of the product.

    Never raises. Example: 4 H100 of one H100x4 → (H100, 4) by the card, (H100x4, 1) by the product.
    """
    return (asked.product, asked.units) if by == "product" else (asked.card_type, asked.cards)


def as_asked(product: str, units: int, card_type: str, cards_per_unit: int) -> Asked:
    """Units of a product as the cards that it asks for, before any type is assigned."""
    return Asked(product, units, card_type, cards_of(units, cards_per_unit))
