"""The budget as it stands; appropriate its cap, shift between its parts, tell the levels that are reached (BL-9)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from libs.common.budget_share import BudgetShare
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, Invalid, NotFound, PolicyMissing
from libs.common.events.billing import BudgetReached
from libs.common.identity import Caller
from libs.common.nouns import values
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.billing.model.budget import PARTS, BudgetState, Level, Move, OtherBudget
from services.billing.model.ledger import Entry
from services.billing.operations.ledger import post
from services.billing.operations.turns import take_turn
from services.billing.policy import BudgetPolicy
from services.billing.rules.accounts import appropriation, appropriation_entries, budget_part, in_credit_krw
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
from services.billing.rules.shared_cap import appropriated_krw, as_own, lacking_krw
from services.billing.store import budget, ledger


async def budget_of(tx: Tx, programme: Programme) -> BudgetState:
    """A programme's budget as it stands. An unset value is named in the result; never raises."""
    policy, missing, cap_krw = None, None, None
    try:
        stated = BudgetPolicy.of(programme)
        cap_krw, policy = stated.cap_krw, await policy_of(tx, programme)
    except PolicyMissing as error:
        missing = str(error.facts["path"])
    shifted = await budget.sum_shifted_to_subsidy_krw(tx, programme.code)
    executed = await budget.sum_executed_krw(tx, programme.code)
    committed = await budget.sum_committed_krw(tx, programme.code)
    subsidy = subsidy_part_krw(policy, shifted) if policy else None
    return BudgetState(
        programme_code=programme.code,
        cap_krw=cap_krw,
        operating_krw=operating_part_krw(policy, shifted),
        subsidy_krw=subsidy,
        committed_krw=committed,
        executed_krw=executed,
        uncovered_krw=await budget.sum_uncovered_krw(tx, programme.code),
        left_krw=uncommitted_krw(subsidy_left_krw(subsidy, executed), committed),
        levels_reached_pct=await budget.list_levels_pct(tx, programme.code),
        missing_path=missing,
        part_krw=policy.cap_krw if policy and policy.shared else None,
        lacking_krw=await _lacking_krw(tx, programme.code, policy),
    )


async def _lacking_krw(tx: Tx, programme_code: str, policy: BudgetPolicy | None) -> int:
    if policy is None or policy.shared is None:
        return 0
    return lacking_krw(policy.shared, await appropriated_now_krw(tx, programme_code))


async def policy_of(tx: Tx, programme: Programme) -> BudgetPolicy:
    """A programme's budget policy; of a cap that it shares, with what it may draw itself as its cap.

    That is what was appropriated to it, moves between programmes included. Raises PolicyMissing for an unset value.
    """
    policy = BudgetPolicy.of(programme)
    if policy.shared is None:
        return policy
    code = programme.code
    return as_own(policy, await appropriated_now_krw(tx, code), await budget.sum_moved_krw(tx, code))


async def appropriated_now_krw(tx: Tx, programme_code: str) -> int:
    """What is appropriated to a programme by now, both parts together, in won."""
    return in_credit_krw([await ledger.sum_krw(tx, appropriation(programme_code, part)) for part in PARTS])


async def sharing(tx: Tx, programme: Programme, now: dt.datetime) -> list[Programme]:
    """The other programmes under a programme's cap, as far as they were heard of."""
    found = []
    for code in BudgetShare.of(programme).shared_with:
        try:
            found.append(await programme_at(tx, code, now))
        except NotFound:
            continue
    return found


async def _others(tx: Tx, programme: Programme, now: dt.datetime) -> list[OtherBudget]:
    others = await sharing(tx, programme, now)
    return [OtherBudget(BudgetShare.of(one).cap_krw, await appropriated_now_krw(tx, one.code)) for one in others]


async def appropriate(tx: Tx, programme: Programme, now: dt.datetime) -> None:
    """Book the cap once it is known, and the difference when a revision changes it; the caller holds the turn.

    Of a cap that is shared the programme's own part is booked, at most what the others leave of it. Where it is decided
    now that there is no cap, what was appropriated is booked back to 0. A smaller part may make what is executed reach
    a level.
    """
    try:
        policy = BudgetPolicy.of(programme)
    except PolicyMissing:
        return
    code = programme.code
    executed, moved = await budget.sum_executed_krw(tx, code), await budget.sum_moved_krw(tx, code)
    own_krw = appropriated_krw(policy, await _others(tx, programme, now), executed_krw=executed, moved_krw=moved)
    entries: list[Entry] = []
    for part, krw in appropriated_parts_krw(replace(policy, cap_krw=own_krw)).items():
        booked_krw = await ledger.sum_krw(tx, appropriation(code, part))
        entries += appropriation_entries(code, part, krw, booked_krw)
    cause = f"budget.appropriated:{code}:v{programme.version}"
    if policy.shared:  # what the others leave changes without a version of this programme
        last = await ledger.find_last_posting(tx)
        cause = f"{cause}:after:{last[0] if last else 0}"
    await post_budget(tx, cause, entries, code, programme.version, now)
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
    if BudgetPolicy.of(programme).cap_krw is None:
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
