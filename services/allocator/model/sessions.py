"""Sessions on record: requests, assignments, ends, refusals."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from libs.common.errors import Refusal
from services.allocator.model.cards import Mode
from services.allocator.model.queue import Origin

SessionState = Literal["waiting", "running", "released", "withdrawn", "refused"]


@dataclass(frozen=True, slots=True)
class Session:
    """A request and what became of it."""

    session_id: str
    sequence: int
    """Orders requests of one instant."""
    grant_id: str
    organisation_id: str
    programme_code: str
    provider_id: str
    data_centre: str
    pool_id: str
    mode: Mode
    origin: Origin
    state: SessionState
    units: int
    cards: int
    servers: Mapping[str, int] | None
    max_duration_s: int | None
    requested_at: dt.datetime
    assigned_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    """When a running one ends at the latest: its declared maximum, or the end of the first of its cards' offers."""
    ended_at: dt.datetime | None = None
    end_reason: str | None = None
    refusals: tuple[Refusal, ...] | None = None
    continues: str | None = None
    """The session whose cards it keeps, when its pool switched."""


@dataclass(frozen=True, slots=True)
class SessionStart:
    """A waiting session gets its cards."""

    session_id: str
    servers: Mapping[str, int]
    mode: Mode
    assigned_at: dt.datetime
    due_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """A session or a wait ends, when and why."""

    session_id: str
    state: SessionState
    ended_at: dt.datetime
    end_reason: str
    refusals: tuple[Refusal, ...] | None = None
    """Why a wait is refused by a pool that shrank below it; none for every other end."""
