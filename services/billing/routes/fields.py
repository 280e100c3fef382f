"""What several request and response models share: bounded texts, amounts and instants, and who may ask."""

import re
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from libs.common import bounds
from libs.common.bounds import COUNT_MAX, KRW_MAX, Expected, InDigits, PercentDecimal, Text, names_something, unfit
from libs.common.identity import Caller
from libs.common.web import Allowed

_DECIMAL = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,9})?")


def _written_plainly(rate: Any) -> Any:
    """Refuse a text that only a lenient reader takes for a rate: `1_0`, `1e1`, other scripts' digits (F-31)."""
    if isinstance(rate, str) and not _DECIMAL.fullmatch(rate):
        raise unfit("not_a_number")
    return rate


Code = Annotated[
    Text, Field(min_length=1, max_length=100, pattern=r"^[^\s/\x00][^\x00/]*$"), AfterValidator(names_something)
]
"""An id or code."""
Reason = Annotated[Text, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$"), AfterValidator(names_something)]
Reference = Annotated[Text, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$"), AfterValidator(names_something)]
"""A reference that a party chose, shown as typed."""
Version = Annotated[
    Text,
    Field(min_length=1, max_length=400, pattern=r"^[^\s\x00][^\x00]*$"),
    Expected("목록에 적힌 판의 번호", "the id of a version, as the list tells it"),
]
"""The readable id of a price or rate, as the lists tell it."""
WonAboveZero = Annotated[int, Field(gt=0, le=KRW_MAX, strict=True)]
Instant = bounds.InstantInUtc
RatePct = Annotated[
    PercentDecimal,
    BeforeValidator(_written_plainly),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 100},
                {"type": "string", "pattern": r"^(100(\.0{1,4})?|[0-9]{1,2}(\.[0-9]{1,4})?)$"},
            ],
            "description": "0 이상 100 이하의 %, 소수점 아래 4자리까지 · per cent from 0 to 100, at most 4 decimals",
        }
    ),
]
"""A rate in per cent: a text keeps its decimals exact, a number is taken too."""

LineNo = Annotated[int, Path(ge=1, le=COUNT_MAX, description="줄 번호 · line number"), InDigits]
Filter = Annotated[Text | None, Query(max_length=100)]

Officer = Annotated[Caller, Allowed("officer")]
Agency = Annotated[Caller, Allowed("officer", "operator")]
AgencyReader = Annotated[Caller, Allowed("officer", "operator", "auditor")]
ProviderReader = Annotated[Caller, Allowed("officer", "operator", "auditor", "provider")]


def own_provider(caller: Caller, asked: str | None) -> str | None:
    """The provider that a list is about: a provider's list is only ever its own."""
    return asked if caller.sees_all() else caller.organisation_id
