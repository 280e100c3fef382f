"""HTTP: score sheets, sealed until their stage closes, and the composites they make."""

import datetime as dt
from typing import Annotated, Any

from pydantic import Field

from libs.common.db import Tx
from libs.common.errors import DureError
from libs.common.messages.words import words_of
from libs.common.problems import Words as BothWords
from libs.common.web import Body, Command, Db, ServiceRouter, Timepiece, View, problems
from services.review.model.sheets import ClosedStage, Given, KeptSheet, NewSheet, Sheet, points
from services.review.model.stages import Stage
from services.review.operations import sheets
from services.review.routes.fields import (
    Code,
    Id,
    Reviewer,
    Score,
    Words,
    answer,
    request,
    told,
)
from services.review.rules.freezing import digest_of

router = ServiceRouter(tags=["평가 · Scores"])
SCORES: dict[str, Any] = {"goals": "27.5", "capability": "12", "resource_plan": "21.25", "results": "26"}
SHEET: dict[str, Any] = {
    "application_id": "A-000001",
    "stage": "document",
    "scores": SCORES,
    "comment": "목표가 구체적임",
}
GIVEN: dict[str, Any] = {
    "sheet_id": "SH-000001",
    "application_id": "A-000001",
    "stage": "document",
    "seat": 5,
    "scores": {"goals": "27.50", "capability": "12.00", "resource_plan": "21.25", "results": "26.00"},
    "total": "86.75",
    "comment": "목표가 구체적임",
    "submitted_at": "2025-09-24T05:00:00Z",
}
COMPOSITE: dict[str, Any] = {
    "application_id": "A-000001",
    "receipt_no": "gpu-rental-2025s-0001",
    "organisation_name": "한빛에이아이",
    "track": "1",
    "product": "H100x2",
    "sector": "private",
    "stage": "document",
    "composite": "83.10",
    "bonus": "0.00",
    "final": "83.10",
    "passed": True,
    "counted_seats": [1, 4, 5, 6, 7],
    "dropped_seats": [2, 3],
    "closed_at": "2025-09-26T08:00:00Z",
    "version": 1,
    "sha256": "9f2c…",
    "supersedes_sha256": None,
}


class GiveSheet(Body):
    """A reviewer's scores of one application, in points by criterion."""

    model_config = request(SHEET)

    application_id: Id
    stage: Stage
    scores: Annotated[dict[Code, Score], Field(max_length=100)]
    comment: Words = ""

    def told(self) -> NewSheet:
        """The sheet as it is handed in."""
        return NewSheet(self.application_id, self.stage, self.scores, self.comment)


class GiveSheets(Body):
    """Several sheets of one reviewer; each has an outcome of its own."""

    model_config = request({"sheets": [SHEET]})

    sheets: Annotated[list[GiveSheet], Field(min_length=1, max_length=200)]


class SheetView(View):
    """A sheet as its reviewer, and after the stage's close the agency, sees it."""

    model_config = answer(GIVEN)

    sheet_id: str
    application_id: str
    stage: Stage
    seat: int
    scores: dict[str, str]
    total: str
    comment: str
    submitted_at: dt.datetime

    @classmethod
    def of(cls, sheet: Sheet) -> "SheetView":
        """Tell a sheet in points."""
        scores = {name: points(value) for name, value in sheet.scores.items()}
        return cls.model_validate(told(sheet, scores=scores, total=points(sheet.total)))


class ListedSheet(SheetView):
    """A sheet in a list, and whether a conflict of interest sets it aside."""

    model_config = answer({**GIVEN, "set_aside": False, "receipt_no": "gpu-rental-2025s-0001"})

    set_aside: bool
    receipt_no: str

    @classmethod
    def listed(cls, kept: KeptSheet) -> "ListedSheet":
        """Tell a sheet and whether it counts."""
        told = SheetView.of(kept.sheet).model_dump()
        return cls(**told, set_aside=kept.set_aside, receipt_no=kept.receipt_no)


