"""The events that a pool's decisions say."""

from libs.common.events.allocator import SessionAssigned, SessionReleased, SessionRequested, SessionWithdrawn
from services.allocator.model.cards import servers_of
from services.allocator.model.pools import LoadedPool
from services.allocator.model.queue import Ended, Request, Started, WaitOver


def requested(pool: LoadedPool, request: Request) -> SessionRequested:
    """The event that a wait began."""
    return SessionRequested(
        session_id=request.session_id,
        grant_id=request.grant_id,
        programme_code=pool.pool.programme_code,
        provider_id=pool.pool.provider_id,
        pool_id=pool.pool.pool_id,
        units=request.units,
        requested_at=request.requested_at,
        max_duration_s=request.max_duration_s,
    )


def assigned(pool: LoadedPool, begun: Started, continues: str | None = None) -> SessionAssigned:
    """The event that a session has its cards."""
    request = begun.request
    return SessionAssigned(
        session_id=request.session_id,
        grant_id=request.grant_id,
        programme_code=pool.pool.programme_code,
        provider_id=pool.pool.provider_id,
        data_centre=pool.pool.data_centre,
        pool_id=pool.pool.pool_id,
        mode=begun.mode,
        units=request.units,
        servers=servers_of(begun.cards),
        requested_at=request.requested_at,
        assigned_at=begun.assigned_at,
        continues=continues,
    )


def released(pool: LoadedPool, ended: Ended) -> SessionReleased:
    """The event that a session gave its cards back."""
    return SessionReleased(
        session_id=ended.session.session_id,
        grant_id=ended.session.grant_id,
        programme_code=pool.pool.programme_code,
        provider_id=pool.pool.provider_id,
        pool_id=pool.pool.pool_id,
        released_at=ended.released_at,
        # the contract as it landed has no word for the end of an offer: the session itself keeps it
        reason="released" if ended.reason == "offer_ended" else ended.reason,
    )


def withdrawn(pool: LoadedPool, wait: WaitOver) -> SessionWithdrawn:
    """The event that a wait ended without cards, for whatever reason: it counts all the same (MT-6)."""
    request = wait.request
    return SessionWithdrawn(
        session_id=request.session_id,
        grant_id=request.grant_id,
        programme_code=pool.pool.programme_code,
        provider_id=pool.pool.provider_id,
        pool_id=pool.pool.pool_id,
        units=request.units,
        requested_at=request.requested_at,
        withdrawn_at=wait.ended_at,
    )
