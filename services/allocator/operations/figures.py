"""What operators and the report ask: counts, queues, cards."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from libs.common.db import Tx
from libs.common.errors import PolicyMissing
from libs.common.programmes import programme_at
from services.allocator.policy import WaitPolicy
from services.allocator.store import figures, pools, supply


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watch saw."""

    queues: list[dict[str, Any]]
    cards: list[dict[str, Any]]
    over_limit: dict[str, int]
    overdue: dict[str, int]


async def summary(tx: Tx, programme_code: str, now: dt.datetime) -> dict[str, Any]:
    """Grants and sessions of a programme in figures. Raises NotFound, and PolicyMissing without a wait limit."""
    limit_s = WaitPolicy.of(await programme_at(tx, programme_code, now)).wait_limit_s
    counts = await figures.grant_counts(tx, programme_code)
    return {**counts, "sessions": await figures.session_counts(tx, programme_code, limit_s, now)}


async def watch_figures(tx: Tx, now: dt.datetime) -> Watched:
    """Queues, cards and waits as they stand. A programme without a wait limit counts none over it."""
    over: dict[str, int] = {}
    for code in await figures.programmes_with_pools(tx):
        try:
            limit_s = WaitPolicy.of(await programme_at(tx, code, now)).wait_limit_s
        except PolicyMissing:
            limit_s = None
        if limit_s is not None:
            rows = await figures.over_limit_by_pool(tx, code, limit_s, now)
            over |= {row["pool_id"]: row["requests"] for row in rows}
    overdue = {row["pool_id"]: row["reports"] for row in await pools.overdue_reports(tx, now)}
    return Watched(await pools.pool_figures(tx), await supply.cards_by_state(tx, now), over, overdue)
