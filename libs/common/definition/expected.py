"""What belongs at a place of a definition, read off the model: in words for people, and as a stand-in for a check.

One source for both languages and for every range: the annotations of `libs/common/bounds.py`.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from libs.common.bounds import FIRST_DAY, Key, Ratio
from libs.common.definition.intake import FileEnding
from libs.common.definition.programme import Programme, ProgrammeCode
from libs.common.definition.stated import Stated, StatedOrNone, StatedValue


class Expected(NamedTuple):
    """What to write, in Korean and English."""

    ko: str
    en: str


PLAIN: dict[Any, Expected] = {
    bool: Expected("true 또는 false", "true or false"),
    AwareDatetime: Expected(
        '시간대를 붙인 2000~2100년의 시각(예: "2025-09-01T00:00:00+09:00")',
        'an instant of 2000 to 2100 with its offset, such as "2025-09-01T00:00:00+09:00"',
    ),
}


def annotations_along(steps: Sequence[str | int]) -> Iterator[Any]:
    """The annotation at the root, then at each step of a path; ends early where the model has no such place."""
    here: Any = Programme
    yield here
    for step in steps:
        here = _below(_bare(here), step)
        if here is None:
            return
        yield here


def _below(here: Any, step: str | int) -> Any:
    if isinstance(here, type) and issubclass(here, BaseModel):
        return next((_whole(f) for n, f in here.model_fields.items() if step in (n, f.alias)), None)
    arguments = get_args(here)
    if get_origin(here) is dict:
        return arguments[1]
    return arguments[0] if get_origin(here) is list else None


def _whole(field: FieldInfo) -> Any:
    """A field's annotation with what stands beside it."""
    here: Any = field.annotation
    for piece in field.metadata:
        here = Annotated[here, piece]
    return here


def _bare(here: Any) -> Any:
    """An annotation without what stands beside it, and without `| None`."""
    if get_origin(here) is Annotated:
        return _bare(get_args(here)[0])
    if get_origin(here) in (Union, UnionType):
        return _bare(next(kind for kind in get_args(here) if kind is not NoneType))
    return here


def value_of(stated: Any) -> Any:
    """The annotation of the value of a kind of stated value, such as `Krw` of `StatedOrNone[Krw]`."""
    return stated.__pydantic_generic_metadata__["args"][0]


def expected(here: Any) -> Expected:
    """What belongs at a place with this annotation."""
    kind = _bare(here)
    if isinstance(kind, type) and issubclass(kind, StatedValue):
        return _expected_stated(kind)
    if kind in PLAIN:
        return PLAIN[kind]
    if get_origin(kind) is Literal:
        words = ", ".join(map(str, get_args(kind)))
        return Expected(f"다음 가운데 하나: {words}", f"one of {words}")
    if get_origin(kind) is list:
        item = expected(get_args(kind)[0])
        return Expected(f"목록(각 항목: {item.ko})", f"a list, each item {item.en}")
    if get_origin(kind) is dict or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return _expected_part(kind)
    return _expected_range(kind, _limits(here))


def _expected_stated(kind: Any) -> Expected:
    value = expected(value_of(kind))
    if issubclass(kind, StatedOrNone):
        return Expected(f"{value.ko}, 또는 none, unset", f"{value.en}, or none, or unset")
    return Expected(f"{value.ko}, 또는 unset(none은 쓸 수 없음)", f"{value.en}, or unset (none is not possible here)")


def _expected_part(kind: Any) -> Expected:
    if get_origin(kind) is dict:
        return Expected("이름: 내용 꼴의 항목들", "entries, each a name and its part")
    names = ", ".join(field.alias or name for name, field in kind.model_fields.items())
    return Expected(f"항목들: {names}", f"the fields {names}")


def _limits(here: Any) -> dict[str, Any]:
    """The limits that stand beside an annotation: ge, gt, le, pattern, decimal_places …"""
    found: dict[str, Any] = {}
    if get_origin(here) is Annotated:
        inner, *pieces = get_args(here)
        found = _limits(inner)
        for piece in pieces:
            constraints = piece.metadata if isinstance(piece, FieldInfo) else [piece]
            for one in constraints:
                found |= {n: v for n, v in _attributes(one).items() if v is not None}
    return found


def _attributes(piece: Any) -> dict[str, Any]:
    names = ("ge", "gt", "le", "min_length", "max_length", "pattern", "decimal_places")
    return {name: getattr(piece, name) for name in names if hasattr(piece, name)}


def _expected_range(kind: Any, limits: dict[str, Any]) -> Expected:
    low, high = limits.get("ge", limits.get("gt")), limits.get("le")
    if kind is dt.date:
        return Expected(
            f"{low}부터 {high}까지의 날짜(예: 2025-09-01)", f"a day from {low} to {high}, such as 2025-09-01"
        )
    if kind in (int, Decimal):
        places = limits.get("decimal_places")
        ko = "정수" if kind is int else f"수(소수점 아래 {places}자리까지)"
        en = "a whole number" if kind is int else f"a number with at most {places} decimals"
        if "gt" in limits:
            return Expected(f"{low:,} 초과 {high:,} 이하의 {ko}", f"{en} above {low:,} and at most {high:,}")
        if low == FIRST_DAY.year:  # years are written without separators
            return Expected(f"{low}부터 {high}까지의 연도", f"a year from {low} to {high}")
        return Expected(f"{low:,} 이상 {high:,} 이하의 {ko}", f"{en} from {low:,} to {high:,}")
    return _expected_text(limits)


def _expected_text(limits: dict[str, Any]) -> Expected:
    pattern = limits.get("pattern", "")
    if pattern in TEXTS:
        return TEXTS[pattern]
    if "max_length" in limits:
        low, high = limits.get("min_length", 0), limits["max_length"]
        return Expected(f"{low}~{high:,}자의 글", f"words of {low} to {high:,} characters")
    return Expected(f"글(꼴: {pattern})", f"text of the form {pattern}")


def stand_in(here: Any) -> Any:
    """Something harmless for a place that is wrong or missing, so that everything else can still be checked."""
    if get_origin(here) in (Union, UnionType) and NoneType in get_args(here):
        return None
    kind = _bare(here)
    if isinstance(kind, type) and issubclass(kind, Stated | StatedOrNone):
        return {"is": "unset", "source": "?"}
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = kind.model_fields.items()
        return {f.alias or name: stand_in(_whole(f)) for name, f in fields if f.is_required()}
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    return {dict: {}, list: [], int: 1, bool: False}.get(get_origin(kind) or kind, "stand-in")


TEXTS: dict[str, Expected] = {
    str(_limits(Ratio)["pattern"]): Expected(
        '0보다 큰 분수(예: "1/4", "1", "0.25")', 'a share above nought such as "1/4", "1" or "0.25"'
    ),
    str(_limits(Key)["pattern"]): Expected(
        "마침표와 빈칸이 없는 1~60자의 이름", "a name of 1 to 60 characters without dot or space"
    ),
    str(_limits(FileEnding)["pattern"]): Expected("파일 이름의 끝(예: pdf)", "the ending of a file name, such as pdf"),
    str(_limits(ProgrammeCode)["pattern"]): Expected(
        "작은 로마자, 숫자, 붙임표 3~41자(예: gpu-rental-2025s)", "3 to 41 small letters, digits and hyphens"
    ),
}
"""Texts whose form is better said in words, by their pattern."""
