"""What metering says: usage, outages, statements (`dure.metering.events.v1`; usage `dure.metering.usage.v1`)."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.common.events.allocator import Mode
from libs.common.events.envelope import Event

ScopeKind = Literal["provider", "data_centre", "pool", "server", "grant"]


class UsageRecorded(Event):
    """One batch of usage events is durable (MT-2): how many of each outcome."""

    TYPE: ClassVar[str] = "kr.dure.metering.usage.recorded.v1"
    KEY: ClassVar[str] = "provider_id"
    TOPIC: ClassVar[str] = "dure.metering.usage.v1"

    provider_id: str
    batch_id: str
    recorded_at: AwareDatetime
    accepted: int
    duplicates: int
    conflicts: int
    rejected: int
    corrections: int


class OutageOpened(Event):
    """A provider or operator reported an outage; `ended_at` is none while it lasts (MT-7)."""

    TYPE: ClassVar[str] = "kr.dure.metering.outage.opened.v1"
    KEY: ClassVar[str] = "outage_id"

    outage_id: str
    provider_id: str
    scope_kind: ScopeKind
    scope_id: str
    started_at: AwareDatetime
    ended_at: AwareDatetime | None


class OutageClosed(OutageOpened):
    """Service is back: the end is confirmed, and from here on it counts for money (AL-19)."""

    TYPE: ClassVar[str] = "kr.dure.metering.outage.closed.v1"


class OutageEndStated(Event):
    """The provider says that service is back: the cards are usable, for money the outage stays open (AL-19).

    For the allocator, which gives such cards out again. It may be said again with another end until `outage.closed`.
    """

    TYPE: ClassVar[str] = "kr.dure.metering.outage.end-stated.v1"
    KEY: ClassVar[str] = "outage_id"

    outage_id: str
    provider_id: str
    scope_kind: ScopeKind
    scope_id: str
    started_at: AwareDatetime
    ended_at: AwareDatetime
    stated_at: AwareDatetime


class OutageWithdrawn(Event):
    """The agency withdrew a wrong outage: it never was, whether it was open or over (MT-7).

    For the allocator, which gives its cards out again (AL-19), and billing and intake, which show it; money follows
    from the statements, where it is an adjustment.
    """

    TYPE: ClassVar[str] = "kr.dure.metering.outage.withdrawn.v1"
    KEY: ClassVar[str] = "outage_id"

    outage_id: str
    provider_id: str
    scope_kind: ScopeKind
    scope_id: str
    started_at: AwareDatetime
    ended_at: AwareDatetime | None
    """As it was confirmed until then; none where it was open."""
    reason: str
    withdrawn_at: AwareDatetime


class StatementLine(BaseModel):
    """What one grant used under one price key and mode in one month of use; amounts of time only, no money.

    `period` is the month of use: the statement's own, or an earlier one where the line is an adjustment of a
    closed month (MT-3) and its amounts are differences, possibly negative.
    """

    model_config = ConfigDict(frozen=True)

    grant_id: str
    period: str
    adjustment: bool
    pricing: Literal["hourly", "monthly"]
    mode: Mode
    priced_product: str
    priced_units: int
    payable: bool
    held_unit_s: int
    billable_unit_hours: int
    discounted_unit_hours: int
    outage_unit_hours: int
    """Hourly: whole unit-hours held but lost to outages. Monthly: started outage hours × affected units (MT-7)."""
    unmatched_unit_hours: int
    gap_unit_hours: int
    utilisation_pct: str | None
    months_before: str | None
    """Monthly: M at the month's start and end as exact fractions such as `17/30` (MT-11)."""
    months_after: str | None
    starts_at: AwareDatetime
    delivered_at: AwareDatetime
    ends_at: AwareDatetime
    usage_events: int
    evidence_sha256: str
    """Over the canonical (source, id) list of the usage events behind the line."""


class StatementClosed(Event):
    """A provider's usage statement of one programme and month is closed and never changes (MT-10)."""

    TYPE: ClassVar[str] = "kr.dure.metering.statement.closed.v1"
    KEY: ClassVar[str] = "statement_id"

    statement_id: str
    """`<provider>:<programme>:<month>`."""
    provider_id: str
    programme_code: str
    programme_version: int
    month: str
    closed_at: AwareDatetime
    sha256: str
    lines: list[StatementLine]


class StatementClosedPart(Event):
    """One of several parts of a closed statement that is too large to be said at once: part n of N under its hash.

    The parts come in any order and perhaps twice; together they say what one `statement.closed.v1` would. A
    statement that fits is said as v1.
    """

    TYPE: ClassVar[str] = "kr.dure.metering.statement.closed.v2"
    KEY: ClassVar[str] = "statement_id"

    statement_id: str
    provider_id: str
    programme_code: str
    programme_version: int
    month: str
    closed_at: AwareDatetime
    sha256: str
    """Of the whole statement's evidence: the same in every part."""
    part: int = Field(ge=1)
    parts: int = Field(ge=2)
    line_count: int = Field(ge=1)
    """Of the whole statement."""
    lines: list[StatementLine]
    """Those of this part, in the statement's order."""
