"""Sessions of dynamic pools: ask, give back, take back, report utilisation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from libs.common.cards import cards_of
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Refused, WrongState
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.allocator.model.pools import LoadedPool
from services.allocator.model.queue import Request
from services.allocator.model.sessions import Session, SessionState
from services.allocator.operations.decide import decide, open_pool, reload_pool
from services.allocator.operations.grants import own_grant
from services.allocator.policy import IdlePolicy
from services.allocator.rules.idle import idle_since, is_in_order, reported_until
from services.allocator.rules.next_calls import next_of_grant, next_of_session
from services.allocator.rules.parties import who_decides
from services.allocator.rules.queue import Arrivals, PoolDecision, is_in_use_period
from services.allocator.store import pools, sessions


@dataclass(frozen=True, slots=True)
class SessionAsk:
    """What is asked for: units of a grant, and for how long at most."""

    grant_id: str
    units: int
    max_duration_s: int | None
    reason: str | None = None
    """Why the agency asks in its own name; none of a user."""


@dataclass(frozen=True, slots=True)
class UtilisationReport:
    """Whether a session used its cards since the last report, up to `until`."""

    until: dt.datetime
    used: bool


@dataclass(frozen=True, slots=True)
class SessionsChanged:
    """A session after an operation, and every session that got its cards by it and that the caller may see."""

    session: Session
    started: tuple[Session, ...]


async def request_session(tx: Tx, caller: Caller, ask: SessionAsk, clock: Clock) -> SessionsChanged:
    """Ask for units of a grant at its pool. A refusal is recorded and returned, not raised: its record must last.

    Only its user asks, or the agency with a reason (AL-9).
    """
    grant = await own_grant(tx, caller, ask.grant_id)
    _raise_unless_deciding(caller, grant.organisation_id, ask.reason)
    if grant.state != "active":
        raise WrongState("grant", ask.grant_id, grant.state, ["active"], next_of_grant(ask.grant_id, grant.state))
    if grant.pool_id is None:
        raise Conflict("grant_without_pool", "AL-8", grant_id=ask.grant_id)
    pool = await open_pool(tx, grant.pool_id, clock)
    entitled = pool.queue.entitled.get(ask.grant_id)
    if entitled is None:  # it ended while the pool was waited for
        raise WrongState("grant", ask.grant_id, "ended", ["active"])
    starts_at, ends_at = grant.use.starts_at, entitled.ends_at or grant.use.ends_at
    if not is_in_use_period(starts_at, ends_at, pool.now):
        raise Conflict(
            "outside_use_period",
            "AL-9",
            grant_id=ask.grant_id,
            starts_at=starts_at.isoformat(),
            ends_at=ends_at.isoformat(),
        )
    (number,) = await sessions.next_session_nos(tx, 1)
    session_id, card_count = sessions.session_id_of(number), cards_of(ask.units, entitled.cards_per_unit)
    request = Request(session_id, ask.grant_id, ask.units, card_count, pool.now, number, ask.max_duration_s)
    decision = await decide(tx, pool, Arrivals(requests=(request,)))
    return await _changed(tx, caller, session_id, decision)


async def release_session(tx: Tx, caller: Caller, session_id: str, reason: str | None, clock: Clock) -> SessionsChanged:
    """Give a session's cards back: its user, or the agency with a reason (AL-9).

    Repeated, it changes nothing and answers the same state; so it does where the session was due before.
    """
    pool = await _pool_of_user(tx, caller, session_id, reason, clock)
    if session_id in {s.session_id for s in pool.queue.running}:
        return await _changed(tx, caller, session_id, await decide(tx, pool, Arrivals(releases=(session_id,))))
    return await _done_already(tx, session_id, done="released", allowed="running")


async def withdraw_session(
    tx: Tx, caller: Caller, session_id: str, reason: str | None, clock: Clock
) -> SessionsChanged:
    """Take a waiting request back: its user, or the agency with a reason (AL-9). Its wait counts (MT-6)."""
    pool = await _pool_of_user(tx, caller, session_id, reason, clock)
    if session_id in {r.session_id for r in pool.queue.waiting}:
        return await _changed(tx, caller, session_id, await decide(tx, pool, Arrivals(withdrawals=(session_id,))))
    return await _done_already(tx, session_id, done="withdrawn", allowed="waiting")


async def report_utilisation(
    tx: Tx, caller: Caller, session_id: str, report: UtilisationReport, clock: Clock
) -> SessionsChanged:
    """A provider reports whether a session used its cards since the last report, up to `until`.

    Only reports make a session idle, never their absence. A session that was idle for the programme's time ends.
    """
    session = await own_session(tx, caller, session_id)
    pool = await open_pool(tx, session.pool_id, clock)
    idle = IdlePolicy.of(await programme_at(tx, session.programme_code, pool.now))
    running = next((s for s in pool.queue.running if s.session_id == session_id), None)
    if running is None:
        session = await sessions.get_session(tx, session_id)
        raise WrongState("session", session_id, session.state, ["running"])
    if not is_in_order(running, report.until, pool.now):
        after = reported_until(running).isoformat()
        raise Invalid("utilisation_out_of_order", "AL-9", until=report.until.isoformat(), after=after)
    await sessions.change_idle(tx, session_id, idle_since(running, used=report.used), report.until)
    return await _changed(tx, caller, session_id, await decide(tx, await reload_pool(tx, pool, idle.idle_s)))


async def list_due_pools(tx: Tx, now: dt.datetime) -> tuple[str, ...]:
    """The pools in which a session's latest end has come, or whose cards changed while somebody waits."""
    return await pools.list_due_pools(tx, now)


