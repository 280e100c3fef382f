"""What waits for somebody: most urgent first, and over at its instant."""

import datetime as dt

import pytest

from libs.common.tasks import TASKS_MAX, Task, is_overdue, most_urgent

MAY = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
TODAY = dt.datetime(2025, 9, 15, 15, tzinfo=dt.UTC)


def task(thing_id: str, *, since: dt.datetime = MAY, due_at: dt.datetime | None = None) -> Task:
    """Something to screen."""
    return Task("screen_application", "application", thing_id, "제목", since, due_at)


def test_what_is_due_first_comes_first() -> None:
    """What has a term comes before what only waits; of those the longer waiting; equal ones by their ids."""
    due_tomorrow, due_today = task("A-1", due_at=TODAY + dt.timedelta(days=1)), task("A-2", due_at=TODAY)
    waits, waits_longer = task("A-3", since=TODAY), task("A-4")
    told = most_urgent([due_tomorrow, waits, waits_longer, due_today])
    assert [one.thing_id for one in told] == ["A-2", "A-1", "A-4", "A-3"]
    assert len(most_urgent([task(f"A-{n}") for n in range(TASKS_MAX + 1)])) == TASKS_MAX


@pytest.mark.parametrize(
    ("now", "over"),
    [(TODAY - dt.timedelta(microseconds=1), False), (TODAY, True), (TODAY + dt.timedelta(days=1), True)],
)
def test_a_term_is_over_at_its_instant(now: dt.datetime, over: bool) -> None:
    """Until just before it is in time; what has no term is never late."""
    assert is_overdue(task("A-1", due_at=TODAY), now) is over
    assert not is_overdue(task("A-1"), now)
