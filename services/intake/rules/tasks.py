"""Which drafts still wait for their final submit, and until when."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from libs.common.tasks import TASKS_MAX, Found, Task
from services.intake.policy.call import SubmissionWindow
from services.intake.rules.calls import call_state


def drafts_to_submit(
    drafts: Iterable[tuple[Task, str]], windows: Mapping[str, SubmissionWindow | None], now: dt.datetime
) -> Found:
    """The drafts whose call has not closed, due at its closing; where a window is not stated, without a due time.

    `drafts` come with their call. A draft of a closed call waits for nothing any more (IN-1). Never raises.
    """
    found = tuple(_due(task, windows.get(code)) for task, code in drafts if _may_come(windows.get(code), now))
    return found[:TASKS_MAX], len(found)


def _may_come(window: SubmissionWindow | None, now: dt.datetime) -> bool:
    return window is None or call_state(window, now) != "closed"


def _due(task: Task, window: SubmissionWindow | None) -> Task:
    return task if window is None else replace(task, due_at=window.closes_at)
