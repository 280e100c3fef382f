"""The nouns of allocation: suppliers and their cards, grants, sessions, pools and what placement decides."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Mode = Literal["dynamic", "fixed"]
GrantState = Literal["awaiting", "placed", "active", "ended"]
SessionState = Literal["waiting", "running", "released", "withdrawn", "refused"]
EndReason = Literal["released", "max_duration", "idle", "pool_switched", "grant_ended"]
Origin = Literal["request", "switch"]
Decision = Literal["pass", "fail", "officer"]
Proof = Literal["proved", "undecided"]
Limit = Literal["use_window", "no_offer", "relation", "server_size", "capacity", ""]


class Card(NamedTuple):
    """One GPU card: its server and its place in it, from 0."""

    server_id: str
    slot: int


class Span(NamedTuple):
    """A half-open interval `[from_s, until_s)` in whole seconds since 1970-01-01 UTC."""

    from_s: int
    until_s: int

    def overlaps(self, other: "Span") -> bool:
        """Whether both share an instant; touching ones do not."""
        return self.from_s < other.until_s and other.from_s < self.until_s

    def holds(self, other: "Span") -> bool:
        """Whether the other lies wholly within this one."""
        return self.from_s <= other.from_s and other.until_s <= self.until_s


def seconds_of(instant: dt.datetime) -> int:
    """Whole seconds since 1970-01-01 UTC."""
    return int(instant.timestamp())


def instant_of(seconds: int) -> dt.datetime:
    """The instant of `seconds` since 1970-01-01 UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


EVER = Span(-(2**52), 2**52)


@dataclass(frozen=True, slots=True)
class Party:
    """Who supplies or applies, as far as their relation matters (AL-5)."""

    business_no: str
    representative_keys: frozenset[str] = frozenset()
    """SHA-256 of `name|birth date` of each representative."""
    affiliates: frozenset[str] = frozenset()
    """Business numbers of affiliates and subsidiaries."""


@dataclass(frozen=True, slots=True)
class Specification:
    """What one server offers beside its cards (AL-6). Fractions are text such as `2.1`, exact."""

    cpu_ghz: str
    cores: int
    memory_gb: int
    storage_tb: str
    line_gbps: str


@dataclass(frozen=True, slots=True)
class StockServer:
    """A server as placement sees it: for each of its cards the spans in which somebody holds it."""

    server_id: str
    provider_id: str
    data_centre: str
    card_type: str
    busy: tuple[tuple[Span, ...], ...]
    offered: Span = EVER

    @property
    def cards(self) -> int:
        """How many cards it has."""
        return len(self.busy)


@dataclass(frozen=True, slots=True)
class StartChoice:
    """One possible use of a grant: its span, and how many months it lies from the wished month."""

    span: Span
    months_off: int


@dataclass(frozen=True, slots=True)
class Variant:
    """A type and number of cards in which a grant may be given (AL-2)."""

    card_type: str
    cards: int


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
        counted: dict[str, int] = {}
        for card in self.cards:
            counted[card.server_id] = counted.get(card.server_id, 0) + 1
        return counted


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


@dataclass(frozen=True, slots=True)
class Request:
    """A waiting request of a pool's queue; `sequence` orders requests of one instant."""

    session_id: str
    grant_id: str
    units: int
    cards: int
    requested_at: dt.datetime
    sequence: int
    max_duration_s: int | None = None
    origin: Origin = "request"


@dataclass(frozen=True, slots=True)
class Running:
    """A session that holds cards of a pool."""

    session_id: str
    grant_id: str
    units: int
    cards: tuple[Card, ...]
    requested_at: dt.datetime
    assigned_at: dt.datetime
    max_duration_s: int | None = None
    idle_since: dt.datetime | None = None
    idle_until: dt.datetime | None = None
    """Reports say that nothing was used over `[idle_since, idle_until)`."""
    mode: Mode = "dynamic"
    origin: Origin = "request"

    @property
    def ends_at(self) -> dt.datetime | None:
        """When it ends at the latest; none without a declared maximum, and for fixed ones."""
        if self.max_duration_s is None or self.mode == "fixed":
            return None
        return self.assigned_at + dt.timedelta(seconds=self.max_duration_s)


@dataclass(frozen=True, slots=True)
class Entitled:
    """A grant that draws from a pool, as far as the queue and the fallback need it."""

    grant_id: str
    units: int
    cards_per_unit: int
    rank: int
    agreed_at: dt.datetime
    ends_at: dt.datetime | None = None
    """End of the grant; none where it does not matter."""
    organisation_id: str = ""


@dataclass(frozen=True, slots=True)
class PoolQueue:
    """A pool at one instant: its cards, who holds which, who waits (in order of arrival)."""

    pool_id: str
    mode: Mode
    cards: tuple[Card, ...]
    running: tuple[Running, ...] = ()
    waiting: tuple[Request, ...] = ()
    idle_s: int | None = None
    entitled: dict[str, Entitled] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that gives its cards back, when and why."""

    session: Running
    released_at: dt.datetime
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Started:
    """A request that gets its cards at an instant."""

    request: Request
    cards: tuple[Card, ...]
    assigned_at: dt.datetime
    mode: Mode


@dataclass(frozen=True, slots=True)
class Continued:
    """A running session that goes on under another mode with the same cards (AL-11)."""

    before: Running
    mode: Mode
    max_duration_s: int | None


@dataclass(frozen=True, slots=True)
class Lacking:
    """Units that a grant lacks when its pool turns fixed, beyond its open requests."""

    grant_id: str
    units: int
    cards: tuple[Card, ...]
    """Empty where nothing fits: the grant waits from the switch on."""


@dataclass(frozen=True, slots=True)
class Switch:
    """What a switch does to a pool: sessions go on or stop, requests start, grants get or await cards."""

    continued: tuple[Continued, ...]
    stopped: tuple[Running, ...] = ()
    started: tuple[Started, ...] = ()
    lacking: tuple[Lacking, ...] = ()
    withdrawn: tuple[Request, ...] = ()
