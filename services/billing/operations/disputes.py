"""Contest a line of an issued settlement, and decide it: only that line changes, by a line of a later settlement."""

from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Refused, WrongState
from libs.common.identity import Caller
from services.billing.model.disputes import Dispute
from services.billing.model.settlements import ISSUED
from services.billing.operations.drafts import redraft
from services.billing.operations.settlements import visible
from services.billing.operations.turns import take_turn
from services.billing.rules.clear_hands import decision_refusals
from services.billing.rules.disputes import contest_refusal
from services.billing.rules.next_calls import next_call
from services.billing.store import disputes, settlements


async def dispute(tx: Tx, caller: Caller, settlement_id: str, line_no: int, reason: str, clock: Clock) -> Dispute:
    """Contest a line within the dispute window (BL-11).

    Raises NotFound, WrongState for a draft, Refused after the window or where the line is contested already.
    """
    now = await take_turn(tx, clock)
    settlement = await visible(tx, caller, settlement_id, locked=True)
    line = await settlements.get_line(tx, settlement_id, line_no)
    if settlement.state not in ISSUED:
        raise WrongState("settlement", settlement_id, settlement.state, ISSUED, next_call(settlement))
    now = max(now, settlement.changed_at)
    known = await disputes.list_disputes(tx, settlement_id, line_no)
    refusal = contest_refusal(settlement, line_no, known, now)
    if refusal is not None:
        raise Refused([refusal])
    return await disputes.add_dispute(
        tx, settlement_id, line_no, line_krw=line.amount_krw, reason=reason, by=caller.subject, now=now
    )


async def decide(tx: Tx, caller: Caller, dispute_id: str, amount_krw: int | None, reason: str, clock: Clock) -> Dispute:
    """Decide a dispute: uphold it with the line's right amount, or (none) reject it; both amounts stay on record.

    Raises Refused for an amount that is not between 0 and the contested line.
    """
    now = await take_turn(tx, clock)
    found = await disputes.get_dispute(tx, dispute_id)
    if found.state != "open":
        raise WrongState("dispute", dispute_id, found.state, ["open"])
    if refusals := decision_refusals(found, amount_krw, caller.subject):
        raise Refused(refusals)
    decided = replace(
        found,
        state="rejected" if amount_krw is None else "upheld",
        decided_krw=amount_krw,
        decision_reason=reason,
        decided_by=caller.subject,
        decided_at=max(now, found.raised_at),
    )
    await disputes.change_dispute(tx, decided)
    settlement = await visible(tx, caller, found.settlement_id)
    await redraft(tx, settlement.programme_code, settlement.provider_id, now)
    return await disputes.get_dispute(tx, dispute_id)
