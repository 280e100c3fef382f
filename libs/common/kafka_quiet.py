"""Keeps aiokafka from filling the log: while a broker is away it says the same about ten times a second."""

import logging
import time

INTERVAL_S = 30.0


class OncePerInterval(logging.Filter):
    """Lets the same statement of one logger through once per interval, with the number of those held back."""

    def __init__(self, interval_s: float = INTERVAL_S) -> None:
        super().__init__()
        self._interval_s = interval_s
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def forget(self) -> None:
        """Let everything be said again, as at the start."""
        self._said.clear()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this record is to be logged."""
        if record.levelno < logging.WARNING:
            return True
        statement = (record.name, str(record.msg))
        now = time.monotonic()
        last, held_back = self._said.get(statement, (-self._interval_s, 0))
        if now - last < self._interval_s:
            self._said[statement] = (last, held_back + 1)
            return False
        self._said[statement] = (now, 0)
        if held_back:
            record.msg = f"{record.msg} (and {held_back} more like it)"
        return True


QUIET = OncePerInterval()


def quieten_aiokafka() -> None:
    """Rate-limit every logger of aiokafka, and never let one tell what it sends.

    A logger's filter does not reach its children, so each gets it.
    """
    # below INFO it writes every request down, the passwords among them
    logging.getLogger("aiokafka").setLevel(max(logging.INFO, logging.root.level))
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "aiokafka"]
    for name in names:
        logging.getLogger(name).addFilter(QUIET)
