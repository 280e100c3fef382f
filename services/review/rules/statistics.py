"""Looking back at a review: leniency and spread of seats, counts of a selection without small cells (R4)."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction

from libs.common.errors import Refusal
from services.review.model.applications import Application
from services.review.model.runs import SelectionRow, SelectionRun
from services.review.model.statistics import Calibration, Cell, GivenTotal, SeatCalibration, SelectionStatistics

CELL_MIN = 5
"""Outside the agency no cell tells of fewer applications."""
KINDS: Mapping[str, Callable[[Application], str]] = {
    "sector": lambda one: one.sector,
    "product": lambda one: one.product,
    "youth": lambda one: "youth" if one.youth else "other",
}


def calibration_refusals(panel_id: str, still_open: int) -> list[Refusal]:
    """Why the scores of a panel are not compared yet: they are sealed until all its applications are closed (RV-1)."""
    return [Refusal("RV-1", "panel_still_open", {"panel_id": panel_id, "count": still_open})] if still_open else []


def calibration(panel_id: str, given: Sequence[GivenTotal]) -> Calibration:
    """How each seat scored beside its panel; means rounded half up to hundredths of a point. Never raises.

    Example: seats 1 and 2 give 80 and 70 to one application, 90 and 80 to another → leniency +5.00 and −5.00, spread
    5.00 each.
    """
    by_application, by_seat = defaultdict(list), defaultdict(list)
    for one in given:
        by_application[one.application_id].append(one.total)
        by_seat[one.seat, one.reviewer_id].append(one)
    panel_mean = {known: _mean(totals) for known, totals in by_application.items()}
    seats = tuple(
        _seat(seat, reviewer_id, totals, panel_mean) for (seat, reviewer_id), totals in sorted(by_seat.items())
    )
    return Calibration(
        panel_id,
        len(panel_mean),
        _rounded(_mean([one.total for one in given])),
        _rounded(_mean([one.spread for one in seats])),
        seats,
    )


def _seat(
    seat: int, reviewer_id: str, given: Sequence[GivenTotal], panel_mean: Mapping[str, Fraction]
) -> SeatCalibration:
    mean = _mean([one.total for one in given])
    return SeatCalibration(
        seat=seat,
        reviewer_id=reviewer_id,
        sheets=len(given),
        dropped=sum(one.dropped for one in given),
        mean=_rounded(mean),
        leniency=_rounded(_mean([one.total - panel_mean[one.application_id] for one in given])),
        spread=_rounded(_mean([abs(one.total - mean) for one in given])),
    )


def _mean(values: Sequence[int | Fraction]) -> Fraction:
    return Fraction(sum(values), len(values)) if values else Fraction(0)


def _rounded(exact: Fraction) -> int:
    """Half away from zero."""
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -whole if exact < 0 else whole


def own_seats(found: Calibration, reviewer_id: str) -> Calibration:
    """What a reviewer sees: the panel as a whole and his own seats."""
    return replace(found, seats=tuple(one for one in found.seats if one.reviewer_id == reviewer_id))


def statistics(
    run: SelectionRun, rows: Sequence[SelectionRow], applications: Mapping[str, Application], *, small_cells: bool
) -> SelectionStatistics:
    """Counts of a version in sum and by sector, product and youth. Without `small_cells` none below five is told.

    Where one cell of a kind alone would be left out, the next smallest is left out too: the sum tells it otherwise.
    """
    by = {}
    for kind, of in KINDS.items():
        grouped: dict[str, list[SelectionRow]] = defaultdict(list)
        for row in rows:
            grouped[of(applications[row.application_id])].append(row)
        cells = [_cell(name, ones) for name, ones in sorted(grouped.items())]
        by[kind] = tuple(cells if small_cells else _suppressed(cells))
    whole = _cell("", rows)
    return SelectionStatistics(run, whole if small_cells or len(rows) >= CELL_MIN else _blank(whole), by)


def _cell(name: str, rows: Sequence[SelectionRow]) -> Cell:
    selected = [row for row in rows if row.outcome == "selected"]
    return Cell(
        name=name,
        applications=len(rows),
        passed=sum(row.rank is not None for row in rows),
        selected=len(selected),
        units_asked=sum(row.units_asked for row in rows),
        units_selected=sum(row.units for row in selected),
    )


def _suppressed(cells: Sequence[Cell]) -> list[Cell]:
    by_size = sorted(cells, key=lambda cell: (cell.applications or 0, cell.name))
    small = {cell.name for cell in by_size if (cell.applications or 0) < CELL_MIN}
    if len(small) == 1 and len(by_size) > 1:
        small.add(by_size[1].name)
    return [_blank(cell) if cell.name in small else _without_small_counts(cell) for cell in cells]


def _blank(cell: Cell) -> Cell:
    return Cell(cell.name, None, None, None, None, None)


def _without_small_counts(cell: Cell) -> Cell:
    """Counts of who passed or is in, and who is not, are told only where neither is a small cell of its own."""
    told = {}
    for field in fields(cell):
        if field.name in ("passed", "selected"):
            count = getattr(cell, field.name) or 0
            rest = (cell.applications or 0) - count
            told[field.name] = None if 0 < count < CELL_MIN or 0 < rest < CELL_MIN else count
    units = None if told["selected"] is None else cell.units_selected
    return replace(cell, passed=told["passed"], selected=told["selected"], units_selected=units)
