"""CV-10 on events: what a reader checks beside the contract, since landed contracts stay as they are.

Which range a value has follows from its field's type and name, the same in every contract: `…_krw` is won, `…_at` an
instant, `month` a month. A value outside makes the event one that can never be handled.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from libs.common.bounds import (
    COUNT_MAX,
    FIRST_DAY,
    FIRST_INSTANT,
    KRW_MAX,
    LAST_DAY,
    LAST_INSTANT,
    MONTHS_MAX,
    PERIOD_S_MAX,
    is_storable,
)

KEY_LENGTH_MAX = 200
"""Ids, codes, kinds and every other text without a length of its own."""
WORDS_LENGTH_MAX = 4_000
"""Names and reasons, as people wrote them."""
ITEMS_MAX = 100_000
"""Lines of a statement, servers of a grant."""
MONTH_S_MAX = 31 * 86_400
DEPTH_MAX = 64
"""How deeply a programme definition may be nested."""


class Wanted(NamedTuple):
    """What belongs at a place, in Korean and English."""

    ko: str
    en: str


_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])|2100-(0[1-9]|1[0-2])", re.ASCII)
_FRACTION = re.compile(r"-?\d{1,9}(/[1-9]\d{0,8})?", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,9}(\.\d{1,9})?", re.ASCII)
_A_MONTH = Wanted("2000-01부터 2100-12까지의 달", "a month from 2000-01 to 2100-12")
_A_FRACTION = Wanted("분수(예: 17/30)", "a fraction such as 17/30")
_A_DECIMAL = Wanted("소수", "a decimal number")
_AN_INSTANT = Wanted("2000~2100년의 시각", "an instant from 2000 to 2100")
_A_DAY = Wanted("2000~2100년의 날짜", "a day from 2000 to 2100")
_A_TEXT = Wanted("NUL과 깨진 글자가 없는 글", "a text without NUL and halves of characters")
_FORMS = {
    "month": (_MONTH, _A_MONTH),
    "period": (_MONTH, _A_MONTH),
    "valid_from": (_MONTH, _A_MONTH),
    "months_before": (_FRACTION, _A_FRACTION),
    "months_after": (_FRACTION, _A_FRACTION),
    "utilisation_pct": (_DECIMAL, _A_DECIMAL),
    "score": (_DECIMAL, _A_DECIMAL),
}
_NEVER_NEGATIVE = frozenset({"unit_price_krw", "amount_krw", "due_krw", "cap_krw"})
"""Prices, what is owed, caps: no lines, postings or differences."""
_WORDS = frozenset({"reason", "name", "organisation_name"})


class Breach(NamedTuple):
    """Where an event leaves its bounds, and what stands there instead."""

    path: str
    """A JSON pointer."""
    wanted: Wanted

    def __str__(self) -> str:
        return f"{self.path} is not {self.wanted.en}"


Check = Callable[[Any, str], Breach | None]
"""Judges one value at a path; none where it is within its bounds."""


def breach_of(event: BaseModel) -> Breach | None:
    """CV-10: The first value of an event that lies outside its range; none where all are within. Never raises."""
    return _check_model(event, "")


def _check_model(model: BaseModel, path: str) -> Breach | None:
    for name, check in _plan(model.__class__):
        if (breach := check(getattr(model, name), f"{path}/{name}")) is not None:
            return breach
    return None


@cache
def _plan(contract: type[BaseModel]) -> tuple[tuple[str, Check], ...]:
    """Field → its check, for the fields that need any."""
    checks = ((name, _check_for(name, field.annotation)) for name, field in contract.model_fields.items())
    return tuple((name, check) for name, check in checks if check is not None)


def _check_for(name: str, annotation: Any) -> Check | None:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        (inner,) = [one for one in arguments if one is not NoneType]
        return _optional(_check_for(name, inner))
    if origin is Literal or annotation is bool:
        return None
    if origin is list:
        return _each(_check_for(name, arguments[0]))
    if origin is dict:
        return _check_plain if arguments[1] is Any else _entries(_check_for(name, arguments[1]))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _check_model
    return _check_scalar(name, annotation)


def _check_scalar(name: str, kind: Any) -> Check:
    if kind is int:
        return _whole(*whole_range(name))
    if kind is str:
        return _form(*_FORMS[name]) if name in _FORMS else _text(WORDS_LENGTH_MAX if name in _WORDS else KEY_LENGTH_MAX)
    if kind in (dt.datetime, AwareDatetime):
        return _check_instant
    if kind is dt.date:
        return _check_day
    raise TypeError(f"no bounds are known for {name}: {kind}")


def whole_range(name: str) -> tuple[int, int]:
    """The least and the greatest value, both included, of a whole number of this name."""
    if name in _NEVER_NEGATIVE:
        return 0, KRW_MAX
    if name.endswith("_krw"):
        return -KRW_MAX, KRW_MAX
    if name.endswith("_unit_s"):
        return -COUNT_MAX * MONTH_S_MAX, COUNT_MAX * MONTH_S_MAX
    if name.endswith("_unit_hours"):
        return -COUNT_MAX * MONTH_S_MAX // 3_600, COUNT_MAX * MONTH_S_MAX // 3_600
    if name.endswith("_s"):
        return 0, PERIOD_S_MAX
    if name.endswith("_pct"):
        return 0, 100
    if name == "months" or name.startswith("months_"):
        return 0, MONTHS_MAX
    if name == "usage_events":
        return 0, 2**31 - 1
    return 0, COUNT_MAX


def _whole(least: int, most: int) -> Check:
    wanted = Wanted(f"{least}부터 {most}까지의 정수", f"a whole number from {least} to {most}")

    def check(value: int, path: str) -> Breach | None:
        return None if least <= value <= most else Breach(path, wanted)

    return check


def _form(form: re.Pattern[str], wanted: Wanted) -> Check:
    def check(value: str, path: str) -> Breach | None:
        return None if form.fullmatch(value) else Breach(path, wanted)

    return check


def _text(length_max: int) -> Check:
    def check(value: str, path: str) -> Breach | None:
        if len(value) > length_max:
            return Breach(path, Wanted(f"{length_max}자 이하의 글", f"a text of at most {length_max} characters"))
        return None if is_storable(value) else Breach(path, _A_TEXT)

    return check


def _check_instant(value: dt.datetime, path: str) -> Breach | None:
    return None if FIRST_INSTANT <= value <= LAST_INSTANT else Breach(path, _AN_INSTANT)


def _check_day(value: dt.date, path: str) -> Breach | None:
    return None if FIRST_DAY <= value <= LAST_DAY else Breach(path, _A_DAY)


def _optional(check: Check | None) -> Check | None:
    if check is None:
        return None
    return lambda value, path: None if value is None else check(value, path)


def _each(check: Check | None) -> Check:
    def check_all(values: list[Any], path: str) -> Breach | None:
        if len(values) > ITEMS_MAX:
            return Breach(path, Wanted(f"{ITEMS_MAX}개 이하의 목록", f"a list of at most {ITEMS_MAX} items"))
        found = (check(value, f"{path}/{i}") for i, value in enumerate(values)) if check is not None else ()
        return next((breach for breach in found if breach is not None), None)

    return check_all


def _entries(check: Check | None) -> Check:
    name = _text(KEY_LENGTH_MAX)

    def check_all(values: Mapping[str, Any], path: str) -> Breach | None:
        if len(values) > ITEMS_MAX:
            return Breach(path, Wanted(f"{ITEMS_MAX}개 이하의 항목", f"a map of at most {ITEMS_MAX} entries"))
        for key, value in values.items():
            if (breach := name(key, path) or (check and check(value, f"{path}/{key}"))) is not None:
                return breach
        return None

    return check_all


def _check_plain(value: Any, path: str, depth: int = 0) -> Breach | None:
    """A programme's definition: its own model knows each value's range; here only what nothing can hold."""
    if depth > DEPTH_MAX:
        return Breach(path, Wanted(f"{DEPTH_MAX}단계 이하의 구조", f"nested at most {DEPTH_MAX} deep"))
    if isinstance(value, str):
        return None if is_storable(value) else Breach(path, _A_TEXT)
    if isinstance(value, float):
        return None if math.isfinite(value) else Breach(path, Wanted("유한한 수", "a finite number"))
    if isinstance(value, int):
        wanted = Wanted(f"절댓값 {KRW_MAX} 이하의 정수", f"a whole number up to {KRW_MAX}")
        return None if abs(value) <= KRW_MAX else Breach(path, wanted)
    if isinstance(value, Mapping):
        found = (_check_plain(key, path) or _check_plain(one, f"{path}/{key}", depth + 1) for key, one in value.items())
        return next((breach for breach in found if breach is not None), None)
    if isinstance(value, list):
        return next((b for i, one in enumerate(value) if (b := _check_plain(one, f"{path}/{i}", depth + 1))), None)
    return None
