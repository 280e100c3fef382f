"""Split fees, draw the subsidy, post: what an approval does, and the release of a share that waited (BL-6, BL-9)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.programmes import programme_at
from services.billing.model.ledger import Entry
from services.billing.model.settlements import Settlement, Share
from services.billing.operations.budget import policy_of
from services.billing.operations.budget import tell_levels as tell_levels_of
from services.billing.operations.ledger import post
from services.billing.policy import BudgetPolicy
from services.billing.rules.accounts import approval_entries
from services.billing.rules.approval import Burnt, fees_burnt_down, shares_drawn
from services.billing.rules.budget import (
    approval_instant,
    executed_from_commitment_krw,
    subsidy_left_krw,
    subsidy_part_krw,
)
from services.billing.store import budget, self_payments, settlements


@dataclass(frozen=True, slots=True)
class Drawing:
    """How fees are paid: the programme's version in force, its budget, shares, what waits, the instant."""

    programme: Programme
    policy: BudgetPolicy
    burnt: Burnt
    shares: tuple[Share, ...]
    at: dt.datetime


async def drawing_of(tx: Tx, of: Settlement, fees: Mapping[str, int], now: dt.datetime) -> Drawing:
    """Judge who pays these fees (won, by grant) of a settlement; nothing is written. Raises PolicyMissing."""
    code = of.programme_code
    programme = await programme_at(tx, code, now)
    policy = await policy_of(tx, programme)
    at = approval_instant(now, await budget.find_last_approval(tx, code))
    contributions = await self_payments.list_for_grants(tx, list(fees))
    burnt = fees_burnt_down(fees, contributions, await settlements.list_drawn(tx, list(fees)))
    part = subsidy_part_krw(policy, await budget.sum_shifted_to_subsidy_krw(tx, code))
    left = subsidy_left_krw(part, await budget.sum_executed_krw(tx, code))
    return Drawing(programme, policy, burnt, shares_drawn(burnt.burnt, of.settlement_id, left, at), at)


async def keep_shares(tx: Tx, of: Settlement, drawing: Drawing) -> None:
    """Write the shares, and what they burn of the self-payments."""
    shares = drawing.shares
    await settlements.add_shares(tx, of.settlement_id, shares)
    await self_payments.burn(tx, {s.grant_id: s.self_payment_krw for s in shares if s.self_payment_krw})


async def post_shares(tx: Tx, of: Settlement, drawing: Drawing, cause: str) -> None:
    """Post the shares under their one cause; what they draw is taken from the grants' commitments first."""
    entries: list[Entry] = []
    for share in drawing.shares:
        committed = await budget.find_commitment(tx, share.grant_id)
        held_krw = committed.held_krw if committed else 0
        executed = executed_from_commitment_krw(held_krw, share.subsidy_krw)
        if executed:
            await budget.lower_commitment(tx, share.grant_id, executed)
        entries += approval_entries(of.programme_code, of.provider_id, share, held_krw)
    await post(
        tx,
        cause,
        entries,
        rule_id="BL-10",
        programme_code=of.programme_code,
        programme_version=drawing.programme.version,
        now=drawing.at,
    )


async def tell_levels(tx: Tx, drawing: Drawing, now: dt.datetime) -> None:
    """Tell the levels of the subsidy part that the drawing has reached, each once (F-15)."""
    await tell_levels_of(tx, drawing.programme, drawing.at, now)
