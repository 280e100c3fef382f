"""Sessions: requests, assignments, ends, refusals. Rows are written in batches."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update

from libs.common.db import Tx
from libs.common.errors import NotFound, Refusal
from libs.common.nouns import as_json, columns, field_names, one, read, values
from services.allocator.model.sessions import Session, SessionEnd, SessionStart, SessionState
from services.allocator.store.hot import fetch_hot
from services.allocator.tables.pools import session, session_no

FIELDS = field_names(Session)
_ONE = select(*columns(session, Session)).where(session.c.session_id == bindparam("id"))
_NEXT_NOS = f"SELECT nextval('{session_no.name}') FROM generate_series(1, $1::integer)"
_BY_ID = f"SELECT {', '.join(FIELDS)} FROM session WHERE session_id = ANY($1)"


async def next_session_nos(tx: Tx, count: int) -> tuple[int, ...]:
    """Numbers for new sessions, ascending; part of every request, so straight from the driver (`hot.py`)."""
    if not count:
        return ()
    return tuple(row[0] for row in await fetch_hot(tx, _NEXT_NOS, count))


def session_id_of(number: int) -> str:
    """The id of the session with a number, its `sequence`. Example: 1,000,000 → `S-1000000`."""
    return f"S-{number:06d}"


async def add_sessions(tx: Tx, made: Sequence[Session]) -> None:
    """Keep new sessions, whatever state they begin in."""
    if made:
        await tx.execute(insert(session), [{**values(new), "refusals": as_json(new.refusals)} for new in made])


_START = (
    update(session)
    .where(session.c.session_id == bindparam("of"))
    .values(
        state="running",
        mode=bindparam("mode_"),
        servers=bindparam("servers_"),
        assigned_at=bindparam("assigned_at_"),
        due_at=bindparam("due_at_"),
    )
)


async def start_sessions(tx: Tx, starts: Sequence[SessionStart]) -> None:
    """Waiting requests get their cards."""
    rows = [
        {"of": s.session_id, "mode_": s.mode, "servers_": s.servers, "assigned_at_": s.assigned_at, "due_at_": s.due_at}
        for s in starts
    ]
    if rows:
        await tx.execute(_START, rows)


_END = (
    update(session)
    .where(session.c.session_id == bindparam("of"))
    .values(
        state=bindparam("state_"),
        ended_at=bindparam("ended_at_"),
        end_reason=bindparam("end_reason_"),
        refusals=bindparam("refusals_"),
    )
)


async def end_sessions(tx: Tx, ends: Sequence[SessionEnd]) -> None:
    """Sessions and waits end."""
    rows = [
        {
            "of": e.session_id,
            "state_": e.state,
            "ended_at_": e.ended_at,
            "end_reason_": e.end_reason,
            "refusals_": as_json(e.refusals),
        }
        for e in ends
    ]
    if rows:
        await tx.execute(_END, rows)


async def change_idle(tx: Tx, session_id: str, idle_since: dt.datetime | None, reported_until: dt.datetime) -> None:
    """Keep since when reports show no utilisation, and until when they reach."""
    change = update(session).where(session.c.session_id == session_id)
    await tx.execute(change.values(idle_since=idle_since, idle_until=reported_until))


async def get_session(tx: Tx, session_id: str) -> Session:
    """One session. Raises NotFound."""
    row = (await tx.execute(_ONE, {"id": session_id})).first()
    if row is None:
        raise NotFound("session", session_id)
    return _session(row)


async def list_by_id(tx: Tx, session_ids: Sequence[str]) -> dict[str, Session]:
    """Sessions by id; part of every session command, so straight from the driver (`hot.py`)."""
    found = (_session(row) for row in await fetch_hot(tx, _BY_ID, list(session_ids)))
    return {known.session_id: known for known in found}


async def list_sessions(
    tx: Tx,
    pool: str | None,
    state: SessionState | None,
    grant: str | None,
    organisation: str | None,
    after: int,
    limit: int,
) -> tuple[Session, ...]:
    """Sessions by the number of their ids, after one; `organisation` sees its own and those that it supplies."""
    query = select(*columns(session, Session)).where(session.c.sequence > after)
    for column, value in ((session.c.pool_id, pool), (session.c.state, state), (session.c.grant_id, grant)):
        if value is not None:
            query = query.where(column == value)
    if organisation is not None:
        query = query.where(or_(session.c.organisation_id == organisation, session.c.provider_id == organisation))
    return tuple(_session(row) for row in await tx.execute(query.order_by(session.c.sequence).limit(limit)))


async def list_queue(tx: Tx, pool_id: str, limit: int = 1000) -> tuple[Session, ...]:
    """The waiting requests of a pool in order of arrival."""
    query = select(*columns(session, Session)).where(session.c.pool_id == pool_id, session.c.state == "waiting")
    ordered = query.order_by(session.c.requested_at, session.c.sequence).limit(limit)
    return tuple(_session(row) for row in await tx.execute(ordered))


def _session(row: Sequence[Any]) -> Session:
    found = one(Session, row)
    return found if found.refusals is None else replace(found, refusals=read(tuple[Refusal, ...], found.refusals))
