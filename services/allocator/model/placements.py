"""What a placement judges and what it decides, from a grant's wish to the line on record."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from services.allocator.model.cards import Card, Mode, Span, servers_of
from services.allocator.model.supply import Decision

Proof = Literal["proved", "undecided"]
Limit = Literal["gate", "window", "no_offer", "relation", "server_size", "pool_size", "capacity", ""]
PlacementState = Literal["draft", "confirmed"]


@dataclass(frozen=True, slots=True)
class StartChoice:
    """One possible use of a grant: its span, and how many months it lies from the wished month."""

    span: Span
    months_off: int


@dataclass(frozen=True, slots=True)
class Variant:
    """A type and number of cards in which a grant may be given (AL-2, AL-21), and by whom (BL-3)."""

    card_type: str
    cards: int
    only: frozenset[str] | None = field(default=None, compare=False)
    """The providers that alone give it so; none: all but those of `but`."""
    but: frozenset[str] = field(default=frozenset(), compare=False)

    def may_come_from(self, provider_id: str) -> bool:
        """Whether a provider gives it so."""
        return provider_id not in self.but and (self.only is None or provider_id in self.only)


@dataclass(frozen=True, slots=True)
class Wish:
    """A grant as placement sees it. `variants[0]` is what was asked; `starts` stand in order of preference."""

    grant_id: str
    rank: int
    variants: tuple[Variant, ...]
    server_cards: int
    """Cards of the whole servers it needs; 0 for a card product."""
    starts: tuple[StartChoice, ...]
    barred_providers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gated:
    """A grant that is not placed as gates are closed that must be open before."""

    grant_id: str
    rank: int
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a grant gets its cards."""

    grant_id: str
    provider_id: str
    data_centre: str
    card_type: str
    cards: tuple[Card, ...]
    start: StartChoice

    def servers(self) -> dict[str, int]:
        """Server id → cards of this grant on it."""
        return servers_of(self.cards)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What placement says of one grant: placed or not, the limit that stops it, and what of it is proven."""

    grant_id: str
    placed: bool
    limit: Limit = ""
    proof: Proof = "proved"
    type_proof: Proof = "proved"
    start_proof: Proof = "proved"


@dataclass(frozen=True, slots=True)
class PlacementResult:
    """A whole placement. `proven` says that no better one exists under the goals of AL-4, in their order."""

    places: tuple[Place, ...]
    outcomes: tuple[Outcome, ...]
    spread_proof: Proof
    """Whether fewest data centres and smallest maximum load are proven."""
    data_centres: int
    load_max: str
    """Largest share of a site's cards held at one instant, as an exact fraction such as `3/4`."""

    @property
    def proven(self) -> bool:
        """Whether every goal of every grant is proven."""
        proofs = {p for o in self.outcomes for p in (o.proof, o.type_proof, o.start_proof)}
        return proofs <= {"proved"} and self.spread_proof == "proved"


@dataclass(frozen=True, slots=True)
class PoolOffer:
    """A dynamic pool as placement sees it (cards ≥ 1)."""

    pool_id: str
    provider_id: str
    card_type: str
    cards: int
    entitled_cards: int
    """Cards that the grants already placed with it may hold at most."""
    conforms: Decision = "pass"
    spans: tuple[Span, ...] | None = None
    """Over which span each of its cards is offered; none where all last for ever."""


@dataclass(frozen=True, slots=True)
class PoolPlace:
    """A grant that draws from a pool: which, in which type, over which use."""

    grant_id: str
    pool_id: str
    provider_id: str
    data_centre: str
    variant: Variant
    start: StartChoice


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """Where and when a line places its grant."""

    provider_id: str
    data_centre: str
    card_type: str
    cards: int
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PlacementLine:
    """What a placement says of one grant; its place is empty where it is not placed."""

    placement_id: str
    grant_id: str
    rank: int
    placed: bool
    limit_reached: Limit
    proof: Proof
    type_proof: Proof
    start_proof: Proof
    provider_id: str | None = None
    data_centre: str | None = None
    pool_id: str | None = None
    mode: Mode | None = None
    card_type: str | None = None
    cards: int | None = None
    named_cards: tuple[Card, ...] | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    months_off: int | None = None
    gates: tuple[str, ...] = ()
    """The closed gates that keep it from being placed (AL-7), where its limit is `gate`."""

    @property
    def place(self) -> NamedPlace:
        """Its place. Raises ValueError where it is not placed."""
        if (
            self.provider_id is None
            or self.data_centre is None
            or self.card_type is None
            or self.cards is None
            or self.starts_at is None
            or self.ends_at is None
        ):
            raise ValueError(f"{self.grant_id} is not placed")
        return NamedPlace(self.provider_id, self.data_centre, self.card_type, self.cards, self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class Placement:
    """A placement without its lines."""

    placement_id: str
    programme_code: str
    programme_version: int
    rule_id: str
    state: PlacementState
    made_at: dt.datetime
    made_by: str
    confirmed_at: dt.datetime | None
    confirmed_by: str | None
    proven: bool
    spread_proof: Proof
    data_centres: int
    load_max: str
    problem_sha256: str
    budget: str


@dataclass(frozen=True, slots=True)
class PlacementFound:
    """A placement and its lines, best rank first."""

    header: Placement
    lines: tuple[PlacementLine, ...]
