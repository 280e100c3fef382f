"""Moves applications from stage to stage: to their panel, and on once a stage has closed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import WrongState
from services.review.model.applications import Application
from services.review.model.panels import ConflictOfInterest, Desk, Judged, Seated
from services.review.model.sheets import Composite
from services.review.model.stages import Place, Stage
from services.review.operations.reselecting import select_again
from services.review.operations.telling import say_closed, say_seated
from services.review.operations.turns import take_closing_turn
from services.review.policy.panels import PanelPolicy, StagePolicy, StageWeights
from services.review.policy.scoring import ScoringPolicy
from services.review.rules.panel import employer_conflicts, standing_of
from services.review.rules.reopening import next_version
from services.review.rules.scoring import judge
from services.review.rules.stages import last_composite, next_stage, weights_count
from services.review.store import applications, assignments, composites, conflicts, panels, reopenings, sheets
from services.review.store.outcomes import list_announced_among
from services.review.store.stages import list_skipped_tracks

SYSTEM = "review"


async def send_on(tx: Tx, found: Sequence[Application], programme: Programme, now: dt.datetime) -> None:
    """Put eligible applications into the stage they are to be scored in now, or end their review (RV-8).

    The caller keeps others from seating panels of the call, so that a new panel misses nobody, and from taking an
    application away: it holds their rows, or has the call's panels alone.
    """
    closed = await composites.list_by_stage(tx, applications.ids(found))
    skipped = await list_skipped_tracks(tx, programme.code)
    onward: dict[tuple[str, Stage], list[Application]] = defaultdict(list)
    lasts: dict[str, Composite] = {}
    weights = StageWeights.of(programme) if weights_count(closed.values()) else None
    for one in found:
        stages = closed[one.application_id]
        passed = {stage: composite.passed for stage, composite in stages.items()}
        stage = next_stage(StagePolicy.of_application(programme, one), passed, document_skipped=one.track in skipped)
        if stage is None:
            lasts[one.application_id] = last_composite(stages, weights)
        else:
            onward[one.track, stage].append(one)
    await applications.change_finals(tx, lasts)
    for (track, stage), entering in onward.items():
        await applications.change_stage(tx, applications.ids(entering), stage)
        taking = await panels.find_taking_all(tx, programme.code, track, stage)
        if taking is not None:
            await hand_to_panel(tx, taking, stage, entering, now)


async def hand_to_panel(
    tx: Tx, seated: Seated, stage: Stage, found: Sequence[Application], now: dt.datetime
) -> frozenset[str]:
    """Give applications to a panel; whose employer applies has a conflict by itself (RV-1). Returns the new ones."""
    given = await assignments.add_applications(tx, seated.panel_id, stage, applications.ids(found))
    new = [one for one in found if one.application_id in given]
    await add_employer_conflicts(tx, seated, new, SYSTEM, now)
    await say_seated(tx, seated, stage, new, now, {})
    return given


async def add_employer_conflicts(
    tx: Tx, seated: Seated, found: Sequence[Application], by: str, now: dt.datetime
) -> None:
    """Record which of these seats may not score which of these applications, since the applicant employs them."""
    related = [
        ConflictOfInterest(seated.panel_id, seat, one.application_id, "employer", "", by, now)
        for one in found
        for seat in employer_conflicts(seated.seats, one)
    ]
    await conflicts.add_conflicts(tx, related)


async def desks_of(tx: Tx, places: Collection[Place]) -> dict[Place, Desk]:
    """Lock applications' places on their panels, then load their desks; what no panel has is left out.

    Whoever changes what lies on a desk holds its place, so that two last sheets at one instant close the stage
    once.
    """
    held = await assignments.hold_places(tx, places)
    if not held:
        return {}
    known, panel_ids = {known for known, _ in held}, {place.panel_id for place in held.values()}
    found = await applications.list_known(tx, known)
    seats = await panels.list_seats_by_panel(tx, panel_ids)
    conflicted = await conflicts.list_conflicted(tx, panel_ids, known)
    given = await sheets.list_given(tx, known)
    return {
        place: Desk(
            application=found[on.application_id],
            panel_id=on.panel_id,
            stage=on.stage,
            closed=on.closed_at is not None,
            seats=seats.get(on.panel_id, ()),
            conflicted=conflicted.get((on.panel_id, on.application_id), ()),
            given=given.get(place, ()),
            sheets_before=on.sheets_before,
        )
        for place, on in held.items()
    }


def check_there(desk: Desk) -> None:
    """Raise WrongState where the application on an open desk is not there to be scored (any more)."""
    application = desk.application
    if not (desk.closed or desk.in_review):
        raise WrongState("application", application.application_id, application.state, ["eligible"])


def judge_desk(desk: Desk, programme: Programme) -> Judged:
    """Judge whether a stage is complete, and what it comes to. Raises PolicyMissing before anything is written."""
    application = desk.application
    standing = standing_of(desk, PanelPolicy.of(programme))
    if not standing.closed:
        return Judged(desk, standing, None)
    counted = [sheet for sheet in desk.given if sheet.seat not in desk.conflicted]
    result = judge(desk.stage, counted, youth=application.youth, policy=ScoringPolicy.of(programme))
    # the application moves on by it: where it is unset, the stage cannot close
    StagePolicy.of_application(programme, application)
    return Judged(desk, standing, result)


async def close_complete(tx: Tx, judged: Sequence[Judged], programme: Programme, clock: Clock) -> frozenset[str]:
    """Close the stages that are complete: their composites are made, and their applications move on.

    A stage that was opened again gets a new version, linked to the one before; where its application is announced,
    its selection runs again (RV-17). Nothing is made of an application that went after its desk was read. Returns the
    applications whose stages are closed now. The caller holds the applications' places on their panels locked.
    """
    complete = {one.desk.application.application_id: one for one in judged if one.result is not None}
    if not complete:
        return frozenset()
    again = [known for known, one in complete.items() if one.desk.sheets_before]
    announced = await list_announced_among(tx, again) if again else frozenset[str]()
    held, now = await take_closing_turn(tx, programme.code, complete, clock, announced=bool(announced))
    there = [known for known in complete if held[known].eligible]
    results = {known: result for known in there if (result := complete[known].result) is not None}
    if results:
        await composites.add_composites(tx, await _linked(tx, results, again), programme.version, now)
        await assignments.change_places(tx, [(known, complete[known].desk.stage) for known in results], now)
        await say_closed(tx, [complete[known].desk for known in results], now)
        await send_on(tx, [held[known] for known in results], programme, now)
        await select_again(tx, programme, announced & results.keys(), now)
    return frozenset(results)


async def _linked(tx: Tx, results: Mapping[str, Composite], again: Collection[str]) -> dict[str, Composite]:
    """The results, those of stages that were opened `again` each linked to the version that it supersedes (RV-17)."""
    last = await reopenings.list_last(tx, again) if again else {}
    places = {known: last.get((known, result.stage)) for known, result in results.items()}
    return {known: next_version(result, places[known]) for known, result in results.items()}
