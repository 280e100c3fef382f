"""Fields that several of metering's requests share."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, Field

from libs.common import bounds

EARLIEST, LATEST = bounds.FIRST_INSTANT, bounds.LAST_INSTANT


Instant = bounds.InstantInUtc
"""An RFC 3339 instant with offset, between 2000 and 2100, in UTC from here on."""

Code = Annotated[
    bounds.Text,
    Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$"),
    AfterValidator(bounds.names_something),
]
Reason = Annotated[bounds.Text, Field(min_length=1, max_length=2000)]
MonthPath = Annotated[
    str,
    Path(max_length=7, pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="KST 기준 달, 예 `2025-10`"),
    bounds.Expected("2000~2099년의 달(예: 2025-10)", "a month of 2000 to 2099, such as 2025-10"),
]
CodePath = Annotated[bounds.Text, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f/]+$")]
Count = Annotated[int, Field(ge=0)]
