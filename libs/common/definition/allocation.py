"""Cards, products and how grants get them: what a definition says about allocation (AL)."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from libs.common.definition.stated import Part, Stated, StatedOrNone, Text


class Card(Part):
    """What one card of a type is worth (CV-5, CV-6)."""

    h100_equivalents: StatedOrNone[str]
    """A fraction such as `1/4`."""
    fp32_tf: StatedOrNone[Decimal]


class Spec(Part):
    """What a server of a product must at least reach (AL-6)."""

    cpu_ghz: StatedOrNone[Decimal]
    cores: StatedOrNone[int]
    memory_gb: StatedOrNone[int]
    storage_tb: StatedOrNone[Decimal]
    line_gbps: StatedOrNone[Decimal]
    doubtful_cores: StatedOrNone[int]
    """The second reading of a notice in doubt: an offer between the two is for an officer (S1 product 3)."""
    doubtful_memory_gb: StatedOrNone[int]
    doubtful_storage_tb: StatedOrNone[Decimal]


class Product(Part):
    """What a user is granted: so many cards of a type (CV-4)."""

    name: Text
    card_type: str
    cards_per_unit: int = Field(ge=1)
    whole_servers: bool
    """Server products get whole servers of `cards_per_unit` cards, clustered (AL-1)."""
    priced_by: Literal["product", "card"]
    """Whether the price book prices one unit of the product or one card of the assigned type."""
    spec: Spec | None = None


class Substitution(Part):
    """AL-2: asked in one type, given as `factor` times as many of another."""

    asked: str
    given: str
    factor: int


class DynamicPolicy(Part):
    """AL-9, AL-11: how a dynamic pool works."""

    idle_s: StatedOrNone[int]
    """Seconds without utilisation after which a session gives its cards back."""
    fallback_report_days: StatedOrNone[int]


class AllocationPolicy(Part):
    """How grants get their cards (AL)."""

    mode: Stated[Literal["fixed", "dynamic"]]
    provider_choice: StatedOrNone[Literal["agency", "preference"]]
    substitutions: StatedOrNone[list[Substitution]]
    server_cards: StatedOrNone[int]
    gates: StatedOrNone[list[Literal["agreement", "self_payment", "training"]]]
    dynamic: DynamicPolicy | None
