"""Pools: their cards, their queue as it stands, their switches."""

import datetime as dt
from typing import Any

from sqlalchemy import Integer, Subquery, bindparam, cast, func, insert, literal, or_, select, union, update

from libs.common.backbone import Instant
from libs.common.db import Tx
from libs.common.keys import fold_key
from libs.common.nouns import all_of, columns, field_names, one, values
from services.allocator.model.cards import Card, Mode
from services.allocator.model.pools import LoadedPool, NewSwitch, Pool, PoolFigures, PoolSwitch
from services.allocator.model.queue import Entitled, Offered, PoolQueue, Request, Running
from services.allocator.model.supply import Offer
from services.allocator.store.hot import fetch_hot
from services.allocator.store.supply import list_offers_of_servers
from services.allocator.tables.grants import award
from services.allocator.tables.pools import pool, pool_switch, session
from services.allocator.tables.supply import card, holding

# What a session command reads of its pool goes straight to the driver (`hot.py`): these three statements.
# The first keeps the instant at which the pool is judged, so that no later command is dated before it, and tells for
# each of its cards over which span it is the pool's and whether it is at that instant.
_POOL = (
    "WITH judged AS (UPDATE pool p SET changed_at = greatest(p.changed_at, $2) WHERE p.pool_id = $1"
    f" RETURNING {', '.join(f'p.{name}' for name in field_names(Pool))})"
    " SELECT judged.*, c.server_id, c.card_index, c.card_id, lower(h.during) AS card_from,"
    " upper(h.during) AS card_until, h.during @> judged.changed_at AS is_offered FROM judged"
    " LEFT JOIN holding h ON h.holder_id = judged.pool_id AND h.kind = 'pool' AND NOT isempty(h.during)"
    " LEFT JOIN card c USING (card_id) ORDER BY c.server_id, c.card_index"
)
_OPEN = (
    "SELECT s.session_id, s.grant_id, s.state, s.units, s.cards, s.sequence, s.requested_at, s.assigned_at,"
    " s.max_duration_s, s.idle_since, s.idle_until, s.mode, s.origin,"
    " (SELECT array_agg(h.card_id ORDER BY h.card_id) FROM holding h"
    " WHERE h.holder_id = s.session_id AND h.kind = 'session' AND upper_inf(h.during)) AS card_ids"
    " FROM session s WHERE s.pool_id = $1 AND s.state IN ('waiting', 'running') ORDER BY s.requested_at, s.sequence"
)
_ENTITLED = f"SELECT {', '.join(field_names(Entitled))} FROM award WHERE pool_id = $1 AND state = 'active'"


async def add_pool(tx: Tx, made: Pool) -> None:
    """Register a pool. A code that folds like another breaks the unique constraint."""
    await tx.execute(insert(pool).values(**values(made), pool_key=fold_key(made.pool_id)))


async def find_pool(tx: Tx, pool_id: str) -> Pool | None:
    """One pool, by its code however it is spelled."""
    query = select(*columns(pool, Pool)).where(pool.c.pool_key == fold_key(pool_id))
    row = (await tx.execute(query.order_by(pool.c.pool_id != pool_id, pool.c.key_twin))).first()
    return one(Pool, row) if row else None


async def load_pool(tx: Tx, pool_id: str, now: dt.datetime, idle_s: int | None = None) -> LoadedPool | None:
    """A pool with its queue, judged at `now` or its last change if that was later; None without such a pool.

    Three queries, straight from the driver (`hot.py`); the caller holds the pool's lock.
    """
    found = await fetch_hot(tx, _POOL, pool_id, now)
    if not found:
        return None
    kept = Pool(*found[0][: len(field_names(Pool))])
    rows = [(Card(row["server_id"], row["card_index"]), row) for row in found if row["card_id"] is not None]
    ids = {card: row["card_id"] for card, row in rows}
    offered = {card: Offered(row["card_from"], row["card_until"]) for card, row in rows}
    now_cards = tuple(card for card, row in rows if row["is_offered"])
    running, waiting = await _open_sessions(tx, pool_id, {card_id: card for card, card_id in ids.items()})
    grants = (Entitled(*row) for row in await fetch_hot(tx, _ENTITLED, pool_id))
    entitled = {grant.grant_id: grant for grant in grants}
    queue = PoolQueue(pool_id, kept.mode, now_cards, running, waiting, idle_s, entitled, offered)
    return LoadedPool(kept, ids, queue, kept.changed_at)


