"""Hear which reduction an application has: what it owes and what is committed for it follow (IN-15, BL-4)."""

from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.events.intake import ReductionDecided
from services.billing.operations.commitments import commit_for_payer
from services.billing.operations.self_payments import assess
from services.billing.operations.turns import take_turn
from services.billing.rules.self_payment import is_open
from services.billing.store import reductions, self_payments


async def hear_reduction(tx: Tx, event: ReductionDecided, clock: Clock) -> None:
    """Keep it; where a winner is known already, compute what is owed and what is committed anew.

    Said before the selection as a rule; an older fact that comes after a newer one changes nothing.
    """
    now = await take_turn(tx, clock)
    await reductions.add_reduction(tx, event.application_id, event.reduction, event.decided_at)
    granted = await reductions.find_reduction(tx, event.application_id) or "none"
    noun = await self_payments.find_self_payment(tx, event.application_id)
    if noun is None or noun.closed_at is not None:
        return
    changed = replace(noun, payer=replace(noun.payer, reduction=granted))
    if changed == noun:
        return
    if is_open(noun):
        await assess(tx, changed, now, now)
    else:
        await self_payments.change_self_payment(tx, changed)
    await commit_for_payer(tx, event.application_id, changed.payer, now, now)
