"""From a row to a noun and back: a store selects the columns of a frozen dataclass and hands out the dataclass."""

from collections.abc import Iterable, Sequence
from dataclasses import Field, fields
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
from sqlalchemy import Column, ColumnElement, Table, Text, any_, func, literal, tuple_
from sqlalchemy.dialects.postgresql import ARRAY


class Noun(Protocol):
    """A frozen dataclass of `model`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


N = TypeVar("N", bound=Noun)
T = TypeVar("T")


@cache
def field_names(noun: type[Noun]) -> tuple[str, ...]:
    """The names of a noun's fields, in their order."""
    return tuple(field.name for field in fields(noun))


def columns(table: Table, noun: type[Noun]) -> list[Column[Any]]:
    """The columns of a table that make a noun, each named as its field. Raises KeyError where the table lacks one."""
    return [table.c[name] for name in field_names(noun)]


def one(noun: type[N], row: Iterable[Any]) -> N:
    """The noun that a row of `columns(table, noun)` holds; arrays become tuples."""
    return noun(*(tuple(value) if isinstance(value, list) else value for value in row))


def all_of(noun: type[N], rows: Iterable[Iterable[Any]]) -> tuple[N, ...]:
    """The nouns of many such rows, in their order."""
    return tuple(one(noun, row) for row in rows)


def whole(noun: type[N], row: Sequence[Any]) -> N:
    """The noun that a row of `columns(table, noun)` holds, with the nouns inside it that JSON columns keep."""
    return read(noun, dict(zip(field_names(noun), row, strict=True)))


def read(kind: type[T], told: Any) -> T:
    """What `as_json` wrote, as the nouns of that kind: dates and fractions from text, lists as tuples, in all depths.

    Raises msgspec.ValidationError for what is none of that kind.
    """
    return msgspec.convert(told, kind, dec_hook=lambda _, text: Fraction(text))


def as_json(told: Any) -> Any:
    """Nouns, or tuples of them, as a JSON column keeps them: dates, instants and exact fractions as text."""
    return msgspec.to_builtins(told, enc_hook=str)


def values(noun: Noun) -> dict[str, Any]:
    """What to insert for a noun: column → value; the nouns inside it stay as they are, tuples become lists."""
    told = {name: getattr(noun, name) for name in field_names(type(noun))}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}


def values_of(nouns: Sequence[Noun]) -> list[dict[str, Any]]:
    """What to insert for many nouns of one kind."""
    return [values(noun) for noun in nouns]


def changes(noun: Noun, *fixed: str) -> dict[str, Any]:
    """What to write back of a noun: its values without those columns that never change once it is stored."""
    return {name: value for name, value in values(noun).items() if name not in fixed}


def among(column: Column[Any], texts: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column of text is one of these: one parameter, however many they are."""
    return column == any_(literal(list(texts), ARRAY(Text)))


def by_number(column: ColumnElement[str]) -> tuple[ColumnElement[Any], ...]:
    """In which order a list of readable ids goes: by number, `A-1000000` after `A-999999`."""
    return func.length(column), column


def after_number(column: ColumnElement[str], after: str) -> ColumnElement[bool]:
    """The ids that come behind one in that order; all of them where it is empty."""
    return tuple_(*by_number(column)) > tuple_(len(after), after)
