"""What requests and answers about selections look like."""

import datetime as dt
from typing import Annotated, Any

from pydantic import Field

from libs.common.bounds import Count, Months
from libs.common.web import Body, View
from services.review.model.applications import Application
from services.review.model.runs import AskedPool, Selection, SelectionRow, SelectionRun
from services.review.model.selections import Lowering
from services.review.model.sheets import points
from services.review.routes.fields import Code, CutReason, Id, Reason, answer, request, told

ROW: dict[str, Any] = {
    "application_id": "A-000001",
    "receipt_no": "gpu-rental-2025s-0001",
    "organisation_id": "O-000001",
    "organisation_name": "두레에이아이",
    "sector": "private",
    "product": "H100x8",
    "rank": 1,
    "ahead_by": "score",
    "score": "83.10",
    "outcome": "selected",
    "refused_by": "",
    "rule_id": "RV-9",
    "promoted": False,
    "units_asked": 4,
    "months_asked": 3,
    "units": 4,
    "months": 3,
    "reason": "",
}
DECISION: dict[str, Any] = {
    "application_id": "A-000007",
    "units_before": 4,
    "months_before": 6,
    "units": 2,
    "months": 6,
    "reason": "데이터 규모에 비해 서버가 많음",
    "decided_by": "officer-1",
    "decided_at": "2025-09-29T02:00:00Z",
}
CUT = {name: DECISION[name] for name in ("application_id", "units", "months", "reason")}
LINE: dict[str, Any] = {
    "selection_id": "SEL-000001",
    "run_version": 1,
    "programme": "gpu-rental-2025s",
    "programme_version": 3,
    "track": "2",
    "product": None,
    "state": "announced",
    "cause": "first",
    "sha256": "9f2c…",
    "supersedes_sha256": None,
    "run_at": "2025-09-29T01:00:00Z",
    "announced_at": "2025-09-30T01:00:00Z",
}
SELECTION: dict[str, Any] = {
    **LINE,
    "limits": {"capacity_kind": "card_months", "capacity": "1200", "cutoff": "skip"},
    "quota_relaxed_reason": None,
    "private_missing": 0,
    "rows_total": 1,
    "rows": [ROW],
    "deliberations": [DECISION],
}


class RunSelection(Body):
    """The pool to select from: a track, or one product of it. All limits come from the programme's definition."""

    model_config = request({"programme": "gpu-rental-2025s", "track": "1"})

    programme: Code
    track: Code
    product: Code | None = None

    def told(self) -> AskedPool:
        """The pool as it is asked for."""
        return AskedPool(self.programme, self.track, self.product)


class Cut(Body):
    """What the committee leaves of one application."""

    model_config = request(CUT)

    application_id: Id
    units: Count
    months: Months
    reason: CutReason

    def told(self) -> Lowering:
        """The cut as it is told."""
        return Lowering(self.application_id, self.units, self.months, self.reason)


class Deliberate(Body):
    """A sitting of the committee: all its cuts are applied together, in whatever order they stand here."""

    model_config = request({"cuts": [CUT]})

    cuts: Annotated[list[Cut], Field(min_length=1, max_length=10_000)]

    def told(self) -> tuple[Lowering, ...]:
        """The cuts as they are told."""
        return tuple(cut.told() for cut in self.cuts)


class GiveReason(Body):
    """An officer's reason."""

    model_config = request({"reason": "70점 이상 민간 과제 수 부족"})

    reason: Reason


class RowView(View):
    """One application's outcome: what was asked and what is awarded stand side by side."""

    model_config = answer(ROW)

    application_id: str
    receipt_no: str
    organisation_id: str
    organisation_name: str
    sector: str
    product: str
    rank: int | None
    ahead_by: str
    score: str | None
    outcome: str
    refused_by: str
    rule_id: str
    promoted: bool
    units_asked: int
    months_asked: int
    units: int
    months: int
    reason: str

    @classmethod
    def of(cls, row: SelectionRow, application: Application) -> "RowView":
        """Tell a row, with whose it is."""
        return cls.model_validate({**told(application), **told(row, score=points_if_any(row.score))})


class DecisionView(View):
    """A cut on record, and what stood before its sitting; of several for one application the lowest counts."""

    model_config = answer(DECISION)

    application_id: str
    units_before: int
    months_before: int
    units: int
    months: int
    reason: str
    decided_by: str
    decided_at: dt.datetime


class SelectionLine(View):
    """A selection in a list, by its newest version."""

    model_config = answer(LINE)

    selection_id: str
    run_version: int
    programme: str
    programme_version: int
    track: str
    product: str | None
    state: str
    cause: str
    sha256: str | None
    supersedes_sha256: str | None
    run_at: dt.datetime
    announced_at: dt.datetime | None

    @classmethod
    def of(cls, run: SelectionRun) -> "SelectionLine":
        """Tell a version without its rows."""
        return cls.model_validate(told(run, programme=run.programme_code))


class SelectionView(SelectionLine):
    """A version of a selection with everything it rests on."""

    model_config = answer(SELECTION)

    limits: dict[str, Any]
    quota_relaxed_reason: str | None
    private_missing: int
    rows_total: int
    """How many rows the version has; `/rows` pages through them."""
    rows: list[RowView]
    deliberations: list[DecisionView]

    @classmethod
    def whole(cls, found: Selection) -> "SelectionView":
        """Tell a version with everything."""
        run = found.run
        return cls(
            **SelectionLine.of(run).model_dump(),
            limits=dict(run.limits),
            quota_relaxed_reason=run.quota_relaxed_reason,
            private_missing=run.private_missing,
            rows_total=len(found.rows),
            rows=[RowView.of(row, found.applications[row.application_id]) for row in found.rows],
            deliberations=[DecisionView.model_validate(decided) for decided in found.deliberations],
        )


def points_if_any(score: int | None) -> str | None:
    """A score in points; none where there is none."""
    return None if score is None else points(score)
