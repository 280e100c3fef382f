"""Deliveries: the provider states one, user or agency confirms it, the agency corrects it."""

import datetime as dt
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Forbidden, Refusal, Refused, WrongState
from libs.common.identity import Caller
from libs.common.outbox import say
from services.allocator.model.deliveries import Delivery, DeliveryTold, DeliveryWord
from services.allocator.model.grants import Grant
from services.allocator.operations.grants import activated, find_delivery, own_grant
from services.allocator.rules.delivery import (
    confirmation_refusals,
    correction_refusals,
    delivery_of,
    statement_refusals,
    withdrawal_refusals,
)
from services.allocator.rules.next_calls import next_of_grant
from services.allocator.rules.parties import is_provider, may_confirm_delivery, stated_it
from services.allocator.store import deliveries, grants


async def state_delivery(tx: Tx, caller: Caller, grant_id: str, delivered_at: dt.datetime, clock: Clock) -> Delivery:
    """The grant's provider states when it delivered; stated again before it is confirmed, the later word stands."""
    grant, delivery = await _of_provider(tx, caller, grant_id)
    now = clock.now()
    _raise_if(statement_refusals(delivery, grant.use, delivered_at, now))
    return await _tell(tx, caller, grant, "stated", delivered_at, "", now)


async def withdraw_delivery(tx: Tx, caller: Caller, grant_id: str, reason: str, clock: Clock) -> Delivery:
    """The grant's provider takes its statement back, with a reason, before somebody confirmed it."""
    grant, delivery = await _of_provider(tx, caller, grant_id)
    _raise_if(withdrawal_refusals(delivery))
    return await _tell(tx, caller, grant, "withdrawn", None, reason, clock.now())


async def confirm_delivery(
    tx: Tx, caller: Caller, grant_id: str, delivered_at: dt.datetime | None, clock: Clock
) -> Delivery:
    """User or agency confirms a stated delivery, as of the stated instant or of a later one; from it on it counts.

    Where use began already, everybody hears again from when the grant counts as delivered.
    """
    grant, delivery = await _of_deliverable(tx, caller, grant_id)
    now = clock.now()
    stated = delivery.stated
    if not may_confirm_delivery(
        caller, grant.organisation_id, grant.use.provider_id, stated.told_by if stated is not None else ""
    ):
        raise Forbidden("may_not_confirm", "AL-16")
    told = delivered_at or (stated and stated.delivered_at) or now
    _raise_if(confirmation_refusals(delivery, grant.use, told, now))
    await _count_from(tx, grant, told, now)
    return await _tell(tx, caller, grant, "confirmed", told, "", now)


async def correct_delivery(
    tx: Tx, caller: Caller, grant_id: str, delivered_at: dt.datetime, reason: str, clock: Clock
) -> Delivery:
    """The agency corrects a delivery that counts, with a reason: what was said before stays on record beside it."""
    grant = await own_grant(tx, caller, grant_id, for_update=True)
    delivery = await find_delivery(tx, grant_id)
    if grant.provider_id is None:
        raise WrongState("grant", grant_id, grant.state, ["placed", "active", "ended"], "")
    if stated_it(delivery.told, caller.subject):
        raise Forbidden("may_not_confirm", "AL-16")
    now = clock.now()
    _raise_if(correction_refusals(delivery, grant.use, grant.activated_at, delivered_at, now))
    await _count_from(tx, grant, delivered_at, now)
    return await _tell(tx, caller, grant, "corrected", delivered_at, reason, now)


async def _of_deliverable(tx: Tx, caller: Caller, grant_id: str) -> tuple[Grant, Delivery]:
    """A placed or active grant that the caller may see, locked, and how its delivery stands."""
    grant = await own_grant(tx, caller, grant_id, for_update=True)
    if grant.state not in ("placed", "active"):
        raise WrongState("grant", grant_id, grant.state, ["placed", "active"], next_of_grant(grant_id, grant.state))
    return grant, await find_delivery(tx, grant_id)


async def _of_provider(tx: Tx, caller: Caller, grant_id: str) -> tuple[Grant, Delivery]:
    grant, delivery = await _of_deliverable(tx, caller, grant_id)
    if not is_provider(caller, grant.provider_id):
        raise Forbidden("not_the_provider", "AL-16")
    return grant, delivery


async def _tell(
    tx: Tx, caller: Caller, grant: Grant, word: DeliveryWord, at: dt.datetime | None, reason: str, now: dt.datetime
) -> Delivery:
    await deliveries.add_told(tx, DeliveryTold(grant.grant_id, word, at, reason, caller.subject, now))
    return await find_delivery(tx, grant.grant_id)


async def _count_from(tx: Tx, grant: Grant, delivered_at: dt.datetime, now: dt.datetime) -> None:
    """Where use began already, let the confirmed instant count and say it; else activation will."""
    use = grant.use
    delivered, _ = delivery_of(use.starts_at, use.ends_at, delivered_at)
    if grant.activated_at is None or grant.delivered_at == delivered:
        return
    await grants.change_grant(tx, grant, replace(grant, delivered_at=delivered))
    await say(tx, activated(grant, delivered), now=now)


def _raise_if(refusals: tuple[Refusal, ...]) -> None:
    if refusals:
        raise Refused(refusals)
