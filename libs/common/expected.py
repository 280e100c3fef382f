"""What belongs at a place of a document or a request, read off the model: in words for people.

One source for both languages and for every range: the annotations of `libs/common/bounds.py` and of the requests.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from libs.common.bounds import FIRST_DAY, LAST_DAY, Expected

LIMITS = ("ge", "gt", "le", "min_length", "max_length", "pattern", "decimal_places")
INSTANT = Expected(
    f'시간대를 붙인 {FIRST_DAY.year}~{LAST_DAY.year}년의 시각(예: "2025-09-01T00:00:00+09:00")',
    f'an instant of {FIRST_DAY.year} to {LAST_DAY.year} with its offset, such as "2025-09-01T00:00:00+09:00"',
)
PLAIN: dict[Any, Expected] = {
    bool: Expected("true 또는 false", "true or false"),
    AwareDatetime: INSTANT,
    Any: Expected("JSON 값", "a JSON value"),
}


class Unit(NamedTuple):
    """What a number counts, as the last part of its name tells."""

    ko: str
    en: str


UNITS = {
    "krw": Unit("원", "won"),
    "pct": Unit("%", "per cent"),
    "s": Unit("초", "seconds"),
    "hours": Unit("시간", "hours"),
    "days": Unit("일", "days"),
    "months": Unit("개월", "months"),
    "ghz": Unit("GHz", "GHz"),
    "gb": Unit("GB", "GB"),
    "tb": Unit("TB", "TB"),
    "gbps": Unit("Gbps", "Gbps"),
    "cards": Unit("장", "cards"),
    "scores": Unit("점", "points"),
}
FORMS: dict[str, tuple[str, str]] = {
    "^[0-9a-f]{64}$": ("16진수 소문자로만 된 ", " of lower-case hexadecimal digits"),
    r"^[^\x00]*$": ("", ""),
    r"^[^\x00]+$": ("", ""),
    r"\S": ("빈칸만이 아닌 ", ", not blank"),
    r"^[^\x00-\x1f]*$": ("줄바꿈과 제어 문자가 없는 ", " without line breaks and control characters"),
    r"^[^\x00-\x1f]+$": ("줄바꿈과 제어 문자가 없는 ", " without line breaks and control characters"),
    r"^[^\x00-\x1f/]+$": ("'/'와 제어 문자가 없는 ", " without '/' and control characters"),
    r"^[^\s/\x00][^\x00/]*$": ("빈칸으로 시작하지 않고 '/'가 없는 ", " without '/', not beginning with a space"),
}
"""What common patterns ask beside a length; any other form is told by an `Expected` beside its pattern."""


def annotations_along(root: Any, steps: Sequence[str | int]) -> Iterator[Any]:
    """The annotation at the root, then at each step of a path; ends early where the model has no such place."""
    here = root
    yield here
    for step in steps:
        here = _below(bare(here), step)
        if here is None:
            return
        yield here


def _below(here: Any, step: str | int) -> Any:
    if isinstance(here, type) and issubclass(here, BaseModel):
        return next((whole(f) for n, f in here.model_fields.items() if step in (n, f.alias)), None)
    arguments = get_args(here)
    if get_origin(here) is dict:
        return arguments[1]
    return arguments[0] if get_origin(here) is list else None


def whole(field: FieldInfo) -> Any:
    """A field's annotation with what stands beside it."""
    here: Any = field.annotation
    for piece in field.metadata:
        here = Annotated[here, piece]
    return here


def bare(here: Any) -> Any:
    """An annotation without what stands beside it, and without `| None`."""
    if get_origin(here) is Annotated:
        return bare(get_args(here)[0])
    if get_origin(here) in (Union, UnionType):
        return bare(next(kind for kind in get_args(here) if kind is not NoneType))
    return here


