"""Moves applications from stage to stage: to their panel, and on once a stage has closed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from libs.common.db import Tx
from libs.common.programme import Programme
from services.review.model import ScoreSheet, Seat, Stage, StageStanding
from services.review.policy import PanelPolicy, ScoringPolicy, StagePolicy
from services.review.rules.panel import employer_conflicts, stage_standing
from services.review.rules.scoring import judge
from services.review.rules.stages import next_stage
from services.review.store import applications, panels, sheets

EMPLOYER = "employer"
DECLARED = "declared"
SYSTEM = "review"


async def send_on(tx: Tx, row: Mapping[str, Any], programme: Programme, now: dt.datetime) -> None:
    """Put an eligible application into the stage it is to be scored in now, or end its review (RV-8)."""
    application_id, track = row["application_id"], row["track"]
    composites = (await sheets.composites_of(tx, [application_id]))[application_id]
    skipped = await applications.skipped(tx, programme.code, track)
    results = {stage: composite.passed for stage, composite in composites.items()}
    stage = next_stage(StagePolicy.of(programme, track), results, document_skipped=skipped)
    if stage is not None:
        await applications.change(tx, application_id, stage=stage)
        await _to_its_panel(tx, row, stage, now)
        return
    last = composites["presentation" if "presentation" in composites else "document"]
    await applications.change(tx, application_id, stage=None, final=last.final, passed=last.passed)


async def _to_its_panel(tx: Tx, row: Mapping[str, Any], stage: Stage, now: dt.datetime) -> None:
    panel_id = await panels.taking_all(tx, row["programme_code"], row["track"], stage)
    if panel_id is not None:
        await hand_to_panel(tx, panel_id, stage, [row], now)


async def hand_to_panel(
    tx: Tx, panel_id: str, stage: str, rows: Sequence[Mapping[str, Any]], now: dt.datetime
) -> list[str]:
    """Give applications to a panel; whose employer applies has a conflict by itself (RV-1). Returns the new ones."""
    seats = await panels.seats_of(tx, panel_id)
    given = await panels.assign(tx, panel_id, stage, applications.ids(rows))
    conflicts = [
        _conflict(panel_id, seat, row["application_id"], EMPLOYER, "", SYSTEM, now)
        for row in rows
        if row["application_id"] in given
        for seat in employer_conflicts(seats, row["organisation_id"])
    ]
    await panels.declare(tx, conflicts)
    return given


async def record_conflict(
    tx: Tx, panel_id: str, seat: int, application_id: str, reason: str, by: str, now: dt.datetime, kind: str = DECLARED
) -> None:
    """Record that a seat may not score an application."""
    await panels.declare(tx, [_conflict(panel_id, seat, application_id, kind, reason, by, now)])


def _conflict(
    panel_id: str, seat: int, application_id: str, kind: str, reason: str, by: str, now: dt.datetime
) -> dict[str, Any]:
    return {
        "panel_id": panel_id,
        "seat": seat,
        "application_id": application_id,
        "kind": kind,
        "reason": reason,
        "declared_by": by,
        "declared_at": now,
    }


class Desk(NamedTuple):
    """What lies on the table for one application's stage: seats, who may not score it, sheets given."""

    panel_id: str
    stage: Stage
    seats: Sequence[Seat]
    conflicted: Sequence[int]
    given: Sequence[ScoreSheet]


async def desk_of(tx: Tx, panel_id: str, application_id: str, stage: Stage) -> Desk:
    """Load it. The caller holds the application's place on the panel locked."""
    return Desk(
        panel_id,
        stage,
        await panels.seats_of(tx, panel_id),
        await panels.conflicted(tx, panel_id, application_id),
        await sheets.given(tx, application_id, stage),
    )


async def close_if_complete(
    tx: Tx, row: Mapping[str, Any], desk: Desk, programme: Programme, now: dt.datetime
) -> StageStanding:
    """Close an application's stage if nobody is awaited any more; its composite is made and it moves on.

    The caller holds the application's place on the panel locked, so that two last sheets at one instant close
    the stage once.
    """
    application_id = row["application_id"]
    scored = [sheet.seat for sheet in desk.given]
    policy = PanelPolicy.of(programme)
    standing = stage_standing(application_id, desk.seats, desk.conflicted, scored, policy)
    if standing.closed:
        counted = [sheet for sheet in desk.given if sheet.seat not in desk.conflicted]
        result = judge(desk.stage, counted, youth=row["youth"], policy=ScoringPolicy.of(programme))
        await sheets.keep_composite(tx, application_id, result, programme.version, now)
        await panels.close(tx, application_id, desk.stage, now)
        await send_on(tx, row, programme, now)
    return standing
