"""Seats panels, records conflicts of interest, seats substitutes, escalates late reviewers (RV-1)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from libs.common.db import Tx, lock
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, Invalid, NotFound, Refusal, Refused, WrongState
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model import Seat, Stage, StageStanding
from services.review.operations.stages import (
    Desk,
    close_complete,
    desks_of,
    hand_to_panel,
    judge_desk,
    record_conflict,
    send_on,
)
from services.review.policy import PanelPolicy, StagePolicy
from services.review.rules.panel import employer_conflicts, panel_refusals, stage_standing
from services.review.rules.stages import DOCUMENT
from services.review.store import applications, panels, sheets


async def seat_panel(
    tx: Tx,
    caller: Caller,
    *,
    programme: str,
    track: str,
    stage: Stage,
    seats: Sequence[Seat],
    application_ids: Sequence[str] | None,
    due_at: dt.datetime | None,
    now: dt.datetime,
) -> dict[str, Any]:
    """Seat a panel for a track's stage: for named applications, or for all eligible ones, now and later.

    Raises Refused for a panel that RV-1 does not allow, Conflict where another panel takes all already, and
    Invalid for applications that are not in this stage or have a panel.
    """
    definition = await programme_at(tx, programme, now)
    _check_stage(definition, track, stage)
    refusals = panel_refusals(seats, PanelPolicy.of(definition))
    if refusals:
        raise Refused(refusals)
    await lock(tx, f"panels:{programme}:{track}:{stage}")
    if application_ids is None and await panels.taking_all(tx, programme, track, stage) is not None:
        raise Conflict("panel_takes_all_already", "RV-1", track=track, stage=stage)
    rows = await applications.in_stage(tx, programme, track, stage)
    if application_ids is not None:
        rows = [row for row in rows if row["application_id"] in application_ids]
    panel_id = await panels.add(
        tx,
        {
            "programme_code": programme,
            "programme_version": definition.version,
            "track": track,
            "stage": stage,
            "takes_all": application_ids is None,
            "due_at": due_at,
            "seated_by": caller.subject,
            "seated_at": now,
        },
        seats,
        now,
    )
    given = await hand_to_panel(tx, panel_id, seats, stage, rows, now)
    _check_all_given(application_ids, given)
    return await describe(tx, panel_id)


def _check_stage(programme: Programme, track: str, stage: Stage) -> None:
    if track not in programme.tracks:
        raise NotFound("track", f"{programme.code}:{track}")
    stages = StagePolicy.of(programme, track).stages
    if stage not in stages:
        raise Invalid("stage_unknown", "RV-8", track=track, stage=stage, stages=", ".join(stages))


def _check_all_given(asked: Sequence[str] | None, given: Sequence[str]) -> None:
    left_out = sorted(set(asked or ()) - set(given))
    if left_out:
        raise Invalid("applications_not_in_stage", "RV-1", applications=", ".join(left_out[:20]))


async def describe(tx: Tx, panel_id: str) -> dict[str, Any]:
    """A panel with its seats, what is still open, and who is late."""
    row = await panels.get(tx, panel_id)
    seats = await panels.seat_rows(tx, [panel_id])
    return {
        **row,
        "seats": seats[panel_id],
        "open_applications": await panels.open_applications(tx, panel_id),
        "late": await panels.escalated(tx, panel_id),
    }


async def progress(tx: Tx, panel_id: str, after: str, limit: int, now: dt.datetime) -> list[dict[str, Any]]:
    """Of every application of a panel: whom it awaits, how many sheets it has, what it needs to close."""
    panel = await panels.get(tx, panel_id)
    policy = PanelPolicy.of(await programme_at(tx, panel["programme_code"], now))
    seats = await panels.seats_of(tx, panel_id)
    conflicts, given = await panels.conflicts_of(tx, panel_id), await sheets.seats_given(tx, panel_id)
    rows = await panels.assigned(tx, panel_id, after, limit)
    return [_progress_of(row, seats, conflicts, given, policy) for row in rows]


def _progress_of(
    row: Mapping[str, Any],
    seats: Sequence[Seat],
    conflicts: Mapping[str, Sequence[int]],
    given: Mapping[str, Sequence[int]],
    policy: PanelPolicy,
) -> dict[str, Any]:
    known = row["application_id"]
    standing = stage_standing(known, seats, conflicts.get(known, ()), given.get(known, ()), policy)
    in_review = row["closed_at"] is None and row["state"] == "eligible"
    return {
        "application_id": known,
        "stage": row["stage"],
        "state": row["state"],
        "closed_at": row["closed_at"],
        "sheets": standing.sheets,
        "awaited_seats": list(standing.awaited) if in_review else [],
        "conflicted_seats": list(conflicts.get(known, ())),
        "substitutes_needed": standing.substitutes_needed if in_review else 0,
    }


async def declare_conflict(
    tx: Tx, caller: Caller, panel_id: str, *, reviewer_id: str, application_id: str, reason: str, now: dt.datetime
) -> StageStanding:
    """Record a declared relation: the reviewer cannot score that application, and a sheet given before is set aside.

    A reviewer declares their own. Raises NotFound for who does not sit there, WrongState once the stage is closed.
    """
    if "officer" not in caller.roles and caller.subject != reviewer_id:
        raise NotFound("panel", panel_id)
    panel = await panels.get(tx, panel_id)
    seat = _seat_of(await panels.seats_of(tx, panel_id), reviewer_id)
    desk = await _open_desk(tx, application_id, panel)
    await record_conflict(tx, panel_id, seat.seat, application_id, reason, caller.subject, now)
    programme = await programme_at(tx, panel["programme_code"], now)
    judged = judge_desk(desk._replace(conflicted=[*desk.conflicted, seat.seat]), programme)
    await close_complete(tx, [judged], programme, now)
    return judged.standing


def _seat_of(seats: Sequence[Seat], reviewer_id: str) -> Seat:
    for seat in seats:
        if seat.reviewer_id == reviewer_id:
            return seat
    raise NotFound("reviewer", reviewer_id)


async def _open_desk(tx: Tx, application_id: str, panel: Mapping[str, Any]) -> Desk:
    place = (application_id, panel["stage"])
    desk = (await desks_of(tx, [place])).get(place)
    if desk is None or desk.panel_id != panel["panel_id"]:
        raise NotFound("application", application_id)
    if desk.closed:
        raise WrongState("stage", f"{application_id}:{panel['stage']}", "closed", ["open"])
    return desk


async def seat_substitute(
    tx: Tx,
    caller: Caller,
    panel_id: str,
    substitute: Seat,
    *,
    application_ids: Sequence[str] | None,
    replaces_seat: int | None,
    reason: str,
    now: dt.datetime,
) -> dict[str, Any]:
    """Seat a substitute under a new seat number, for the applications that need one.

    Those are the named ones; else with `replaces_seat` the open ones which that seat has not scored (it is
    vacated; its sheets stand), else those that cannot reach enough sheets. Raises Refused where none needs one
    or the seat or reviewer is taken.
    """
    panel = await panels.get(tx, panel_id, for_update=True)
    seats = await panels.seats_of(tx, panel_id)
    rows = {row["application_id"]: row for row in await panels.assigned(tx, panel_id)}
    needing = await _needing_substitute(tx, panel, rows, replaces_seat, now)
    scope = needing if application_ids is None else sorted(set(application_ids))
    _check_substitute(substitute, seats, rows, scope, replaces_seat)
    if replaces_seat is not None:
        await panels.vacate(tx, panel_id, replaces_seat, now)
    seated = replace(substitute, scope=frozenset(scope))
    await panels.add_seats(tx, panel_id, [seated], reason, now)
    for known in scope:
        for seat in employer_conflicts([seated], rows[known]["organisation_id"]):
            await record_conflict(tx, panel_id, seat, known, "", caller.subject, now, kind="employer")
    await _close_what_is_complete(tx, panel, [rows[known] for known in rows], now)
    return await describe(tx, panel_id)


async def _needing_substitute(
    tx: Tx, panel: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]], replaces_seat: int | None, now: dt.datetime
) -> list[str]:
    given = await sheets.seats_given(tx, panel["panel_id"])
    is_open = {known for known, row in rows.items() if row["closed_at"] is None and row["state"] == "eligible"}
    if replaces_seat is not None:
        return sorted(known for known in is_open if replaces_seat not in given.get(known, ()))
    standings = await progress(tx, panel["panel_id"], "", len(rows) + 1, now)
    return [row["application_id"] for row in standings if row["substitutes_needed"]]


def _check_substitute(
    substitute: Seat,
    seats: Sequence[Seat],
    rows: Mapping[str, Mapping[str, Any]],
    scope: Sequence[str],
    replaces_seat: int | None,
) -> None:
    refusals = []
    if substitute.seat in {seat.seat for seat in seats}:
        refusals.append(Refusal("RV-1", "seat_taken", {"seat": substitute.seat}))
    if substitute.reviewer_id in {seat.reviewer_id for seat in seats}:
        refusals.append(Refusal("RV-1", "reviewer_already_seated", {"reviewer_id": substitute.reviewer_id}))
    if replaces_seat is not None and replaces_seat not in {seat.seat for seat in seats if not seat.vacated}:
        raise NotFound("seat", str(replaces_seat))
    closed = [known for known in scope if known not in rows or rows[known]["closed_at"] is not None]
    if closed:
        raise Invalid("applications_not_in_stage", "RV-1", applications=", ".join(closed[:20]))
    if not scope:
        refusals.append(Refusal("RV-1", "no_substitute_needed", {}))
    if refusals:
        raise Refused(refusals)


async def _close_what_is_complete(
    tx: Tx, panel: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], now: dt.datetime
) -> None:
    """A seat that was vacated may have been the last one awaited."""
    is_open = [row for row in rows if row["closed_at"] is None and row["state"] == "eligible"]
    desks = await desks_of(tx, [(row["application_id"], panel["stage"]) for row in is_open])
    programme = await programme_at(tx, panel["programme_code"], now)
    judged = [judge_desk(desk, programme) for desk in desks.values() if not desk.closed]
    await close_complete(tx, judged, programme, now)


async def skip_document_stage(
    tx: Tx, caller: Caller, *, programme: str, track: str, reason: str, now: dt.datetime
) -> None:
    """The agency skips a track's document stage, where the notice allows it and no panel has begun it (RV-8)."""
    definition = await programme_at(tx, programme, now)
    _check_stage(definition, track, DOCUMENT)
    policy = StagePolicy.of(definition, track)
    if not policy.document_may_be_skipped or len(policy.stages) == 1:
        raise Refused([Refusal("RV-8", "stage_not_skippable", {"track": track})])
    await lock(tx, f"panels:{programme}:{track}:{DOCUMENT}")
    if track in await applications.skipped_tracks(tx, programme):
        raise Conflict("stage_skipped_already", "RV-8", track=track)
    if await panels.any_assigned(tx, programme, track, DOCUMENT):
        raise WrongState("stage", f"{programme}:{track}:{DOCUMENT}", "begun", ["not begun"])
    await applications.skip_stage(
        tx,
        {
            "programme_code": programme,
            "track": track,
            "reason": reason,
            "programme_version": definition.version,
            "skipped_by": caller.subject,
            "skipped_at": now,
        },
    )
    await send_on(tx, await applications.in_stage(tx, programme, track, DOCUMENT), definition, now)


async def escalate_late(tx: Tx, now: dt.datetime) -> int:
    """Put reviewers who owe sheets after their panel's due time on record, once; returns how many are new."""
    return await panels.escalate(tx, await panels.late(tx, now), now)
