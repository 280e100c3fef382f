"""A reviewer hands in a score sheet (RV-1, RV-2)."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from libs.common.db import Tx
from libs.common.errors import Conflict, NotFound, Refusal, Refused, WrongState
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model import ScoreSheet, Seat, Stage
from services.review.operations.stages import Desk, close_if_complete, desk_of
from services.review.policy import RubricPolicy
from services.review.rules.panel import sits_for
from services.review.rules.scoring import in_hundredths, sheet_refusals
from services.review.store import applications, panels, sheets

MALFORMED = 422


async def give_sheet(
    tx: Tx,
    caller: Caller,
    *,
    application_id: str,
    stage: Stage,
    scores: Mapping[str, Decimal],
    comment: str,
    now: dt.datetime,
) -> dict[str, Any]:
    """Keep a reviewer's sheet; the last one closes the stage for the application.

    Nothing is kept of a refused sheet. Raises NotFound where the caller does not sit for the application,
    Refused for a closed stage, a conflict of interest or values that RV-2 does not allow, Conflict for a second
    sheet of one seat.
    """
    place = await panels.assignment(tx, application_id, stage, for_update=True)
    if place is None:
        raise NotFound("application", application_id)
    desk = await desk_of(tx, place["panel_id"], application_id, stage)
    seat = _own_seat(desk, caller, application_id)
    row = await applications.get(tx, application_id)
    _check_open(desk, row, seat, closed=place["closed_at"] is not None)
    programme = await programme_at(tx, row["programme_code"], now)
    refusals = sheet_refusals(scores, RubricPolicy.of(programme))
    if refusals:
        refused = Refused(refusals)
        refused.status = MALFORMED
        raise refused
    sheet = ScoreSheet(seat.seat, in_hundredths(scores))
    values = {
        "application_id": application_id,
        "stage": stage,
        "panel_id": place["panel_id"],
        "seat": seat.seat,
        "reviewer_id": caller.subject,
        "scores": dict(sheet.scores),
        "total": sheet.total,
        "comment": comment,
        "programme_version": programme.version,
        "submitted_at": now,
    }
    sheet_id = await sheets.add(tx, values)
    desk = desk._replace(given=[*desk.given, sheet])
    standing = await close_if_complete(tx, row, desk, programme, now)
    return {"sheet_id": sheet_id, **values, "stage_closed": standing.closed}


def _own_seat(desk: Desk, caller: Caller, application_id: str) -> Seat:
    for seat in desk.seats:
        if seat.reviewer_id == caller.subject and sits_for(seat, application_id):
            return seat
    raise NotFound("application", application_id)


def _check_open(desk: Desk, row: Mapping[str, Any], seat: Seat, *, closed: bool) -> None:
    facts = {"application_id": row["application_id"], "stage": desk.stage}
    if closed:
        raise Refused([Refusal("RV-1", "stage_closed", facts)])
    if row["state"] != "eligible":
        raise WrongState("application", row["application_id"], row["state"], ["eligible"])
    if seat.seat in desk.conflicted:
        raise Refused([Refusal("RV-1", "conflict_of_interest", {**facts, "seat": seat.seat})])
    if seat.seat in {sheet.seat for sheet in desk.given}:
        raise Conflict("sheet_given_already", "RV-1", **facts, seat=seat.seat)
