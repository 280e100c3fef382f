"""Keep what a draft leaves out, grant by grant, until a settlement states it (BL-11)."""

import datetime as dt

from libs.common.db import Tx
from services.billing.model.parked import NewlyParked
from services.billing.model.settlements import Draft
from services.billing.model.statements import Statement
from services.billing.rules.parked import owner_of, parked_change
from services.billing.store import parked


async def keep_parked(tx: Tx, statement: Statement, draft: Draft, now: dt.datetime) -> None:
    """Park what a draft leaves out; end what it states, here or where an issued settlement left it out."""
    settlement_id = statement.statement_id
    change = parked_change(await parked.list_of_settlement(tx, settlement_id), draft.parked)
    await parked.end_parked(tx, change.ended, settlement_id, now)
    begun = [
        NewlyParked(settlement_id, grant_id, "lines", None, reasons, owner_of(reasons))
        for grant_id, reasons in change.begun.items()
    ]
    await parked.add_parked(tx, begun, now)
    besides = [each.grant_id for each in draft.parked]
    stated = await parked.list_left_out_by_issued(tx, statement.provider_id, statement.programme_code, besides)
    await parked.end_parked(tx, [one.parked_id for one in stated], settlement_id, now)
