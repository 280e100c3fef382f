"""The range of every number, instant and length that enters (CV-10): one list for definitions, requests and events."""

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from libs.common.keys import fold_key
from libs.common.money import KRW_MAX as KRW_MAX  # noqa: PLC0414 - one place to read bounds from

PERIOD_DAYS_MAX = 3_660
PERIOD_S_MAX = PERIOD_DAYS_MAX * 86_400
MONTHS_MAX = 120
COUNT_MAX = 10**6
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
FIRST_BIRTHDAY = dt.date(1900, 1, 1)
FIRST_INSTANT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LAST_INSTANT = dt.datetime(2100, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)


class Expected(NamedTuple):
    """What to write at a place, in Korean and English; beside a type it tells a form that no range tells."""

    ko: str
    en: str


def unfit(code: str) -> PydanticCustomError:
    """What a check of one value raises: its code is one of `libs/common/messages/fields.py`, which has the words."""
    return PydanticCustomError(code, code)


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether a database and a printed page can hold a text: no NUL, no half of a character (a lone surrogate)."""
    return _UNSTORABLE.search(text) is None


def _plain(text: str) -> str:
    """Refuse what a database or a printed page cannot hold: NUL and lone surrogates."""
    if not is_storable(text):
        raise unfit("forbidden_character")
    return text


def names_something(text: str) -> str:
    """Refuse a text of which no key remains: blanks and invisible characters only (CV-9)."""
    if not fold_key(text):
        raise unfit("nothing_visible")
    return text


_WRITTEN_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _written(value: Any) -> Any:
    """Refuse a bare number where a day or an instant belongs: read as seconds, it would be some day or other."""
    if isinstance(value, int | float) or (isinstance(value, str) and not _WRITTEN_DAY.match(value)):
        raise unfit("not_a_date")
    return value


_DIGITS = re.compile(r"-?[0-9]{1,40}")


def _in_digits(value: Any) -> Any:
    """Refuse what only looks like a number in an address: `1_0`, `1.0`, a space before it."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise unfit("not_a_whole_number")
    return value


def _fraction(text: str) -> str:
    """Refuse a divisor of nought, and a share of nothing."""
    whole, _, divisor = text.partition("/")
    if not Decimal(whole) or not Decimal(divisor or 1):
        raise unfit("nought_in_share")
    return text


_SHARE = Expected('0보다 큰 분수(예: "1/4", "1", "0.25")', 'a share above nought such as "1/4", "1" or "0.25"')
_DEFINITION_KEY = Expected("마침표와 빈칸이 없는 1~60자의 이름", "a name of 1 to 60 characters without dot or space")

InDigits = BeforeValidator(_in_digits)
"""Beside a whole number of a path or a query."""
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
PositivePercent = Annotated[int, Field(ge=1, le=100, strict=True)]
Decimals = Annotated[int, Field(ge=0, le=2, strict=True)]
"""Decimal places of a score; scores are kept in hundredths."""
Points = Annotated[Decimal, Field(ge=0, le=COUNT_MAX, decimal_places=2, allow_inf_nan=False)]
Measure = Annotated[Decimal, Field(gt=0, le=COUNT_MAX, decimal_places=6, allow_inf_nan=False)]
"""A speed, a size, a performance: GHz, TB, Gbps, TFLOPS."""
CardMonths = Annotated[int, Field(ge=1, le=COUNT_MAX * MONTHS_MAX, strict=True)]
PositiveSeconds = Annotated[int, Field(ge=1, le=PERIOD_S_MAX, strict=True)]
DayOfMonth = Annotated[int, Field(ge=1, le=31, strict=True)]
DaysPerMonth = Annotated[int, Field(ge=1, le=31, strict=True)]
HoursPerMonth = Annotated[int, Field(ge=1, le=744, strict=True)]
Year = Annotated[int, Field(ge=FIRST_DAY.year, le=LAST_DAY.year, strict=True)]
YearsOfAge = Annotated[int, Field(ge=1, le=150, strict=True)]
Version = Annotated[int, Field(ge=1, le=COUNT_MAX, strict=True)]
Day = Annotated[dt.date, Field(ge=FIRST_DAY, le=LAST_DAY), BeforeValidator(_written)]
BirthDay = Annotated[dt.date, Field(ge=FIRST_BIRTHDAY, le=LAST_DAY), BeforeValidator(_written)]
"""A birth or a founding."""
Instant = Annotated[AwareDatetime, Field(ge=FIRST_INSTANT, le=LAST_INSTANT), BeforeValidator(_written)]
InstantInUtc = Annotated[Instant, AfterValidator(lambda instant: instant.astimezone(dt.UTC))]
"""The same, in UTC from here on (CV-2)."""
Ratio = Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6})?(/[0-9]{1,6})?$"), AfterValidator(_fraction), _SHARE]
"""An exact share such as `1`, `1/4` or `0.25`, above nought; its divisor too."""
Text = Annotated[str, AfterValidator(_plain)]
"""A text without NUL and lone surrogates; its length is its field's own."""
Name = Annotated[Text, Field(min_length=1, max_length=500, pattern=r"\S")]
"""What something is called; never blank."""
Sentence = Annotated[Text, Field(min_length=1, max_length=4_000, pattern=r"\S")]
"""A source or a reason; never blank."""
Key = Annotated[str, Field(pattern=r"^[^.\s\x00-\x1f]{1,60}$"), _DEFINITION_KEY]
"""What a definition calls one of its things: it stands in dotted paths, so it holds no dot and no space."""
