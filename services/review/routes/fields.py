"""Field types that several of review's requests share."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import ConfigDict, Field

from libs.common.bounds import Expected
from libs.common.identity import Caller
from libs.common.nouns import Noun, field_names
from libs.common.web import Allowed

Code = Annotated[
    str,
    Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"),
    Expected("로마자, 숫자, . _ - 1~60자", "1 to 60 letters, digits, points, _ and -"),
]
"""A programme's code, a track, a product, a criterion."""
Id = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]
"""An id of ours, or of whoever issues reviewers' accounts."""
Reason = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00]+$")]
Words = Annotated[str, Field(max_length=5_000, pattern=r"^[^\x00]*$")]
SeatNumber = Annotated[int, Field(ge=1, le=1_000)]

PanelId = Annotated[
    str,
    Path(max_length=40, pattern=r"^PN-[0-9]{1,18}$"),
    Expected("평가위원회 번호(예: PN-000001)", "a panel's id, such as PN-000001"),
]
SelectionId = Annotated[
    str,
    Path(max_length=40, pattern=r"^SEL-[0-9]{1,18}$"),
    Expected("선정안 번호(예: SEL-000001)", "a selection's id, such as SEL-000001"),
]
ApplicationId = Annotated[str, Path(max_length=80, pattern=r"^[^\x00]+$")]
InProgramme = Annotated[str, Query(max_length=60, pattern=r"^[^\x00]+$", description="사업 코드 · programme")]
InProgrammeIfAny = Annotated[
    str | None, Query(max_length=60, pattern=r"^[^\x00]+$", description="사업 코드 · programme")
]
InTrack = Annotated[str | None, Query(max_length=60, pattern=r"^[^\x00]+$", description="트랙 · track")]
OfProduct = Annotated[str | None, Query(max_length=60, pattern=r"^[^\x00]+$", description="상품 · product")]

Officer = Annotated[Caller, Allowed("officer")]
Agency = Annotated[Caller, Allowed("officer", "operator", "auditor")]
Reviewer = Annotated[Caller, Allowed("reviewer")]


def request(example: dict[str, Any]) -> ConfigDict:
    """The configuration of a request with its example: unknown fields are refused, text is trimmed."""
    return ConfigDict(extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [example]})


def answer(example: dict[str, Any]) -> ConfigDict:
    """The configuration of an answer with its example."""
    return ConfigDict(from_attributes=True, json_schema_extra={"examples": [example]})


def told(noun: Noun, **otherwise: Any) -> dict[str, Any]:
    """A noun's fields by their names, and what its view names or words otherwise."""
    return {**{name: getattr(noun, name) for name in field_names(type(noun))}, **otherwise}
