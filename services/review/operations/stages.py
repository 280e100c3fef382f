"""Moves applications from stage to stage: to their panel, and on once a stage has closed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from services.review.model import Composite, Place, ScoreSheet, Seat, Stage, StageStanding
from services.review.policy import PanelPolicy, ScoringPolicy, StagePolicy
from services.review.rules.panel import employer_conflicts, stage_standing
from services.review.rules.scoring import judge
from services.review.rules.stages import next_stage
from services.review.store import applications, panels, sheets

EMPLOYER = "employer"
DECLARED = "declared"
SYSTEM = "review"


async def send_on(tx: Tx, rows: Sequence[Mapping[str, Any]], programme: Programme, now: dt.datetime) -> None:
    """Put eligible applications into the stage they are to be scored in now, or end their review (RV-8)."""
    composites = await sheets.composites_of(tx, applications.ids(rows))
    skipped = await applications.skipped_tracks(tx, programme.code)
    onward: dict[tuple[str, Stage], list[Mapping[str, Any]]] = defaultdict(list)
    lasts: dict[str, Composite] = {}
    for row in rows:
        closed, track = composites[row["application_id"]], row["track"]
        results = {stage: composite.passed for stage, composite in closed.items()}
        stage = next_stage(StagePolicy.of(programme, track), results, document_skipped=track in skipped)
        if stage is not None:
            onward[track, stage].append(row)
        else:
            lasts[row["application_id"]] = closed["presentation" if "presentation" in closed else "document"]
    await applications.finish(tx, lasts)
    for (track, stage), entering in onward.items():
        await applications.enter(tx, applications.ids(entering), stage)
        taking = await panels.taking_all(tx, programme.code, track, stage)
        if taking is not None:
            await hand_to_panel(tx, *taking, stage, entering, now)


async def hand_to_panel(
    tx: Tx, panel_id: str, seats: Sequence[Seat], stage: str, rows: Sequence[Mapping[str, Any]], now: dt.datetime
) -> list[str]:
    """Give applications to a panel; whose employer applies has a conflict by itself (RV-1). Returns the new ones."""
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

    application: Mapping[str, Any]
    panel_id: str
    stage: Stage
    closed: bool
    seats: Sequence[Seat]
    conflicted: Sequence[int]
    given: Sequence[ScoreSheet]


async def desks_of(tx: Tx, places: Collection[Place]) -> dict[Place, Desk]:
    """Lock applications' places on their panels, then load their desks; what no panel has is left out.

    Whoever changes what lies on a desk holds its place, so that two last sheets at one instant close the stage
    once.
    """
    held = await panels.hold(tx, places)
    if not held:
        return {}
    known, panel_ids = [known for known, _ in held], {row["panel_id"] for row in held.values()}
    rows = await applications.find(tx, known)
    seats = await panels.seats_by_panel(tx, panel_ids)
    conflicted = await panels.conflicted(tx, panel_ids, known)
    given = await sheets.sheets_of(tx, known)
    return {
        place: Desk(
            application=rows[place[0]],
            panel_id=row["panel_id"],
            stage=place[1],
            closed=row["closed_at"] is not None,
            seats=seats[row["panel_id"]],
            conflicted=conflicted.get((row["panel_id"], place[0]), ()),
            given=given.get(place, ()),
        )
        for place, row in held.items()
    }


class Judged(NamedTuple):
    """Where the stage on a desk stands, and its result where nobody is awaited any more."""

    desk: Desk
    standing: StageStanding
    result: Composite | None


def judge_desk(desk: Desk, programme: Programme) -> Judged:
    """Judge whether a stage is complete, and what it comes to. Raises PolicyMissing before anything is written."""
    application_id, track = desk.application["application_id"], desk.application["track"]
    scored = [sheet.seat for sheet in desk.given]
    standing = stage_standing(application_id, desk.seats, desk.conflicted, scored, PanelPolicy.of(programme))
    if not standing.closed:
        return Judged(desk, standing, None)
    counted = [sheet for sheet in desk.given if sheet.seat not in desk.conflicted]
    result = judge(desk.stage, counted, youth=desk.application["youth"], policy=ScoringPolicy.of(programme))
    StagePolicy.of(programme, track)  # the application moves on by it: where it is unset, the stage cannot close
    return Judged(desk, standing, result)


async def close_complete(tx: Tx, judged: Sequence[Judged], programme: Programme, now: dt.datetime) -> None:
    """Close the stages that are complete: their composites are made, and their applications move on.

    The caller holds the applications' places on their panels locked.
    """
    results = {one.desk.application["application_id"]: one.result for one in judged if one.result is not None}
    if not results:
        return
    closed = [one.desk for one in judged if one.result is not None]
    await sheets.keep_composites(tx, results, programme.version, now)
    await panels.close(tx, [(desk.application["application_id"], desk.stage) for desk in closed], now)
    await send_on(tx, [desk.application for desk in closed], programme, now)
