"""HTTP: selection runs, deliberation, quota relaxation, announcement."""

import asyncio
from typing import Annotated

from fastapi import Query, Response

from libs.common.bounds import COUNT_MAX, InDigits
from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.proposals.routes import ProposalView, proposed
from libs.common.web import Command, Db, ServiceRouter, Timepiece, problems
from services.review.model.proposals import Announcement
from services.review.model.runs import Selection
from services.review.operations import selections
from services.review.operations.two_people import ANNOUNCEMENT
from services.review.routes.fields import Agency, Officer, SelectionId
from services.review.routes.selection_views import Deliberate, GiveReason, RunSelection, SelectionView
from services.review.store import selections as store

router = ServiceRouter(tags=["선정 · Selection"])


async def _whole(found: Selection) -> SelectionView:
    """Tell a version with all its rows; of ten thousand they are told beside the event loop (F-76)."""
    return await asyncio.to_thread(SelectionView.whole, found)


@router.post("/selections", status_code=201, summary="선정 실행 · Run a selection", responses=problems(404, 409))
async def run_selection(
    body: RunSelection, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> SelectionView:
    """Draw the rank-lexicographically best feasible set of a pool as a draft (RV-9)."""

    async def act(tx: Tx) -> SelectionView:
        return await _whole(await selections.run_selection(tx, caller, body.told(), clock))

    return await command.once(db, act)


@router.get("/selections/{selection_id}", summary="선정 결과 조회 · Read a selection", responses=problems(404))
async def get_selection(
    selection_id: SelectionId,
    _: Agency,
    db: Db,
    version: Annotated[int | None, Query(ge=1, le=COUNT_MAX), InDigits] = None,
) -> SelectionView:
    """A version (the newest unless one is named) with rows, reasons, limits and hash."""
    async with db.transaction() as tx:
        return await _whole(await selections.describe(tx, selection_id, version))


@router.get(
    "/selections/{selection_id}/canonical",
    summary="선정 결과 원본 · The frozen bytes",
    responses={**problems(404), 200: {"content": {"application/json": {}}, "description": "Canonical JSON (RFC 8785)"}},
    response_class=Response,
)
async def get_canonical(
    selection_id: SelectionId, _: Agency, db: Db, version: Annotated[int, Query(ge=1, le=COUNT_MAX), InDigits] = 1
) -> Response:
    """The bytes over which an announced version's SHA-256 runs (RV-14)."""
    async with db.transaction() as tx:
        canonical = await store.find_canonical(tx, selection_id, version)
    if canonical is None:
        raise NotFound("selection", f"{selection_id}:{version}")
    return Response(canonical.encode(), media_type="application/json")


@router.post(
    "/selections/{selection_id}/deliberations",
    status_code=201,
    summary="심의 결과 반영 · Record a deliberation",
    responses=problems(404, 409),
)
async def deliberate(
    selection_id: SelectionId, body: Deliberate, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> SelectionView:
    """A sitting lowers units or months, each with a reason; all cuts count together, then freed limits flow back once.

    In which order and in how many sittings they are typed changes nothing (RV-12). Of two cuts for one application the
    lower counts; a sitting that raises something is refused whole. A new draft (`POST /selections`) has no cuts yet.
    """

    async def act(tx: Tx) -> SelectionView:
        return await _whole(await selections.deliberate(tx, caller, selection_id, body.told(), clock))

    return await command.once(db, act)


@router.post(
    "/selections/{selection_id}/quota-relaxation",
    status_code=201,
    summary="민간 비율 완화 · Relax the sector quota",
    responses=problems(404, 409),
)
async def relax_quota(
    selection_id: SelectionId, body: GiveReason, _: Officer, db: Db, clock: Timepiece, command: Command
) -> SelectionView:
    """With a reason, where too few private applications pass (RV-10)."""

    async def act(tx: Tx) -> SelectionView:
        return await _whole(await selections.relax_quota(tx, selection_id, body.reason, clock))

    return await command.once(db, act)


@router.post(
    "/selections/{selection_id}/recompute", summary="선정 다시 계산 · Draw a draft again", responses=problems(404, 409)
)
async def recompute_selection(
    selection_id: SelectionId, body: GiveReason, _: Officer, db: Db, clock: Timepiece, command: Command
) -> SelectionView:
    """With a reason, from what is known now; deliberations and relaxation stay."""

    del body  # its reason is kept with the act, by whoever did it

    async def act(tx: Tx) -> SelectionView:
        return await _whole(await selections.recompute(tx, selection_id, clock))

    return await command.once(db, act)


@router.post(
    "/selections/{selection_id}/announce",
    status_code=201,
    summary="합격자 발표 제안 · Propose to announce a selection",
    responses=problems(404, 409),
)
async def propose_announcement(
    selection_id: SelectionId, body: GiveReason, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose to freeze the draft under its SHA-256 and to tell every outcome (RV-14); another officer confirms it."""
    return await proposed(command, db, caller, ANNOUNCEMENT, Announcement(selection_id), body.reason, clock)
