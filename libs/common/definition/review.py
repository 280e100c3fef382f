"""How panels score and a pool selects: what a definition says about review (RV)."""

from typing import Annotated, Literal

from pydantic import Field

from libs.common.bounds import CardMonths, Decimals, Key, Krw, Percent, Points, Positive, PositivePercent
from libs.common.definition.stated import Flag, Keys, Part, Stated, StatedOrNone, Text


class Quota(Part):
    """RV-10: private share at least, public share below, in per cent of projects."""

    private_min_pct: StatedOrNone[Percent]
    public_below_pct: StatedOrNone[PositivePercent]
    relaxable: StatedOrNone[Flag]


class SelectionLimits(Part):
    """RV-9: which limits a pool's selection keeps to."""

    capacity_kind: StatedOrNone[Literal["peak_cards", "card_months"]]
    capacity: StatedOrNone[CardMonths]
    """H100-equivalent cards, or card-months."""
    budget_krw: StatedOrNone[Krw]
    planning_price_krw: StatedOrNone[Krw]
    """Planned price of one card and month, in won."""
    projects_max: StatedOrNone[Positive]
    cutoff: StatedOrNone[Literal["stop", "skip"]]


class Criterion(Part):
    """One line of the rubric."""

    name: Text
    max: Stated[Positive]


class ReviewPolicy(Part):
    """How panels score (RV-1 … RV-8). The rubric's order is the notice's."""

    seats_min: StatedOrNone[Positive]
    seats_max: StatedOrNone[Positive]
    sheets_min: StatedOrNone[Positive]
    trimmed: StatedOrNone[Flag]
    decimals: StatedOrNone[Decimals]
    rubric: Annotated[dict[Key, Criterion], Field(max_length=200)]
    tie_order: StatedOrNone[Keys]
    youth_bonus: StatedOrNone[Points]
    threshold: StatedOrNone[Points]
