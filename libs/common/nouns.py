"""From a row to a noun and back: a store selects the columns of a frozen dataclass and hands out the dataclass."""

from collections.abc import Iterable, Sequence
from dataclasses import Field, fields
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import Column, ColumnElement, Row, Table, Text, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY


class Noun(Protocol):
    """A frozen dataclass of `model`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


N = TypeVar("N", bound=Noun)


@cache
def field_names(noun: type[Noun]) -> tuple[str, ...]:
    """The names of a noun's fields, in their order."""
    return tuple(field.name for field in fields(noun))


def columns(table: Table, noun: type[Noun]) -> list[Column[Any]]:
    """The columns of a table that make a noun, each named as its field. Raises KeyError where the table lacks one."""
    return [table.c[name] for name in field_names(noun)]


def one(noun: type[N], row: Row[Any]) -> N:
    """The noun that a row of `columns(table, noun)` holds; arrays become tuples."""
    return noun(*(tuple(value) if isinstance(value, list) else value for value in row))


def all_of(noun: type[N], rows: Iterable[Row[Any]]) -> tuple[N, ...]:
    """The nouns of many such rows, in their order."""
    return tuple(one(noun, row) for row in rows)


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
