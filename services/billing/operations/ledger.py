"""Post to the ledger: balanced, once per cause, chained."""

import datetime as dt
from collections.abc import Sequence

from libs.common.db import Tx
from services.billing.model.ledger import Entry, Posting
from services.billing.rules.ledger import GENESIS, balanced, chain_hash
from services.billing.store import ledger


async def post(
    tx: Tx,
    cause: str,
    entries: Sequence[Entry],
    *,
    rule_id: str,
    programme_code: str,
    programme_version: int,
    now: dt.datetime,
) -> bool:
    """Append a posting; False where its cause was posted before or where every entry is zero: nothing changes then.

    The caller holds the turn (`turns.take_turn`): numbers and hashes follow one another.
    """
    if not any(entry.amount_krw for entry in entries):
        return False
    posting = balanced(Posting(cause, rule_id, programme_code, programme_version, now, tuple(entries)))
    if await ledger.is_posted(tx, cause):
        return False
    last = await ledger.find_last_posting(tx)
    number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    await ledger.add_posting(tx, number, posting, previous, chain_hash(previous, number, posting))
    return True


async def first_broken_posting(tx: Tx) -> int | None:
    """The number of the first posting whose hash does not follow from its content; None while the chain is whole."""
    previous, expected = GENESIS, 1
    for found in await ledger.list_postings(tx):
        if found.posting_no != expected or found.hash != chain_hash(previous, found.posting_no, found.posting):
            return expected
        previous, expected = found.hash, expected + 1
    return None
