"""Sessions: requests, assignments, ends, refusals. Rows are written in batches."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from libs.common.db import Tx
from services.allocator.store.query import fetch, fetch_hot, fetch_one, run
from services.allocator.tables import session


async def next_session_nos(tx: Tx, count: int) -> list[int]:
    """Numbers for new sessions, ascending."""
    if not count:
        return []
    rows = await fetch_hot(
        tx, "SELECT nextval('session_no') AS no FROM generate_series(1, cast(:count AS integer))", count=count
    )
    return [row["no"] for row in rows]


def session_id_of(number: int) -> str:
    """The id of the session with a number."""
    return f"S-{number:06d}"


async def add_sessions(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Keep new sessions, whatever state they begin in."""
    if rows:
        await tx.execute(insert(session), list(rows))


async def start_sessions(tx: Tx, started: Sequence[tuple[str, dict[str, int]]], mode: str, now: dt.datetime) -> None:
    """Waiting requests (id, cards by server) get their cards."""
    for session_id, servers in started:
        await tx.execute(
            session.update()
            .where(session.c.session_id == session_id)
            .values(state="running", mode=mode, servers=servers, assigned_at=now)
        )


async def end_sessions(tx: Tx, ends: Sequence[tuple[str, str, dt.datetime, str]]) -> None:
    """Sessions (id, new state, instant, reason) end."""
    if not ends:
        return
    ids, states, ats, reasons = (list(column) for column in zip(*ends, strict=True))
    await run(
        tx,
        "UPDATE session s SET state = e.state, ended_at = e.at, end_reason = e.reason FROM unnest("
        "cast(:ids AS text[]), cast(:states AS text[]), cast(:ats AS timestamptz[]), cast(:reasons AS text[]))"
        " AS e (session_id, state, at, reason) WHERE s.session_id = e.session_id",
        ids=ids,
        states=states,
        ats=ats,
        reasons=reasons,
    )


async def note_idle(tx: Tx, session_id: str, idle_since: dt.datetime | None, reported_until: dt.datetime) -> None:
    """Keep since when reports show no utilisation, and until when they reach."""
    await run(
        tx,
        "UPDATE session SET idle_since = :since, idle_until = :until WHERE session_id = :id",
        id=session_id,
        since=idle_since,
        until=reported_until,
    )


async def session_of(tx: Tx, session_id: str) -> dict[str, Any] | None:
    """One session."""
    return await fetch_one(tx, "SELECT * FROM session WHERE session_id = :id", id=session_id)


async def sessions_by_id(tx: Tx, session_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Sessions by id."""
    rows = await fetch_hot(tx, "SELECT * FROM session WHERE session_id = ANY(:ids)", ids=list(session_ids))
    return {row["session_id"]: row for row in rows}


async def sessions(
    tx: Tx,
    *,
    pool: str | None = None,
    state: str | None = None,
    grant: str | None = None,
    organisation: str | None = None,
    after: str = "",
    limit: int = 51,
) -> list[dict[str, Any]]:
    """Sessions by id; `organisation` sees its own and those that it supplies."""
    return await fetch(
        tx,
        "SELECT * FROM session WHERE session_id > :after AND (cast(:pool AS text) IS NULL OR pool_id = :pool)"
        " AND (cast(:state AS text) IS NULL OR state = :state) AND (cast(:grant AS text) IS NULL OR grant_id = :grant)"
        " AND (cast(:organisation AS text) IS NULL OR :organisation IN (organisation_id, provider_id))"
        " ORDER BY session_id LIMIT :limit",
        pool=pool,
        state=state,
        grant=grant,
        organisation=organisation,
        after=after,
        limit=limit,
    )


async def queue_of(tx: Tx, pool_id: str, limit: int = 1000) -> list[dict[str, Any]]:
    """The waiting requests of a pool in order of arrival."""
    return await fetch(
        tx,
        "SELECT * FROM session WHERE pool_id = :pool AND state = 'waiting'"
        " ORDER BY requested_at, sequence LIMIT :limit",
        pool=pool_id,
        limit=limit,
    )
