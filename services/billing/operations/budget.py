"""The budget as it stands; appropriate its cap, shift between its parts, tell the levels that are reached (BL-9)."""

import datetime as dt
from collections.abc import Sequence

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, Invalid, PolicyMissing
from libs.common.events.billing import BudgetReached
from libs.common.identity import Caller
from libs.common.nouns import values
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.billing.model.budget import BudgetState, Level, Move
from services.billing.model.ledger import Entry
from services.billing.operations.ledger import post
from services.billing.operations.turns import take_turn
from services.billing.policy import BudgetPolicy
from services.billing.rules.accounts import appropriation, appropriation_entries, budget_part
from services.billing.rules.budget import (
    appropriated_parts_krw,
    levels_reached,
    operating_part_krw,
    shift_refusal,
    subsidy_left_krw,
    subsidy_part_krw,
    uncommitted_krw,
)
from services.billing.rules.ledger import transfer
from services.billing.store import budget, ledger


async def budget_of(tx: Tx, programme: Programme) -> BudgetState:
    """A programme's budget as it stands. An unset value is named in the result; never raises."""
    policy, missing = None, None
    try:
        policy = BudgetPolicy.of(programme)
    except PolicyMissing as error:
        missing = str(error.facts["path"])
    shifted = await budget.sum_shifted_to_subsidy_krw(tx, programme.code)
    executed = await budget.sum_executed_krw(tx, programme.code)
    committed = await budget.sum_committed_krw(tx, programme.code)
    subsidy = subsidy_part_krw(policy, shifted) if policy else None
    return BudgetState(
        programme_code=programme.code,
        cap_krw=policy.cap_krw if policy else None,
        operating_krw=operating_part_krw(policy, shifted),
        subsidy_krw=subsidy,
        committed_krw=committed,
        executed_krw=executed,
        uncovered_krw=await budget.sum_uncovered_krw(tx, programme.code),
        left_krw=uncommitted_krw(subsidy_left_krw(subsidy, executed), committed),
        levels_reached_pct=await budget.list_levels_pct(tx, programme.code),
        missing_path=missing,
    )


async def appropriate(tx: Tx, programme: Programme, now: dt.datetime) -> None:
    """Book the cap once it is known, and the difference when a revision changes it; the caller holds the turn.

    Where it is decided now that there is no cap, what was appropriated is booked back to 0. A smaller part may make
    what is executed reach a level.
    """
    try:
        policy = BudgetPolicy.of(programme)
    except PolicyMissing:
        return
    code = programme.code
    entries: list[Entry] = []
    for part, krw in appropriated_parts_krw(policy).items():
        booked_krw = await ledger.sum_krw(tx, appropriation(code, part))
        entries += appropriation_entries(code, part, krw, booked_krw)
    await post_budget(tx, f"budget.appropriated:{code}:v{programme.version}", entries, code, programme.version, now)
    await tell_levels(tx, programme, now, now)


async def tell_levels(tx: Tx, programme: Programme, at: dt.datetime, now: dt.datetime) -> None:
    """Tell the levels of the subsidy part that execution has reached, each once; nothing while the budget is unset.

    `at` is the instant of what made them be reached. The caller holds the turn.
    """
    state = await budget_of(tx, programme)
    if state.missing_path is not None or state.cap_krw is None or state.subsidy_krw is None:
        return
    for level in levels_reached(BudgetPolicy.of(programme).levels_pct, state.executed_krw, state.subsidy_krw):
        if level in state.levels_reached_pct:
            continue
        reached = Level(programme.code, level, state.executed_krw, state.cap_krw, state.subsidy_krw, at)
        await budget.add_level(tx, reached)
        await say(tx, BudgetReached(**values(reached)), now=now)


async def post_budget(
    tx: Tx, cause: str, entries: Sequence[Entry], programme_code: str, programme_version: int, now: dt.datetime
) -> None:
    """Append a posting of the budget, under BL-9."""
    await post(
        tx,
        cause,
        entries,
        rule_id="BL-9",
        programme_code=programme_code,
        programme_version=programme_version,
        now=now,
    )


async def shift(tx: Tx, caller: Caller, programme_code: str, move: Move, clock: Clock) -> BudgetState:
    """Move an amount between the subsidy and the operating part, within the cap, with a reason.

    Raises NotFound, PolicyMissing, Invalid for one part, Conflict where the part does not hold the amount free.
    """
    if move.from_part == move.to_part:
        raise Invalid("shift_needs_two_parts", "BL-9", part=move.from_part)
    now = await take_turn(tx, clock)
    programme = await programme_at(tx, programme_code, now)
    policy = BudgetPolicy.of(programme)
    if policy.cap_krw is None:
        raise Conflict("budget_without_cap", "BL-9", programme=programme.code)
    state = await budget_of(tx, programme)
    refusal = shift_refusal(move, state)
    if refusal is not None:
        raise Conflict(refusal.code, refusal.rule_id, **refusal.facts)
    shift_id = await budget.add_shift(tx, programme.code, move, caller.subject, now)
    to_part, from_part = budget_part(programme.code, move.to_part), budget_part(programme.code, move.from_part)
    entries = transfer(to_part, from_part, move.amount_krw)
    await post_budget(tx, f"budget.shifted:{shift_id}", entries, programme.code, programme.version, now)
    await tell_levels(tx, programme, now, now)
    return await budget_of(tx, programme)
