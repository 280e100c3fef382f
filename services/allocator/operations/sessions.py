"""Sessions of dynamic pools: ask, give back, take back, report utilisation."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid, NotFound, Refusal, Refused, WrongState
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.allocator.model import Request
from services.allocator.operations.decide import decide, open_pool
from services.allocator.policy import IdlePolicy
from services.allocator.rules.queue import Arrivals, PoolDecision
from services.allocator.store import grants, pools, sessions


@dataclass(frozen=True, slots=True)
class SessionsChanged:
    """A session after an operation, and every session that got its cards by it."""

    session: dict[str, Any]
    started: list[dict[str, Any]]


async def request_session(
    tx: Tx, caller: Caller, grant_id: str, units: int, max_duration_s: int | None, now: dt.datetime
) -> SessionsChanged:
    """Ask for units of a grant at its pool. A refusal is recorded and returned, not raised: its record must last."""
    grant = await grants.grant_of(tx, grant_id)
    if grant is None or not (caller.owns(grant["organisation_id"]) or caller.owns(grant["provider_id"] or "")):
        raise NotFound("grant", grant_id)
    if grant["state"] != "active":
        raise WrongState("grant", grant_id, grant["state"], ["active"], f"POST /v1/grants/{grant_id}/activate")
    if grant["pool_id"] is None:
        raise Conflict("grant_without_pool", "AL-8", grant_id=grant_id)
    if not grant["starts_at"] <= now < grant["ends_at"]:
        raise Conflict(
            "outside_use_period",
            "AL-9",
            grant_id=grant_id,
            starts_at=grant["starts_at"].isoformat(),
            ends_at=grant["ends_at"].isoformat(),
        )
    pool = await open_pool(tx, grant["pool_id"])
    if grant_id not in pool.queue.entitled:
        raise WrongState("grant", grant_id, "ended", ["active"])
    (number,) = await sessions.next_session_nos(tx, 1)
    cards = units * pool.queue.entitled[grant_id].cards_per_unit
    request = Request(sessions.session_id_of(number), grant_id, units, cards, now, number, max_duration_s)
    decision = await decide(tx, pool, now, Arrivals(requests=(request,)))
    return await _changed(tx, request.session_id, decision)


async def release_session(tx: Tx, caller: Caller, session_id: str, now: dt.datetime) -> SessionsChanged:
    """Give a session's cards back. Repeated, it changes nothing and answers the same state."""
    session = await own_session(tx, caller, session_id)
    pool = await open_pool(tx, session["pool_id"])
    running = {s.session_id for s in pool.queue.running}
    if session_id not in running:
        session = await own_session(tx, caller, session_id)
        if session["state"] == "released":
            return SessionsChanged(session, [])
        raise WrongState("session", session_id, session["state"], ["running"], "POST …/withdraw")
    decision = await decide(tx, pool, now, Arrivals(releases=(session_id,)))
    return await _changed(tx, session_id, decision)


async def withdraw_session(tx: Tx, caller: Caller, session_id: str, now: dt.datetime) -> SessionsChanged:
    """Take a waiting request back; its wait counts all the same (MT-6)."""
    session = await own_session(tx, caller, session_id)
    pool = await open_pool(tx, session["pool_id"])
    if session_id not in {r.session_id for r in pool.queue.waiting}:
        session = await own_session(tx, caller, session_id)
        if session["state"] == "withdrawn":
            return SessionsChanged(session, [])
        raise WrongState("session", session_id, session["state"], ["waiting"], "POST …/release")
    decision = await decide(tx, pool, now, Arrivals(withdrawals=(session_id,)))
    return await _changed(tx, session_id, decision)


async def report_utilisation(
    tx: Tx, caller: Caller, session_id: str, until: dt.datetime, used: bool, now: dt.datetime
) -> SessionsChanged:
    """A provider reports whether a session used its cards since the last report, up to `until`.

    Only reports make a session idle, never their absence. A session that was idle for the programme's time ends.
    """
    session = await own_session(tx, caller, session_id)
    idle = IdlePolicy.of(await programme_at(tx, session["programme_code"], now))
    pool = await open_pool(tx, session["pool_id"], idle.idle_s)
    found = [s for s in pool.queue.running if s.session_id == session_id]
    if not found:
        session = await own_session(tx, caller, session_id)
        raise WrongState("session", session_id, session["state"], ["running"])
    reported_until = found[0].idle_until or found[0].assigned_at
    if not reported_until < until <= now:
        raise Invalid("utilisation_out_of_order", "AL-9", until=until.isoformat(), after=reported_until.isoformat())
    since = None if used else found[0].idle_since or reported_until
    await sessions.note_idle(tx, session_id, since, until)
    decision = await decide(tx, await open_pool(tx, session["pool_id"], idle.idle_s), now)
    return await _changed(tx, session_id, decision)


async def pools_with_due_sessions(tx: Tx, now: dt.datetime) -> list[str]:
    """The pools in which a declared maximum duration has run out."""
    return await pools.due_pools(tx, now)


async def end_due_sessions(tx: Tx, pool_id: str, now: dt.datetime) -> int:
    """End what is due in a pool; returns how many sessions ended."""
    return len((await decide(tx, await open_pool(tx, pool_id), now)).ended)


async def own_session(tx: Tx, caller: Caller, session_id: str) -> dict[str, Any]:
    """A session that the caller may see. Raises NotFound."""
    session = await sessions.session_of(tx, session_id)
    if session is None or not (caller.owns(session["organisation_id"]) or caller.owns(session["provider_id"])):
        raise NotFound("session", session_id)
    return session


async def _changed(tx: Tx, session_id: str, decision: PoolDecision) -> SessionsChanged:
    started = [begun.request.session_id for begun in decision.started]
    rows = await sessions.sessions_by_id(tx, [session_id, *started])
    return SessionsChanged(rows[session_id], [rows[name] for name in started])


async def list_sessions(
    tx: Tx, caller: Caller, pool: str | None, state: str | None, grant: str | None, after: str, limit: int
) -> list[dict[str, Any]]:
    """Sessions by id: all for the agency, else those of the caller's grants or pools."""
    organisation = None if caller.sees_all() else caller.organisation_id or "-"
    return await sessions.sessions(
        tx, pool=pool, state=state, grant=grant, organisation=organisation, after=after, limit=limit
    )


def raise_if_refused(refusals: list[dict[str, Any]] | None) -> None:
    """Turn a recorded refusal into the answer, once its record is committed. Raises Refused."""
    if refusals:
        raise Refused([Refusal(r["rule_id"], r["code"], r["facts"]) for r in refusals])
