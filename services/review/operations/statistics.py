"""Looks back at a review: how seats scored, and counts of a selection (R4)."""

from libs.common.db import Tx
from libs.common.errors import NotFound, Refused
from libs.common.identity import Caller
from libs.common.reckoning import reckon
from services.review.model.statistics import Calibration, SelectionStatistics
from services.review.rules.statistics import calibration, calibration_refusals, own_seats, statistics
from services.review.store import applications, panels, selections
from services.review.store.statistics import count_open, list_totals


async def calibration_of(tx: Tx, caller: Caller, panel_id: str) -> Calibration:
    """How the seats of a panel scored, once all is closed; a reviewer sees the panel and his own seats.

    Raises NotFound for a reviewer who never sat there, Refused while an application is still scored.
    """
    await panels.get_panel(tx, panel_id)
    seats = await panels.list_seats(tx, panel_id)
    if not caller.sees_all() and caller.subject not in {seat.reviewer_id for seat in seats}:
        raise NotFound("panel", panel_id)
    refusals = calibration_refusals(panel_id, await count_open(tx, panel_id))
    if refusals:
        raise Refused(refusals)
    found = await reckon(tx, calibration, panel_id, await list_totals(tx, panel_id))
    return found if caller.sees_all() else own_seats(found, caller.subject)


async def statistics_of(tx: Tx, caller: Caller, selection_id: str) -> SelectionStatistics:
    """Counts of the newest version; outside the agency only once it is announced, and without small cells.

    Raises NotFound.
    """
    run = await selections.get_run(tx, selection_id)
    if run.state != "announced" and not caller.sees_all():
        raise NotFound("selection", selection_id)
    rows = await selections.list_rows(tx, run)
    found = await applications.list_known(tx, [row.application_id for row in rows])
    return await reckon(tx, lambda: statistics(run, rows, found, small_cells=caller.sees_all()))
