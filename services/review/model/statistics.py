"""Nouns of looking back at a review: how each seat scored beside its panel, and counts of a selection."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.review.model.runs import SelectionRun


@dataclass(frozen=True, slots=True)
class GivenTotal:
    """A total that had a part in a closed stage's result: of which application, from which seat, in hundredths."""

    application_id: str
    seat: int
    reviewer_id: str
    total: int
    dropped: bool


@dataclass(frozen=True, slots=True)
class SeatCalibration:
    """How one seat scored: in hundredths of a point."""

    seat: int
    reviewer_id: str
    sheets: int
    dropped: int
    """How many of them were the one highest or lowest that is dropped (RV-3)."""
    mean: int
    leniency: int
    """By how much it gave more than the panel did on the same applications, on the mean; negative: less."""
    spread: int
    """The mean distance of its totals from their mean."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the seats of a panel scored, and the panel as a whole."""

    panel_id: str
    applications: int
    mean: int
    spread: int
    """The mean of the seats' spreads."""
    seats: tuple[SeatCalibration, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """How many applications of one kind there are and what became of them; None where it is not told."""

    name: str
    applications: int | None
    passed: int | None
    selected: int | None
    units_asked: int | None
    units_selected: int | None


@dataclass(frozen=True, slots=True)
class SelectionStatistics:
    """Counts of a version: in sum, and by sector, product and youth."""

    run: SelectionRun
    whole: Cell
    by: Mapping[str, tuple[Cell, ...]]
