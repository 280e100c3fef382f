"""Counts over grants and sessions."""

import datetime as dt
from typing import Any

from libs.common.db import Tx
from services.allocator.store.query import fetch, fetch_one

WAITED = "extract(epoch FROM coalesce(assigned_at, ended_at, :now) - requested_at)"


async def grant_counts(tx: Tx, programme: str) -> dict[str, Any]:
    """Grants of a programme: all, ever placed, active now or until their end."""
    row = await fetch_one(
        tx,
        "SELECT count(*) AS grants, count(*) FILTER (WHERE placement_id IS NOT NULL) AS placed,"
        " count(*) FILTER (WHERE state = 'active') AS active FROM award WHERE programme_code = :programme",
        programme=programme,
    )
    return row or {}


async def session_counts(tx: Tx, programme: str, wait_limit_s: int | None, now: dt.datetime) -> dict[str, Any]:
    """Requests of a programme by what became of them, and their waits; continuations and switches are no requests."""
    row = await fetch_one(
        tx,
        "SELECT count(*) AS requested, count(*) FILTER (WHERE state = 'refused') AS refused,"
        " count(assigned_at) AS assigned, count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,"
        f" count(*) FILTER (WHERE state <> 'refused' AND {WAITED} > cast(:limit AS numeric)) AS over_wait_limit,"
        f" coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY floor({WAITED}))"
        " FILTER (WHERE assigned_at IS NOT NULL),"
        f" 0)::bigint AS wait_p50_s, coalesce(max(floor({WAITED})) FILTER (WHERE assigned_at IS NOT NULL), 0)::bigint"
        " AS wait_max_s FROM session WHERE programme_code = :programme AND origin = 'request' AND continues IS NULL",
        programme=programme,
        limit=wait_limit_s,
        now=now,
    )
    return row or {}


async def over_limit_by_pool(tx: Tx, programme: str, wait_limit_s: int, now: dt.datetime) -> list[dict[str, Any]]:
    """Per pool, requests that waited or wait longer than the limit."""
    return await fetch(
        tx,
        f"SELECT pool_id, count(*) FILTER (WHERE state <> 'refused' AND {WAITED} > cast(:limit AS numeric)) AS requests"
        " FROM session WHERE programme_code = :programme AND continues IS NULL GROUP BY pool_id ORDER BY pool_id",
        programme=programme,
        limit=wait_limit_s,
        now=now,
    )


async def programmes_with_pools(tx: Tx) -> list[str]:
    """The programmes that run pools."""
    rows = await fetch(tx, "SELECT DISTINCT programme_code FROM pool ORDER BY programme_code")
    return [row["programme_code"] for row in rows]