class GivenView(SheetView):
    """A sheet that was just handed in; the last one closes the stage."""

    model_config = answer({**GIVEN, "stage_closed": False})

    stage_closed: bool

    @classmethod
    def given(cls, given: Given) -> "GivenView":
        """Tell a sheet and whether it closed the stage."""
        return cls(**SheetView.of(given.sheet).model_dump(), stage_closed=given.stage_closed)


class SheetOutcome(View):
    """What became of one sheet of several."""

    model_config = answer(
        {"index": 0, "outcome": "accepted", "sheet": {**GIVEN, "stage_closed": False}, "code": "", "messages": None}
    )

    index: int
    outcome: str
    sheet: GivenView | None
    code: str
    messages: BothWords | None

    @classmethod
    def of(cls, index: int, outcome: Given | DureError) -> "SheetOutcome":
        """Tell the sheet that was kept, or why none was."""
        if isinstance(outcome, DureError):
            words = BothWords.model_validate(words_of(outcome.code, outcome.facts))
            return cls(index=index, outcome="refused", sheet=None, code=outcome.code, messages=words)
        return cls(index=index, outcome="accepted", sheet=GivenView.given(outcome), code="", messages=None)


class SheetOutcomes(View):
    """The outcomes, in the order sent."""

    model_config = answer(
        {
            "items": [
                {
                    "index": 0,
                    "outcome": "accepted",
                    "sheet": {**GIVEN, "stage_closed": False},
                    "code": "",
                    "messages": None,
                }
            ]
        }
    )

    items: list[SheetOutcome]


class CompositeView(View):
    """The result of a closed stage: which seats counted, which were dropped; no names.

    `version` is above 1 where the stage was opened again, `supersedes_sha256` the hash of the version before.
    """

    model_config = answer(COMPOSITE)

    application_id: str
    receipt_no: str
    organisation_name: str
    track: str
    product: str
    sector: str
    stage: Stage
    composite: str
    bonus: str
    final: str
    passed: bool
    counted_seats: list[int]
    dropped_seats: list[int]
    closed_at: dt.datetime
    version: int
    sha256: str
    supersedes_sha256: str | None

    @classmethod
    def of(cls, closed: ClosedStage) -> "CompositeView":
        """Tell a composite in points."""
        found = closed.composite
        return cls.model_validate(
            told(
                closed,
                stage=found.stage,
                composite=points(found.composite),
                bonus=points(found.bonus),
                final=points(found.final),
                passed=found.passed,
                counted_seats=found.mean.counted,
                dropped_seats=found.mean.dropped,
                version=found.version,
                sha256=digest_of(closed.application_id, found),
                supersedes_sha256=found.supersedes_sha256,
            )
        )


@router.post("/sheets", status_code=201, summary="심사 점수 제출 · Submit a score sheet", responses=problems(404, 409))
async def give_sheet(body: GiveSheet, caller: Reviewer, db: Db, clock: Timepiece, command: Command) -> GivenView:
    """Every criterion from 0 to its maximum, at most two decimals; nothing is kept of a refused sheet (RV-2)."""

    async def act(tx: Tx) -> GivenView:
        return GivenView.given(await sheets.give_sheet(tx, caller, body.told(), clock))

    return await command.once(db, act)


@router.post("/sheets/batch", summary="심사 점수 일괄 제출 · Submit several score sheets", responses=problems())
async def give_sheets(body: GiveSheets, caller: Reviewer, db: Db, clock: Timepiece, command: Command) -> SheetOutcomes:
    """Up to 200 sheets of the calling reviewer; a refused one costs exactly itself."""

    async def act(tx: Tx) -> SheetOutcomes:
        outcomes = await sheets.give_sheets(tx, caller, [sheet.told() for sheet in body.sheets], clock)
        return SheetOutcomes(items=[SheetOutcome.of(index, outcome) for index, outcome in enumerate(outcomes)])

    return await command.once(db, act)
