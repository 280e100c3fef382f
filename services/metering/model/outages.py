"""An outage with everything on record about it: as it was reported, and what was said of it since."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from services.metering.model.grants import Outage, ScopeKind

OutageState = Literal["open", "end_stated", "closed", "withdrawn"]
OUTAGE_STATES: tuple[OutageState, ...] = get_args(OutageState)
StepKind = Literal["end_stated", "end_questioned", "end_confirmed", "withdrawn"]
Speaker = Literal["agency", "provider", "user"]
"""As whom somebody speaks of an outage (AL-19)."""


@dataclass(frozen=True, slots=True)
class ReportedOutage:
    """An outage as it was reported, and its end as it counts, with by whom and when."""

    outage_id: str
    provider_id: str
    scope_kind: ScopeKind
    scope_id: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    """As confirmed (AL-19); None while it lasts or its end is only stated: for money it is open."""
    reason: str
    reported_by: str
    reported_at: dt.datetime
    closed_by: str | None
    closed_at: dt.datetime | None

    @property
    def outage(self) -> Outage:
        """The interval itself, as the rules look at it."""
        return Outage(self.outage_id, self.provider_id, self.scope_kind, self.scope_id, self.started_at, self.ended_at)


@dataclass(frozen=True, slots=True)
class OutageStep:
    """One thing that was said of an outage after it was reported; never changed."""

    outage_id: str
    kind: StepKind
    ended_at: dt.datetime | None
    """The end that was stated, wished by a question, or confirmed; none of a withdrawal."""
    reason: str | None
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class OutageRecord:
    """An outage with all that was said of it, in order."""

    reported: ReportedOutage
    steps: tuple[OutageStep, ...]

    @property
    def state(self) -> OutageState:
        """Withdrawn, closed, open with a stated end, or open."""
        if self.withdrawal is not None:
            return "withdrawn"
        if self.reported.ended_at is not None:
            return "closed"
        return "open" if self.stated_end is None else "end_stated"

    @property
    def said_at(self) -> dt.datetime:
        """When the last thing on record was said."""
        return self.steps[-1].at if self.steps else self.reported.reported_at

    @property
    def stated_end(self) -> OutageStep | None:
        """What the provider last stated of its end."""
        return self._last("end_stated")

    @property
    def confirmation(self) -> OutageStep | None:
        """How its end was confirmed."""
        return self._last("end_confirmed")

    @property
    def withdrawal(self) -> OutageStep | None:
        """By whom, when and why it was withdrawn."""
        return self._last("withdrawn")

    @property
    def questions(self) -> tuple[OutageStep, ...]:
        """What users questioned of the end that was stated last."""
        since = 0
        for place, step in enumerate(self.steps):
            since = place if step.kind == "end_stated" else since
        return tuple(step for step in self.steps[since:] if step.kind == "end_questioned")

    def _last(self, kind: StepKind) -> OutageStep | None:
        found = [step for step in self.steps if step.kind == kind]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class KnownScopes:
    """What metering has heard at a provider that an outage can be of: each name as it was first told."""

    provider: frozenset[str]
    data_centre: frozenset[str]
    pool: frozenset[str]
    server: frozenset[str]
    grant: frozenset[str]

    def of(self, kind: ScopeKind) -> frozenset[str]:
        """The names of one kind of scope."""
        names: frozenset[str] = getattr(self, kind)
        return names


def known_scopes(named: Iterable[tuple[ScopeKind, str]]) -> KnownScopes:
    """The names by kind."""
    found: dict[str, set[str]] = {
        "provider": set(),
        "data_centre": set(),
        "pool": set(),
        "server": set(),
        "grant": set(),
    }
    for kind, name in named:
        found[kind].add(name)
    return KnownScopes(**{kind: frozenset(names) for kind, names in found.items()})
