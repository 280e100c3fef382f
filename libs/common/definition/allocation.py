"""Cards, products and how grants get them: what a definition says about allocation (AL)."""

from typing import Annotated, Literal

from pydantic import Field

from libs.common.bounds import (
    Count,
    Key,
    Measure,
    Months,
    Percent,
    PeriodDays,
    Positive,
    PositivePercent,
    PositiveSeconds,
    Ratio,
)
from libs.common.definition.stated import Flag, Keys, Part, Stated, StatedOrNone, Text, none_for, unset_for

Gate = Literal["agreement", "self_payment", "training"]


class Card(Part):
    """What one card of a type is worth (CV-5, CV-6)."""

    h100_equivalents: StatedOrNone[Ratio]
    """A fraction such as `1/4`."""
    fp32_tf: StatedOrNone[Measure]
    int8_tops: StatedOrNone[Measure] = none_for("CV-6 (S3 alone counts in TOPS)")


class Spec(Part):
    """What a server of a product must at least reach (AL-6)."""

    cpu_ghz: StatedOrNone[Measure]
    cores: StatedOrNone[Positive]
    memory_gb: StatedOrNone[Positive]
    storage_tb: StatedOrNone[Measure]
    line_gbps: StatedOrNone[Measure]
    doubtful_cores: StatedOrNone[Positive]
    """The second reading of a notice in doubt: an offer between the two is for an officer (S1 product 3)."""
    doubtful_memory_gb: StatedOrNone[Positive]
    doubtful_storage_tb: StatedOrNone[Measure]


class Product(Part):
    """What a user is granted: so many cards of a type (CV-4)."""

    name: Text
    card_type: Key
    cards_per_unit: Positive
    whole_servers: Flag
    """Server products get whole servers of `cards_per_unit` cards, clustered (AL-1)."""
    priced_by: Literal["product", "card"]
    """Whether the price book prices one unit of the product or one card of the assigned type."""
    spec: Spec | None = None
    number: Positive | None = None
    """The notice's own number of the product; two products with one number stand for each other (S1: 1PF)."""
    at_least_as_good: StatedOrNone[Keys] = none_for("AL-21 (a notice names no better card)")
    """Types that serve instead, with the product's own number of cards, at its price (AL-21)."""
    alone: StatedOrNone[Annotated[dict[Key, Positive], Field(max_length=200)]] = none_for("BL-3 (S1 alone)")
    """By a type, the cards of a unit that a provider gives which has no other type, at the product's price (BL-3)."""
    storage_tb: StatedOrNone[Measure] = none_for("AL-17 (a notice prints no storage of its own)")
    """What each user has without asking (AL-17)."""


class Substitution(Part):
    """AL-2: asked in one type, given as `factor` times as many of another."""

    asked: Key
    given: Key
    factor: Positive


class DynamicPolicy(Part):
    """AL-9, AL-11: how a dynamic pool works."""

    idle_s: StatedOrNone[PositiveSeconds]
    """Seconds without utilisation after which a session gives its cards back."""
    fallback_report_days: StatedOrNone[PeriodDays]


class LowUse(Part):
    """MT-9: what counts as low use over a span of days, and as none or next to none."""

    below_pct: StatedOrNone[PositivePercent]
    """Mean utilisation below which use is low; the span's days are counted back from the day of the look."""
    span_days: StatedOrNone[PeriodDays]
    hardly_any_pct: StatedOrNone[Percent]
    """Mean utilisation up to which a grant is hardly used at all."""
    hardly_any_days: StatedOrNone[PeriodDays]


class Training(Part):
    """AL-7, OB-7: the course that opens the gate `training`."""

    people_min: StatedOrNone[Positive]
    """How many people of a grant must have attended."""


class AfterEnd(Part):
    """AL-14: what users keep after the end of their grant; only one of free days and free months."""

    free_days: StatedOrNone[PeriodDays]
    free_months: StatedOrNone[Months]
    own_cost_months: StatedOrNone[Months]
    """Months at the user's own cost after the free period."""


SERVED_AS_ASKED = "AL-15 (a notice names no change of provider)"


class AllocationPolicy(Part):
    """How grants get their cards (AL)."""

    mode: Stated[Literal["fixed", "dynamic"]]
    provider_choice: StatedOrNone[Literal["agency", "preference"]]
    substitutions: StatedOrNone[Annotated[list[Substitution], Field(max_length=200)]]
    server_cards: StatedOrNone[Positive]
    gates: StatedOrNone[Annotated[list[Gate], Field(max_length=10)]]
    dynamic: DynamicPolicy | None
    by_model: StatedOrNone[Flag] = none_for("AL-18 (S3 alone asks whether a model is supported)")
    """A grant is placed only where its model is supported."""
    provider_change: StatedOrNone[Literal["wish", "problem"]] = unset_for(SERVED_AS_ASKED)
    """AL-15: a user may change on wish, or only for a problem at the provider."""
    burst: StatedOrNone[Flag] = none_for("AL-12 (S1 alone allows it)")
    extra_storage_tb: StatedOrNone[Measure] = none_for("AL-17 (S1 alone prints a pool of storage)")
    """The storage of each provider's pool out of which more is given on request."""
    set_up_days: StatedOrNone[PeriodDays] = none_for("S2 §5 alone prints a time for the set-up")
    reclaim_days: StatedOrNone[PeriodDays] = none_for("AL-13 (S2 alone reclaims)")
    """Days from the notice to the end, the notice's own day included."""
    healing_hours: StatedOrNone[Count] = unset_for("AL-19 (no notice prints a time)")
    """Hours within which a broken card or server is to be replaced."""
    low_use: LowUse | None = None
    training: Training | None = None
    after_end: AfterEnd | None = None
