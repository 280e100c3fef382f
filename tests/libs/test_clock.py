"""The settable clock over a file that several processes share."""

import datetime as dt
from pathlib import Path

from libs.common.clock import SettableClock

NOON = dt.datetime(2025, 10, 1, 12, tzinfo=dt.UTC)


def test_another_process_sees_every_setting(tmp_path: Path) -> None:
    """Settings that follow each other faster than the file system's own stamps move are all seen by a reader."""
    setting, reading = SettableClock(tmp_path / "clock.json"), SettableClock(tmp_path / "clock.json")
    for second in range(500):
        at = NOON + dt.timedelta(seconds=second)
        setting.set(at)
        assert reading.now() == at


def test_a_clock_that_is_let_run_runs_for_everybody(tmp_path: Path) -> None:
    """Setting no instant gives the machine's time back to every reader."""
    setting, reading = SettableClock(tmp_path / "clock.json"), SettableClock(tmp_path / "clock.json")
    setting.set(NOON)
    assert reading.frozen_at == NOON
    setting.set(None)
    assert reading.frozen_at is None
    assert reading.now() > NOON


def test_a_clock_runs_on_from_an_instant_for_everybody(tmp_path: Path) -> None:
    """It tells what another process let it run from, and more with every look; a moment ago it told less."""
    setting, reading = SettableClock(tmp_path / "clock.json"), SettableClock(tmp_path / "clock.json")
    setting.run_from(NOON)
    assert reading.frozen_at is None
    first = reading.now()
    assert NOON <= first < NOON + dt.timedelta(hours=1)
    assert reading.now() > first
    assert first - dt.timedelta(seconds=90) < reading.ago(60) < reading.now()


def test_a_clock_that_stands_has_always_told_the_same() -> None:
    """What came while it stood came at that instant."""
    clock = SettableClock()
    clock.set(NOON)
    assert clock.ago(60) == NOON
