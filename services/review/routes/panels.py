"""HTTP: panels, conflicts of interest, reopened stages, substitutes, and what a reviewer is asked to score."""

from typing import Annotated

from libs.common.acts import record_readings
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Command, Db, Now, Page, Paging, ServiceRouter, Timepiece, problems
from services.review.operations import panels, skipping
from services.review.operations.conflicts import declare_conflict as declare
from services.review.operations.conflicts import withdraw_conflict as withdraw
from services.review.operations.reopening import reopen_stage as reopen
from services.review.operations.substitutes import seat_substitute as substitute
from services.review.routes.fields import (
    Agency,
    InProgramme,
    InProgrammeIfAny,
    OfApplication,
    Officer,
    PanelId,
    Reviewer,
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
    AssignmentView,
    ConflictView,
    PanelLine,
    PanelView,
    ProgressView,
    ReopenedView,
    ReopeningView,
    SkippedView,
    StandingView,
)
from services.review.store.assignments import list_assignments as assignments_of
from services.review.store.conflicts import list_conflicts as conflicts_of
from services.review.store.panels import list_panels as panels_after
from services.review.store.reopenings import list_reopenings as reopenings_of

router = ServiceRouter(tags=["평가위원회 · Panels"])


@router.post("/panels", status_code=201, summary="평가위원회 구성 · Seat a panel", responses=problems(404, 409))
async def seat_panel(body: SeatPanel, caller: Officer, db: Db, clock: Timepiece, command: Command) -> PanelView:
    """Seat 5 to 7 reviewers for a track's stage. Whose employer applies cannot score that application (RV-1)."""

    async def act(tx: Tx) -> PanelView:
        return PanelView.of(await panels.seat_panel(tx, caller, body.told(), clock))

    return await command.once(db, act)


@router.get("/panels", summary="평가위원회 목록 · List panels", responses=problems())
async def list_panels(_: Agency, db: Db, paging: Paging, programme: InProgrammeIfAny = None) -> Page[PanelLine]:
    """Panels by id."""
    async with db.transaction() as tx:
        found = await panels_after(tx, paging.after_id(), paging.limit + 1, programme)
    return paging.page([PanelLine.of(panel) for panel in found], "panel_id")


@router.get("/panels/{panel_id}", summary="평가위원회 조회 · Read a panel", responses=problems(404))
async def get_panel(panel_id: PanelId, caller: Agency, db: Db, now: Now) -> PanelView:
    """A panel with its seats, substitutes and late reviewers. Who read it is kept (MS-6)."""
    async with db.transaction() as tx:
        shown = PanelView.of(await panels.describe(tx, panel_id))
        await record_readings(tx, caller, "get_panel", [("panel", panel_id)], now)
    return shown


@router.get("/panels/{panel_id}/applications", summary="평가 진행 현황 · Progress of a panel", responses=problems(404))
async def list_progress(panel_id: PanelId, _: Agency, db: Db, now: Now, paging: Paging) -> Page[ProgressView]:
    """Of every application of the panel: awaited seats, sheets, conflicts, substitutes needed."""
    async with db.transaction() as tx:
        found = await panels.progress(tx, panel_id, paging.after_id(), paging.limit + 1, now)
    return paging.page([ProgressView.model_validate(one) for one in found], "application_id")


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


@router.get("/panels/{panel_id}/conflicts", summary="이해충돌 이력 · Conflicts of a panel", responses=problems(404))
async def list_conflicts(panel_id: PanelId, _: Agency, db: Db, paging: Paging) -> Page[ConflictView]:
    """Who recorded which conflict of interest when and why, and what was taken back."""
    (after,) = paging.after_numbers(1)
    async with db.transaction() as tx:
        found = await conflicts_of(tx, panel_id, after, paging.limit + 1)
    return paging.page([ConflictView.of(kept) for kept in found], "id")


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


@router.get("/reopenings", summary="평가 다시 열기 이력 · List reopenings", responses=problems())
async def list_reopenings(
    _: Agency, db: Db, paging: Paging, programme: InProgramme, application: OfApplication = None
) -> Page[ReopenedView]:
    """Which stages were opened again, by whom, when and why, and which result went out of force by it."""
    (after,) = paging.after_numbers(1)
    async with db.transaction() as tx:
        found = await reopenings_of(tx, programme, after, paging.limit + 1, application_id=application)
    return paging.page([ReopenedView.listed(one) for one in found], "id")


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


@router.get("/assignments", summary="내 평가 대상 · What I am asked to score", responses=problems())
async def list_assignments(caller: Reviewer, db: Db, paging: Paging) -> Page[AssignmentView]:
    """The calling reviewer's applications, by id, with what is done and where a conflict forbids it."""
    async with db.transaction() as tx:
        found = await assignments_of(tx, caller.subject, paging.after_pair(), paging.limit + 1)
    return paging.page([AssignmentView.of(one) for one in found], "application_id", "stage")
