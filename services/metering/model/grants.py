"""What is known of a grant at a provider: placement, sessions, outages, waits, prices at zero."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from services.metering.model.time import Span
from services.metering.model.usage import HourTotal

Mode = Literal["dynamic", "fixed"]
Pricing = Literal["hourly", "monthly"]
ScopeKind = Literal["provider", "data_centre", "pool", "server", "grant"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A grant at a provider as the allocator's events told it, each field by the event that states it."""

    grant_id: str
    provider_id: str
    programme_code: str
    organisation_id: str
    data_centre: str
    pool_id: str | None
    servers: Mapping[str, int]
    mode: Mode
    units: int
    cards: int
    priced_product: str
    priced_units: int
    payable: bool
    starts_at: dt.datetime
    ends_at: dt.datetime
    delivered_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    lowered_units: int | None = None
    lowered_ends_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeUse:
    """From the first start to the last end in force of a provider's grants of one programme."""

    provider_id: str
    programme_code: str
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SessionTold:
    """What one event tells of a session; None is not told."""

    session_id: str
    grant_id: str
    programme_code: str
    provider_id: str
    pool_id: str
    units: int | None = None
    mode: Mode | None = None
    data_centre: str | None = None
    servers: Mapping[str, int] | None = None
    requested_at: dt.datetime | None = None
    assigned_at: dt.datetime | None = None
    released_at: dt.datetime | None = None
    withdrawn_at: dt.datetime | None = None
    continues: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """A grant at a provider as it stands: units, cards and end in force."""

    grant_id: str
    provider_id: str
    programme_code: str
    organisation_id: str
    data_centre: str
    pool_id: str | None
    servers: Mapping[str, int]
    mode: Mode
    units: int
    cards: int
    priced_product: str
    priced_units: int
    payable: bool
    starts_at: dt.datetime
    delivered_at: dt.datetime | None
    """None until the grant is activated."""
    ends_at: dt.datetime
    """The end in force: as placed, as lowered, or when it ended early; the earliest of them."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session as the allocator told it; what is not yet known is None."""

    session_id: str
    grant_id: str
    provider_id: str
    data_centre: str
    pool_id: str
    mode: Mode
    units: int
    servers: Mapping[str, int]
    requested_at: dt.datetime | None
    assigned_at: dt.datetime | None
    released_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    continues: str | None


@dataclass(frozen=True, slots=True)
class Outage:
    """An interval without service, possibly still open, of a provider and a scope in it (MT-7)."""

    outage_id: str
    provider_id: str
    scope_kind: ScopeKind
    scope_id: str
    started_at: dt.datetime
    ended_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Holding:
    """Units held from one instant to another: a session's, or a fixed grant's own."""

    session_id: str
    grant_id: str
    provider_id: str
    data_centre: str
    pool_id: str | None
    servers: Mapping[str, int]
    mode: Mode
    units: int
    cards: int
    span: Span


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """So many units of a holding that lost the same merged intervals to outages."""

    units: int
    lost: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait that is over: when it ended and how many unit-hours it put on the balance (MT-6)."""

    session_id: str
    requested_us: int
    ended_us: int
    unit_hours: int


class AgreedPrice(NamedTuple):
    """What metering keeps of a price in billing's book: from which month (`YYYY-MM`) on, and whether it is zero."""

    product: str
    mode: Mode
    valid_from: str
    is_zero: bool


class ZeroPriced(NamedTuple):
    """Months `[first_month, end_month)` in which the hours of a product and mode are priced at zero (MT-6)."""

    product: str
    mode: Mode
    first_month: str
    end_month: str | None
    """None until another price is agreed."""


@dataclass(frozen=True, slots=True)
class GrantHistory:
    """All that is known of one grant at one provider."""

    placement: Placement
    pricing: Pricing
    days_per_month: int
    sessions: tuple[Session, ...]
    totals: Mapping[str, Mapping[int, HourTotal]]
    """Session id → hour (µs) → total."""
    outages: tuple[Outage, ...]
    waits: tuple[Wait, ...]
    zero_priced: tuple[ZeroPriced, ...]
    """Of the grant's price key, in both modes; a grant priced by the month has none."""
