"""Where a programme stands, and who wrote which version."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

Tree = dict[str, Any]
"""A definition as JSON: kept whole, as it was written; `libs.common.definition` reads it."""


@dataclass(frozen=True, slots=True)
class KnownProgramme:
    """Where a programme stands: its newest version and the one in force."""

    code: str
    latest_version: int
    in_force_version: int | None


@dataclass(frozen=True, slots=True)
class WrittenVersion:
    """Who wrote a version when and why."""

    version: int
    reason: str
    written_by: str
    written_at: dt.datetime
