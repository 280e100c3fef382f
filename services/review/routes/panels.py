"""HTTP: panels, conflicts of interest, substitutes, and what a reviewer is asked to score."""

from typing import Annotated

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Command, Db, Now, Page, Paging, ServiceRouter, problems
from services.review.model import Seat
from services.review.operations import panels
from services.review.routes.fields import Agency, InProgrammeIfAny, Officer, PanelId, Reviewer, after_pair
from services.review.routes.panel_views import (
    AssignmentView,
    DeclareConflict,
    PanelLine,
    PanelView,
    ProgressView,
    SeatPanel,
    SeatSubstitute,
    SkippedView,
    SkipStage,
    StandingView,
)
from services.review.store import panels as store

router = ServiceRouter(tags=["평가위원회 · Panels"])


@router.post("/panels", status_code=201, summary="평가위원회 구성 · Seat a panel", responses=problems(404, 409))
async def seat_panel(body: SeatPanel, caller: Officer, db: Db, now: Now, command: Command) -> PanelView:
    """Seat 5 to 7 reviewers for a track's stage. Whose employer applies cannot score that application (RV-1)."""

    async def act(tx: Tx) -> PanelView:
        panel = await panels.seat_panel(
            tx,
            caller,
            programme=body.programme,
            track=body.track,
            stage=body.stage,
            seats=[seat.noun() for seat in body.seats],
            application_ids=body.application_ids,
            due_at=body.due_at,
            now=now,
        )
        return PanelView.of(panel)

    return await command.once(db, act)


@router.get("/panels", summary="평가위원회 목록 · List panels", responses=problems())
async def list_panels(_: Agency, db: Db, paging: Paging, programme: InProgrammeIfAny = None) -> Page[PanelLine]:
    """Panels by id."""
    async with db.transaction() as tx:
        rows = await store.all_after(tx, paging.after_id(), paging.limit + 1, programme)
    lines = [PanelLine.model_validate({**row, "programme": row["programme_code"]}) for row in rows]
    return paging.page(lines, "panel_id")


@router.get("/panels/{panel_id}", summary="평가위원회 조회 · Read a panel", responses=problems(404))
async def get_panel(panel_id: PanelId, _: Agency, db: Db) -> PanelView:
    """A panel with its seats, substitutes and late reviewers."""
    async with db.transaction() as tx:
        return PanelView.of(await panels.describe(tx, panel_id))


@router.get("/panels/{panel_id}/applications", summary="평가 진행 현황 · Progress of a panel", responses=problems(404))
async def list_progress(panel_id: PanelId, _: Agency, db: Db, now: Now, paging: Paging) -> Page[ProgressView]:
    """Of every application of the panel: awaited seats, sheets, conflicts, substitutes needed."""
    async with db.transaction() as tx:
        rows = await panels.progress(tx, panel_id, paging.after_id(), paging.limit + 1, now)
    return paging.page([ProgressView.model_validate(row) for row in rows], "application_id")


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
    now: Now,
    command: Command,
) -> StandingView:
    """A reviewer (for themself) or an officer declares a relation; the reviewer cannot score that application."""

    async def act(tx: Tx) -> StandingView:
        standing = await panels.declare_conflict(
            tx,
            caller,
            panel_id,
            reviewer_id=body.reviewer_id,
            application_id=body.application_id,
            reason=body.reason,
            now=now,
        )
        return StandingView(
            closed=standing.closed,
            awaited_seats=list(standing.awaited),
            sheets=standing.sheets,
            substitutes_needed=standing.substitutes_needed,
        )

    return await command.once(db, act)


@router.post(
    "/panels/{panel_id}/substitutes",
    status_code=201,
    summary="대체 위원 위촉 · Seat a substitute",
    responses=problems(404, 409),
)
async def seat_substitute(
    panel_id: PanelId, body: SeatSubstitute, caller: Officer, db: Db, now: Now, command: Command
) -> PanelView:
    """Seat a substitute under a new seat number. With `replaces_seat` that seat is vacated; its sheets stand."""

    async def act(tx: Tx) -> PanelView:
        panel = await panels.seat_substitute(
            tx,
            caller,
            panel_id,
            Seat(body.seat, body.reviewer_id, body.name, body.employer_organisation_id),
            application_ids=body.application_ids,
            replaces_seat=body.replaces_seat,
            reason=body.reason,
            now=now,
        )
        return PanelView.of(panel)

    return await command.once(db, act)


@router.post(
    "/stages/skip", status_code=201, summary="서류평가 생략 · Skip the document stage", responses=problems(404, 409)
)
async def skip_document_stage(body: SkipStage, caller: Officer, db: Db, now: Now, command: Command) -> SkippedView:
    """Applications of the track go straight to presentation (RV-8)."""

    async def act(tx: Tx) -> SkippedView:
        told = {"programme": body.programme, "track": body.track}
        await panels.skip_document_stage(tx, caller, **told, reason=body.reason, now=now)
        return SkippedView(**told, skipped=True)

    return await command.once(db, act)


@router.get("/assignments", summary="내 평가 대상 · What I am asked to score", responses=problems())
async def list_assignments(caller: Reviewer, db: Db, paging: Paging) -> Page[AssignmentView]:
    """The calling reviewer's applications, by id, with what is done and where a conflict forbids it."""
    async with db.transaction() as tx:
        rows = await store.assignments_of(tx, caller.subject, after_pair(paging.after), paging.limit + 1)
    views = [AssignmentView.model_validate({**row, "programme": row["programme_code"]}) for row in rows]
    return paging.page(views, "application_id", "stage")