async def _open_sessions(
    tx: Tx, pool_id: str, cards: dict[int, Card]
) -> tuple[tuple[Running, ...], tuple[Request, ...]]:
    """The sessions that hold cards, and the requests that wait; straight from the driver (`hot.py`)."""
    rows = await fetch_hot(tx, _OPEN, pool_id)
    running = tuple(_running(r, cards) for r in rows if r["state"] == "running")
    return running, tuple(_request(r) for r in rows if r["state"] == "waiting")


def _running(row: Any, cards: dict[int, Card]) -> Running:
    return Running(
        row["session_id"],
        row["grant_id"],
        row["units"],
        tuple(cards[card_id] for card_id in row["card_ids"] or ()),
        row["requested_at"],
        row["assigned_at"],
        row["max_duration_s"],
        row["idle_since"],
        row["idle_until"],
        row["mode"],
        row["origin"],
    )


def _request(row: Any) -> Request:
    return Request(
        row["session_id"],
        row["grant_id"],
        row["units"],
        row["cards"],
        row["requested_at"],
        row["sequence"],
        row["max_duration_s"],
        row["origin"],
    )


async def change_mode(tx: Tx, pool_id: str, mode: Mode) -> None:
    """Turn a pool fixed or dynamic."""
    await tx.execute(update(pool).where(pool.c.pool_id == pool_id).values(mode=mode))


async def add_switch(tx: Tx, switch: NewSwitch) -> None:
    """Append a switch to a pool's record."""
    await tx.execute(insert(pool_switch).values(**values(switch)))


async def list_switches(tx: Tx, pool_id: str) -> tuple[PoolSwitch, ...]:
    """The switches of a pool, oldest first."""
    query = select(*columns(pool_switch, PoolSwitch)).where(pool_switch.c.pool_id == pool_id)
    return all_of(PoolSwitch, await tx.execute(query.order_by(pool_switch.c.switch_no)))


async def list_unreported(tx: Tx) -> tuple[PoolSwitch, ...]:
    """The switches of all pools that have no report."""
    query = select(*columns(pool_switch, PoolSwitch)).where(pool_switch.c.reported_at.is_(None))
    return all_of(PoolSwitch, await tx.execute(query.order_by(pool_switch.c.switch_no)))


async def report_switch(tx: Tx, switch_no: int, cause: str, measures: str, by: str, now: dt.datetime) -> None:
    """Put the report on cause and measures beside its switch."""
    change = update(pool_switch).where(pool_switch.c.switch_no == switch_no)
    await tx.execute(change.values(report_cause=cause, report_measures=measures, reported_by=by, reported_at=now))


