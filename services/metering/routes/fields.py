"""Fields that several of metering's requests share."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, BeforeValidator, Field

from libs.common import bounds
from services.metering.rules.usage import is_rfc_3339

EARLIEST, LATEST = bounds.FIRST_INSTANT, bounds.LAST_INSTANT


def _rfc_3339(value: Any) -> Any:
    """Refuse what a lenient parser takes for an instant: a number, no seconds, an offset without colon.

    One that only lacks its offset is let pass to the check that says so.
    """
    if not (isinstance(value, str) and (is_rfc_3339(value) or is_rfc_3339(f"{value}Z"))):
        raise bounds.unfit("not_a_date")
    return value


Instant = Annotated[bounds.InstantInUtc, BeforeValidator(_rfc_3339)]
"""An RFC 3339 instant with offset, between 2000 and 2100, in UTC from here on; nothing else (F-31)."""
EventId = Annotated[bounds.Text, Field(min_length=1, max_length=200)]
"""A usage event's id, exactly as it was sent: ids are not folded (MT-2)."""

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
