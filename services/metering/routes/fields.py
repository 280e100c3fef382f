"""Fields that several of metering's requests share."""

import datetime as dt
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def _within_reach(instant: dt.datetime) -> dt.datetime:
    if not EARLIEST <= instant <= LATEST:
        raise ValueError("an instant between 2000 and 2100")
    return instant.astimezone(dt.UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_within_reach)]
"""An RFC 3339 instant with offset, between 2000 and 2100, in UTC from here on."""

Code = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
MonthPath = Annotated[str, Path(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="KST 기준 달, 예 `2025-10`")]
CodePath = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f/]+$")]
Count = Annotated[int, Field(ge=0)]
