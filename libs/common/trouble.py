"""A reason for which something does not go on, and how long it stands when nobody tells it again."""

import time


class Trouble:
    """What was told last; it is over when it is cleared, or when it was not told again for `lasts_s` seconds."""

    def __init__(self, lasts_s: float) -> None:
        self._lasts_s = lasts_s
        self._words = ""
        self._told_at = 0.0

    def tell(self, words: str) -> None:
        """It stands, or stands still."""
        self._words, self._told_at = words, time.monotonic()

    def clear(self) -> None:
        """It is over."""
        self._words = ""

    @property
    def words(self) -> str:
        """The reason that holds now; empty when there is none."""
        return self._words if time.monotonic() - self._told_at < self._lasts_s else ""
