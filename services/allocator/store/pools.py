"""Pools: their cards, their queue as it stands, their switches."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from libs.common.db import Tx
from services.allocator.model import Card, Entitled, PoolQueue, Request, Running
from services.allocator.store.query import fetch, fetch_hot, fetch_one, run
from services.allocator.tables import pool, pool_switch

ENTITLED_FIELDS = ("grant_id", "units", "cards_per_unit", "rank", "agreed_at", "ends_at", "organisation_id")


@dataclass(frozen=True, slots=True)
class LoadedPool:
    """A pool as the database has it: what it is, its queue, and the ids of its cards."""

    pool_id: str
    provider_id: str
    data_centre: str
    programme_code: str
    card_ids: dict[Card, int]
    queue: PoolQueue


async def add_pool(tx: Tx, **values: Any) -> None:
    """Register a pool."""
    await tx.execute(insert(pool).values(**values))


async def pool_of(tx: Tx, pool_id: str) -> dict[str, Any] | None:
    """One pool."""
    return await fetch_one(tx, "SELECT * FROM pool WHERE pool_id = :id", id=pool_id)


async def load_pool(tx: Tx, pool_id: str, idle_s: int | None = None) -> LoadedPool | None:
    """A pool with its queue, in three queries after its lock; None where there is no such pool."""
    found = await fetch_hot(
        tx,
        "SELECT p.*, (SELECT jsonb_agg(jsonb_build_array(c.server_id, c.card_index, c.card_id)"
        " ORDER BY c.server_id, c.card_index) FROM holding h JOIN card c USING (card_id)"
        " WHERE h.holder_id = p.pool_id AND h.layer = 'allotment') AS card_list FROM pool p WHERE p.pool_id = :id",
        id=pool_id,
    )
    if not found:
        return None
    row = found[0]
    ids = {Card(server, index): card_id for server, index, card_id in row["card_list"] or ()}
    running, waiting = await _open_sessions(tx, pool_id, {card_id: card for card, card_id in ids.items()})
    queue = PoolQueue(
        pool_id, row["mode"], tuple(ids), tuple(running), tuple(waiting), idle_s, await _entitled(tx, pool_id)
    )
    return LoadedPool(pool_id, row["provider_id"], row["data_centre"], row["programme_code"], ids, queue)


async def _open_sessions(tx: Tx, pool_id: str, cards: dict[int, Card]) -> tuple[list[Running], list[Request]]:
    rows = await fetch_hot(
        tx,
        "SELECT s.*, (SELECT array_agg(h.card_id ORDER BY h.card_id) FROM holding h"
        " WHERE h.holder_id = s.session_id AND upper_inf(h.during)) AS card_ids"
        " FROM session s WHERE s.pool_id = :id AND s.state IN ('waiting', 'running')"
        " ORDER BY s.requested_at, s.sequence",
        id=pool_id,
    )
    running = [
        Running(
            r["session_id"],
            r["grant_id"],
            r["units"],
            tuple(cards[card_id] for card_id in r["card_ids"] or ()),
            r["requested_at"],
            r["assigned_at"],
            r["max_duration_s"],
            r["idle_since"],
            r["idle_until"],
            r["mode"],
            r["origin"],
        )
        for r in rows
        if r["state"] == "running"
    ]
    waiting = [
        Request(
            r["session_id"],
            r["grant_id"],
            r["units"],
            r["cards"],
            r["requested_at"],
            r["sequence"],
            r["max_duration_s"],
            r["origin"],
        )
        for r in rows
        if r["state"] == "waiting"
    ]
    return running, waiting


async def _entitled(tx: Tx, pool_id: str) -> dict[str, Entitled]:
    rows = await fetch_hot(
        tx,
        f"SELECT {', '.join(ENTITLED_FIELDS)} FROM award WHERE pool_id = :id AND state = 'active'",
        id=pool_id,
    )
    return {r["grant_id"]: Entitled(*(r[name] for name in ENTITLED_FIELDS)) for r in rows}


async def set_mode(tx: Tx, pool_id: str, mode: str) -> None:
    """Turn a pool fixed or dynamic."""
    await run(tx, "UPDATE pool SET mode = :mode WHERE pool_id = :id", id=pool_id, mode=mode)


async def add_switch(tx: Tx, **values: Any) -> None:
    """Append a switch to a pool's record."""
    await tx.execute(insert(pool_switch).values(**values))


