"""A pool's queue at one instant, and what is decided about it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from libs.common.errors import Refusal
from services.allocator.model.cards import Card, Mode

EndReason = Literal["released", "max_duration", "idle", "pool_switched", "grant_ended", "offer_ended"]
WaitEndReason = Literal["withdrawn", "grant_ended", "pool_switched", "refused"]
Origin = Literal["request", "switch"]


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


class Offered(NamedTuple):
    """Over which `[from_at, until)` a pool has a card: as long as the card's offer lasts (AL-3)."""

    from_at: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class PoolQueue:
    """A pool at one instant: the cards offered then, who holds which, who waits (in order of arrival)."""

    pool_id: str
    mode: Mode
    cards: tuple[Card, ...]
    running: tuple[Running, ...] = ()
    waiting: tuple[Request, ...] = ()
    idle_s: int | None = None
    entitled: dict[str, Entitled] = field(default_factory=dict)
    offered: Mapping[Card, Offered] = field(default_factory=dict)
    """Of every card that the pool has, had or is to have, from when until when; one without a span always is its own.
    """


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that gives its cards back, when and why."""

    session: Running
    released_at: dt.datetime
    reason: EndReason


@dataclass(frozen=True, slots=True)
class WaitOver:
    """A wait that ends without cards, when and why; with its refusals where a shrunken pool refuses it (AL-3)."""

    request: Request
    ended_at: dt.datetime
    reason: WaitEndReason
    refusals: Sequence[Refusal] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """A request that gets its cards at an instant."""

    request: Request
    cards: tuple[Card, ...]
    assigned_at: dt.datetime
    mode: Mode
    due_at: dt.datetime | None = None
    """When it ends at the latest: its declared maximum, or the end of the first of its cards' offers."""


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