async def end_due_sessions(tx: Tx, pool_id: str, clock: Clock) -> int:
    """End what is due in a pool; returns how many sessions ended."""
    return len((await decide(tx, await open_pool(tx, pool_id, clock))).ended)


async def own_session(tx: Tx, caller: Caller, session_id: str) -> Session:
    """A session that the caller may see. Raises NotFound."""
    session = await sessions.get_session(tx, session_id)
    if not _may_see(caller, session):
        raise NotFound("session", session_id)
    return session


async def list_sessions(
    tx: Tx, caller: Caller, pool: str | None, state: SessionState | None, grant: str | None, after: int, limit: int
) -> tuple[Session, ...]:
    """Sessions by number, after one: all for the agency, else those of the caller's grants or pools."""
    organisation = None if caller.sees_all() else caller.organisation_id or "-"
    return await sessions.list_sessions(tx, pool, state, grant, organisation, after, limit)


def raise_if_refused(refusals: Sequence[Refusal] | None) -> None:
    """Turn a recorded refusal into the answer, once its record is committed. Raises Refused."""
    if refusals:
        raise Refused(refusals)


async def _pool_of_user(tx: Tx, caller: Caller, session_id: str, reason: str | None, clock: Clock) -> LoadedPool:
    """The pool of a session about which the caller may decide, locked and loaded. Raises NotFound, Forbidden."""
    session = await own_session(tx, caller, session_id)
    _raise_unless_deciding(caller, session.organisation_id, reason)
    return await open_pool(tx, session.pool_id, clock)


def _raise_unless_deciding(caller: Caller, organisation_id: str, reason: str | None) -> None:
    match who_decides(caller, organisation_id, reason):
        case "nobody":
            raise Forbidden("not_the_user", "AL-9")
        case "agency_without_reason":
            raise Invalid("reason_needed", "AL-9")


async def _done_already(tx: Tx, session_id: str, *, done: SessionState, allowed: SessionState) -> SessionsChanged:
    """What a command answers that comes too late: the same again if it was done before. Raises WrongState."""
    session = await sessions.get_session(tx, session_id)
    if session.state == done:
        return SessionsChanged(session, ())
    raise WrongState("session", session_id, session.state, [allowed], next_of_session(session_id, session.state))


async def _changed(tx: Tx, caller: Caller, session_id: str, decision: PoolDecision) -> SessionsChanged:
    """A session after a decision; of the others that it started only those that the caller may see."""
    started = [begun.request.session_id for begun in decision.started]
    found = await sessions.list_by_id(tx, [session_id, *started])
    seen = (found[name] for name in started)
    return SessionsChanged(found[session_id], tuple(s for s in seen if _may_see(caller, s)))


def _may_see(caller: Caller, session: Session) -> bool:
    return caller.owns(session.organisation_id) or caller.owns(session.provider_id)