async def switches_of(tx: Tx, pool_id: str) -> list[dict[str, Any]]:
    """The switches of a pool, oldest first."""
    return await fetch(tx, "SELECT * FROM pool_switch WHERE pool_id = :id ORDER BY switch_no", id=pool_id)


async def report_switch(tx: Tx, switch_no: int, cause: str, measures: str, by: str, now: dt.datetime) -> None:
    """Put the report on cause and measures beside its switch."""
    await run(
        tx,
        "UPDATE pool_switch SET report_cause = :cause, report_measures = :measures, reported_by = :by,"
        " reported_at = :now WHERE switch_no = :no",
        no=switch_no,
        cause=cause,
        measures=measures,
        by=by,
        now=now,
    )


async def pool_figures(
    tx: Tx,
    *,
    pool_id: str | None = None,
    programme: str | None = None,
    provider: str | None = None,
    after: str = "",
    limit: int = 1000,
) -> list[dict[str, Any]]:
    """Pools with cards in use, running and waiting sessions and the oldest wait, by id."""
    return await fetch(
        tx,
        "SELECT p.*, coalesce(s.cards_used, 0)::int AS cards_used, coalesce(s.running, 0)::int AS running,"
        " coalesce(s.waiting, 0)::int AS waiting, s.oldest_requested_at, coalesce(a.entitled_cards, 0)::int"
        " AS entitled_cards, coalesce(a.grants, 0)::int AS grants FROM pool p"
        " LEFT JOIN (SELECT pool_id, sum(cards) FILTER (WHERE state = 'running') AS cards_used,"
        " count(*) FILTER (WHERE state = 'running') AS running, count(*) FILTER (WHERE state = 'waiting') AS waiting,"
        " min(requested_at) FILTER (WHERE state = 'waiting') AS oldest_requested_at"
        " FROM session WHERE state IN ('waiting', 'running') GROUP BY pool_id) s USING (pool_id)"
        " LEFT JOIN (SELECT pool_id, sum(cards) AS entitled_cards, count(*) AS grants FROM award"
        " WHERE pool_id IS NOT NULL AND state IN ('placed', 'active') GROUP BY pool_id) a USING (pool_id)"
        " WHERE p.pool_id > :after AND (cast(:pool AS text) IS NULL OR p.pool_id = :pool)"
        " AND (cast(:programme AS text) IS NULL OR p.programme_code = :programme)"
        " AND (cast(:provider AS text) IS NULL OR p.provider_id = :provider) ORDER BY p.pool_id LIMIT :limit",
        pool=pool_id,
        programme=programme,
        provider=provider,
        after=after,
        limit=limit,
    )


async def pool_offers(tx: Tx, programme: str) -> dict[str, list[dict[str, Any]]]:
    """The offers behind each pool of a programme."""
    rows = await fetch(
        tx,
        "SELECT DISTINCT h.holder_id AS pool_id, o.* FROM holding h JOIN card c USING (card_id)"
        " JOIN server s USING (server_id) JOIN offer o USING (offer_id)"
        " WHERE h.kind = 'pool' AND o.programme_code = :programme ORDER BY pool_id, o.offer_id",
        programme=programme,
    )
    by_pool: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_pool.setdefault(row["pool_id"], []).append(row)
    return by_pool


async def due_pools(tx: Tx, now: dt.datetime) -> list[str]:
    """Pools in which a declared maximum duration has run out."""
    rows = await fetch(
        tx,
        "SELECT DISTINCT pool_id FROM session WHERE state = 'running' AND mode = 'dynamic'"
        " AND max_duration_s IS NOT NULL"
        " AND assigned_at + make_interval(secs => max_duration_s) <= :now ORDER BY pool_id",
        now=now,
    )
    return [row["pool_id"] for row in rows]


async def overdue_reports(tx: Tx, now: dt.datetime) -> list[dict[str, Any]]:
    """Per pool, switches whose report is due and not submitted."""
    return await fetch(
        tx,
        "SELECT pool_id, count(*) AS reports FROM pool_switch WHERE report_due_at <= :now AND reported_at IS NULL"
        " GROUP BY pool_id ORDER BY pool_id",
        now=now,
    )
