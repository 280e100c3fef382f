"""HTTP: the rows of a selection, page by page, and why each stands where it does (R5, R7)."""

from typing import Annotated, Any

from fastapi import Depends, Query

from libs.common.bounds import COUNT_MAX, InDigits
from libs.common.errors import Refusal
from libs.common.identity import Caller
from libs.common.list_requests import ListRequest, list_of
from libs.common.messages.words import words_of
from libs.common.paging import ListPage
from libs.common.web import Allowed, Db, ServiceRouter, View, problems
from services.review.model.applications import Application
from services.review.model.explanations import Explanation
from services.review.model.runs import Outcome, SelectionRow
from services.review.operations import explaining
from services.review.routes.fields import Agency, ApplicationId, SelectionId, answer, told
from services.review.routes.selection_views import ROW, RowView, points_if_any

router = ServiceRouter(tags=["선정 · Selection"])
Version = Annotated[int | None, Query(ge=1, le=COUNT_MAX, description="선정안의 판 · version"), InDigits]
Listed = Annotated[
    ListRequest,
    Depends(list_of("application_id", {"position": "number", "receipt_no": "text", "organisation_name": "text"})),
]
OfOutcome = Annotated[Outcome | None, Query(description="결과 · outcome")]
LINE = {**ROW, "position": 1, "next_call": None}
REASON = {
    "rule_id": "RV-9",
    "code": "limit_capacity",
    "facts": {"rank": 41, "score": "74.20"},
    "messages": {
        "ko": "순위 41위(74.20점)까지 자원이 남지 않았습니다.",
        "en": "No capacity is left for rank 41 (74.20).",
    },
}


class LineView(RowView):
    """A row and its place in the version, from 1.

    `next_call`: a new judgement after a late conflict took its place; an officer revokes the award (`conflict_found`).
    """

    model_config = answer(LINE)

    position: int
    next_call: str | None

    @classmethod
    def line(cls, row: SelectionRow, application: Application, next_call: str | None) -> "LineView":
        """Tell a row, with whose it is."""
        known = {**told(application), **told(row, score=points_if_any(row.score))}
        return cls.model_validate({**known, "next_call": next_call})


class ReasonView(View):
    """A reason: the rule that speaks, a stable code, its facts and its words."""

    model_config = answer(REASON)

    rule_id: str
    code: str
    facts: dict[str, Any]
    messages: dict[str, str]

    @classmethod
    def of(cls, reason: Refusal) -> "ReasonView":
        """Tell a reason in words."""
        words = words_of(reason.code, reason.facts)
        return cls(rule_id=reason.rule_id, code=reason.code, facts=dict(reason.facts), messages=words)

    @classmethod
    def if_any(cls, reason: Refusal | None) -> "ReasonView | None":
        """Tell a reason where there is one."""
        return None if reason is None else cls.of(reason)


class WhyView(View):
    """Why an application is where it is: the one reason, what would have sufficed, asked, recommended and awarded."""

    model_config = answer(
        {
            "selection_id": "SEL-000001",
            "run_version": 1,
            "application_id": "A-000041",
            "outcome": "waiting",
            "rank": 41,
            "score": "74.20",
            "why": REASON,
            "score_needed": "76.41",
            "score_needed_why": {**REASON, "code": "score_would_suffice", "facts": {"score": "76.41"}},
            "threshold": "70.00",
            "lowest_selected_score": "75.00",
            "units_asked": 2,
            "months_asked": 6,
            "units_recommended": 2,
            "months_recommended": 6,
            "recommended_because": "",
            "units_awarded": None,
            "months_awarded": None,
        }
    )

    selection_id: str
    run_version: int
    application_id: str
    outcome: str
    rank: int | None
    score: str | None
    why: ReasonView
    score_needed: str | None
    score_needed_why: ReasonView | None
    threshold: str | None
    lowest_selected_score: str | None
    units_asked: int
    months_asked: int
    units_recommended: int
    months_recommended: int
    recommended_because: str
    units_awarded: int | None
    months_awarded: int | None

    @classmethod
    def of(cls, found: Explanation) -> "WhyView":
        """Tell an explanation; a committee's recommendation is what it left of what was asked."""
        row = found.row
        awarded = row.outcome == "selected"
        return cls(
            selection_id=found.run.selection_id,
            run_version=found.run.run_version,
            application_id=row.application_id,
            outcome=row.outcome,
            rank=row.rank,
            score=points_if_any(row.score),
            why=ReasonView.of(found.reason),
            score_needed=points_if_any(found.sufficing),
            score_needed_why=ReasonView.if_any(found.sufficing_reason),
            threshold=points_if_any(found.threshold),
            lowest_selected_score=points_if_any(found.lowest_selected),
            units_asked=row.units_asked,
            months_asked=row.months_asked,
            units_recommended=row.units,
            months_recommended=row.months,
            recommended_because=row.reason,
            units_awarded=row.units if awarded else None,
            months_awarded=row.months if awarded else None,
        )


@router.get("/selections/{selection_id}/rows", summary="선정 행 목록 · Rows of a selection", responses=problems(404))
async def list_selection_rows(
    selection_id: SelectionId,
    _: Agency,
    db: Db,
    listed: Listed,
    outcome: OfOutcome = None,
    version: Version = None,
) -> ListPage[LineView]:
    """The rows of a version (the newest unless one is named), page by page; `sort=position` goes by rank (R5)."""
    async with db.transaction() as tx:
        _run, found, counts = await explaining.lines(
            tx, selection_id, version, listed.wanted, outcome, counted=listed.counts
        )
    return listed.page([LineView.line(*one) for one in found], counts)


@router.get(
    "/selections/{selection_id}/rows/{application_id}",
    summary="선정 행 조회 · One row of a selection",
    responses=problems(404),
)
async def get_selection_row(
    selection_id: SelectionId, application_id: ApplicationId, _: Agency, db: Db, version: Version = None
) -> LineView:
    """One application's row in a version (the newest unless one is named)."""
    async with db.transaction() as tx:
        return LineView.line(*await explaining.line(tx, selection_id, application_id, version))


@router.get(
    "/selections/{selection_id}/why/{application_id}",
    summary="선정·탈락 사유 · Why selected or not",
    responses=problems(404),
)
async def get_why(
    selection_id: SelectionId,
    application_id: ApplicationId,
    caller: Annotated[Caller, Allowed("applicant", "officer", "operator", "auditor")],
    db: Db,
    version: Version = None,
) -> WhyView:
    """The one limit that stopped it, and the smallest score that would have sufficed, all else equal (RV-9).

    The agency reads it at any time; an applicant its own, after the announcement and by its newest version.
    """
    async with db.transaction() as tx:
        if caller.sees_all():
            return WhyView.of(await explaining.why(tx, selection_id, application_id, version))
        return WhyView.of(await explaining.why_of_own(tx, caller, selection_id, application_id))
