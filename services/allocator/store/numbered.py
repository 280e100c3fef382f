"""Readable ids in order of the number they carry: `PL-999999` before `PL-1000000`, which text puts behind (F-32)."""

from typing import Any

from sqlalchemy import Column, ColumnElement, func, literal, tuple_


def by_number(code: Column[Any]) -> tuple[ColumnElement[Any], ...]:
    """What to sort by: ids of one kind are alike but for their number, so that a longer one carries a larger number."""
    return func.length(code), code


def is_after(code: Column[Any], after: str) -> ColumnElement[bool]:
    """Whether an id comes behind `after` in that order; any does behind the empty text."""
    return tuple_(*by_number(code)) > tuple_(literal(len(after)), literal(after))
