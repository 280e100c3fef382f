"""Grants: open gates, activate, lower, end."""

import datetime as dt
from dataclasses import dataclass, replace
from fractions import Fraction

from libs.common.cards import fp32_tflops, h100_equivalents
from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.errors import Conflict, Forbidden, Invalid, NotFound, Refused, WrongState
from libs.common.events.allocator import GrantActivated, GrantChanged, GrantEnded
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.allocator.model.deliveries import Delivery
from services.allocator.model.grants import Grant, GrantChange, GrantState
from services.allocator.model.pools import LoadedPool
from services.allocator.operations.decide import decide, open_pool, reload_pool
from services.allocator.operations.pools import end_part, serve_newcomer
from services.allocator.policy import GatePolicy, ProductPolicy, WorthPolicy
from services.allocator.rules.cards import granted_cards
from services.allocator.rules.delivery import activated_delivery, activation_refusals, standing_delivery
from services.allocator.rules.ending import ending_of
from services.allocator.rules.gates import closed_gates, opened_gates
from services.allocator.rules.next_calls import next_of_grant
from services.allocator.rules.parties import stated_it
from services.allocator.rules.reduction import ends_in_past, is_lowered, lowered_end, may_lose_units
from services.allocator.rules.variants import counted_cards
from services.allocator.store import cards, deliveries, grants


@dataclass(frozen=True, slots=True)
class Reduction:
    """Fewer units or months, and why."""

    units: int
    months: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a grant ends, and when by what is told; now where no instant is told, or one that has not come yet."""

    reason: str
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class GrantFound:
    """A grant, what was lowered of it, and what its cards are worth where that is known."""

    grant: Grant
    changes: tuple[GrantChange, ...]
    h100_equivalents: Fraction | None
    fp32_tflops: Fraction | None


async def own_grant(tx: Tx, caller: Caller, grant_id: str, *, for_update: bool = False) -> Grant:
    """A grant that the caller may see: the applicant's, its provider's, or the agency's. Raises NotFound."""
    grant = await grants.find_grant(tx, grant_id, for_update=for_update)
    if grant is None or not (caller.owns(grant.organisation_id) or caller.owns(grant.provider_id or "")):
        raise NotFound("grant", grant_id)
    return grant


async def activate_grant(
    tx: Tx, caller: Caller, grant_id: str, delivered_at: dt.datetime | None, clock: Clock
) -> Grant:
    """Let use begin, once its start has come and every gate is open; it counts as delivered as somebody confirmed."""
    grant = await own_grant(tx, caller, grant_id, for_update=True)
    if grant.state != "placed":
        raise WrongState("grant", grant_id, grant.state, ["placed"], next_of_grant(grant_id, grant.state))
    pool, now = await _judged(tx, grant, clock)
    policy = GatePolicy.of(await programme_at(tx, grant.programme_code, now))
    delivery = await find_delivery(tx, grant_id)
    if stated_it(delivery.told, caller.subject):
        raise Forbidden("may_not_confirm", "AL-16")
    use = grant.use
    refusals = (
        *closed_gates(policy, opened_gates(policy, grant), grant_id),
        *activation_refusals(delivery, use, delivered_at, now),
    )
    delivered = activated_delivery(delivery, use, delivered_at, now)
    if refusals or delivered is None:
        raise Refused(refusals)
    active = replace(grant, state="active", activated_at=now, delivered_at=delivered)
    await grants.change_grant(tx, grant, active)
    await say(tx, activated(active, delivered), now=now)
    if pool:
        await decide(tx, await reload_pool(tx, pool))
        await serve_newcomer(tx, await reload_pool(tx, pool), grant_id)
    return active


def activated(grant: Grant, delivered_at: dt.datetime) -> GrantActivated:
    """The event from when a grant in use counts as delivered; said again, the later word counts."""
    use = grant.use
    return GrantActivated(
        grant_id=grant.grant_id,
        programme_code=grant.programme_code,
        provider_id=use.provider_id,
        starts_at=use.starts_at,
        delivered_at=delivered_at,
        ends_at=use.ends_at,
        agreed_at=use.agreed_at,
    )


async def find_delivery(tx: Tx, grant_id: str) -> Delivery:
    """How a grant's delivery stands; the caller has seen to whose it is."""
    return standing_delivery(await deliveries.list_told(tx, grant_id))


async def delivery_of_own_grant(tx: Tx, caller: Caller, grant_id: str) -> Delivery:
    """How the delivery of a grant stands that the caller may see. Raises NotFound."""
    await own_grant(tx, caller, grant_id)
    return await find_delivery(tx, grant_id)


