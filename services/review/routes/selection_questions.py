"""HTTP: what a selection would be under other limits, what differs between two versions, the evidence pack."""

from fractions import Fraction
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from libs.common.bounds import COUNT_MAX, KRW_MAX, InDigits
from libs.common.web import Body, Db, ServiceRouter, View, problems
from services.review.model.explanations import ChangedRow, OtherLimits, RunDiff, Sums, WhatIf
from services.review.model.runs import SelectionRow
from services.review.operations import evidence, explaining
from services.review.routes.fields import Agency, Amount, Officer, PointsOf, SelectionId, answer, request, told
from services.review.routes.selection_views import points_if_any
from services.review.rules.scoring import hundredths_if_any

CHANGED_MAX = 1_000
"""So many changed rows are told; `changed_total` counts all."""
router = ServiceRouter(tags=["선정 · Selection"])
SUMS = {
    "selected": 40,
    "private": 25,
    "public": 15,
    "units": 52,
    "capacity": "208",
    "budget_krw": 0,
    "lowest_selected_score": "75.00",
    "private_missing": 0,
}
SIDE = {"outcome": "waiting", "rank": 41, "score": "74.20", "refused_by": "capacity", "units": 2, "months": 6}
CHANGED = {
    "application_id": "A-000041",
    "receipt_no": "gpu-rental-2025s-0041",
    "organisation_name": "두레에이아이",
    "before": SIDE,
    "after": {**SIDE, "outcome": "selected", "refused_by": ""},
}


class TryLimits(Body):
    """Limits to try; what is left out stays as it is, `null` is no such limit. `quota: false` relaxes the quota."""

    model_config = request({"capacity": "240", "threshold": "70", "cutoff": "skip"})

    capacity: Amount | None = None
    budget_krw: Annotated[int, Field(ge=0, le=KRW_MAX, strict=True)] | None = None
    projects_max: Annotated[int, Field(ge=0, le=COUNT_MAX, strict=True)] | None = None
    threshold: PointsOf | None = None
    quota: Annotated[bool, Field(strict=True)] = True
    cutoff: Literal["stop", "skip"] = "skip"

    def told(self) -> OtherLimits:
        """The limits to try, in exact numbers."""
        return OtherLimits(
            capacity=None if self.capacity is None else Fraction(self.capacity),
            budget_krw=self.budget_krw,
            projects_max=self.projects_max,
            threshold=hundredths_if_any(self.threshold),
            quota=self.quota,
            cutoff=self.cutoff,
            named=frozenset(self.model_fields_set),
        )


class SumsView(View):
    """What a selection comes to; `capacity` as the programme counts it, in exact H100-equivalents."""

    model_config = answer(SUMS)

    selected: int
    private: int
    public: int
    units: int
    capacity: str
    budget_krw: int
    lowest_selected_score: str | None
    private_missing: int

    @classmethod
    def of(cls, found: Sums) -> "SumsView":
        """Tell sums."""
        lowest = points_if_any(found.lowest_selected)
        return cls.model_validate(told(found, capacity=str(found.capacity), lowest_selected_score=lowest))


class SideView(View):
    """A row as it stands on one side of a comparison."""

    model_config = answer(SIDE)

    outcome: str
    rank: int | None
    score: str | None
    refused_by: str
    units: int
    months: int

    @classmethod
    def of(cls, row: SelectionRow | None) -> "SideView | None":
        """Tell a row; none where it is not there."""
        return None if row is None else cls.model_validate(told(row, score=points_if_any(row.score)))


class ChangedView(View):
    """An application whose row is another."""

    model_config = answer(CHANGED)

    application_id: str
    receipt_no: str
    organisation_name: str
    before: SideView | None
    after: SideView | None

    @classmethod
    def of(cls, found: ChangedRow) -> "ChangedView":
        """Tell both sides, with whose they are."""
        sides = {"before": SideView.of(found.before), "after": SideView.of(found.after)}
        return cls.model_validate({**told(found.application), **sides})


