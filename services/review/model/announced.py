"""What of an announced selection everybody may read."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnnouncedRun:
    """The newest announced run of one pool."""

    selection_id: str
    run_version: int
    track: str
    product: str | None
    announced_at: dt.datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class AnnouncedOutcome:
    """How many applications of a run came to an outcome, and the receipts of those that were selected."""

    selection_id: str
    outcome: str
    count: int
    receipts: tuple[str, ...]
