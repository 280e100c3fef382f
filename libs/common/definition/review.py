"""How panels score and a pool selects: what a definition says about review (RV)."""

from decimal import Decimal
from typing import Literal

from libs.common.definition.stated import Part, Stated, StatedOrNone, Text


class Quota(Part):
    """RV-10: private share at least, public share below, in per cent of projects."""

    private_min_pct: StatedOrNone[int]
    public_below_pct: StatedOrNone[int]
    relaxable: StatedOrNone[bool]


class SelectionLimits(Part):
    """RV-9: which limits a pool's selection keeps to."""

    capacity_kind: StatedOrNone[Literal["peak_cards", "card_months"]]
    capacity: StatedOrNone[int]
    """H100-equivalent cards, or card-months."""
    budget_krw: StatedOrNone[int]
    planning_price_krw: StatedOrNone[int]
    """Planned price of one card and month, in won."""
    projects_max: StatedOrNone[int]
    cutoff: StatedOrNone[Literal["stop", "skip"]]


class Criterion(Part):
    """One line of the rubric."""

    name: Text
    max: Stated[int]


class ReviewPolicy(Part):
    """How panels score (RV-1 … RV-8). The rubric's order is the notice's."""

    seats_min: StatedOrNone[int]
    seats_max: StatedOrNone[int]
    sheets_min: StatedOrNone[int]
    trimmed: StatedOrNone[bool]
    decimals: StatedOrNone[int]
    rubric: dict[str, Criterion]
    tie_order: StatedOrNone[list[str]]
    youth_bonus: StatedOrNone[Decimal]
    threshold: StatedOrNone[Decimal]
