"""Lists that people work with, as a store asks them: narrowed by text and ids, in an order, counted by state.

A store states once what its list is like (`Shape`); what a request asks for comes as `Wanted`. One statement gives a
page, one more the counts, whatever the page holds. Every order ends with the number of the id, so that a page goes
on exactly where the one before it ended.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, Text, and_, any_, cast, func, literal, literal_column, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.db import Tx
from libs.common.nouns import by_number

SortKind = Literal["text", "number", "instant", "day"]
COUNTED_MAX = 10_000
"""Counts are exact to so many rows; beyond it a list says that there are more."""
BEFORE_ALL = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
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
    after: tuple[Any, str] | None = None
    """The last row before this page: its value in the order asked for (None without one), and its id."""


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

    number: ColumnElement[str]
    found_by: tuple[ColumnElement[Any], ...]
    sorts: Mapping[str, ColumnElement[Any]]
    state: ColumnElement[str] | None = None


def narrowed(query: Select[Any], shape: Shape, wanted: Wanted) -> Select[Any]:
    """A query for those rows alone that the text and the ids of a request name."""
    if wanted.ids is not None:
        query = query.where(shape.number == any_(literal(list(wanted.ids), ARRAY(Text))))
    if wanted.search:
        query = query.where(or_(*(_holds(column, wanted.search) for column in shape.found_by)))
    return query


def paged(query: Select[Any], shape: Shape, wanted: Wanted) -> Select[Any]:
    """A query for one page of a list, in the order asked for. Raises KeyError for an order that the shape lacks."""
    query = narrowed(query, shape, wanted)
    number = by_number(shape.number)
    order = number if not wanted.sort else (shape.sorts[wanted.sort], *number)
    if wanted.after is not None:
        value, last = wanted.after
        place = (len(last), last) if not wanted.sort else (value, len(last), last)
        here, there = (
            tuple_(*order),
            tuple_(*(literal(part, column.type) for part, column in zip(place, order, strict=True))),
        )
        query = query.where(here < there if wanted.descending else here > there)
    return query.order_by(*(column.desc() if wanted.descending else column for column in order)).limit(wanted.fetch)


async def count(tx: Tx, query: Select[Any], shape: Shape, wanted: Wanted) -> Counts:
    """How many rows the list has on all its pages, in sum and by state; exact to `COUNTED_MAX`. One statement."""
    state = literal("") if shape.state is None else shape.state
    some = narrowed(query, shape, wanted).with_only_columns(state.label("state")).limit(COUNTED_MAX + 1).subquery()
    rows = await tx.execute(select(some.c.state, func.count()).group_by(some.c.state).order_by(some.c.state))
    by_state = {str(name): int(number) for name, number in rows}
    total = sum(by_state.values())
    told = by_state if shape.state is not None else {}
    return Counts(min(total, COUNTED_MAX), total <= COUNTED_MAX, told)


def between(column: ColumnElement[Any], first: Any, last: Any) -> ColumnElement[bool]:
    """Whether a column lies within `[first, last)`; None leaves that side open."""
    bounds = [column >= first] if first is not None else []
    return and_(True, *bounds, *([column < last] if last is not None else []))


def _holds(column: ColumnElement[Any], folded: str) -> ColumnElement[bool]:
    """Whether a text holds another as CV-9 compares them, as far as SQL can fold: NFKC, lower case, no white space."""
    text = func.normalize(cast(column, Text), literal_column("NFKC"))
    return func.lower(func.regexp_replace(text, _BLANK, "", "g")).contains(folded, autoescape=True)
