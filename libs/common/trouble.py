"""A reason for which something does not go on, how long it stands when nobody tells it again, and whether it is new."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble:
    """What was told last; it is over when it is cleared, or when it was not told again for `lasts_s` seconds."""

    def __init__(self, lasts_s: float) -> None:
        self._lasts_s = lasts_s
        self._words = ""
        self._told_at = 0.0
        self._kept = False

    def tell(self, words: str) -> None:
        """It stands, or stands still."""
        self._words, self._told_at = words, time.monotonic()

    def clear(self) -> None:
        """It is over."""
        self._words = ""

    @property
    def words(self) -> str:
        """The reason that holds now; empty when there is none."""
        return self._words if self._kept or time.monotonic() - self._told_at < self._lasts_s else ""

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What stands now does not end by itself within the block, which finds out whether it is over."""
        self._kept = bool(self.words)
        try:
            yield
        finally:
            if self._kept:
                self._kept, self._told_at = False, time.monotonic()


class LastFailure:
    """Remembers the last failure: the same one at each try again is not to be told with its whole traceback."""

    def __init__(self) -> None:
        self._last: tuple[object, ...] | None = None

    def is_new(self, error: BaseException, at: str = "") -> bool:
        """Whether it is another one than before: of another kind, from another line of code or at another event."""
        step = error.__traceback__
        while step is not None and step.tb_next is not None:
            step = step.tb_next
        line = (step.tb_frame.f_code.co_filename, step.tb_lineno) if step is not None else None
        before, self._last = self._last, (at, type(error), line)
        return self._last != before

    def clear(self) -> None:
        """It is over: the same again is a new one."""
        self._last = None
