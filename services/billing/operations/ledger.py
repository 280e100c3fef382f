"""Post to the ledger: balanced, once per cause, chained; and walk along the chain."""

import datetime as dt
from collections.abc import Sequence

from libs.common.db import Tx
from libs.common.reckoning import reckon
from services.billing.model.ledger import Balance, Entry, Posting
from services.billing.rules.ledger import BEGINNING, GENESIS, balanced, chain_hash, walked
from services.billing.store import ledger

PAGE_POSTINGS = 1_000
"""How many postings a walk along the chain reads at a time."""


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


async def balance(tx: Tx) -> Balance:
    """The whole ledger at one instant, whatever is posted meanwhile; the transaction has asked nothing before."""
    await ledger.keep_one_snapshot(tx)
    entries, sum_krw = await ledger.count_and_sum(tx)
    return Balance(entries, sum_krw, await ledger.list_accounts(tx), await first_broken_posting(tx))


async def first_broken_posting(tx: Tx) -> int | None:
    """The number of the first posting whose hash does not follow from its content; None while the chain is whole.

    One page is in memory at a time, and it is hashed off the loop, so that others are answered meanwhile.
    """
    walk, after = BEGINNING, None
    while page := await ledger.list_postings(tx, after=after, limit=PAGE_POSTINGS):
        walk = await reckon(tx, walked, page, walk)
        if walk.broken:
            return walk.next_no
        after = page[-1].posting_no
    return None
