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
class NamedProgramme:
    """Where a programme stands, with its name."""

    known: KnownProgramme
    name_ko: str
    name_en: str


@dataclass(frozen=True, slots=True)
class WrittenVersion:
    """Who wrote a version when and why."""

    version: int
    reason: str
    written_by: str
    written_at: dt.datetime


@dataclass(frozen=True, slots=True)
class InForce:
    """A programme's definition as it is in force."""

    code: str
    version: int
    definition: Tree
