"""HTTP: score sheets and composites, as people look through them; scores are sealed until their stage closes."""

from typing import Annotated

from fastapi import Depends, Query

from libs.common.identity import Caller
from libs.common.list_requests import FromInstant, ListRequest, ToInstant, list_of
from libs.common.paging import ListPage
from libs.common.web import Allowed, Db, ServiceRouter, problems
from services.review.model.stages import Stage
from services.review.routes.fields import Agency, InProgramme, InTrack, OfApplication
from services.review.routes.sheets import CompositeView, ListedSheet
from services.review.store.composites import ClosedWanted, count_closed, list_closed
from services.review.store.sheets import SheetsWanted, count_listed_sheets
from services.review.store.sheets import list_sheets as page_of_sheets

router = ServiceRouter(tags=["평가 · Scores"])
Sheets = Annotated[
    ListRequest,
    Depends(
        list_of(
            "sheet_id",
            {"submitted_at": "instant", "total": "points", "application_id": "text", "receipt_no": "text"},
        )
    ),
]
Composites = Annotated[
    ListRequest,
    Depends(
        list_of(
            "application_id",
            {
                "receipt_no": "text",
                "organisation_name": "text",
                "composite": "points",
                "final": "points",
                "closed_at": "instant",
            },
            {"stage": "text"},
        )
    ),
]
InStage = Annotated[Stage | None, Query(description="평가 단계 · stage")]
Passed = Annotated[bool | None, Query(description="통과 여부 · whether it passed")]


@router.get("/sheets", summary="심사 점수 조회 · List score sheets", responses=problems())
async def list_sheets(
    caller: Annotated[Caller, Allowed("reviewer", "officer", "operator", "auditor")],
    db: Db,
    listed: Sheets,
    application: OfApplication = None,
    stage: InStage = None,
    submitted_from: FromInstant = None,
    submitted_to: ToInstant = None,
) -> ListPage[ListedSheet]:
    """Reviewers see their own; the agency sees those of closed stages: until then scores are sealed (RV-1).

    One that was set aside by a conflict of interest is shown and counts nothing.
    """
    own = None if caller.sees_all() else caller.subject
    only = SheetsWanted(own, application, stage, submitted_from, submitted_to)
    async with db.transaction() as tx:
        found = await page_of_sheets(tx, listed.wanted, only)
        counts = await count_listed_sheets(tx, listed.wanted, only) if listed.counts else None
    return listed.page([ListedSheet.listed(kept) for kept in found], counts)


@router.get("/composites", summary="종합평가점수 · List composites", responses=problems())
async def list_composites(
    _: Agency,
    db: Db,
    listed: Composites,
    programme: InProgramme,
    track: InTrack = None,
    stage: InStage = None,
    passed: Passed = None,
    closed_from: FromInstant = None,
    closed_to: ToInstant = None,
) -> ListPage[CompositeView]:
    """The composites of closed stages, by application and stage."""
    only = ClosedWanted(programme, track, stage, passed, closed_from, closed_to)
    async with db.transaction() as tx:
        found = await list_closed(tx, listed.wanted, only)
        counts = await count_closed(tx, listed.wanted, only) if listed.counts else None
    return listed.page([CompositeView.of(closed) for closed in found], counts)
