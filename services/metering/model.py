"""The nouns of metering: usage, sessions, grants as heard from the allocator, outages, shares of a month.

Instants are aware datetimes at the edges and, so that sums are exact, whole microseconds since 1970 (`_us`) inside.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from libs.common.errors import Refusal

Mode = Literal["dynamic", "fixed"]
Pricing = Literal["hourly", "monthly"]
ScopeKind = Literal["provider", "data_centre", "pool", "server", "grant"]
Span = tuple[int, int]
"""A half-open interval `[start, end)` in microseconds since 1970."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
SECOND_US = 1_000_000
HOUR_S = 3600
HOUR_US = HOUR_S * SECOND_US
NO_SESSION = ""
"""The session id of use that names none: it belongs to the grant itself (a fixed assignment)."""


def us_of(instant: dt.datetime) -> int:
    """Microseconds since 1970 of an aware instant, exact."""
    return (instant - EPOCH) // MICROSECOND


def instant_of(us: int) -> dt.datetime:
    """The aware instant of microseconds since 1970."""
    return EPOCH + us * MICROSECOND


def div_ceil(amount: int, by: int) -> int:
    """Whole parts of size `by` that `amount` (≥ 0) begins: rounded up."""
    return -(-amount // by)


class Usage(NamedTuple):
    """One readable usage event: what a provider says one session of a grant held in one clock hour (MT-1)."""

    event_id: str
    digest: bytes
    """Of the canonical data: equal exactly where the RFC 8785 forms are (MT-2)."""
    grant_id: str
    session_id: str
    hour: dt.datetime
    units: int
    held_s: int
    utilisation_bp: int
    """Mean GPU utilisation in hundredths of a per cent, 0 to 10,000."""
    evidence: str
    corrects: str | None


class UsageColumns(NamedTuple):
    """Usage events column by column: a batch is read, checked and stored so, without an object for each event."""

    event_ids: list[str]
    digests: list[bytes]
    grant_ids: list[str]
    session_ids: list[str]
    hours: list[dt.datetime]
    units: list[int]
    held_s: list[int]
    utilisation_bp: list[int]
    evidence: list[str]
    corrects: list[str | None]


class Entitlement(NamedTuple):
    """What the allocator gave a grant at a provider, as far as an event is checked against it."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    units: int


@dataclass(slots=True)
class HourTotal:
    """What all effective events of one grant, session and hour add up to."""

    held_s: int = 0
    held_unit_s: int = 0
    utilisation_weight: int = 0
    """Σ units × seconds × utilisation in hundredths of a per cent."""
    events: int = 0


@dataclass(frozen=True, slots=True)
class Placement:
    """A grant at a provider, as the allocator told it."""

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


@dataclass(slots=True)
class Share:
    """One grant's amounts in one month of use and one mode."""

    held_unit_s: int = 0
    billable_unit_hours: int = 0
    discounted_unit_hours: int = 0
    outage_unit_hours: int = 0
    unmatched_unit_hours: int = 0
    gap_unit_hours: int = 0
    usage_events: int = 0
    used_unit_us: int = 0
    """Reported time outside outages, the weight of the utilisation."""
    used_weight: Fraction | int = 0
    """Σ of that time × utilisation in hundredths of a per cent."""
    months_before: Fraction | None = None
    months_after: Fraction | None = None


class Gap(NamedTuple):
    """An hour in which the allocator knows units and no event came: listed, never taken as zero (MT-10)."""

    grant_id: str
    session_id: str
    hour_us: int
    units: int


@dataclass(frozen=True, slots=True)
class LineKey:
    """What one statement line stands for: a grant's month of use under one price key and mode."""

    grant_id: str
    period: str
    pricing: Pricing
    mode: Mode
    priced_product: str
    priced_units: int
    payable: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement; an adjustment's amounts are differences to what was stated before."""

    key: LineKey
    adjustment: bool
    held_unit_s: int
    billable_unit_hours: int
    discounted_unit_hours: int
    outage_unit_hours: int
    unmatched_unit_hours: int
    gap_unit_hours: int
    usage_events: int
    utilisation_pct: str | None
    months_before: Fraction | None
    months_after: Fraction | None
    starts_at: dt.datetime
    delivered_at: dt.datetime
    ends_at: dt.datetime


class Unreadable(NamedTuple):
    """An item of a batch that cannot be read as a usage event: its place in the batch, from 0, and why."""

    place: int
    event_id: str | None
    refusal: Refusal


class ReadBatch(NamedTuple):
    """A batch as it was read: usable events with their places, items that are none, and how to quote an item."""

    columns: UsageColumns
    places: list[int]
    unreadable: list[Unreadable]
    quote: Callable[[int], str]

    @property
    def usages(self) -> list[Usage]:
        """The usable events one by one, made anew, for whoever must look at each."""
        return list(map(Usage, *self.columns))
