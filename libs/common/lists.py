"""Lists that people work with, as a store asks them: narrowed by text and ids, in an order, counted by state.

A store states once what its list is like (`Shape`); what a request asks for comes as `Wanted`. One statement gives a
page, one more the counts, whatever the page holds. Every order ends with the number of the id, so that a page goes
on exactly where the one before it ended.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    and_,
    any_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.db import Tx
from libs.common.nouns import by_number

SortKind = Literal["text", "number", "points", "instant", "day"]
"""Points are a number with two decimals, which the store keeps in hundredths."""
COUNTED_MAX = 10_000
"""Counts are exact to so many rows; beyond it a list says that there are more."""
BEFORE_ALL = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
NO_NUMBER = -1
"""What stands for a number, or points, that a row lacks."""
_BLANK = r"[\s\u00ad\u200b-\u200f\u2060\u3164\ufeff]+"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks of a list."""

    fetch: int
    """Rows to fetch: one more than a page shows."""
    search: str = ""
    """Folded (CV-9); empty for all."""
    ids: tuple[str, ...] | None = None
    """Only these; None for all."""
    sort: str = ""
    """By which of the shape's orders; empty for the number of the id."""
    descending: bool = False
    after: tuple[Any, ...] | None = None
    """The last row before this page: its value in the order asked for (None without one), its id, and what more tells
    rows with one id apart."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows a list has."""

    total: int
    """At most `COUNTED_MAX`."""
    exact: bool
    by_state: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list is like: its id, the texts by which a row is found, its orders, its state.

    A column of `sorts` holds no NULL: the store says what stands for it (`coalesce`).
    """

    number: ColumnElement[Any]
    found_by: tuple[ColumnElement[Any], ...]
    sorts: Mapping[str, ColumnElement[Any]]
    state: ColumnElement[str] | None = None
    then: tuple[ColumnElement[Any], ...] = ()
    """What tells rows with one id apart, such as a stage: they go by it within the id."""
    by_length: bool = True
    """Whether ids go by number (`A-1000000` after `A-999999`); else as they stand: codes, and ids that are numbers."""
    ids: ColumnElement[Any] | None = None
    """What `ids=` names, where it is not the id."""

    @property
    def order(self) -> tuple[ColumnElement[Any], ...]:
        """In which order rows go that are equal in every other."""
        return (*(by_number(self.number) if self.by_length else (self.number,)), *self.then)

    def place(self, last: str | int, *then: Any) -> tuple[Any, ...]:
        """Where a row with this id stands in that order."""
        return (len(str(last)), last, *then) if self.by_length else (last, *then)


def narrowed(query: Select[Any], shape: Shape, wanted: Wanted) -> Select[Any]:
    """A query for those rows alone that the text and the ids of a request name."""
    if wanted.ids is not None:
        named = shape.number if shape.ids is None else shape.ids
        named = cast(named, Text) if isinstance(named.type, Integer) else named
        query = query.where(named == any_(literal(list(wanted.ids), ARRAY(Text))))
    if wanted.search:
        query = query.where(or_(*(_holds(column, wanted.search) for column in shape.found_by)))
    return query


def paged(query: Select[Any], shape: Shape, wanted: Wanted) -> Select[Any]:
    """A query for one page of a list, in the order asked for. Raises KeyError for an order that the shape lacks."""
    query = narrowed(query, shape, wanted)
    order = shape.order if not wanted.sort else (shape.sorts[wanted.sort], *shape.order)
    if wanted.after is not None:
        value, last, *then = wanted.after
        place = shape.place(last, *then) if not wanted.sort else (value, *shape.place(last, *then))
        here, there = (
            tuple_(*order),
            tuple_(*(_literal(part, column) for part, column in zip(place, order, strict=True))),
        )
        query = query.where(here < there if wanted.descending else here > there)
    return query.order_by(*(column.desc() if wanted.descending else column for column in order)).limit(wanted.fetch)


def _literal(value: Any, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value that is compared with a column: a number in a cursor may be larger than the column holds."""
    return literal(value, BigInteger() if isinstance(column.type, Integer) else column.type)


async def count(tx: Tx, query: Select[Any], shape: Shape, wanted: Wanted) -> Counts:
    """How many rows the list has on all its pages, in sum and by state; exact to `COUNTED_MAX`. One statement."""
    state = literal("") if shape.state is None else shape.state
    some = narrowed(query, shape, wanted).with_only_columns(state.label("state")).limit(COUNTED_MAX + 1).subquery()
    rows = await tx.execute(select(some.c.state, func.count()).group_by(some.c.state).order_by(some.c.state))
    by_state = {str(name): int(number) for name, number in rows}
    total = sum(by_state.values())
    told = by_state if shape.state is not None else {}
    return Counts(min(total, COUNTED_MAX), total <= COUNTED_MAX, told)


def sortable(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column that may hold none, as an order needs it: none goes before all else."""
    if isinstance(column.type, DateTime):
        # written out, so that an index over the same expression serves
        return func.coalesce(column, literal_column(f"'{BEFORE_ALL.isoformat()}'::timestamptz", column.type))
    if isinstance(column.type, Date):
        return func.coalesce(column, literal_column(f"'{BEFORE_ALL.date().isoformat()}'::date", column.type))
    return func.coalesce(column, NO_NUMBER if isinstance(column.type, Integer) else literal_column("''", Text))


def between(column: ColumnElement[Any], first: Any, last: Any) -> ColumnElement[bool]:
    """Whether a column lies within `[first, last)`; None leaves that side open."""
    bounds = [column >= first] if first is not None else []
    return and_(True, *bounds, *([column < last] if last is not None else []))


def _holds(column: ColumnElement[Any], folded: str) -> ColumnElement[bool]:
    """Whether a text holds another as CV-9 compares them, as far as SQL can fold: NFKC, lower case, no white space."""
    text = func.normalize(cast(column, Text), literal_column("NFKC"))
    return func.lower(func.regexp_replace(text, _BLANK, "", "g")).contains(folded, autoescape=True)