def expected(here: Any, name: str = "") -> Expected:
    """What belongs at a place with this annotation; its name tells the unit of a number."""
    told = said_beside(here)
    if told is not None:
        return told
    kind = bare(here)
    if kind in PLAIN:
        return PLAIN[kind]
    if get_origin(kind) is Literal:
        words = ", ".join(map(str, get_args(kind)))
        return Expected(f"다음 가운데 하나: {words}", f"one of {words}")
    if get_origin(kind) is list:
        return _expected_list(expected(get_args(kind)[0], name), limits(here))
    if get_origin(kind) is dict or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return expected_part(kind)
    if kind is str:
        return _expected_text(limits(here))
    if kind in (int, Decimal, dt.date):
        return _expected_range(kind, limits(here), UNITS.get(name.rsplit("_", 1)[-1]))
    return PLAIN[Any]


def said_beside(here: Any) -> Expected | None:
    """The words that stand beside an annotation itself."""
    if get_origin(here) in (Union, UnionType):
        return next((said for kind in get_args(here) if (said := said_beside(kind)) is not None), None)
    if get_origin(here) is not Annotated:
        return None
    inner, *pieces = get_args(here)
    return next((piece for piece in pieces if isinstance(piece, Expected)), None) or said_beside(inner)


def expected_part(kind: Any) -> Expected:
    """A model's fields by name, or the entries of a dict."""
    if get_origin(kind) is dict:
        return Expected("이름: 내용 꼴의 항목들", "entries, each a name and its part")
    names = ", ".join(field.alias or name for name, field in kind.model_fields.items())
    return Expected(f"항목들: {names}", f"the fields {names}")


def limits(here: Any) -> dict[str, Any]:
    """The limits that stand beside an annotation: ge, gt, le, pattern, decimal_places …"""
    found: dict[str, Any] = {}
    if get_origin(here) in (Union, UnionType):
        return limits(next(kind for kind in get_args(here) if kind is not NoneType))
    if get_origin(here) is Annotated:
        inner, *pieces = get_args(here)
        found = limits(inner)
        for piece in pieces:
            constraints = piece.metadata if isinstance(piece, FieldInfo) else [piece]
            for one in constraints:
                found |= {n: v for n in LIMITS if (v := getattr(one, n, None)) is not None}
    return found


def _expected_list(item: Expected, found: dict[str, Any]) -> Expected:
    low, high = found.get("min_length", 0), found.get("max_length")
    if high is None:
        return Expected(f"목록(각 항목: {item.ko})", f"a list, each item {item.en}")
    return Expected(
        f"{low:,}~{high:,}개의 목록(각 항목: {item.ko})", f"a list of {low:,} to {high:,} items, each {item.en}"
    )


def _expected_range(kind: Any, found: dict[str, Any], unit: Unit | None) -> Expected:
    low, high = found.get("ge", found.get("gt")), found.get("le")
    if kind is dt.date:
        return Expected(
            f"{low}부터 {high}까지의 날짜(예: 2025-09-01)", f"a day from {low} to {high}, such as 2025-09-01"
        )
    places = found.get("decimal_places")
    ko, en = ("정수", "a whole number") if kind is int else ("수", "a number")
    if places is not None:
        ko, en = f"수(소수점 아래 {places}자리까지)", f"a number with at most {places} decimals"
    in_ko, in_en = (f", 단위: {unit.ko}", f", in {unit.en}") if unit else ("", "")
    if low is None or high is None:
        return Expected(f"{ko}{in_ko}", f"{en}{in_en}")
    if kind is int and FIRST_DAY.year - 100 < low <= high <= LAST_DAY.year:  # years are written without separators
        return Expected(f"{low}부터 {high}까지의 연도", f"a year from {low} to {high}")
    if "gt" in found:
        return Expected(f"{low:,} 초과 {high:,} 이하의 {ko}{in_ko}", f"{en} above {low:,} and at most {high:,}{in_en}")
    return Expected(f"{low:,} 이상 {high:,} 이하의 {ko}{in_ko}", f"{en} from {low:,} to {high:,}{in_en}")


def _expected_text(found: dict[str, Any]) -> Expected:
    ko, en = FORMS.get(found.get("pattern", ""), ("", ""))
    low, high = found.get("min_length", 0), found.get("max_length")
    if found.get("pattern", "").endswith("+$"):
        low = max(low, 1)
    if high is None:
        return Expected(f"{ko}글", f"text{en}")
    return Expected(f"{ko}{low}~{high:,}자의 글", f"{low} to {high:,} characters of text{en}")
