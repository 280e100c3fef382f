"""Seats panels, shows how far they are, escalates late reviewers (RV-1)."""

import datetime as dt
from collections.abc import Collection

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, Invalid, NotFound, Refused
from libs.common.identity import Caller
from libs.common.lists import Wanted
from libs.common.programmes import programme_at
from services.review.model.panels import AssignedNamed, NewPanel, Panel, Progress, Seated, SeatedPanel
from services.review.model.stages import Stage, StageStanding
from services.review.operations.invitations import send
from services.review.operations.stages import hand_to_panel
from services.review.operations.turns import take_seating_turn
from services.review.policy.panels import PanelPolicy, StagePolicy
from services.review.rules.panel import panel_refusals, stage_standing
from services.review.store import applications, assignment_lists, assignments, panels

NAMED_MAX = 20


async def seat_panel(tx: Tx, caller: Caller, asked: NewPanel, clock: Clock) -> SeatedPanel:
    """Seat a panel for a track's stage: for named applications, or for all eligible ones, now and later.

    Raises Refused for a panel that RV-1 does not allow, Conflict where another panel takes all already, and
    Invalid for applications that are not in this stage or have a panel.
    """
    now = await take_seating_turn(tx, asked.programme_code, clock)
    programme = await programme_at(tx, asked.programme_code, now)
    check_stage(programme, asked.track, asked.stage)
    refusals = panel_refusals(asked.seats, PanelPolicy.of(programme))
    if refusals:
        raise Refused(refusals)
    pool = (programme.code, asked.track, asked.stage)
    takes_all = asked.application_ids is None
    if takes_all and await panels.find_taking_all(tx, *pool) is not None:
        raise Conflict("panel_takes_all_already", "RV-1", track=asked.track, stage=asked.stage)
    found = await applications.list_in_stage(tx, *pool)
    if asked.application_ids is not None:
        found = tuple(one for one in found if one.application_id in asked.application_ids)
    panel_id = await panels.next_panel_id(tx)
    seated = Panel(
        panel_id=panel_id,
        programme_code=programme.code,
        programme_version=programme.version,
        track=asked.track,
        stage=asked.stage,
        takes_all=takes_all,
        due_at=asked.due_at,
        seated_by=caller.subject,
        seated_at=now,
    )
    seats = () if asked.by_invitation else asked.seats
    await panels.add_panel(tx, seated, seats)
    if asked.by_invitation:
        await send(tx, caller, panel_id, asked.seats, now)
    given = await hand_to_panel(tx, Seated(panel_id, seats), asked.stage, found, now)
    check_all_given((asked.application_ids or frozenset()) - given)
    return await describe(tx, panel_id)


def check_stage(programme: Programme, track: str, stage: Stage) -> None:
    """Raise NotFound for a track that the programme lacks, Invalid for a stage that the track lacks."""
    if track not in programme.tracks:
        raise NotFound("track", f"{programme.code}:{track}")
    stages = StagePolicy.of(programme, track).stages
    if stage not in stages:
        raise Invalid("stage_unknown", "RV-8", track=track, stage=stage, stages=", ".join(stages))


def check_all_given(left_out: Collection[str]) -> None:
    """Raise Invalid where applications were named that are not to be scored here."""
    if left_out:
        raise Invalid("applications_not_in_stage", "RV-1", applications=", ".join(sorted(left_out)[:NAMED_MAX]))


async def describe(tx: Tx, panel_id: str) -> SeatedPanel:
    """A panel with its seats, what is still open, and who is late. Raises NotFound."""
    return SeatedPanel(
        await panels.get_panel(tx, panel_id),
        await panels.list_seats(tx, panel_id),
        await assignments.count_open(tx, panel_id),
        await assignments.list_escalations(tx, panel_id),
    )


async def progress(
    tx: Tx, panel_id: str, wanted: Wanted, closed: bool | None, now: dt.datetime
) -> tuple[Progress, ...]:
    """Of every application of a panel: whom it awaits, how many sheets it has, what it needs to close."""
    panel = await panels.get_panel(tx, panel_id)
    policy = PanelPolicy.of(await programme_at(tx, panel.programme_code, now))
    seats = await panels.list_seats(tx, panel_id)
    told = []
    for one in await assignment_lists.list_of_panel(tx, panel_id, wanted, closed):
        before, at = one.assigned.sheets_before, one.assigned.application_id
        standing = stage_standing(at, seats, one.conflicted, one.given, policy, sheets_before=before)
        told.append(_progress(one, standing))
    return tuple(told)


def _progress(named: AssignedNamed, standing: StageStanding) -> Progress:
    one = named.assigned
    return Progress(
        application_id=one.application_id,
        receipt_no=named.receipt_no,
        organisation_name=named.organisation_name,
        stage=one.stage,
        state=one.state,
        closed_at=one.closed_at,
        sheets=standing.sheets,
        awaited_seats=standing.awaited if one.in_review else (),
        conflicted_seats=named.conflicted,
        substitutes_needed=standing.substitutes_needed if one.in_review else 0,
    )


async def escalate_late(tx: Tx, now: dt.datetime) -> int:
    """Put reviewers who owe sheets after their panel's due time on record, once; returns how many are new."""
    return await assignments.add_escalations(tx, await assignments.list_late(tx, now))
