"""AL-9: idle by reports, never by their absence."""

import datetime as dt
from dataclasses import replace

import pytest

from services.allocator.model.queue import Running
from services.allocator.rules.idle import idle_due_at, idle_since, is_in_order, is_used, reported_until

T = dt.datetime(2025, 10, 2, 8, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
SESSION = Running("S-1", "A", 1, (), T, T)


def test_any_utilisation_is_use() -> None:
    """Only nothing at all is idle."""
    assert [is_used(0.0), is_used(0.01), is_used(100.0)] == [False, True, True]


@pytest.mark.parametrize(
    ("until", "now", "in_order"),
    [
        pytest.param(T + MINUTE, T + MINUTE, True, id="up to now"),
        pytest.param(T, T + MINUTE, False, id="nothing new"),
        pytest.param(T + 2 * MINUTE, T + MINUTE, False, id="beyond now"),
    ],
)
def test_reports_follow_on_one_another(until: dt.datetime, now: dt.datetime, in_order: bool) -> None:
    """Each reaches further than the last, none into the future."""
    assert is_in_order(SESSION, until, now) is in_order


def test_since_when_a_session_is_idle() -> None:
    """From where the last report ended, kept through further idle reports, gone with the first use."""
    reported = replace(SESSION, idle_until=T + MINUTE)
    assert [reported_until(SESSION), reported_until(reported)] == [T, T + MINUTE]
    assert idle_since(reported, used=False) == T + MINUTE
    assert idle_since(replace(reported, idle_since=T), used=False) == T
    assert idle_since(replace(reported, idle_since=T), used=True) is None


def test_idle_for_exactly_the_time() -> None:
    """The programme's time is enough, a second less is not; without a time nobody is idle; it was due when it was."""
    idle = replace(SESSION, idle_since=T, idle_until=T + MINUTE)
    assert [idle_due_at(idle, 60), idle_due_at(idle, 61), idle_due_at(idle, None), idle_due_at(SESSION, 60)] == [
        T + MINUTE, None, None, None,
    ]  # fmt: skip
    assert idle_due_at(replace(idle, idle_until=T + 9 * MINUTE), 60) == T + MINUTE, "noticed late, dated when due"
