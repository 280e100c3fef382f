"""Field types that several of review's requests share."""

import re
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from libs.common.bounds import COUNT_MAX, Expected, Text, names_something, unfit
from libs.common.identity import Caller
from libs.common.nouns import Noun, field_names
from libs.common.read_requests import WrittenNumber
from libs.common.web import Allowed

_DECIMAL = re.compile(r"-?\d{1,9}(\.\d{1,9})?", re.ASCII)


def _names_something_if_any(text: str) -> str:
    """Let an empty text through, which names nobody on purpose."""
    return names_something(text) if text else text


def _decimal(value: Any) -> Any:
    """Refuse what only a lenient reader takes for a number: `1_0`, `1e2`, other scripts' digits, true.

    A number of JSON is read as it is written, so that 29.9999999999999999 is not 30 (F-31).
    """
    if isinstance(value, WrittenNumber):
        return Decimal(value.digits)
    if isinstance(value, bool) or (isinstance(value, str) and not _DECIMAL.fullmatch(value.strip())):
        raise unfit("not_a_number")
    return value


Code = Annotated[
    Text,
    Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"),
    Expected("로마자, 숫자, . _ - 1~60자", "1 to 60 letters, digits, points, _ and -"),
]
"""A programme's code, a track, a product, a criterion."""
Id = Annotated[Text, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$"), AfterValidator(names_something)]
"""An id of ours, or of whoever issues reviewers' accounts."""
IdIfAny = Annotated[Text, Field(max_length=80, pattern=r"^[^\x00-\x1f]*$"), AfterValidator(_names_something_if_any)]
"""An id, or an empty text where there is none."""
PersonName = Annotated[Text, Field(min_length=1, max_length=100)]
Reason = Annotated[Text, Field(min_length=1, max_length=2_000), AfterValidator(names_something)]
CutReason = Annotated[Text, Field(min_length=1, max_length=1_900), AfterValidator(names_something)]
"""Why a committee cut: two of them, on two lines, still fit into what is announced."""
Words = Annotated[Text, Field(max_length=5_000)]
SeatNumber = Annotated[int, Field(ge=1, le=1_000, strict=True)]
Score = Annotated[Decimal, Field(ge=-COUNT_MAX, le=COUNT_MAX, allow_inf_nan=False), BeforeValidator(_decimal)]
"""Points of one criterion, as they are typed: whether they fit it is RV-2's to say."""


def _as_typed(most: int, decimals: int) -> WithJsonSchema:
    """How an exact number is told: as a number, or as the text that keeps its decimals."""
    text = {"type": "string", "maxLength": 20, "pattern": rf"^[0-9]{{1,9}}(\.[0-9]{{1,{decimals}}})?$"}
    return WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": most}, text]})


Amount = Annotated[
    Decimal,
    Field(ge=0, le=COUNT_MAX, decimal_places=4, allow_inf_nan=False),
    BeforeValidator(_decimal),
    _as_typed(COUNT_MAX, 4),
]
"""Cards or card-months, exactly, as they are typed."""
PointsOf = Annotated[
    Decimal,
    Field(ge=0, le=1_000, decimal_places=2, allow_inf_nan=False),
    BeforeValidator(_decimal),
    _as_typed(1_000, 2),
]
"""A score in points."""

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
OfApplication = Annotated[
    str | None, Query(max_length=80, pattern=r"^[^\x00]+$", description="신청 번호 · application")
]
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
