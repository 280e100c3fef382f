"""HTTP: panels, conflicts of interest, reopened stages, substitutes, and what a reviewer is asked to score."""

from typing import Annotated

from libs.common.acts import record_readings
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Command, Db, Now, ServiceRouter, Timepiece, problems
from services.review.operations import panels, skipping
from services.review.operations.conflicts import declare_conflict as declare
from services.review.operations.conflicts import withdraw_conflict as withdraw
from services.review.operations.reopening import reopen_stage as reopen
from services.review.operations.substitutes import seat_substitute as substitute
from services.review.routes.fields import (
    Agency,
    Officer,
    PanelId,
)
from services.review.routes.panel_bodies import (
    DeclareConflict,
    ReopenStage,
    SeatPanel,
    SeatSubstitute,
    SkipStage,
    WithdrawConflict,
)
from services.review.routes.panel_views import (
    PanelView,
    ReopeningView,
    SkippedView,
    StandingView,
)

router = ServiceRouter(tags=["평가위원회 · Panels"])


@router.post("/panels", status_code=201, summary="평가위원회 구성 · Seat a panel", responses=problems(404, 409))
async def seat_panel(body: SeatPanel, caller: Officer, db: Db, clock: Timepiece, command: Command) -> PanelView:
    """Seat 5 to 7 reviewers for a track's stage. Whose employer applies cannot score that application (RV-1)."""

    async def act(tx: Tx) -> PanelView:
        return PanelView.of(await panels.seat_panel(tx, caller, body.told(), clock))

    return await command.once(db, act)


@router.get("/panels/{panel_id}", summary="평가위원회 조회 · Read a panel", responses=problems(404))
async def get_panel(panel_id: PanelId, caller: Agency, db: Db, now: Now) -> PanelView:
    """A panel with its seats, substitutes and late reviewers. Who read it is kept (MS-6)."""
    async with db.transaction() as tx:
        shown = PanelView.of(await panels.describe(tx, panel_id))
        await record_readings(tx, caller, "get_panel", [("panel", panel_id)], now)
    return shown


@router.post(
    "/panels/{panel_id}/conflicts",
    status_code=201,
    summary="이해충돌 신고 · Declare a conflict of interest",
    responses=problems(404, 409),
)
async def declare_conflict(
    panel_id: PanelId,
    body: DeclareConflict,
    caller: Annotated[Caller, Allowed("officer", "reviewer")],
    db: Db,
    clock: Timepiece,
    command: Command,
) -> StandingView:
    """A reviewer (for themself) or an officer declares a relation; the reviewer cannot score that application.

    A reviewer is told no more than that it was heard: where the stage stands is for the agency.
    """
    declared = body.told()

    async def act(tx: Tx) -> StandingView:
        return StandingView.of(declared, await declare(tx, caller, panel_id, declared, clock), caller)

    return await command.once(db, act)


@router.post(
    "/panels/{panel_id}/conflicts/withdrawals",
    status_code=201,
    summary="이해충돌 철회 · Take back a conflict recorded wrongly",
    responses=problems(404, 409),
)
async def withdraw_conflict(
    panel_id: PanelId, body: WithdrawConflict, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> StandingView:
    """With a reason, while the stage is open and no substitute was seated for it; both facts stay on record."""
    declared = body.told()

    async def act(tx: Tx) -> StandingView:
        return StandingView.of(declared, await withdraw(tx, caller, panel_id, declared, clock), caller)

    return await command.once(db, act)


@router.post(
    "/panels/{panel_id}/reopenings",
    status_code=201,
    summary="마감된 평가 다시 열기 · Reopen a closed stage",
    responses=problems(404, 409),
)
async def reopen_stage(
    panel_id: PanelId, body: ReopenStage, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ReopeningView:
    """A conflict of interest found after the close: the sheet is set aside, a substitute scores, a new version follows.

    Next, `POST /panels/{panel_id}/substitutes` seats who scores in the other's stead (RV-17).
    """

    async def act(tx: Tx) -> ReopeningView:
        return ReopeningView.model_validate(await reopen(tx, caller, panel_id, body.told(), clock))

    return await command.once(db, act)


@router.post(
    "/panels/{panel_id}/substitutes",
    status_code=201,
    summary="대체 위원 위촉 · Seat a substitute",
    responses=problems(404, 409),
)
async def seat_substitute(
    panel_id: PanelId, body: SeatSubstitute, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> PanelView:
    """Seat a substitute under a new seat number. With `replaces_seat` that seat is vacated; its sheets stand."""

    async def act(tx: Tx) -> PanelView:
        return PanelView.of(await substitute(tx, caller, panel_id, body.told(), clock))

    return await command.once(db, act)


@router.post(
    "/stages/skip", status_code=201, summary="서류평가 생략 · Skip the document stage", responses=problems(404, 409)
)
async def skip_document_stage(
    body: SkipStage, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> SkippedView:
    """Applications of the track go straight to presentation (RV-8)."""

    async def act(tx: Tx) -> SkippedView:
        pool = {"programme_code": body.programme, "track": body.track}
        await skipping.skip_document_stage(tx, caller, **pool, reason=body.reason, clock=clock)
        return SkippedView(programme=body.programme, track=body.track, skipped=True)

    return await command.once(db, act)


@router.post(
    "/stages/skip/withdrawals",
    status_code=201,
    summary="서류평가 생략 철회 · Take back the skipping of a document stage",
    responses=problems(404, 409),
)
async def restore_document_stage(
    body: SkipStage, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> SkippedView:
    """With a reason, while no panel has begun the presentation; both facts stay on record (RV-8)."""

    async def act(tx: Tx) -> SkippedView:
        pool = {"programme_code": body.programme, "track": body.track}
        await skipping.restore_document_stage(tx, caller, **pool, reason=body.reason, clock=clock)
        return SkippedView(programme=body.programme, track=body.track, skipped=False)

    return await command.once(db, act)
