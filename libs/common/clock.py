"""The one place where time is read. In the one-machine mode it can be set, to walk a programme through in a minute."""

import datetime as dt
import json
import os
import time
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """What tells the time of facts."""

    def now(self) -> dt.datetime:
        """The present instant, aware, in UTC."""
        ...

    def ago(self, seconds: float) -> dt.datetime:
        """What it told so many seconds ago."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> dt.datetime:
        """The present instant in UTC."""
        return dt.datetime.now(dt.UTC)

    def ago(self, seconds: float) -> dt.datetime:
        """The instant so many seconds before the present one."""
        return self.now() - dt.timedelta(seconds=seconds)


class SettableClock:
    """A clock that stands at the instant it was set to, until it is set again or let run.

    `path`, where given, holds the instant, so that it outlives a restart and several processes share it.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._stamp_ns = -1
        self._frozen: dt.datetime | None = None
        self._ahead = dt.timedelta()
        """How far it is ahead of the machine's clock while it runs."""

    def now(self) -> dt.datetime:
        """The instant it stands at, else the machine's, moved by as much as it was told to."""
        self._read()
        return self._frozen or dt.datetime.now(dt.UTC) + self._ahead

    def ago(self, seconds: float) -> dt.datetime:
        """The instant so many seconds before the present one; a clock that stands has always told the same."""
        now = self.now()
        return now if self._frozen else now - dt.timedelta(seconds=seconds)

    def set(self, instant: dt.datetime | None) -> None:
        """Stand at `instant` (aware); None lets the machine's clock run again."""
        self._frozen, self._ahead = instant.astimezone(dt.UTC) if instant else None, dt.timedelta()
        self._write()

    def run_from(self, instant: dt.datetime) -> None:
        """Run on from `instant` (aware), as fast as the machine's clock."""
        self._frozen, self._ahead = None, instant - dt.datetime.now(dt.UTC)
        self._write()

    def _write(self) -> None:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part = self._path.with_suffix(".part")
            told = {
                "at": self._frozen.isoformat() if self._frozen else None,
                "ahead_s": self._ahead.total_seconds(),
            }
            part.write_text(json.dumps(told), encoding="utf-8")
            # a file system's stamps may stand still for milliseconds; readers would miss the second of two settings
            stamp_ns = max(time.time_ns(), self._stamp_ns + 1)
            os.utime(part, ns=(stamp_ns, stamp_ns))
            part.replace(self._path)
            self._stamp_ns = self._path.stat().st_mtime_ns

    @property
    def frozen_at(self) -> dt.datetime | None:
        """The instant it stands at; None while it runs."""
        self._read()
        return self._frozen

    def _read(self) -> None:
        if self._path is None:
            return
        try:
            stamp_ns = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if stamp_ns != self._stamp_ns:
            told = json.loads(self._path.read_text(encoding="utf-8"))
            self._frozen = dt.datetime.fromisoformat(told["at"]) if told["at"] else None
            self._ahead = dt.timedelta(seconds=told.get("ahead_s", 0))
            self._stamp_ns = stamp_ns
