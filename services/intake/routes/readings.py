"""Who read what of people, at the edge: each reading by the agency is kept in the transaction that reads (MS-6)."""

import datetime as dt
from collections.abc import Iterable

from libs.common.acts import record_readings
from libs.common.db import Tx
from libs.common.identity import Caller


async def keep_readings(tx: Tx, caller: Caller, did: str, thing: str, ids: Iterable[str], now: dt.datetime) -> None:
    """Keep that the agency was handed personal data of these things of one kind; what is one's own is not kept.

    `did` is the route's name. Whoever does not see everybody's things was handed his own alone.
    """
    if caller.sees_all():
        await record_readings(tx, caller, did, [(thing, one) for one in ids], now)
