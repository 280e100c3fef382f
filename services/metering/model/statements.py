"""A grant's amounts in a month, and the lines of a statement that state them."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from services.metering.model.grants import Mode, Pricing, Wait


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


@dataclass(frozen=True, slots=True)
class EvidencedLine:
    """A line with the SHA-256 over the usage events behind it."""

    line: Line
    evidence_sha256: str


@dataclass(frozen=True, slots=True)
class StatementHead:
    """A provider's month of one programme without its lines; `closed_at` and `sha256` are none while it is a draft."""

    statement_id: str
    """`<provider>:<programme>:<month>`."""
    provider_id: str
    programme_code: str
    month: str
    programme_version: int
    due_at: dt.datetime | None
    closed_at: dt.datetime | None = None
    sha256: str | None = None

    @property
    def state(self) -> Literal["draft", "closed"]:
        """A draft until it is closed."""
        return "draft" if self.closed_at is None else "closed"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its lines in order; a draft's gaps too, a closed one's stand in its evidence."""

    head: StatementHead
    lines: tuple[EvidencedLine, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """Under which rule and by whom a statement was closed, and the canonical evidence under its hash."""

    rule_id: str
    closed_by: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Sums:
    """Hours over closed statements."""

    billable_unit_hours: int
    discounted_unit_hours: int
    outage_unit_hours: int
    unmatched_unit_hours: int
    gap_unit_hours: int


@dataclass(frozen=True, slots=True)
class Balance:
    """A grant's discounted hours at one provider: earned by waits, used, and left (MT-6)."""

    grant_id: str
    provider_id: str
    earned_unit_hours: int
    used_unit_hours: int
    left_unit_hours: int
    waits: tuple[Wait, ...]
