"""What may be written into one field of a form, by the field's kind (IN-9)."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from numbers import Number
from typing import Any

from services.intake.policy.form import Entry

FIRST_DAY = dt.date(1900, 1, 1)
LAST_DAY = dt.date(2100, 12, 31)
NUMBER_MAX = Decimal(10**15)
PER_CENT_MAX = 100
PLACES_MAX = 4
MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])", re.ASCII)
URL = re.compile(r"https?://[^\s<>\"']{1,1000}", re.ASCII | re.IGNORECASE)
PLAIN_NUMBER = re.compile(r"-?\d{1,16}(\.\d{1,10})?", re.ASCII)

Mistake = tuple[str, str, str] | None
"""The code of a wrong field, and what belongs there in Korean and English."""


def wrong_value(value: Any, entry: Entry) -> Mistake:
    """What is wrong about a value; None where it may stand. Never raises for JSON."""
    return CHECKS[entry.kind](value, entry)


def _text(value: Any, entry: Entry) -> Mistake:
    if not isinstance(value, str):
        return "not_a_text", "글", "text"
    if len(value) > entry.characters_max:
        return "too_long", f"{entry.characters_max}자 이하", f"at most {entry.characters_max} characters"
    return None


def _url(value: Any, entry: Entry) -> Mistake:
    if mistake := _text(value, entry):
        return mistake
    return None if URL.fullmatch(value) else ("wrong_pattern", "http(s) 주소", "an http(s) address")


def _number(value: Any, entry: Entry) -> Mistake:
    number = number_of(value)
    if number is None:
        return "not_a_number", "수", "a number"
    if -int(number.as_tuple().exponent) > PLACES_MAX:
        return "too_many_digits", f"소수 {PLACES_MAX}자리 이하", f"at most {PLACES_MAX} decimals"
    return _out_of_range(number, entry, NUMBER_MAX)


def _percent(value: Any, entry: Entry) -> Mistake:
    number = number_of(value)
    if number is not None and not 0 <= number <= PER_CENT_MAX:
        return ("too_large" if number > 0 else "too_small"), "0~100", "0 to 100"
    return _number(value, entry)


def _money(value: Any, entry: Entry) -> Mistake:
    number = number_of(value)
    if number is not None and number != number.to_integral_value():
        return "not_a_whole_number", "원 단위 정수", "whole won"
    if number is not None and number < 0 and entry.least is None:
        return "too_small", "0원 이상", "0 won or more"
    return _number(value, entry)


def number_of(value: Any) -> Decimal | None:
    """The exact number that a form holds, written as a number or as plain digits; None for anything else.

    Never raises; no exponent, no blank, no separator is read.
    """
    if isinstance(value, bool) or not isinstance(value, Number | str):
        return None
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if not PLAIN_NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _out_of_range(number: Decimal, entry: Entry, bound: Decimal) -> Mistake:
    least = -bound if entry.least is None else entry.least
    most = bound if entry.most is None else entry.most
    if least <= number <= most:
        return None
    return ("too_small" if number < least else "too_large"), f"{least:f}~{most:f}", f"{least:f} to {most:f}"


def _day(value: Any, _: Entry) -> Mistake:
    try:
        day = dt.date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2025-01-01") else None
    except ValueError:
        day = None
    if day is None:
        return "not_a_date", "날짜(예: 2025-09-01)", "a day such as 2025-09-01"
    if FIRST_DAY <= day <= LAST_DAY:
        return None
    return ("too_early" if day < FIRST_DAY else "too_late"), "1900년부터 2100년까지", "1900 to 2100"


def _month(value: Any, _: Entry) -> Mistake:
    if isinstance(value, str) and MONTH.fullmatch(value):
        return None
    return "not_a_date", "달(예: 2025-09)", "a month such as 2025-09"


def _choice(value: Any, entry: Entry) -> Mistake:
    named = ", ".join(entry.choices)
    return None if isinstance(value, str) and value in entry.choices else ("not_one_of", named, named)


def _choices(value: Any, entry: Entry) -> Mistake:
    if not isinstance(value, list):
        return "not_a_list", "고른 것의 목록", "a list of what is chosen"
    if len(set(map(str, value))) != len(value):
        return "written_twice", "", ""
    return next((mistake for one in value if (mistake := _choice(one, entry))), None)


def _flag(value: Any, _: Entry) -> Mistake:
    return None if isinstance(value, bool) else ("not_true_or_false", "true 또는 false", "true or false")


CHECKS: Mapping[str, Callable[[Any, Entry], Mistake]] = {
    "text": _text,
    "long_text": _text,
    "url": _url,
    "number": _number,
    "percent": _percent,
    "money": _money,
    "date": _day,
    "month": _month,
    "choice": _choice,
    "choices": _choices,
    "flag": _flag,
}
