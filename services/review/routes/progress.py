"""HTTP: how far applications are, by the number or in a list, and which sheets are late (RV-1)."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Response

from libs.common.acts import record_readings
from libs.common.exports import export
from libs.common.list_requests import FileFormat, ListRequest, list_of
from libs.common.lists import Wanted
from libs.common.messages.words import called
from libs.common.paging import ListPage
from libs.common.web import Db, Now, ServiceRouter, View, problems
from services.review.model.applications import ApplicationState
from services.review.model.progress import Flag, LateSheet, Looked
from services.review.model.sheets import points
from services.review.model.stages import Stage
from services.review.operations.progress import judge_looks
from services.review.routes.fields import Agency, InProgrammeIfAny, answer, told
from services.review.store.progress import count_listed_late, count_looks, list_late_sheets, list_looks

router = ServiceRouter(tags=["평가 진행 · Progress"])
Listed = Annotated[ListRequest, Depends(list_of("application_id", {"receipt_no": "text", "organisation_name": "text"}))]
InState = Annotated[ApplicationState | None, Query(description="신청의 상태 · state")]
Late = Annotated[
    ListRequest,
    Depends(
        list_of(
            "application_id",
            {"due_at": "instant", "receipt_no": "text", "name": "text"},
            {"stage": "text", "reviewer_id": "text"},
            first="due_at",
        )
    ),
]
LOOK: dict[str, Any] = {
    "application_id": "A-000001",
    "receipt_no": "gpu-rental-2025s-0001",
    "organisation_name": "한빛에이아이",
    "programme": "gpu-rental-2025s",
    "track": "1",
    "product": "H100x2",
    "state": "eligible",
    "stage": "document",
    "panel_id": "PN-000001",
    "due_at": "2025-09-26T09:00:00Z",
    "closed_at": None,
    "sheets_done": 3,
    "sheets_needed": 5,
    "composite": None,
    "final": None,
    "passed": None,
    "rank": None,
    "flags": ["late", "conflict"],
}
LATE: dict[str, Any] = {
    "application_id": "A-000001",
    "stage": "document",
    "reviewer_id": "reviewer-5",
    "due_at": "2025-09-26T09:00:00Z",
    "programme": "gpu-rental-2025s",
    "receipt_no": "gpu-rental-2025s-0001",
    "organisation_name": "한빛에이아이",
    "panel_id": "PN-000001",
    "seat": 5,
    "name": "홍길동",
}


class LookView(View):
    """How far an application is: sheets that count and are needed in its stage, its result, its rank, its flags.

    `final` is empty until the review is over; `rank` is that of the selection that was drawn last.
    """

    model_config = answer(LOOK)

    application_id: str
    receipt_no: str
    organisation_name: str
    programme: str
    track: str
    product: str
    state: str
    stage: Stage | None
    panel_id: str | None
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    sheets_done: int
    sheets_needed: int | None
    composite: str | None
    final: str | None
    passed: bool | None
    rank: int | None
    flags: list[Flag]

    @classmethod
    def of(cls, one: Looked) -> "LookView":
        """Tell how far an application is, in points."""
        look = one.look
        return cls.model_validate(
            told(
                look,
                programme=look.programme_code,
                composite=None if look.composite is None else points(look.composite),
                final=None if look.final is None else points(look.final),
                sheets_done=one.sheets_done,
                sheets_needed=one.sheets_needed,
                flags=one.flags,
            )
        )


class LateSheetView(View):
    """A sheet that is past its due time and still awaited; for the agency's eyes only."""

    model_config = answer(LATE)

    application_id: str
    stage: Stage
    reviewer_id: str
    due_at: dt.datetime
    programme: str
    receipt_no: str
    organisation_name: str
    panel_id: str
    seat: int
    name: str

    @classmethod
    def of(cls, late: LateSheet) -> "LateSheetView":
        """Tell a late sheet."""
        return cls.model_validate(told(late, programme=late.programme_code))


@router.get("/progress", summary="신청별 평가 진행 · Progress of applications", responses=problems())
async def list_progress_of_applications(
    _: Agency, db: Db, now: Now, listed: Listed, programme: InProgrammeIfAny = None, state: InState = None
) -> ListPage[LookView]:
    """Sheets done and needed, composite, rank and flags of up to 200 applications (`ids=`), or of a whole call."""
    async with db.transaction() as tx:
        found = await judge_looks(tx, await list_looks(tx, listed.wanted, programme, state), now)
        counts = await count_looks(tx, listed.wanted, programme, state) if listed.counts else None
    return listed.page([LookView.of(one) for one in found], counts)


@router.get(
    "/progress/export",
    summary="평가 진행 내려받기 · Progress as a file",
    responses=problems(),
    response_class=Response,
)
async def export_progress(
    _: Agency,
    db: Db,
    now: Now,
    listed: Listed,
    programme: InProgrammeIfAny = None,
    state: InState = None,
    file_format: FileFormat = "csv",
) -> Response:
    """The whole list, with its filters and order, as a file with Korean headers, at most 100,000 rows."""
    async with db.transaction() as tx:

        async def read(wanted: Wanted) -> Sequence[LookView]:
            found = await judge_looks(tx, await list_looks(tx, wanted, programme, state), now)
            return [LookView.of(one) for one in found]

        return await export(listed.whole(read), COLUMNS, file_format, "평가 진행")


COLUMNS: Mapping[str, Callable[[LookView], Any]] = {
    "신청 번호": lambda one: one.application_id,
    "접수번호": lambda one: one.receipt_no,
    "기관명": lambda one: one.organisation_name,
    "사업 코드": lambda one: one.programme,
    "트랙": lambda one: one.track,
    "상품": lambda one: one.product,
    "상태": lambda one: called("state.application", one.state),
    "평가 단계": lambda one: called("stage", one.stage),
    "평가위원회": lambda one: one.panel_id,
    "제출 기한": lambda one: one.due_at,
    "마감 시각": lambda one: one.closed_at,
    "제출된 평가표": lambda one: one.sheets_done,
    "필요한 평가표": lambda one: one.sheets_needed,
    "종합평가점수": lambda one: one.composite,
    "최종 점수": lambda one: one.final,
    "통과": lambda one: one.passed,
    "순위": lambda one: one.rank,
    "확인할 점": lambda one: [called("progress_flag", flag) for flag in one.flags],
}


@router.get("/late-sheets", summary="늦은 평가표 · List late sheets", responses=problems())
async def list_late(
    caller: Agency, db: Db, now: Now, listed: Late, programme: InProgrammeIfAny = None
) -> ListPage[LateSheetView]:
    """Sheets past their due time that are still awaited, the longest due first: a step is never skipped (RV-1)."""
    async with db.transaction() as tx:
        found = await list_late_sheets(tx, listed.wanted, programme, now)
        counts = await count_listed_late(tx, listed.wanted, programme, now) if listed.counts else None
        seen = [("panel", panel_id) for panel_id in dict.fromkeys(one.panel_id for one in found[: listed.limit])]
        await record_readings(tx, caller, "list_late", seen, now)
    return listed.page([LateSheetView.of(one) for one in found], counts)
