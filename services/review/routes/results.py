"""HTTP: the waiting list, an applicant's own result, and the counts of a call."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Depends

from libs.common.identity import Caller
from libs.common.list_requests import ListRequest, list_of
from libs.common.paging import ListPage
from libs.common.web import Allowed, Db, ServiceRouter, View, problems
from services.review.model.explanations import Explanation
from services.review.model.runs import CallCounts, Result
from services.review.model.sheets import Composite, points
from services.review.operations import results
from services.review.routes.fields import Agency, ApplicationId, InProgramme, InTrack, OfProduct, answer, told
from services.review.routes.selection_rows import ReasonView, WhyView
from services.review.routes.selection_views import points_if_any
from services.review.rules.scoring import round_half_up
from services.review.store.outcomes import WaitingWanted, count_waiting
from services.review.store.outcomes import list_waiting as waiting_after

router = ServiceRouter(tags=["결과 · Results"])
Listed = Annotated[
    ListRequest,
    Depends(
        list_of(
            "selection_id",
            {"rank": "number", "score": "points", "receipt_no": "text", "organisation_name": "text"},
            {"position": "number"},
        )
    ),
]


class WaitingView(View):
    """A place on the waiting list."""

    model_config = answer(
        {
            "selection_id": "SEL-000001",
            "position": 12,
            "application_id": "A-000012",
            "receipt_no": "gpu-rental-2025s-0012",
            "organisation_id": "O-000012",
            "organisation_name": "한빛에이아이",
            "track": "1",
            "product": "H100x2",
            "rank": 12,
            "score": "74.20",
            "refused_by": "capacity",
            "units": 1,
            "months": 6,
        }
    )

    selection_id: str
    position: int
    application_id: str
    receipt_no: str
    organisation_id: str
    organisation_name: str
    track: str
    product: str
    rank: int
    score: str
    refused_by: str
    units: int
    months: int


class StageResult(View):
    """A stage's result as the applicant may see it."""

    stage: str
    composite: str
    bonus: str
    final: str
    passed: bool
    reviewers_counted: int
    criterion_means: dict[str, str] | None = None
    """Points by criterion, rounded half up, where the notice lets applicants see them."""

    @classmethod
    def of(cls, found: Composite, *, means_shown: bool = False) -> "StageResult":
        """Tell a composite without seats."""
        means = {name: points(round_half_up(mean)) for name, mean in found.criterion_means.items()}
        return cls(
            criterion_means=means if means_shown else None,
            stage=found.stage,
            composite=points(found.composite),
            bonus=points(found.bonus),
            final=points(found.final),
            passed=found.passed,
            reviewers_counted=len(found.mean.counted),
        )


