"""What several request and response models share: bounded texts and amounts, and who may ask."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from libs.common.identity import Caller
from libs.common.web import Allowed

KRW_MAX = 10**15
INTEGER_MAX = 2**31 - 1

Code = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\s/\x00][^\x00/]*$")]
"""An id or code."""
Reason = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Reference = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Won = Annotated[int, Field(ge=0, le=KRW_MAX)]
WonAboveZero = Annotated[int, Field(gt=0, le=KRW_MAX)]
SignedWon = Annotated[int, Field(ge=-KRW_MAX, le=KRW_MAX)]

LineNo = Annotated[int, Path(ge=1, le=INTEGER_MAX, description="줄 번호 · line number")]
Filter = Annotated[str | None, Query(max_length=100)]

Officer = Annotated[Caller, Allowed("officer")]
Agency = Annotated[Caller, Allowed("officer", "operator")]
AgencyReader = Annotated[Caller, Allowed("officer", "operator", "auditor")]
ProviderReader = Annotated[Caller, Allowed("officer", "operator", "auditor", "provider")]


def own_provider(caller: Caller, asked: str | None) -> str | None:
    """The provider that a list is about: a provider's list is only ever its own."""
    return asked if caller.sees_all() else caller.organisation_id
