"""Fields that several of the allocator's requests share."""

import datetime as dt
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
CARDS_MAX = 100_000
DURATION_MAX_S = 366 * 24 * 3600


def _within_reach(instant: dt.datetime) -> dt.datetime:
    if not EARLIEST <= instant <= LATEST:
        raise ValueError("an instant between 2000 and 2100")
    return instant.astimezone(dt.UTC)


def _day_within_reach(day: dt.date) -> dt.date:
    if not EARLIEST.date() <= day <= LATEST.date():
        raise ValueError("a day between 2000 and 2100")
    return day


Instant = Annotated[AwareDatetime, AfterValidator(_within_reach)]
"""An RFC 3339 instant with offset, between 2000 and 2100, in UTC from here on."""
Day = Annotated[dt.date, AfterValidator(_day_within_reach)]
BirthDay = Annotated[dt.date, Field(ge=dt.date(1900, 1, 1), le=dt.date(2100, 1, 1))]

Code = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f/]+$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]+$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
BusinessNo = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}-?[0-9]{2}-?[0-9]{5}$")]
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,3})?$")]
"""A decimal number as text, exact."""
CodePath = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f/]+$")]
CodeQuery = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00-\x1f/]+$")]
