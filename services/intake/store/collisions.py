"""Keys that an upgrade found to be shared."""

from typing import Any

from sqlalchemy import Select, func, select

from libs.common.db import Tx
from libs.common.lists import Counts, Shape, Wanted, count, paged
from libs.common.nouns import all_of, columns
from services.intake.model.organisations import KeyCollision
from services.intake.tables.organisations import key_collision

SHAPE = Shape(
    number=key_collision.c.id,
    found_by=(
        key_collision.c.key,
        func.array_to_string(key_collision.c.spellings, "|"),
        func.array_to_string(key_collision.c.things, "|"),
    ),
    sorts={"key": key_collision.c.key},
    state=key_collision.c.kind,
    by_length=False,
)


async def list_collisions(tx: Tx, wanted: Wanted, kind: str | None) -> tuple[KeyCollision, ...]:
    """One page of collisions, without another order in that of their finding; of one kind where it is named."""
    query = _narrowed(select(*columns(key_collision, KeyCollision)), kind)
    return all_of(KeyCollision, await tx.execute(paged(query, SHAPE, wanted)))


async def count_collisions(tx: Tx, wanted: Wanted, kind: str | None) -> Counts:
    """How many there are on all pages, in sum and by kind."""
    return await count(tx, _narrowed(select(key_collision.c.id), kind), SHAPE, wanted)


def _narrowed(query: Select[Any], kind: str | None) -> Select[Any]:
    return query if kind is None else query.where(key_collision.c.kind == kind)
