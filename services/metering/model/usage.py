"""What providers report: usage events, one by one and by columns, the hours that they add up to, a batch of them."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from libs.common.errors import Refusal
from services.metering.model.time import earliest

NO_SESSION = ""
"""The session id of use that names none: it belongs to the grant itself (a fixed assignment)."""
HeldDecision = Literal["own", "dropped"]
"""A held correction becomes an event of its own, or is dropped for good (MT-3)."""
Key = tuple[str, str, dt.datetime]
"""What one hour total is kept for: grant, session, hour."""


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


def usage_columns(usages: list[Usage]) -> UsageColumns:
    """The columns of these events."""
    if not usages:
        return UsageColumns._make([] for _ in UsageColumns._fields)
    return UsageColumns._make(list(column) for column in zip(*usages, strict=True))


class Entitlement(NamedTuple):
    """What the allocator gave a grant at a provider, as far as an event is checked against it."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    units: int

    @classmethod
    def of(
        cls, starts_at: dt.datetime, ends: Iterable[dt.datetime | None], units: int, priced_units: int
    ) -> "Entitlement":
        """From what was told: the earliest of the ends, and the units as placed or as priced, whichever are more."""
        return cls(starts_at, earliest(ends), max(units, priced_units))


@dataclass(slots=True)
class HourTotal:
    """What all effective events of one grant, session and hour add up to."""

    held_s: int = 0
    held_unit_s: int = 0
    utilisation_weight: int = 0
    """Σ units × seconds × utilisation in hundredths of a per cent."""
    events: int = 0


class HourColumns(NamedTuple):
    """Hour totals column by column; no grant, session and hour stand twice."""

    grant_ids: Sequence[str]
    session_ids: Sequence[str]
    hours: Sequence[dt.datetime]
    held_s: Sequence[int]
    held_unit_s: Sequence[int]
    utilisation_weight: Sequence[int]
    events: Sequence[int]


def hour_columns(totals: Mapping[Key, HourTotal]) -> HourColumns:
    """The columns of these totals."""
    return HourColumns(
        [grant_id for grant_id, _, _ in totals],
        [session_id for _, session_id, _ in totals],
        [hour for _, _, hour in totals],
        [total.held_s for total in totals.values()],
        [total.held_unit_s for total in totals.values()],
        [total.utilisation_weight for total in totals.values()],
        [total.events for total in totals.values()],
    )


def in_key_order(columns: HourColumns) -> HourColumns:
    """The same, sorted by grant, session and hour: writers that keep to one order cannot deadlock."""
    keys = list(zip(columns.grant_ids, columns.session_ids, columns.hours, strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return HourColumns._make([column[place] for place in order] for column in columns)


class Claim(NamedTuple):
    """The identity that an unreadable item claims, `source` and `id`, and what of it is compared with a known event."""

    source: str
    event_id: str
    digest: bytes
    """Of its data, where subject, type and data are those of a usage event; else empty, which no event has (MT-2)."""


class Unreadable(NamedTuple):
    """An item of a batch that cannot be read as a usage event: its place in the batch, from 0, and why."""

    place: int
    event_id: str | None
    refusal: Refusal
    claim: Claim | None = None
    """None where it names no event of its sender's."""


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


class Outcome(NamedTuple):
    """What became of one item of a batch (MT-2)."""

    place: int
    """In the batch, from 0."""
    event_id: str | None
    outcome: Literal["accepted", "duplicate", "conflict", "rejected"]
    correction: bool = False
    adjusts: str | None = None
    """The closed month that the accepted item changes in the next statement (MT-3)."""
    refusal: Refusal | None = None
    held: bool = False
    """Accepted, but counted nowhere until the event that it names comes (MT-3)."""


class UsageHour(NamedTuple):
    """What all events in force of one grant, session and hour add up to, as it is shown."""

    provider_id: str
    grant_id: str
    session_id: str
    hour: dt.datetime
    held_s: int
    held_unit_s: int
    utilisation_weight: int
    events: int


class RecordedEvent(NamedTuple):
    """An event on record, with what replaced it and when it came."""

    provider_id: str
    event_id: str
    grant_id: str
    session_id: str
    hour: dt.datetime
    units: int
    held_s: int
    utilisation_bp: int
    evidence: str
    corrects: str | None
    corrected_by: str | None
    awaits: str | None
    """The unknown event for which it is held; None where it is not held."""
    decision: HeldDecision | None
    """What was decided on it while it was held."""
    recorded_at: dt.datetime


class HeldUsage(NamedTuple):
    """A correction that was held for an unknown event, with what was decided on it, if anything was."""

    provider_id: str
    event_id: str
    grant_id: str
    session_id: str
    hour: dt.datetime
    units: int
    held_s: int
    utilisation_bp: int
    evidence: str
    corrects: str
    """The event that it names."""
    awaits: str | None
    """The unknown event for which it is held: the one it names, or one that the named event itself waits for."""
    recorded_at: dt.datetime
    decision: HeldDecision | None
    reason: str | None
    decided_by: str | None
    decided_at: dt.datetime | None


class KnownEvent(NamedTuple):
    """An accepted event as it was recorded."""

    event_id: str
    digest: bytes
    grant_id: str
    session_id: str
    hour: dt.datetime
    units: int
    held_s: int
    utilisation_bp: int
    corrects: str | None
    decision: HeldDecision | None = None
    """What was decided on it while it was held: then it names no event any more."""


class DecidedHeld(NamedTuple):
    """What was decided on a held correction, by whom, when and why; it is never changed."""

    provider_id: str
    event_id: str
    decision: HeldDecision
    reason: str
    decided_by: str
    decided_at: dt.datetime


class UsageConflict(NamedTuple):
    """An item that contradicts what is recorded under its source and id, as it came."""

    conflict_no: int
    provider_id: str
    event_id: str
    batch_no: int
    received_at: dt.datetime
    document: str


class OutcomeCounts(NamedTuple):
    """How many items of a provider and programme had which outcome, over all batches."""

    provider_id: str
    programme_code: str
    """Empty for items whose grant is not known."""
    accepted: int
    duplicates: int
    conflicts: int
    rejected: int
    corrections: int
