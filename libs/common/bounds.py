"""The range of every number, instant and length that enters (CV-10): one list for definitions, requests and events."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from libs.common.money import KRW_MAX as KRW_MAX  # noqa: PLC0414 - one place to read bounds from

PERIOD_DAYS_MAX = 3_660
PERIOD_S_MAX = PERIOD_DAYS_MAX * 86_400
MONTHS_MAX = 120
COUNT_MAX = 10**6
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
FIRST_BIRTHDAY = dt.date(1900, 1, 1)
FIRST_INSTANT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LAST_INSTANT = dt.datetime(2100, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)


def _plain(text: str) -> str:
    """Refuse what a database or a printed page cannot hold: NUL and lone surrogates."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("holds NUL or half of a character")
    return text


Krw = Annotated[int, Field(ge=0, le=KRW_MAX, strict=True)]
KrwDifference = Annotated[int, Field(ge=-KRW_MAX, le=KRW_MAX, strict=True)]
"""A line, a posting, a correction: may be negative."""
PeriodDays = Annotated[int, Field(ge=0, le=PERIOD_DAYS_MAX, strict=True)]
PeriodSeconds = Annotated[int, Field(ge=0, le=PERIOD_S_MAX, strict=True)]
GrantMonths = Annotated[int, Field(ge=1, le=MONTHS_MAX, strict=True)]
Months = Annotated[int, Field(ge=0, le=MONTHS_MAX, strict=True)]
Count = Annotated[int, Field(ge=0, le=COUNT_MAX, strict=True)]
"""Cards, units, seats, places; where at least one is meant, `Positive`."""
Positive = Annotated[int, Field(ge=1, le=COUNT_MAX, strict=True)]
Percent = Annotated[int, Field(ge=0, le=100, strict=True)]
PercentDecimal = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4, allow_inf_nan=False)]
Day = Annotated[dt.date, Field(ge=FIRST_DAY, le=LAST_DAY)]
BirthDay = Annotated[dt.date, Field(ge=FIRST_BIRTHDAY, le=LAST_DAY)]
"""A birth or a founding."""
Instant = Annotated[AwareDatetime, Field(ge=FIRST_INSTANT, le=LAST_INSTANT)]
Text = Annotated[str, AfterValidator(_plain)]
"""A text without NUL and lone surrogates; its length is its field's own."""
