"""Parts of a cap that programmes share move between them, as two people decide (BL-9, BL-13)."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.billing.model.budget import BudgetState, ProgrammeMove
from services.billing.operations.budget import budget_of, post_budget, tell_levels
from services.billing.operations.turns import take_turn
from services.billing.policy import BudgetPolicy
from services.billing.rules.accounts import budget_part
from services.billing.rules.ledger import transfer
from services.billing.rules.shared_cap import programme_move_refusal
from services.billing.store import budget


async def move_between_programmes(tx: Tx, caller: Caller, move: ProgrammeMove, clock: Clock) -> BudgetState:
    """Move an amount of the subsidy part to another programme under the same cap; returns the giving one's budget.

    Raises NotFound, PolicyMissing for either programme's unset value, Invalid for one programme, Conflict where they
    do not share a cap or the giving one does not hold the amount free.
    """
    if move.from_programme == move.to_programme:
        raise Invalid("move_needs_two_programmes", "BL-9", programme=move.from_programme)
    now = await take_turn(tx, clock)
    giving = await programme_at(tx, move.from_programme, now)
    getting = await programme_at(tx, move.to_programme, now)
    BudgetPolicy.of(getting)
    told = (BudgetPolicy.of(giving), await budget_of(tx, giving), await budget_of(tx, getting))
    refusal = programme_move_refusal(move, *told)
    if refusal is not None:
        raise Conflict(refusal.code, refusal.rule_id, **refusal.facts)
    move_id = await budget.add_programme_move(tx, move, caller.subject, now)
    to_part, from_part = budget_part(getting.code, "subsidy"), budget_part(giving.code, "subsidy")
    entries = transfer(to_part, from_part, move.amount_krw)
    await post_budget(tx, f"budget.moved:{move_id}", entries, giving.code, giving.version, now)
    await tell_levels(tx, giving, now, now)
    return await budget_of(tx, giving)
