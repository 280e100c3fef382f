"""HTTP: the budget of a programme and its shifts (BL-9)."""

from typing import Annotated

from fastapi import Path
from pydantic import AwareDatetime, ConfigDict

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.programmes import programme_at
from libs.common.proposals.routes import ProposalView, proposed
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.billing.model.budget import BudgetState, Move, Part
from services.billing.model.proposals import BudgetMove, BudgetShift
from services.billing.operations import budget as operations
from services.billing.operations.two_people import BUDGET_MOVE, BUDGET_SHIFT
from services.billing.routes.fields import AgencyReader, Code, Officer, Reason, WonAboveZero
from services.billing.store import budget as store

router = ServiceRouter(tags=["예산 · Budget"])

Programme = Annotated[Text, Path(max_length=100, description="사업 코드 · programme code")]


class ShiftView(View):
    """An amount that an officer moved between the parts."""

    shift_id: str
    from_part: Part
    to_part: Part
    amount_krw: int
    reason: str
    shifted_by: str
    shifted_at: AwareDatetime


class ProgrammeMoveView(View):
    """An amount that officers moved from one programme to another under the same cap."""

    move_id: str
    from_programme: str
    to_programme: str
    amount_krw: int
    reason: str
    moved_by: str
    moved_at: AwareDatetime


class BudgetView(View):
    """A programme's budget: `missing_path` names an unset value without which it is not known."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "programme": "hpc-2025-gpu",
                    "cap_krw": 19800000000,
                    "part_krw": None,
                    "lacking_krw": 0,
                    "operating_krw": 800000000,
                    "subsidy_krw": 19000000000,
                    "committed_krw": 0,
                    "executed_krw": 540100,
                    "uncovered_krw": 0,
                    "left_krw": 18999459900,
                    "levels_reached_pct": [],
                    "missing_path": None,
                    "rule_id": "BL-9",
                    "shifts": [],
                    "programme_moves": [],
                }
            ]
        }
    )

    programme: str
    cap_krw: int | None
    part_krw: int | None
    """Of a cap that it shares with other programmes, what it may draw itself, operation included; else null."""
    lacking_krw: int
    """What its definition states as its part and the cap does not hold beside the others: 0, or somebody must look."""
    operating_krw: int
    subsidy_krw: int | None
    committed_krw: int
    executed_krw: int
    uncovered_krw: int
    left_krw: int | None
    levels_reached_pct: list[int]
    missing_path: str | None
    rule_id: str = "BL-9"
    shifts: list[ShiftView]
    programme_moves: list[ProgrammeMoveView]


class Shift(Body):
    """How much to move from which part to which, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "from_part": "operating",
                    "to_part": "subsidy",
                    "amount_krw": 100000000,
                    "reason": "운영비 집행 잔액을 임차료로 조정",
                }
            ]
        },
    )

    from_part: Part
    to_part: Part
    amount_krw: WonAboveZero
    reason: Reason


class MoveToProgramme(Body):
    """How much to move to which other programme under the same cap, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"to_programme": "hpc-2025-npu", "amount_krw": 500000000, "reason": "GPU 잔액을 NPU 수요로 조정"}
            ]
        },
    )

    to_programme: Code
    amount_krw: WonAboveZero
    reason: Reason


async def _view(tx: Tx, state: BudgetState) -> BudgetView:
    return BudgetView(
        programme=state.programme_code,
        cap_krw=state.cap_krw,
        part_krw=state.part_krw,
        lacking_krw=state.lacking_krw,
        operating_krw=state.operating_krw,
        subsidy_krw=state.subsidy_krw,
        committed_krw=state.committed_krw,
        executed_krw=state.executed_krw,
        uncovered_krw=state.uncovered_krw,
        left_krw=state.left_krw,
        levels_reached_pct=list(state.levels_reached_pct),
        missing_path=state.missing_path,
        shifts=[ShiftView.model_validate(shift) for shift in await store.list_shifts(tx, state.programme_code)],
        programme_moves=[
            ProgrammeMoveView.model_validate(move)
            for move in await store.list_programme_moves(tx, state.programme_code)
        ],
    )


@router.get("/budget/{programme}", summary="예산 현황 · Read a budget", responses=problems(404))
async def get_budget(programme: Programme, _caller: AgencyReader, db: Db, now: Now) -> BudgetView:
    """Cap, parts, committed, executed, uncovered and left; levels reached; shifts."""
    async with db.transaction() as tx:
        return await _view(tx, await operations.budget_of(tx, await programme_at(tx, programme, now)))


@router.post(
    "/budget/{programme}/shifts",
    status_code=201,
    summary="예산 조정 제안 · Propose a shift between the budget's parts",
    responses=problems(400, 404, 409),
)
async def propose_shift(
    programme: Programme, body: Shift, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose to move an amount between subsidies and operation within the cap; another officer confirms it."""
    move = Move(body.from_part, body.to_part, body.amount_krw, body.reason)
    return await proposed(command, db, caller, BUDGET_SHIFT, BudgetShift(programme, move), body.reason, clock)


@router.post(
    "/budget/{programme}/programme-moves",
    status_code=201,
    summary="사업 간 예산 조정 제안 · Propose a move to another programme under the same cap",
    responses=problems(400, 404, 409),
)
async def propose_programme_move(
    programme: Programme, body: MoveToProgramme, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose to move an amount to another programme that shares the cap; another officer confirms it."""
    move = BudgetMove(programme, body.to_programme, body.amount_krw)
    return await proposed(command, db, caller, BUDGET_MOVE, move, body.reason, clock)
