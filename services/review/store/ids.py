"""Readable ids, numbered in the order in which they are asked for, and listed in that order (F-32)."""

from typing import Any

from sqlalchemy import ColumnElement, Sequence, Tuple, func, select, tuple_

from libs.common.db import Tx
from libs.common.nouns import by_number


async def next_id(tx: Tx, prefix: str, sequence: Sequence) -> str:
    """The next id of a kind, such as `PN-000123`."""
    (found,) = await next_ids(tx, prefix, sequence, 1)
    return found


async def next_ids(tx: Tx, prefix: str, sequence: Sequence, count: int) -> tuple[str, ...]:
    """The next ids of a kind, in order."""
    numbers = select(sequence.next_value()).select_from(func.generate_series(1, count))
    return tuple(f"{prefix}-{number:06d}" for number in (await tx.execute(numbers)).scalars())


def place_of(column: ColumnElement[Any], *more: ColumnElement[Any]) -> Tuple:
    """Where an id stands among those of its kind, and what tells apart the rows that share it."""
    return tuple_(*by_number(column), *more)


def place_after(found_id: str, *more: Any) -> Tuple:
    """The place of a cursor's id, for `place_of` to be compared with."""
    return tuple_(len(found_id), found_id, *more)
