"""What waits for a caller in a service, in words, with its due date: `GET /v1/tasks` of every service."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from libs.common.errors import Fact

if TYPE_CHECKING:
    from libs.common.db import Tx
    from libs.common.identity import Caller

TASKS_MAX = 200
"""So many are told; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that somebody has to do."""

    kind: str
    """What to do, such as `score_application`; `task_<kind>` is the code of its words."""
    thing: str
    thing_id: str
    title: str
    """What the thing is called, as it was typed."""
    since: dt.datetime
    due_at: dt.datetime | None = None
    """The instant at which it is over: due until just before; None where no term runs."""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tasks:
    """What waits for one caller: the most urgent `TASKS_MAX`, and how many of each kind there are in all."""

    items: tuple[Task, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


Found = tuple[tuple[Task, ...], int]
"""Of one kind the tasks that a store reads, at most `TASKS_MAX`, and how many there are in all."""
TasksOf = Callable[["Tx", "Caller", dt.datetime], Awaitable[Tasks]]
"""Reads what waits for a caller now, in a bounded number of statements."""


def most_urgent(tasks: list[Task]) -> tuple[Task, ...]:
    """The tasks that are told, those due first before, then those that wait longest; at most `TASKS_MAX`. Never raises.

    Example: one due tomorrow, one without a term since May, one due today → due today, due tomorrow, since May.
    """
    ordered = sorted(
        tasks, key=lambda task: (task.due_at is None, task.due_at or task.since, task.since, task.thing_id)
    )
    return tuple(ordered[:TASKS_MAX])


def gathered(found: Mapping[str, Found]) -> Tasks:
    """What waits for one caller, of all kinds together: the most urgent, and how many there are of each kind.

    Never raises; a kind of which nothing waits is not counted.
    """
    counts = {kind: number for kind, (_, number) in found.items() if number}
    return Tasks(most_urgent([task for tasks, _ in found.values() for task in tasks]), counts)


def is_overdue(task: Task, now: dt.datetime) -> bool:
    """Whether a task's term is over at an instant; a term ends at its instant, exclusive. Never raises."""
    return task.due_at is not None and now >= task.due_at
