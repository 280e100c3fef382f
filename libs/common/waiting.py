"""What waits for people, of many kinds in one statement: a store tells each kind as a query of one shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from libs.common.db import Tx
from libs.common.tasks import TASKS_MAX, Found, Task


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of task: what it is called, and where its rows come from."""

    kind: str
    thing: str
    rows: Select[Any]
    """From where, which and in what order, without columns: those that wait longest, or are due first, come first."""
    told: tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]]
    """Its thing's id, its title, since when it waits."""
    due: ColumnElement[Any] | None = None
    facts: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    """Text or whole numbers, by the names that the words use."""
    due_as: str = ""
    """The name by which the words tell the due instant too; empty where they do not."""


async def read_waiting(tx: Tx, kinds: Sequence[Waiting]) -> dict[str, Found]:
    """The first `TASKS_MAX` tasks of each kind, and how many there are in all. One statement, none for no kinds."""
    if not kinds:
        return {}
    rows = (await tx.execute(union_all(*(_query(number, one) for number, one in enumerate(kinds))))).all()
    found: dict[str, Found] = {one.kind: ((), 0) for one in kinds}
    for number, *told, total in rows:
        one = kinds[number]
        found[one.kind] = ((*found[one.kind][0], _task(one, *told)), total)
    return found


def _query(number: int, one: Waiting) -> Select[Any]:
    thing_id, title, since = one.told
    named = one.rows.add_columns(
        cast(thing_id, Text).label("thing_id"),
        cast(title, Text).label("title"),
        since.label("since"),
        (cast(null(), Instant) if one.due is None else one.due).label("due_at"),
        func.jsonb_build_array(*one.facts.values(), type_=JSONB).label("facts"),
        func.count().over().label("total"),
    )
    return select(literal(number), *named.limit(TASKS_MAX).subquery(f"kind_{number}").c)


def _task(one: Waiting, thing_id: str, title: str, since: Any, due_at: Any, facts: Sequence[Any]) -> Task:
    told = dict(zip(one.facts, facts, strict=True))
    return Task(
        one.kind, one.thing, thing_id, title, since, due_at, told | ({one.due_as: due_at} if one.due_as else {})
    )
