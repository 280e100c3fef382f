"""An outage with everything on record about it."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.metering.model.grants import Outage, ScopeKind


@dataclass(frozen=True, slots=True)
class ReportedOutage:
    """An outage as it was reported and closed, with by whom and when."""

    outage_id: str
    provider_id: str
    scope_kind: ScopeKind
    scope_id: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    reason: str
    reported_by: str
    reported_at: dt.datetime
    closed_by: str | None
    closed_at: dt.datetime | None

    @property
    def state(self) -> Literal["open", "closed"]:
        """Open while no end is known."""
        return "open" if self.ended_at is None else "closed"

    @property
    def outage(self) -> Outage:
        """The interval itself, as the rules look at it."""
        return Outage(self.outage_id, self.provider_id, self.scope_kind, self.scope_id, self.started_at, self.ended_at)
