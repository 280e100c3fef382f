"""The noun of a statement that comes in parts."""

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StatementPart:
    """Part n of N of a closed statement, kept until all of them are here."""

    statement_id: str
    part: int
    """1 … `parts`."""
    parts: int
    sha256: str
    """Of the whole statement."""
    lines: tuple[Any, ...]
    """Its lines as the event says them."""
    heard_at: dt.datetime
