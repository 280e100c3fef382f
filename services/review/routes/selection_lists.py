"""HTTP: selections as people look through them, and the rows of one as a file."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Response

from libs.common.exports import export
from libs.common.list_requests import FileFormat, FromInstant, ListRequest, ToInstant, list_of
from libs.common.lists import Wanted
from libs.common.messages.words import called
from libs.common.paging import ListPage
from libs.common.programme_names import ProgrammeName, list_programme_names
from libs.common.web import Db, ServiceRouter, problems
from services.review.model.runs import RunState, SelectionRun
from services.review.operations import explaining
from services.review.routes.fields import Agency, InProgrammeIfAny, InTrack, SelectionId, answer
from services.review.routes.selection_rows import LineView, OfOutcome, Version
from services.review.routes.selection_rows import Listed as ListedRows
from services.review.routes.selection_views import LINE, SelectionLine
from services.review.store.selections import RunsWanted, count_runs, list_runs

router = ServiceRouter(tags=["선정 · Selection"])
Listed = Annotated[
    ListRequest,
    Depends(
        list_of(
            "selection_id",
            {"programme": "text", "track": "text", "state": "text", "run_at": "instant", "announced_at": "instant"},
        )
    ),
]
InState = Annotated[RunState | None, Query(description="선정안의 상태 · where it stands")]


class ListedSelection(SelectionLine):
    """A selection in a list, with the name of its programme."""

    model_config = answer({**LINE, "programme_name": None})

    programme_name: ProgrammeName | None

    @classmethod
    def named(cls, run: SelectionRun, names: Mapping[str, ProgrammeName]) -> "ListedSelection":
        """Tell a selection with names."""
        return cls(**SelectionLine.of(run).model_dump(), programme_name=names.get(run.programme_code))


@router.get("/selections", summary="선정 목록 · List selections", responses=problems())
async def list_selections(
    _: Agency,
    db: Db,
    listed: Listed,
    programme: InProgrammeIfAny = None,
    track: InTrack = None,
    state: InState = None,
    run_from: FromInstant = None,
    run_to: ToInstant = None,
) -> ListPage[ListedSelection]:
    """Selections by id, each by its newest version."""
    only = RunsWanted(programme, track, state, run_from, run_to)
    async with db.transaction() as tx:
        found = await list_runs(tx, listed.wanted, only)
        names = await list_programme_names(tx, [run.programme_code for run in found])
        counts = await count_runs(tx, listed.wanted, only) if listed.counts else None
    return listed.page([ListedSelection.named(run, names) for run in found], counts)


@router.get(
    "/selections/{selection_id}/rows/export",
    summary="선정 행 내려받기 · Rows of a selection as a file",
    responses=problems(404),
    response_class=Response,
)
async def export_selection_rows(
    selection_id: SelectionId,
    _: Agency,
    db: Db,
    listed: ListedRows,
    outcome: OfOutcome = None,
    version: Version = None,
    file_format: FileFormat = "csv",
) -> Response:
    """All rows of a version, with the list's filters and order, as a file with Korean headers."""
    async with db.transaction() as tx:

        async def read(wanted: Wanted) -> Sequence[LineView]:
            _run, found, _counts = await explaining.lines(tx, selection_id, version, wanted, outcome, counted=False)
            return [LineView.line(*one) for one in found]

        return await export(listed.whole(read), COLUMNS, file_format, f"선정 결과 {selection_id}")


COLUMNS: Mapping[str, Callable[[LineView], Any]] = {
    "순번": lambda one: one.position,
    "순위": lambda one: one.rank,
    "신청 번호": lambda one: one.application_id,
    "접수번호": lambda one: one.receipt_no,
    "기관 번호": lambda one: one.organisation_id,
    "기관명": lambda one: one.organisation_name,
    "상품": lambda one: one.product,
    "평가 점수": lambda one: one.score,
    "결과": lambda one: called("announced_outcome", one.outcome),
    "미선정 한도": lambda one: called("selection_limit", one.refused_by),
    "적용 규칙": lambda one: one.rule_id,
    "예비에서 선정": lambda one: one.promoted,
    "신청 수량": lambda one: one.units_asked,
    "신청 개월": lambda one: one.months_asked,
    "선정 수량": lambda one: one.units,
    "선정 개월": lambda one: one.months,
    "조정 사유": lambda one: one.reason,
}
