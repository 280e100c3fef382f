"""Cards, products and how grants get them: what a definition says about allocation (AL)."""

from typing import Annotated, Literal

from pydantic import Field

from libs.common.bounds import Key, Measure, PeriodDays, Positive, PositiveSeconds, Ratio
from libs.common.definition.stated import Flag, Part, Stated, StatedOrNone, Text

Gate = Literal["agreement", "self_payment", "training"]


class Card(Part):
    """What one card of a type is worth (CV-5, CV-6)."""

    h100_equivalents: StatedOrNone[Ratio]
    """A fraction such as `1/4`."""
    fp32_tf: StatedOrNone[Measure]


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


class AllocationPolicy(Part):
    """How grants get their cards (AL)."""

    mode: Stated[Literal["fixed", "dynamic"]]
    provider_choice: StatedOrNone[Literal["agency", "preference"]]
    substitutions: StatedOrNone[Annotated[list[Substitution], Field(max_length=200)]]
    server_cards: StatedOrNone[Positive]
    gates: StatedOrNone[Annotated[list[Gate], Field(max_length=10)]]
    dynamic: DynamicPolicy | None