class WhatIfView(View):
    """What a selection would be under other limits; nothing of it is kept."""

    model_config = answer({"before": SUMS, "after": SUMS, "changed_total": 1, "changed": [CHANGED]})

    before: SumsView
    after: SumsView
    changed_total: int
    changed: list[ChangedView]

    @classmethod
    def of(cls, found: WhatIf) -> "WhatIfView":
        """Tell both sums and the first thousand changed rows."""
        return cls(
            before=SumsView.of(found.before),
            after=SumsView.of(found.after),
            changed_total=len(found.changed),
            changed=[ChangedView.of(one) for one in found.changed[:CHANGED_MAX]],
        )


class InputView(View):
    """An input of a version that is another in the later one."""

    model_config = answer({"name": "limits.capacity", "before": "1200", "after": "1240"})

    name: str
    before: Any
    after: Any


class DiffView(View):
    """What differs between two versions of a selection."""

    model_config = answer(
        {
            "selection_id": "SEL-000001",
            "from_version": 1,
            "to_version": 2,
            "entered": [CHANGED],
            "left": [],
            "moved": [],
            "moved_total": 0,
            "inputs": [{"name": "cause", "before": "first", "after": "withdrawn: A-000001"}],
        }
    )

    selection_id: str
    from_version: int
    to_version: int
    entered: list[ChangedView]
    left: list[ChangedView]
    moved: list[ChangedView]
    moved_total: int
    inputs: list[InputView]

    @classmethod
    def of(cls, found: RunDiff) -> "DiffView":
        """Tell who entered, left and moved (the first thousand of these), and the inputs that changed."""
        return cls(
            selection_id=found.after.selection_id,
            from_version=found.before.run_version,
            to_version=found.after.run_version,
            entered=[ChangedView.of(one) for one in found.entered],
            left=[ChangedView.of(one) for one in found.left],
            moved=[ChangedView.of(one) for one in found.moved[:CHANGED_MAX]],
            moved_total=len(found.moved),
            inputs=[InputView(name=name, before=one, after=other) for name, (one, other) in found.inputs.items()],
        )


@router.post("/selections/{selection_id}/what-if", summary="가정 계산 · Try other limits", responses=problems(404, 409))
async def try_limits(selection_id: SelectionId, body: TryLimits, _: Officer, db: Db) -> WhatIfView:
    """What the selection would be under other limits: rows that change and sums. Nothing is stored (R6)."""
    async with db.transaction() as tx:
        return WhatIfView.of(await explaining.try_limits(tx, selection_id, body.told()))


@router.get("/selections/{selection_id}/diff", summary="판 비교 · Compare two versions", responses=problems(404))
async def get_diff(
    selection_id: SelectionId,
    _: Agency,
    db: Db,
    first: Annotated[int, Query(alias="from", ge=1, le=COUNT_MAX, description="앞 판 · earlier version"), InDigits],
    second: Annotated[int, Query(alias="to", ge=1, le=COUNT_MAX, description="뒤 판 · later version"), InDigits],
) -> DiffView:
    """Who entered, who left, who else changed, and which inputs changed between two versions (R9)."""
    async with db.transaction() as tx:
        return DiffView.of(await explaining.compare(tx, selection_id, first, second))


@router.get(
    "/selections/{selection_id}/evidence.zip",
    summary="증빙 묶음 · Evidence pack",
    responses={**problems(404, 409), 200: {"content": {"application/zip": {}}, "description": "ZIP"}},
    response_class=Response,
)
async def get_evidence(selection_id: SelectionId, _: Agency, db: Db) -> Response:
    """Everything an announced selection rests on, all its versions, as a ZIP whose bytes are always the same (R12).

    `./dure review verify PACK.zip` computes it again without any service. No reviewer is named in it.
    """
    async with db.transaction() as tx:
        packed = await evidence.pack_of(tx, selection_id)
    named = {"Content-Disposition": f'attachment; filename="{selection_id}-evidence.zip"'}
    return Response(packed, media_type="application/zip", headers=named)
