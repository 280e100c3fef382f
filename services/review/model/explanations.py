"""Nouns of explaining a selection: why somebody is in or not, what would change, what differs between two versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from libs.common.errors import Refusal
from services.review.model.applications import Application
from services.review.model.runs import SelectionRow, SelectionRun
from services.review.model.selections import Limit

Cutoff = Literal["stop", "skip"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an application is where it is in a version: the one limit, and the score that would have sufficed."""

    run: SelectionRun
    application: Application
    row: SelectionRow
    reason: Refusal
    """The one reason, as it is put in words."""
    sufficing: int | None
    """In hundredths; none where it is selected, and where no score suffices."""
    sufficing_reason: Refusal | None
    """In words; none where it is selected, or left the pool."""
    threshold: int | None
    lowest_selected: int | None
    """The lowest score among the selected ones of this version, in hundredths."""


@dataclass(frozen=True, slots=True)
class OtherLimits:
    """Limits to try: those that are named stand in the place of the pool's own; None of them is no such limit."""

    capacity: Fraction | None = None
    budget_krw: int | None = None
    projects_max: int | None = None
    threshold: int | None = None
    quota: bool = True
    cutoff: Cutoff = "skip"
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sums:
    """What a selection comes to."""

    selected: int
    private: int
    public: int
    units: int
    capacity: Fraction
    budget_krw: int
    lowest_selected: int | None
    private_missing: int


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """An application whose outcome, amount or reason is another."""

    application: Application
    before: SelectionRow | None
    after: SelectionRow | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a selection would be under other limits."""

    before: Sums
    after: Sums
    changed: tuple[ChangedRow, ...]


@dataclass(frozen=True, slots=True)
class RunDiff:
    """What differs between two versions: who entered, who left, whose rank, score or amount moved, which inputs."""

    before: SelectionRun
    after: SelectionRun
    entered: tuple[ChangedRow, ...]
    left: tuple[ChangedRow, ...]
    moved: tuple[ChangedRow, ...]
    inputs: Mapping[str, tuple[Any, Any]]


LIMITS_IN_WORDS: Mapping[Limit, str] = {
    "cutoff": "limit_cutoff",
    "capacity": "limit_capacity",
    "budget": "limit_budget",
    "projects": "limit_projects",
    "counting_unit": "limit_counting_unit",
    "quota": "limit_quota",
}
"""The code of the words of each limit."""
