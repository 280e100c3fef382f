"""Which limits a selection of a pool has: those of the definition, and the places of its share (RV-9, RV-11)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Refusal, Refused
from libs.common.identity import Caller
from libs.common.programmes import other_rounds, programme_at, programme_version
from services.review.model.places import HeldByRounds, PlaceMove, PoolPlaces
from services.review.model.selections import Candidate
from services.review.operations.turns import take_selection_turn
from services.review.policy.selection import ProductPolicy, SelectionPolicy, SharePolicy
from services.review.rules.rounds import held_by_rounds, less_held
from services.review.rules.shares import move_refusals, pool_places
from services.review.store import applications, outcomes, places


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """The limits of a pool's selection, its share of the call's places, and what its other rounds hold of them.

    None where the call divides no places, or its other rounds selected nobody.
    """

    policy: SelectionPolicy
    share: PoolPlaces | None
    held: HeldByRounds | None
    calls: tuple[str, ...]
    """The call and its other rounds, which share what a counting unit may have."""


async def limits_of(tx: Tx, programme: Programme, track: str, selection_id: str, *, quota_relaxed: bool) -> PoolLimits:
    """The limits of a selection of a track now: where the call divides places by shares, also those of this pool.

    Filled of its share is what other selections of the same track select, also in other rounds of the call; what the
    selected of these take of the other limits is taken off (AL-20).
    """
    rounds = await other_rounds(tx, programme.code)
    policy = SelectionPolicy.of(programme, track, quota_relaxed=quota_relaxed)
    held = await _held_by(tx, rounds, track, policy)
    shared = SharePolicy.of(programme)
    share = None
    if shared is not None:
        taken, _ = await places.count_filled(tx, (programme.code, *rounds), but=selection_id)
        share = pool_places(shared, await places.list_moves(tx, programme.code), taken).get(track)
    left = None if share is None else share.unfilled
    return PoolLimits(less_held(policy, held).with_places(left), share, held, (programme.code, *rounds))


async def _held_by(tx: Tx, rounds: Sequence[str], track: str, policy: SelectionPolicy) -> HeldByRounds | None:
    """What other rounds' selected of a track hold, if any; a product that only they have counts as they define it."""
    selected = await outcomes.list_selected_in(tx, rounds, track) if rounds else ()
    if not selected:
        return None
    found = await applications.list_known(tx, [one.application_id for one in selected])
    products = dict(policy.products)
    candidates = []
    for one in selected:
        application = found[one.application_id]
        if application.product not in products:
            theirs = await programme_version(tx, one.programme_code, one.programme_version)
            priced = policy.budget_krw is not None
            products[application.product] = ProductPolicy.of(theirs, application.product, priced=priced)
        candidates.append(Candidate.of(application, units=one.units, months=one.months))
    return held_by_rounds(candidates, replace(policy, products=products))


async def places_of(tx: Tx, programme_code: str, now: dt.datetime) -> tuple[PoolPlaces, ...]:
    """The places of a call's pools, in the definition's order; none where it divides no places."""
    pools, _ = await _pools(tx, await programme_at(tx, programme_code, now))
    return tuple(pools.values())


async def _pools(tx: Tx, programme: Programme) -> tuple[Mapping[str, PoolPlaces], frozenset[str]]:
    shared = SharePolicy.of(programme)
    if shared is None:
        return {}, frozenset()
    rounds = await other_rounds(tx, programme.code)
    filled, drawn = await places.count_filled(tx, (programme.code, *rounds))
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