async def reduce_grant(tx: Tx, caller: Caller, grant_id: str, wanted: Reduction, clock: Clock) -> Grant:
    """Lower units or months (never raise) with a reason; both values stay on record."""
    grant = await own_grant(tx, caller, grant_id, for_update=True)
    if grant.state == "ended":
        raise WrongState("grant", grant_id, "ended", ["awaiting", "placed", "active"])
    units, months = wanted.units, wanted.months
    if not is_lowered(grant, units, months):
        raise Invalid("only_lower", "RV-12", units=grant.units, months=grant.months)
    if units != grant.units and not may_lose_units(grant):
        raise WrongState("grant", grant_id, grant.state, ["awaiting"])
    _, now = await _judged(tx, grant, clock)
    ends_at = lowered_end(grant, months)
    if ends_in_past(grant, ends_at, now):
        raise Conflict("end_in_the_past", "AL-16", ends_at=ends_at.isoformat())
    lowered = replace(grant, units=units, months=months, reason=wanted.reason)
    if grant.ends_at is not None:
        lowered = replace(lowered, ends_at=ends_at)
        await cards.let_go(tx, "fixed", [(grant_id, ends_at)])
    await grants.change_grant(tx, grant, lowered)
    change = GrantChange(
        grant_id, grant.units, grant.months, units, months, wanted.reason, changed_by=caller.subject, changed_at=now
    )
    await grants.add_change(tx, change)
    told = GrantChanged(
        grant_id=grant_id,
        programme_code=grant.programme_code,
        units=units,
        months=months,
        ends_at=ends_at,
        reason=wanted.reason,
    )
    await say(tx, told, now=now)
    return lowered


async def end_grant(tx: Tx, grant: Grant, ending: Ending, clock: Clock) -> Grant:
    """A grant gives its cards back for good: its sessions end, its requests are withdrawn, its holdings stop.

    The caller holds the lock `allotment`, taken before the grant's row, as everybody does who needs both.
    """
    pool, now = await _judged(tx, grant, clock)
    at, reason = ending_of(grant, ending.at, ending.reason, now)
    if pool:
        await end_part(tx, pool, grant.grant_id, at)
    await cards.let_go(tx, "fixed", [(grant.grant_id, at)])
    ended = replace(grant, state="ended", ended_at=at, end_reason=reason)
    await grants.change_grant(tx, grant, ended)
    told = GrantEnded(
        grant_id=grant.grant_id,
        programme_code=grant.programme_code,
        provider_id=grant.provider_id,
        ended_at=at,
        reason=reason,
    )
    await say(tx, told, now=now)
    if pool:
        await decide(tx, await reload_pool(tx, pool))
    return ended


async def end_by_officer(tx: Tx, caller: Caller, grant_id: str, reason: str, clock: Clock) -> Grant:
    """End a grant before its time, with a reason."""
    await lock(tx, "allotment")
    grant = await own_grant(tx, caller, grant_id, for_update=True)
    if grant.state == "ended":
        raise WrongState("grant", grant_id, "ended", ["awaiting", "placed", "active"])
    return await end_grant(tx, grant, Ending(reason), clock)


async def end_due_grants(tx: Tx, clock: Clock) -> int:
    """End the grants whose period is over, at its end; returns how many."""
    await lock(tx, "allotment")
    due = await grants.list_due(tx, clock.now())
    for grant in due:
        await end_grant(tx, grant, Ending("period_over", grant.ends_at), clock)
    return len(due)


async def list_grants(
    tx: Tx, caller: Caller, programme: str | None, state: GrantState | None, after: str, limit: int
) -> tuple[Grant, ...]:
    """Grants by id: all for the agency, else those awarded to or supplied by the caller."""
    organisation = None if caller.sees_all() else caller.organisation_id or "-"
    return await grants.list_grants(tx, programme, state, organisation, after, limit)


async def grant_with_changes(tx: Tx, caller: Caller, grant_id: str) -> GrantFound:
    """A grant, what was lowered of it, and the worth of its cards (CV-5, CV-6): as placed, before that as asked."""
    grant = await own_grant(tx, caller, grant_id)
    programme = await programme_at(tx, grant.programme_code, grant.announced_at)
    product, worth = ProductPolicy.of(programme, grant.product), WorthPolicy.of(programme)
    count, card_type = granted_cards(grant, product)
    counted, counted_type = counted_cards(grant, product)
    return GrantFound(
        grant,
        await grants.list_changes(tx, grant_id),
        h100_equivalents(count, card_type, worth.equivalents),
        fp32_tflops(counted, counted_type, worth.tflops),
    )


async def _judged(tx: Tx, grant: Grant, clock: Clock) -> tuple[LoadedPool | None, dt.datetime]:
    """The pool that a placed grant draws from, now locked, and the instant at which both are judged.

    A grant's row is locked before its pool, by everybody who needs both.
    """
    if grant.pool_id is not None and grant.state in ("placed", "active"):
        pool = await open_pool(tx, grant.pool_id, clock)
        return pool, pool.now
    return None, clock.now()
