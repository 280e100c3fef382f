"""Who supplies what: providers, data centres, offers, servers and the cards that nobody holds."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.allocator.model.cards import EVER, Mode, Span

Decision = Literal["pass", "fail", "officer"]
CardState = Literal["fixed", "pool_used", "pool_free", "down", "free", "not_offered"]


@dataclass(frozen=True, slots=True)
class Party:
    """Who supplies or applies, as far as their relation matters (AL-5)."""

    business_no: str
    representative_keys: frozenset[str] = frozenset()
    """SHA-256 of `name|birth date` of each representative."""
    affiliates: frozenset[str] = frozenset()
    """Business numbers of affiliates and subsidiaries."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a provider's consortium."""

    organisation_id: str
    name: str
    business_no: str
    csap_certified: bool


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as intake told it last; without an organisation where it was registered here, before intake did."""

    provider_id: str
    organisation_id: str | None
    name: str
    business_no: str
    members: tuple[Member, ...]
    representative_keys: tuple[str, ...]
    affiliates: tuple[str, ...]
    registered_at: dt.datetime
    changed_at: dt.datetime
    """The instant of the newest fact about it."""

    @property
    def party(self) -> Party:
        """What AL-5 compares of it: a member's business number counts like an affiliate's."""
        numbers = (*self.affiliates, *(member.business_no for member in self.members))
        return Party(
            self.business_no,
            frozenset(self.representative_keys),
            frozenset(n for n in numbers if n != self.business_no),
        )


@dataclass(frozen=True, slots=True)
class DataCentre:
    """A data centre; its code is unique within its provider (CV-9)."""

    provider_id: str
    data_centre: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Specification:
    """What one server offers beside its cards (AL-6). Fractions are text such as `2.1`, exact."""

    cpu_ghz: str
    cores: int
    memory_gb: int
    storage_tb: str
    line_gbps: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Servers of one card type in one data centre, offered to one programme over `[offered_from, offered_until)`."""

    provider_id: str
    offer_id: str
    data_centre: str
    programme_code: str
    card_type: str
    mode: Mode | None
    specification: Specification
    offered_from: dt.datetime
    offered_until: dt.datetime
    servers: Mapping[str, int]
    """Server id → its cards."""

    @property
    def cards(self) -> int:
        """All cards of its servers."""
        return sum(self.servers.values())


@dataclass(frozen=True, slots=True)
class OfferedServer:
    """A server and what its offer says of it."""

    provider_id: str
    server_id: str
    cards: int
    data_centre: str
    programme_code: str
    card_type: str
    offered_from: dt.datetime
    offered_until: dt.datetime


@dataclass(frozen=True, slots=True)
class Conformance:
    """An officer's decision about an offer in doubt (AL-6)."""

    provider_id: str
    offer_id: str
    product: str
    payable: bool
    reason: str
    decided_by: str
    decided_at: dt.datetime


@dataclass(frozen=True, slots=True)
class FreeCard:
    """A card that no grant, pool or fault holds over the time asked for."""

    card_id: int
    server_id: str
    card_index: int


@dataclass(frozen=True, slots=True)
class LastingCard:
    """A card that nobody holds over `[from_at, until)`, to the end of its offer."""

    card_id: int
    from_at: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class DowntimeAsk:
    """Cards of a server that are to be down over `[from_at, until)`, and why."""

    server_id: str
    cards: int
    from_at: dt.datetime
    until: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Downtime:
    """Cards of a server that are down over `[from_at, until)`, who took them down, and who brought them back."""

    down_no: int
    down_id: str
    provider_id: str
    server_id: str
    cards: int
    from_at: dt.datetime
    until: dt.datetime
    reason: str
    taken_down_by: str | None
    """None of those before this was kept."""
    taken_down_at: dt.datetime | None
    up_at: dt.datetime | None = None
    """From when on the cards are up again, before `until`; its own beginning where they never were down."""
    up_reason: str | None = None
    brought_up_by: str | None = None
    brought_up_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class DowntimeEnd:
    """The counter-fact to a downtime: its cards are up again, from when on, why, by whom."""

    down_no: int
    up_at: dt.datetime
    up_reason: str
    brought_up_by: str
    brought_up_at: dt.datetime


@dataclass(frozen=True, slots=True)
class CardCount:
    """How many cards of a provider are in a state at one instant."""

    provider_id: str
    state: CardState
    cards: int


@dataclass(frozen=True, slots=True)
class Collision:
    """Codes that fold alike since before codes were folded (CV-9)."""

    kind: str
    """`provider`, `data_centre`, `offer`, `server` or `pool`."""
    provider_id: str | None
    """Whose codes they are, where a provider chooses them."""
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StockServer:
    """A server as placement sees it: for each of its cards the spans in which somebody holds it."""

    server_id: str
    """Told apart from all others of the stock; names that two providers chose alike carry their provider's code."""
    provider_id: str
    data_centre: str
    card_type: str
    busy: tuple[tuple[Span, ...], ...]
    offered: Span = EVER

    @property
    def cards(self) -> int:
        """How many cards it has."""
        return len(self.busy)
