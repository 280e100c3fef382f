"""Which limits a selection of a pool has: those of the definition, and the places of its share (RV-9, RV-11)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Refusal, Refused
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model.places import PlaceMove, PoolPlaces
from services.review.operations.turns import take_selection_turn
from services.review.policy.selection import SelectionPolicy, SharePolicy
from services.review.rules.shares import move_refusals, pool_places
from services.review.store import places


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """The limits of a pool's selection, and its share of the call's places; none where it divides none."""

    policy: SelectionPolicy
    share: PoolPlaces | None


async def limits_of(tx: Tx, programme: Programme, track: str, selection_id: str, *, quota_relaxed: bool) -> PoolLimits:
    """The limits of a selection of a track now: where the call divides places by shares, also those of this pool.

    Filled of its share is what other selections of the same track select.
    """
    shared = SharePolicy.of(programme)
    share = None
    if shared is not None:
        taken, _ = await places.count_filled(tx, programme.code, but=selection_id)
        share = pool_places(shared, await places.list_moves(tx, programme.code), taken).get(track)
    left = None if share is None else share.unfilled
    return PoolLimits(SelectionPolicy.of(programme, track, quota_relaxed=quota_relaxed, places=left), share)


async def places_of(tx: Tx, programme_code: str, now: dt.datetime) -> tuple[PoolPlaces, ...]:
    """The places of a call's pools, in the definition's order; none where it divides no places."""
    pools, _ = await _pools(tx, await programme_at(tx, programme_code, now))
    return tuple(pools.values())


async def _pools(tx: Tx, programme: Programme) -> tuple[Mapping[str, PoolPlaces], frozenset[str]]:
    shared = SharePolicy.of(programme)
    if shared is None:
        return {}, frozenset()
    filled, drawn = await places.count_filled(tx, programme.code)
    return pool_places(shared, await places.list_moves(tx, programme.code), filled), drawn


@dataclass(frozen=True, slots=True)
class AskedMove:
    """Which unfilled places an officer wants to move, and why."""

    programme_code: str
    from_track: str
    to_track: str
    places: int
    reason: str


async def move_places(tx: Tx, caller: Caller, asked: AskedMove, clock: Clock) -> tuple[PoolPlaces, ...]:
    """Move unfilled places from one pool to another: both draw with it from now on (RV-11).

    A draft that was drawn before is drawn again before it is announced. Raises Refused for places that are filled,
    of a pool that was not drawn yet, or of one without a share.
    """
    now = await take_selection_turn(tx, asked.programme_code, clock)
    programme = await programme_at(tx, asked.programme_code, now)
    pools, drawn = await _pools(tx, programme)
    if not pools:
        raise Refused([Refusal("RV-11", "no_places_to_divide", {})])
    move = PlaceMove(
        asked.programme_code, asked.from_track, asked.to_track, asked.places, asked.reason, caller.subject, now
    )
    refusals = move_refusals(pools, move, sorted(drawn))
    if refusals:
        raise Refused(refusals)
    await places.add_move(tx, move)
    return tuple((await _pools(tx, programme))[0].values())
