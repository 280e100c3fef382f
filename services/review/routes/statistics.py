"""HTTP: how seats scored beside their panel, and counts of a selection (R4)."""

from typing import Annotated

from libs.common.identity import Caller
from libs.common.web import Allowed, AnyCaller, Db, ServiceRouter, View, problems
from services.review.model.sheets import points
from services.review.model.statistics import Calibration, SelectionStatistics
from services.review.operations import statistics
from services.review.routes.fields import PanelId, SelectionId, answer, told

router = ServiceRouter(tags=["통계 · Statistics"])
SEAT = {"seat": 1, "sheets": 40, "dropped": 9, "mean": "78.20", "leniency": "-1.35", "spread": "6.10"}
CELL = {"name": "private", "applications": 60, "passed": 48, "selected": 25, "units_asked": 90, "units_selected": 31}


class SeatCalibrationView(View):
    """How one seat scored, in points; `leniency` is by how much it gave more than its panel on the mean."""

    model_config = answer(SEAT)

    seat: int
    sheets: int
    dropped: int
    mean: str
    leniency: str
    spread: str


class CalibrationView(View):
    """How the seats of a panel scored, and the panel as a whole; no names."""

    model_config = answer(
        {"panel_id": "PN-000001", "applications": 40, "mean": "79.55", "spread": "6.40", "seats": [SEAT]}
    )

    panel_id: str
    applications: int
    mean: str
    spread: str
    seats: list[SeatCalibrationView]

    @classmethod
    def of(cls, found: Calibration) -> "CalibrationView":
        """Tell hundredths as points."""
        seats = [
            SeatCalibrationView.model_validate(
                told(one, mean=points(one.mean), leniency=points(one.leniency), spread=points(one.spread))
            )
            for one in found.seats
        ]
        return cls.model_validate(told(found, mean=points(found.mean), spread=points(found.spread), seats=seats))


class CellView(View):
    """Counts of one kind of applications; none where they are too few to be told."""

    model_config = answer(CELL)

    name: str
    applications: int | None
    passed: int | None
    selected: int | None
    units_asked: int | None
    units_selected: int | None


class StatisticsView(View):
    """Counts of a version of a selection: in sum, and by sector, product and youth."""

    model_config = answer(
        {
            "selection_id": "SEL-000001",
            "run_version": 1,
            "whole": {**CELL, "name": ""},
            "by_sector": [CELL],
            "by_product": [],
            "by_youth": [],
        }
    )

    selection_id: str
    run_version: int
    whole: CellView
    by_sector: list[CellView]
    by_product: list[CellView]
    by_youth: list[CellView]

    @classmethod
    def of(cls, found: SelectionStatistics) -> "StatisticsView":
        """Tell the cells."""
        by = {f"by_{kind}": [CellView.model_validate(cell) for cell in cells] for kind, cells in found.by.items()}
        run = {"selection_id": found.run.selection_id, "run_version": found.run.run_version}
        return cls.model_validate({**run, "whole": CellView.model_validate(found.whole), **by})


@router.get("/panels/{panel_id}/calibration", summary="채점 성향 · How seats scored", responses=problems(404, 409))
async def get_calibration(
    panel_id: PanelId, caller: Annotated[Caller, Allowed("reviewer", "officer", "operator", "auditor")], db: Db
) -> CalibrationView:
    """Leniency and spread of each seat, once all of the panel's applications are closed; a reviewer sees his own."""
    async with db.transaction() as tx:
        return CalibrationView.of(await statistics.calibration_of(tx, caller, panel_id))


@router.get(
    "/selections/{selection_id}/statistics", summary="선정 통계 · Counts of a selection", responses=problems(404)
)
async def get_statistics(selection_id: SelectionId, caller: AnyCaller, db: Db) -> StatisticsView:
    """Who passed and who is in, by sector, product and youth; outside the agency without cells below five."""
    async with db.transaction() as tx:
        return StatisticsView.of(await statistics.statistics_of(tx, caller, selection_id))
