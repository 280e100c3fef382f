"""Announced outcomes, agreements, and how far an award has got."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.intake.model.applications import Application

AnnouncedOutcome = Literal["selected", "waiting", "refused"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """An outcome that was announced: what was awarded, with the reason for each difference to what was asked."""

    application_id: str
    selection_id: str
    run_version: int
    announced_at: dt.datetime
    outcome: AnnouncedOutcome
    refused_by: str
    promoted: bool
    units: int
    months: int
    reason: str
    score: str | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement: drawn up, signed, ended before its time."""

    application_id: str
    programme_version: int
    units: int
    months: int
    award_reason: str
    drafted_by: str
    drafted_at: dt.datetime
    signed_by: str | None
    signed_at: dt.datetime | None
    ended_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an award has got, as the other services said; None: nobody said yet."""

    application_id: str
    provider_id: str | None
    card_type: str | None
    cards: int | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    selfpay_due_krw: int | None
    selfpay_received_krw: int | None
    selfpay_covered: bool
    selfpay_overdue: bool


@dataclass(frozen=True, slots=True)
class ProgressNews:
    """What one event says of an award; None: it says nothing of that."""

    application_id: str
    provider_id: str | None = None
    card_type: str | None = None
    cards: int | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    selfpay_due_krw: int | None = None
    selfpay_received_krw: int | None = None
    selfpay_covered: bool | None = None
    selfpay_overdue: bool | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An application with all that is shown beside it."""

    application: Application
    announcement: Announcement | None
    agreement: Agreement | None
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class CallCounts:
    """A call's counts. `refused_late` were put forward after the closing and have no receipt."""

    received: int
    refused_late: int
    drafts: int
    ineligible: int
    eligible: int
    withdrawn: int
    agreements: int

    @property
    def applications(self) -> int:
        """All that were put forward: those received and those refused late."""
        return self.received + self.refused_late
