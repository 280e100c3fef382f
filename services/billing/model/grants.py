"""What billing has heard of grants, of who gave one up, and of providers."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as it was placed, lowered since or not."""

    grant_id: str
    programme_code: str
    organisation_id: str
    provider_id: str
    card_type: str
    cards: int
    units: int
    months: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    activated_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Forfeiture:
    """Why and when an application's award was given up, or its grant ended."""

    application_id: str
    reason: str
    forfeited_at: dt.datetime
