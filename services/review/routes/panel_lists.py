"""HTTP: panels, what lies before them, conflicts of interest and reopened stages, as people look through them."""

from typing import Annotated

from fastapi import Depends, Query

from libs.common.list_requests import FromInstant, ListRequest, ToInstant, list_of
from libs.common.paging import ListPage
from libs.common.programme_names import list_programme_names
from libs.common.web import Db, Now, ServiceRouter, problems
from services.review.model.panels import ConflictState
from services.review.model.stages import Stage
from services.review.operations import panels
from services.review.routes.fields import Agency, InProgramme, InProgrammeIfAny, InTrack, OfApplication, PanelId
from services.review.routes.panel_views import ConflictView, ListedPanel, ProgressView, ReopenedView
from services.review.store.assignment_lists import count_of_panel
from services.review.store.conflicts import count_conflicts
from services.review.store.conflicts import list_conflicts as conflicts_of
from services.review.store.panels import PanelsWanted, count_panels
from services.review.store.panels import list_panels as page_of_panels
from services.review.store.reopenings import ReopeningsWanted, count_reopenings
from services.review.store.reopenings import list_reopenings as reopenings_of

router = ServiceRouter(tags=["평가위원회 · Panels"])
Panels = Annotated[
    ListRequest,
    Depends(list_of("panel_id", {"programme": "text", "track": "text", "due_at": "instant", "seated_at": "instant"})),
]
OfPanel = Annotated[
    ListRequest,
    Depends(list_of("application_id", {"receipt_no": "text", "organisation_name": "text", "closed_at": "instant"})),
]
Conflicts = Annotated[
    ListRequest,
    Depends(list_of("id", {"declared_at": "instant", "seat": "number", "receipt_no": "text"}, id_kind="number")),
]
Reopenings = Annotated[
    ListRequest,
    Depends(
        list_of("id", {"reopened_at": "instant", "receipt_no": "text", "organisation_name": "text"}, id_kind="number")
    ),
]
InStage = Annotated[Stage | None, Query(description="평가 단계 · stage")]
Closed = Annotated[bool | None, Query(description="마감 여부 · whether its stage is closed")]
StandsAs = Annotated[ConflictState | None, Query(description="유효, 철회 · where it stands")]


@router.get("/panels", summary="평가위원회 목록 · List panels", responses=problems())
async def list_panels(
    _: Agency,
    db: Db,
    listed: Panels,
    programme: InProgrammeIfAny = None,
    track: InTrack = None,
    stage: InStage = None,
    due_from: FromInstant = None,
    due_to: ToInstant = None,
) -> ListPage[ListedPanel]:
    """Panels by id, or in the order asked for."""
    only = PanelsWanted(programme, track, stage, due_from, due_to)
    async with db.transaction() as tx:
        found = await page_of_panels(tx, listed.wanted, only)
        names = await list_programme_names(tx, [panel.programme_code for panel in found])
        counts = await count_panels(tx, listed.wanted, only) if listed.counts else None
    return listed.page([ListedPanel.named(panel, names) for panel in found], counts)


@router.get("/panels/{panel_id}/applications", summary="평가 진행 현황 · Progress of a panel", responses=problems(404))
async def list_progress(
    panel_id: PanelId, _: Agency, db: Db, now: Now, listed: OfPanel, closed: Closed = None
) -> ListPage[ProgressView]:
    """Of every application of the panel: awaited seats, sheets, conflicts, substitutes needed."""
    async with db.transaction() as tx:
        found = await panels.progress(tx, panel_id, listed.wanted, closed, now)
        counts = await count_of_panel(tx, panel_id, listed.wanted, closed) if listed.counts else None
    return listed.page([ProgressView.model_validate(one) for one in found], counts)


@router.get("/panels/{panel_id}/conflicts", summary="이해충돌 이력 · Conflicts of a panel", responses=problems(404))
async def list_conflicts(
    panel_id: PanelId, _: Agency, db: Db, listed: Conflicts, state: StandsAs = None
) -> ListPage[ConflictView]:
    """Who recorded which conflict of interest when and why, and what was taken back. `ids` are applications'."""
    async with db.transaction() as tx:
        found = await conflicts_of(tx, panel_id, listed.wanted, state)
        counts = await count_conflicts(tx, panel_id, listed.wanted, state) if listed.counts else None
    return listed.page([ConflictView.of(kept) for kept in found], counts)


@router.get("/reopenings", summary="평가 다시 열기 이력 · List reopenings", responses=problems())
async def list_reopenings(
    _: Agency,
    db: Db,
    listed: Reopenings,
    programme: InProgramme,
    application: OfApplication = None,
    reopened_from: FromInstant = None,
    reopened_to: ToInstant = None,
) -> ListPage[ReopenedView]:
    """Which stages were opened again, by whom, when and why, and which result went out of force by it.

    `ids` are applications'.
    """
    only = ReopeningsWanted(programme, application, reopened_from, reopened_to)
    async with db.transaction() as tx:
        found = await reopenings_of(tx, listed.wanted, only)
        counts = await count_reopenings(tx, listed.wanted, only) if listed.counts else None
    return listed.page([ReopenedView.listed(one) for one in found], counts)
