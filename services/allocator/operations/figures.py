"""What operators and the report ask: counts, queues, cards."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common.db import Tx
from libs.common.errors import PolicyMissing
from libs.common.programmes import programme_at
from services.allocator.model.figures import GrantCounts, SessionCounts
from services.allocator.model.pools import PoolFigures
from services.allocator.model.supply import CardCount
from services.allocator.policy import WaitPolicy
from services.allocator.rules.fallback import report_state
from services.allocator.rules.waits import shortest_over_limit
from services.allocator.store import cards, figures, pools


@dataclass(frozen=True, slots=True)
class Summary:
    """Grants and sessions of a programme in figures."""

    grants: GrantCounts
    sessions: SessionCounts
    over_wait_limit: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watch saw; `over_limit` and `overdue` count by pool."""

    queues: tuple[PoolFigures, ...]
    cards: tuple[CardCount, ...]
    over_limit: Mapping[str, int]
    overdue: Mapping[str, int]


async def summary(tx: Tx, programme_code: str, now: dt.datetime) -> Summary:
    """Grants and sessions of a programme in figures. Raises NotFound, and PolicyMissing without a wait limit."""
    limit_s = WaitPolicy.of(await programme_at(tx, programme_code, now)).wait_limit_s
    over = await _count_over_limit(tx, programme_code, limit_s, now)
    counts = await figures.count_sessions(tx, programme_code, now)
    return Summary(await figures.count_grants(tx, programme_code), counts, over.total())


async def watch_figures(tx: Tx, now: dt.datetime) -> Watched:
    """Queues, cards and waits as they stand. A programme without a wait limit counts none over it."""
    queues = await pools.list_figures(tx, now)
    over = Counter(dict.fromkeys((queue.pool_id for queue in queues), 0))
    for code in await figures.list_programmes_with_pools(tx):
        try:
            limit_s = WaitPolicy.of(await programme_at(tx, code, now)).wait_limit_s
        except PolicyMissing:
            limit_s = None
        over.update(await _count_over_limit(tx, code, limit_s, now))
    overdue = Counter(dict.fromkeys((queue.pool_id for queue in queues), 0))
    overdue.update(s.pool_id for s in await pools.list_unreported(tx) if report_state(s, now) == "overdue")
    return Watched(queues, await cards.count_cards(tx, now), over, overdue)


async def _count_over_limit(tx: Tx, programme_code: str, limit_s: int | None, now: dt.datetime) -> Counter[str]:
    """Requests over the wait limit, by pool."""
    shortest = shortest_over_limit(limit_s)
    if shortest is None:
        return Counter()
    counted = await figures.count_waits(tx, programme_code, shortest, now)
    return Counter({pool.pool_id: pool.requests for pool in counted})
