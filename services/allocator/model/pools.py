"""Pools: what they are, how they stand, how they were switched."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.allocator.model.cards import Card, Mode
from services.allocator.model.queue import PoolQueue

ReportState = Literal["none", "due", "submitted", "late", "overdue"]


@dataclass(frozen=True, slots=True)
class Pool:
    """A dynamic pool of one provider, data centre and card type."""

    pool_id: str
    provider_id: str
    data_centre: str
    programme_code: str
    card_type: str
    mode: Mode
    cards: int
    created_at: dt.datetime
    changed_at: dt.datetime
    """The last instant at which it was judged: nothing later is dated before it."""


@dataclass(frozen=True, slots=True)
class PoolAsk:
    """A pool's code, its programme and servers; what is told of their site must agree with them."""

    pool_id: str
    programme: str
    server_ids: tuple[str, ...]
    cards_max: int | None = None
    provider_id: str | None = None
    data_centre: str | None = None
    card_type: str | None = None


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """A pool as it stands."""

    pool_id: str
    provider_id: str
    data_centre: str
    programme_code: str
    card_type: str
    mode: Mode
    cards: int
    cards_used: int
    running: int
    waiting: int
    oldest_requested_at: dt.datetime | None
    entitled_cards: int
    grants: int

    @property
    def cards_free(self) -> int:
        """Cards that no session holds."""
        return self.cards - self.cards_used


@dataclass(frozen=True, slots=True)
class LoadedPool:
    """A pool that only this transaction may decide on: what it is, its queue, its cards' ids, the instant judged."""

    pool: Pool
    card_ids: Mapping[Card, int]
    queue: PoolQueue
    now: dt.datetime
    """Read after the pool's lock was had, never earlier than its last change (F-80)."""


@dataclass(frozen=True, slots=True)
class NewSwitch:
    """A switch of a pool from one mode to the other."""

    pool_id: str
    mode: Mode
    switched_at: dt.datetime
    fault_at: dt.datetime | None
    report_due_at: dt.datetime | None
    reason: str
    switched_by: str
    programme_version: int


@dataclass(frozen=True, slots=True)
class PoolSwitch:
    """A switch on record, with its report once that is submitted."""

    switch_no: int
    pool_id: str
    mode: Mode
    switched_at: dt.datetime
    fault_at: dt.datetime | None
    report_due_at: dt.datetime | None
    reason: str
    switched_by: str
    programme_version: int
    reported_at: dt.datetime | None
    report_cause: str | None
    report_measures: str | None
    reported_by: str | None
