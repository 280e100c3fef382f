"""HTTP: a reviewer's desk: what is to be scored, that no conflict is in the way, sheets saved before they are given."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Query, Response

from libs.common.db import Tx
from libs.common.exports import export
from libs.common.list_requests import FileFormat, FromInstant, ListRequest, ToInstant, list_of
from libs.common.lists import Wanted
from libs.common.paging import ListPage
from libs.common.programme_names import list_programme_names
from libs.common.web import Command, Db, ServiceRouter, Timepiece, problems
from services.review.model.panels import AssignmentState
from services.review.model.stages import Stage
from services.review.operations import drafts
from services.review.operations.clearing import clear_conflict as clear
from services.review.routes.fields import ApplicationId, InProgrammeIfAny, PanelId, Reviewer
from services.review.routes.reading_views import (
    ASSIGNMENT_COLUMNS,
    ClearanceView,
    ClearConflict,
    DraftView,
    ListedAssignment,
    SaveDraft,
)
from services.review.store.assignment_lists import AssignmentsWanted, count_assignments
from services.review.store.assignment_lists import list_assignments as assignments_of

router = ServiceRouter(tags=["평가위원 · Reviewers"])
Listed = Annotated[
    ListRequest,
    Depends(
        list_of(
            "application_id",
            {"receipt_no": "text", "due_at": "instant", "saved_at": "instant", "total": "points", "state": "text"},
            {"stage": "text"},
        )
    ),
]
InState = Annotated[AssignmentState | None, Query(description="할 일의 상태 · state")]


async def _read_only(
    caller: Reviewer,
    state: InState = None,
    programme: InProgrammeIfAny = None,
    due_from: FromInstant = None,
    due_to: ToInstant = None,
) -> AssignmentsWanted:
    return AssignmentsWanted(caller.subject, state, programme, due_from, due_to)


Only = Annotated[AssignmentsWanted, Depends(_read_only)]


@router.get("/assignments", summary="내 평가 대상 · What I am asked to score", responses=problems())
async def list_assignments(_: Reviewer, db: Db, listed: Listed, only: Only) -> ListPage[ListedAssignment]:
    """The calling reviewer's applications, with what is done and where a conflict forbids it."""
    async with db.transaction() as tx:
        views = await _views(tx, listed.wanted, only)
        counts = await count_assignments(tx, listed.wanted, only) if listed.counts else None
    return listed.page(views, counts)


@router.get(
    "/assignments/export",
    summary="내 평가 대상 내려받기 · My assignments as a file",
    responses=problems(),
    response_class=Response,
)
async def export_assignments(
    _: Reviewer, db: Db, listed: Listed, only: Only, file_format: FileFormat = "csv"
) -> Response:
    """The calling reviewer's whole list, with its filters and order, as a file with Korean headers."""
    async with db.transaction() as tx:

        async def read(wanted: Wanted) -> Sequence[ListedAssignment]:
            return await _views(tx, wanted, only)

        return await export(listed.whole(read), ASSIGNMENT_COLUMNS, file_format, "평가 대상 목록")


async def _views(tx: Tx, wanted: Wanted, only: AssignmentsWanted) -> list[ListedAssignment]:
    found = await assignments_of(tx, wanted, only)
    names = await list_programme_names(tx, [one.programme_code for one in found])
    return [ListedAssignment.named(one, names) for one in found]


@router.post(
    "/panels/{panel_id}/clearances",
    status_code=201,
    summary="이해충돌 없음 확인 · State that there is no conflict of interest",
    responses=problems(404, 409),
)
async def clear_conflict(
    panel_id: PanelId, body: ClearConflict, caller: Reviewer, db: Db, clock: Timepiece, command: Command
) -> ClearanceView:
    """A reviewer says to have no conflict of interest in an application: then its text and documents can be read.

    `GET /intake/v1/reviewing/{application_id}` shows them until the stage closes for it (RV-16).
    """

    async def act(tx: Tx) -> ClearanceView:
        return ClearanceView.model_validate(await clear(tx, caller, panel_id, body.application_id, clock))

    return await command.once(db, act)


@router.get(
    "/sheet-drafts/{application_id}/{stage}",
    summary="저장한 평가표 조회 · Read my saved sheet",
    responses=problems(404),
)
async def get_sheet_draft(application_id: ApplicationId, stage: Stage, caller: Reviewer, db: Db) -> DraftView:
    """What the calling reviewer saved and has perhaps not handed in yet; nobody else ever sees it."""
    place = (application_id, stage)
    async with db.transaction() as tx:
        draft = await drafts.saved(tx, caller, place)
    return DraftView.empty(place) if draft is None else DraftView.of(draft)


@router.put(
    "/sheet-drafts/{application_id}/{stage}",
    summary="평가표 저장 · Save my sheet",
    responses=problems(404, 409),
)
async def save_sheet_draft(
    application_id: ApplicationId,
    stage: Stage,
    body: SaveDraft,
    caller: Reviewer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> DraftView:
    """It may be incomplete, counts nothing, and may be corrected until it is handed in or the stage closes (RV-16).

    What is filled in keeps to the rubric at once: from 0 to each criterion's maximum, at most two decimals (RV-2).
    """

    async def act(tx: Tx) -> DraftView:
        saved = await drafts.save(tx, caller, body.told((application_id, stage)), body.version, clock)
        return DraftView.of(saved)

    return await command.once(db, act)
