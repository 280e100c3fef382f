"""How panels score and a pool selects: what a definition says about review (RV)."""

from typing import Annotated, Literal

from pydantic import Field

from libs.common.bounds import (
    CardMonths,
    Decimals,
    Key,
    Krw,
    Percent,
    PeriodDays,
    Points,
    Positive,
    PositivePercent,
)
from libs.common.definition.stated import Flag, Keys, Part, Stated, StatedOrNone, Text, none_for, unset_for


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
    share_pct: StatedOrNone[PositivePercent] = none_for("RV-11 (S2 and S3 alone print shares)")
    """This pool's share of `review.places`; the shares of all pools add up to 100."""


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
    places: StatedOrNone[Positive] = none_for("RV-11 (S2 and S3 alone print places)")
    """How many are selected over all pools, divided by their shares (RV-11)."""
    seats_max_by_reason: StatedOrNone[Positive] = none_for("RV-1 (S0 alone says about)")
    """Seats that an officer may open with a reason, above `seats_max`."""
    names_hidden: StatedOrNone[Flag] = none_for("RV-16 (a notice hides no names)")
    """Reviewers read without the applicants' names."""
    criterion_means_shown: StatedOrNone[Flag] = unset_for("F-63 (a notice does not say)")
    """An applicant sees the mean of each criterion beside the score."""
    acceptance_days: StatedOrNone[PeriodDays] = unset_for("RV-13 (a notice prints no term)")
    """Days from the delivery of the announcement within which a selected applicant accepts."""
    objection_days: StatedOrNone[PeriodDays] = unset_for("MS-7 (a notice prints no window)")
    """Days within which a screening or a selection may be appealed."""
    stage_weights: StatedOrNone[Annotated[dict[Key, Percent], Field(min_length=1, max_length=10)]] = none_for(
        "RV-8 (the last stage's composite is final)"
    )
    """The weight of each stage's composite in the final score; they add up to 100."""
