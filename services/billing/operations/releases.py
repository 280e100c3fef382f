"""Split and pay approved shares that had to wait: nothing is lost and nothing twice (BL-11)."""

import datetime as dt

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import PolicyMissing, Refused
from libs.common.identity import Caller
from services.billing.model.parked import ParkedGrant
from services.billing.model.settlements import Settlement
from services.billing.operations.drawing import drawing_of, keep_shares, post_shares, tell_levels
from services.billing.operations.ledger import post
from services.billing.operations.settlements import in_state
from services.billing.operations.turns import take_turn
from services.billing.rules.accounts import payment_entries
from services.billing.rules.approval import deposited_shares_krw, with_released_share
from services.billing.rules.clear_hands import payment_refusal
from services.billing.store import parked, self_payments, settlements


async def release_shares(tx: Tx, now: dt.datetime) -> None:
    """Split every approved share that waits and can be split by now, oldest first. The caller holds the turn."""
    for waiting in await parked.list_open_shares(tx):
        approved = await settlements.get_settlement(tx, waiting.settlement_id, locked=True)
        try:
            await _release(tx, approved, waiting, now)
        except PolicyMissing:
            continue  # the budget is undecided: it waits on


async def _release(tx: Tx, approved: Settlement, waiting: ParkedGrant, now: dt.datetime) -> None:
    drawing = await drawing_of(tx, approved, {waiting.grant_id: waiting.fee_krw or 0}, now)
    if drawing.burnt.held:
        return
    await keep_shares(tx, approved, drawing)
    await settlements.change_settlement(tx, with_released_share(approved, drawing.shares[0]))
    await post_shares(tx, approved, drawing, f"settlement.released:{approved.settlement_id}:{waiting.grant_id}")
    await parked.end_parked(tx, [waiting.parked_id], approved.settlement_id, drawing.at)
    await tell_levels(tx, drawing, now)


async def pay_released(
    tx: Tx, caller: Caller, settlement_id: str, grant_id: str, reference: str, clock: Clock
) -> Settlement:
    """Record that the provider has the money of a share that was split only after its settlement was paid.

    Raises WrongState before the settlement itself is paid, NotFound where no such share waits for its payment, and
    Refused for whoever issued or approved the settlement.
    """
    now = await take_turn(tx, clock)
    paid = await in_state(tx, caller, settlement_id, "paid")
    if (refusal := payment_refusal(paid, caller.subject)) is not None:
        raise Refused([refusal])
    waiting = await parked.get_unpaid_share(tx, paid, grant_id)
    shares = [share for share in await settlements.list_shares(tx, settlement_id) if share.grant_id == grant_id]
    own = await self_payments.list_for_grants(tx, [grant_id])
    await post(
        tx,
        f"settlement.paid:{settlement_id}:{grant_id}",
        payment_entries(
            paid.programme_code,
            paid.provider_id,
            shares[0].subsidy_krw,
            deposited_shares_krw(shares, own),
        ),
        rule_id="BL-11",
        programme_code=paid.programme_code,
        programme_version=paid.programme_version,
        now=now,
    )
    await parked.change_payment(tx, [waiting.parked_id], caller.subject, reference, now)
    return paid
