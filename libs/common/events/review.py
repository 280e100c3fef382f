"""What review says: announced selections (topic `dure.review.events.v1`)."""

import datetime as dt
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from libs.common.events.envelope import Event
from libs.common.events.intake import Sector


class SelectionAnnounced(Event):
    """One application's outcome in an announced selection run, frozen under a hash (RV-14)."""

    TYPE: ClassVar[str] = "kr.dure.review.selection.announced.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    programme_version: int
    selection_id: str
    run_version: int
    """1 for the first announcement of the selection, then one more for each linked later version."""
    run_sha256: str
    announced_at: AwareDatetime
    outcome: Literal["selected", "waiting", "refused"]
    refused_by: str
    """The one limit that refused it (RV-9), or `score`, `screening`; empty when selected."""
    promoted: bool
    """Moved up from the waiting list (RV-13)."""
    organisation_id: str
    sector: Sector
    track: str
    product: str
    units_asked: int
    months_asked: int
    units: int
    months: int
    """Awarded; equal to what was asked unless `reason` says why not."""
    reason: str
    score: str | None
    """Final score with two decimals, e.g. `83.10`."""
    rank: int | None
    rank_all: int | None
    """Rank over all tracks and pools of the call, by final score (RV-5, for AL-4)."""
    receipt_no: str
    wished_start: dt.date
