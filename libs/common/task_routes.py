"""HTTP: what waits for whoever asks, as every service tells it."""

import datetime as dt

from fastapi import Request
from pydantic import AwareDatetime, ConfigDict

from libs.common.messages.words import words_of
from libs.common.tasks import Task, Tasks, TasksOf, is_overdue
from libs.common.web import AnyCaller, Db, Now, ServiceRouter, View, problems

router = ServiceRouter(tags=["할 일 · Tasks"])


class WordsView(View):
    """What to do, in both languages."""

    ko: str
    en: str


class TaskView(View):
    """One thing that waits for the caller."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "kind": "screen_application",
                    "thing": "application",
                    "thing_id": "A-000001",
                    "title": "한국어 언어모델 미세조정",
                    "words": {"ko": "자격을 검토해 주십시오.", "en": "Screen the application."},
                    "since": "2025-09-15T05:59:00Z",
                    "due_at": None,
                    "overdue": False,
                }
            ]
        },
    )

    kind: str
    thing: str
    thing_id: str
    title: str
    words: WordsView
    since: AwareDatetime
    due_at: AwareDatetime | None
    overdue: bool


class TasksView(View):
    """The most urgent ones, and how many of each kind there are."""

    items: list[TaskView]
    counts: dict[str, int]


@router.get("/tasks", summary="할 일 조회 · What waits for me", responses=problems())
async def list_tasks(caller: AnyCaller, db: Db, now: Now, request: Request) -> TasksView:
    """What waits for the caller here, most urgent first, at most 200; the counts are of all."""
    read: TasksOf = request.app.state.runtime.service.tasks
    async with db.transaction() as tx:
        found: Tasks = await read(tx, caller, now)
    return TasksView(items=[_view(task, now) for task in found.items], counts=dict(found.counts))


def _view(task: Task, now: dt.datetime) -> TaskView:
    words = words_of(f"task_{task.kind}", {"thing_id": task.thing_id, "title": task.title, **task.facts})
    return TaskView(
        kind=task.kind,
        thing=task.thing,
        thing_id=task.thing_id,
        title=task.title,
        words=WordsView(**words),
        since=task.since,
        due_at=task.due_at,
        overdue=is_overdue(task, now),
    )
