"""Contest a line of an issued settlement, and decide it: only that line changes, by a line of a later settlement."""

import datetime as dt
from typing import Any

from libs.common.db import Tx
from libs.common.errors import Conflict, NotFound, WrongState
from libs.common.identity import Caller
from services.billing.operations.drafts import redraft
from services.billing.operations.settlements import visible
from services.billing.operations.turns import take_turn
from services.billing.store import disputes, settlements

CONTESTABLE = ("issued", "approved", "paid")


async def dispute(
    tx: Tx, caller: Caller, settlement_id: str, line_no: int, reason: str, now: dt.datetime
) -> dict[str, Any]:
    """Contest a line within the dispute window (BL-11).

    Raises NotFound, WrongState for a draft, Conflict after the window or where the line is contested already.
    """
    await take_turn(tx)
    row = await visible(tx, caller, settlement_id, locked=True)
    line = await settlements.line_of(tx, settlement_id, line_no)
    if line is None:
        raise NotFound("settlement line", f"{settlement_id}/{line_no}")
    if row["state"] not in CONTESTABLE:
        raise WrongState("settlement", settlement_id, row["state"], CONTESTABLE, "…/issue")
    if row["dispute_until"] is None or now >= row["dispute_until"]:
        until = row["dispute_until"].isoformat() if row["dispute_until"] else "-"
        raise Conflict("dispute_window_closed", "BL-11", settlement=settlement_id, until=until)
    if any(known["state"] == "open" for known in await disputes.disputes_of(tx, settlement_id, line_no)):
        raise Conflict("line_contested", "BL-11", settlement=settlement_id, line=line_no)
    dispute_id = await disputes.add_dispute(tx, settlement_id, line_no, line.amount_krw, reason, caller.subject, now)
    return await _dispute(tx, dispute_id)


async def decide(
    tx: Tx, caller: Caller, dispute_id: str, amount_krw: int | None, reason: str, now: dt.datetime
) -> dict[str, Any]:
    """Decide a dispute: uphold it with the line's right amount, or (none) reject it; both amounts stay on record."""
    await take_turn(tx)
    found = await _dispute(tx, dispute_id)
    if found["state"] != "open":
        raise WrongState("dispute", dispute_id, found["state"], ["open"])
    await disputes.decide_dispute(
        tx,
        dispute_id,
        state="rejected" if amount_krw is None else "upheld",
        decided_krw=amount_krw,
        decision_reason=reason,
        decided_by=caller.subject,
        decided_at=now,
    )
    row = await visible(tx, caller, found["settlement_id"])
    await redraft(tx, row["programme_code"], row["provider_id"], now)
    return await _dispute(tx, dispute_id)


async def _dispute(tx: Tx, dispute_id: str) -> dict[str, Any]:
    found = await disputes.dispute_of(tx, dispute_id)
    if found is None:
        raise NotFound("dispute", dispute_id)
    return found
