"""The mistakes that many pairs share: out of order, unknown, twice."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from libs.common.bounds import Expected
from libs.common.definition.mistakes import Mistake
from libs.common.definition.stated import Stated, StatedOrNone

Read = Stated[Any] | StatedOrNone[Any]


def out_of_order(low: Read, high: Read, *, equal_allowed: bool = True) -> Iterator[Mistake]:
    """A lower bound above its upper one; both known. Numbers, days or instants."""
    first, last = low.known(), high.known()
    if first is None or last is None or first < last or (equal_allowed and first == last):
        return
    limit, other = shown(last), high.path
    if not equal_allowed:
        ko, en = f"{limit}보다 앞선 값을", f"something before {limit}"
    elif isinstance(last, dt.date):
        ko, en = f"{limit} 또는 그 전의 값을", f"{limit} or something before"
    else:
        ko, en = f"{limit} 이하로", f"at most {limit}"
    yield Mistake(
        low.path,
        f"{shown(first)} 값이 '{other}'의 {limit} 값과 맞지 않습니다. {ko} 적거나 '{other}' 값을 고치십시오.",
        f"{shown(first)} does not go with {limit} at '{other}'. Write {en}, or change '{other}'.",
        (other,),
    )


def unknown(path: str, what_ko: str, what_en: str, name: str, known: Collection[str], where: str) -> Iterator[Mistake]:
    """A name that one part uses and another does not list."""
    if name not in known:
        listed, near = ", ".join(list(known)[:20]) or "-", likely(name, known)
        yield Mistake(
            path,
            f"'{where}'에 없는 {what_ko}입니다: '{name}'.{near.ko} 이 가운데에서 적으십시오: {listed}.",
            f"no {what_en} {name} stands in '{where}'.{near.en} Write one of: {listed}.",
            (where,),
        )


def likely(name: str, known: Collection[str]) -> Expected:
    """A question after the name that was meant, in both languages; nothing where none is near."""
    near = get_close_matches(name, list(known), n=1)
    return Expected(f" 혹시 '{near[0]}'입니까?", f" Did you mean '{near[0]}'?") if near else Expected("", "")


def twice(path: str, names: Sequence[str]) -> Iterator[Mistake]:
    """A name that a list gives more than once."""
    for name, count in Counter(names).items():
        if count > 1:
            yield Mistake(
                path,
                f"'{name}' 항목을 {count}번 적었습니다. 한 번만 적으십시오.",
                f"names '{name}' {count} times. Write it once.",
            )


def shown(value: object) -> str:
    """A number with separators, an instant and a day as ISO 8601."""
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