async def list_figures(
    tx: Tx,
    now: dt.datetime | None = None,
    *,
    pool_id: str | None = None,
    programme: str | None = None,
    provider: str | None = None,
    after: str = "",
    limit: int | None = None,
) -> tuple[PoolFigures, ...]:
    """Pools at an instant, by id: cards whose offer lasts then and those in use, running and waiting sessions.

    Without an instant: with all cards that they ever have.
    """
    runs, waits = session.c.state == "running", session.c.state == "waiting"
    used = (
        select(
            session.c.pool_id,
            func.count().filter(runs).label("running"),
            func.count().filter(waits).label("waiting"),
            func.min(session.c.requested_at).filter(waits).label("oldest_requested_at"),
        )
        .where(session.c.state.in_(("waiting", "running")))
        .group_by(session.c.pool_id)
        .subquery()
    )
    entitled = (
        select(award.c.pool_id, func.sum(award.c.cards).label("entitled_cards"), func.count().label("grants"))
        .where(award.c.pool_id.is_not(None), award.c.state.in_(("placed", "active")))
        .group_by(award.c.pool_id)
        .subquery()
    )
    offered = _offered_cards(now)
    as_they_are = {c.name: c for c in (*pool.c, used.c.oldest_requested_at) if c.name != "cards"}
    figures = {c.name: cast(func.coalesce(c, 0), Integer) for c in (*offered.c, *used.c, *entitled.c)}
    counted = [(figures | as_they_are)[name] for name in field_names(PoolFigures)]
    query = (
        select(*counted)
        .outerjoin(offered, offered.c.pool_id == pool.c.pool_id)
        .outerjoin(used, used.c.pool_id == pool.c.pool_id)
        .outerjoin(entitled, entitled.c.pool_id == pool.c.pool_id)
        .where(pool.c.pool_id > after)
        .order_by(pool.c.pool_id)
        .limit(limit)
    )
    wanted = ((pool.c.pool_id, pool_id), (pool.c.programme_code, programme), (pool.c.provider_id, provider))
    for column, value in wanted:
        if value is not None:
            query = query.where(column == value)
    return all_of(PoolFigures, await tx.execute(query))


def _offered_cards(now: dt.datetime | None) -> Subquery:
    """How many cards each pool has at an instant (AL-3), or at its last change if that was later; how many are held."""
    given, used = holding.alias("given"), holding.alias("used")
    in_use = (used.c.card_id == given.c.card_id) & (used.c.layer == "session")
    query = select(
        given.c.holder_id.label("pool_id"),
        func.count(given.c.card_id.distinct()).label("cards"),
        func.count(used.c.card_id.distinct()).label("cards_used"),
    ).where(given.c.kind == "pool", ~func.isempty(given.c.during))
    if now is None:
        query = query.outerjoin(used, in_use & func.upper_inf(used.c.during))
    else:
        at = func.greatest(pool.c.changed_at, bindparam("now", now, type_=Instant))
        query = query.join(pool, pool.c.pool_id == given.c.holder_id)
        query = query.outerjoin(used, in_use & used.c.during.op("@>")(at)).where(given.c.during.op("@>")(at))
    return query.group_by(given.c.holder_id).subquery()


async def list_pool_offers(tx: Tx, programme: str) -> dict[str, tuple[Offer, ...]]:
    """The offers behind each pool of a programme, each with the cards of all of its servers."""
    query = (
        select(pool.c.pool_id, pool.c.provider_id, card.c.server_id)
        .distinct()
        .join(holding, (holding.c.holder_id == pool.c.pool_id) & (holding.c.kind == "pool"))
        .join(card, card.c.card_id == holding.c.card_id)
        .where(pool.c.programme_code == programme)
    )
    servers: dict[tuple[str, str], list[str]] = {}
    for row in await tx.execute(query.order_by(pool.c.pool_id, card.c.server_id)):
        servers.setdefault((row.pool_id, row.provider_id), []).append(row.server_id)
    return {
        pool_id: await list_offers_of_servers(tx, provider_id, names)
        for (pool_id, provider_id), names in servers.items()
    }


async def list_due_pools(tx: Tx, now: dt.datetime) -> tuple[str, ...]:
    """Pools in which a session's latest end has come, or whose cards changed since a request that waits was judged."""
    due = select(session.c.pool_id).where(session.c.state == "running", session.c.due_at <= now)
    bounds = (func.lower(holding.c.during), func.upper(holding.c.during))
    changed = or_(*((bound > pool.c.changed_at) & (bound <= now) for bound in bounds))
    cards = select(literal(1)).where(holding.c.holder_id == pool.c.pool_id, holding.c.kind == "pool", changed)
    waits = select(literal(1)).where(session.c.pool_id == pool.c.pool_id, session.c.state == "waiting")
    resized = select(pool.c.pool_id).where(waits.exists(), cards.exists())
    found = union(due, resized).subquery()
    return tuple((await tx.execute(select(found.c.pool_id).order_by(found.c.pool_id))).scalars())
