"""What several request and response models share: bounded texts and amounts, and who may ask."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, Field

from libs.common.bounds import COUNT_MAX, KRW_MAX, InDigits, Text, unfit
from libs.common.identity import Caller
from libs.common.keys import fold_key
from libs.common.web import Allowed


def _names_something(text: str) -> str:
    """Refuse a text of which no key remains: blanks and invisible characters only (CV-9)."""
    if not fold_key(text):
        raise unfit("nothing_visible")
    return text


Code = Annotated[
    Text, Field(min_length=1, max_length=100, pattern=r"^[^\s/\x00][^\x00/]*$"), AfterValidator(_names_something)
]
"""An id or code."""
Reason = Annotated[Text, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Reference = Annotated[
    Text, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$"), AfterValidator(_names_something)
]
"""A reference that a party chose, shown as typed."""
WonAboveZero = Annotated[int, Field(gt=0, le=KRW_MAX, strict=True)]

LineNo = Annotated[int, Path(ge=1, le=COUNT_MAX, description="줄 번호 · line number"), InDigits]
Filter = Annotated[Text | None, Query(max_length=100)]

Officer = Annotated[Caller, Allowed("officer")]
Agency = Annotated[Caller, Allowed("officer", "operator")]
AgencyReader = Annotated[Caller, Allowed("officer", "operator", "auditor")]
ProviderReader = Annotated[Caller, Allowed("officer", "operator", "auditor", "provider")]


def own_provider(caller: Caller, asked: str | None) -> str | None:
    """The provider that a list is about: a provider's list is only ever its own."""
    return asked if caller.sees_all() else caller.organisation_id