class ResultView(View):
    """An application's result; before the announcement only that it is in review."""

    model_config = answer(
        {
            "application_id": "A-000001",
            "programme": "gpu-rental-2025s",
            "track": "2",
            "product": "H100x8",
            "state": "eligible",
            "announced_at": "2025-09-30T01:00:00Z",
            "selection_id": "SEL-000001",
            "run_version": 1,
            "run_sha256": "9f2c…",
            "outcome": "selected",
            "refused_by": "",
            "rule_id": "RV-9",
            "rank": 1,
            "score": "83.10",
            "units_asked": 4,
            "months_asked": 3,
            "units": 4,
            "months": 3,
            "reason": "",
            "stages": [
                {
                    "stage": "document",
                    "composite": "83.10",
                    "bonus": "0.00",
                    "final": "83.10",
                    "passed": True,
                    "reviewers_counted": 5,
                }
            ],
        }
    )

    application_id: str
    programme: str
    track: str
    product: str
    state: str
    announced_at: dt.datetime | None = None
    selection_id: str | None = None
    run_version: int | None = None
    run_sha256: str | None = None
    outcome: str | None = None
    refused_by: str | None = None
    rule_id: str | None = None
    rank: int | None = None
    score: str | None = None
    units_asked: int
    months_asked: int
    units: int | None = None
    months: int | None = None
    reason: str | None = None
    why: ReasonView | None = None
    """The one reason in words: that it is selected, or what stopped it."""
    threshold: str | None = None
    lowest_selected_score: str | None = None
    """The lowest score among the selected ones of its pool."""
    score_needed: str | None = None
    score_needed_why: ReasonView | None = None
    units_recommended: int | None = None
    months_recommended: int | None = None
    units_awarded: int | None = None
    months_awarded: int | None = None
    waiting_place: int | None = None
    objection_until: dt.datetime | None = None
    acceptance_days: int | None = None
    next_step: ReasonView | None = None
    stages: list[StageResult]

    @classmethod
    def of(cls, found: Result, explained: Explanation | None = None) -> "ResultView":
        """Tell a result."""
        application, announced = found.application, found.announced
        outcome: dict[str, Any] = {}
        if announced is not None:
            outcome = told(announced.row, score=points_if_any(announced.row.score))
            outcome |= told(announced, run_sha256=announced.sha256)
            outcome |= {name: getattr(found, name) for name in ("waiting_place", "objection_until", "acceptance_days")}
            outcome["next_step"] = ReasonView.if_any(found.next_step)
        if explained is not None:
            outcome |= _explained(explained)
        known = {name: getattr(application, name) for name in ("application_id", "track", "product", "state")}
        return cls.model_validate(
            {
                **outcome,
                **known,
                "programme": application.programme_code,
                "units_asked": application.units,
                "months_asked": application.months,
                "stages": [StageResult.of(stage, means_shown=found.criterion_means_shown) for stage in found.stages],
            }
        )


def _explained(explained: Explanation) -> dict[str, Any]:
    view = WhyView.of(explained).model_dump()
    names = ("threshold", "lowest_selected_score", "score_needed", "units_recommended", "months_recommended")
    awarded = ("units_awarded", "months_awarded", "why", "score_needed_why")
    return {name: view[name] for name in (*names, *awarded)}


class Summary(View):
    """The counts of a call."""

    model_config = answer({"passed": 72, "selected": 40, "waiting": 32, "refused": 28, "promoted": 1, "sheets": 600})

    passed: int
    selected: int
    waiting: int
    refused: int
    promoted: int
    sheets: int

    @classmethod
    def of(cls, found: CallCounts) -> "Summary":
        """Tell the counts."""
        return cls.model_validate({**told(found.outcomes), "passed": found.passed, "sheets": found.sheets})


@router.get("/waiting-list", summary="예비 순위 · Waiting list", responses=problems())
async def list_waiting(
    _: Agency, db: Db, listed: Listed, programme: InProgramme, track: InTrack = None, product: OfProduct = None
) -> ListPage[WaitingView]:
    """Who moves up when a selected one goes, pool by pool in rank order (RV-13). `ids` are applications'."""
    only = WaitingWanted(programme, track, product)
    async with db.transaction() as tx:
        found = await waiting_after(tx, listed.wanted, only)
        counts = await count_waiting(tx, listed.wanted, only) if listed.counts else None
    return listed.page([WaitingView.model_validate(told(one, score=points(one.score))) for one in found], counts)


@router.get("/results/{application_id}", summary="평가 결과 조회 · Read a result", responses=problems(404))
async def get_result(
    application_id: ApplicationId,
    caller: Annotated[Caller, Allowed("applicant", "officer", "operator", "auditor")],
    db: Db,
) -> ResultView:
    """An application's result: asked, recommended and awarded, scores, the one reason in words, what comes next.

    Never who scored it (F-63).
    """
    async with db.transaction() as tx:
        return ResultView.of(*await results.result_of(tx, caller, application_id))


@router.get("/summary", summary="공모별 심사 집계 · Counts of a call", responses=problems())
async def get_summary(_: Agency, db: Db, programme: InProgramme) -> Summary:
    """Passed, selected, waiting, refused and promoted applications, and score sheets."""
    async with db.transaction() as tx:
        return Summary.of(await results.counts_of_call(tx, programme))
