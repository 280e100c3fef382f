"""Grants: open gates, activate, lower, end."""

import datetime as dt
from typing import Any

from libs.common.calendar import add_months, kst_day, kst_midnight
from libs.common.db import Tx, lock
from libs.common.errors import Conflict, Invalid, NotFound, Refused, WrongState
from libs.common.events.allocator import GrantActivated, GrantChanged, GrantEnded
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.allocator.operations.decide import decide, open_pool
from services.allocator.operations.place import opened_gates
from services.allocator.operations.pools import end_part, serve_newcomer
from services.allocator.policy import GatePolicy
from services.allocator.rules.delivery import delivery_of
from services.allocator.rules.gates import closed_gates
from services.allocator.store import grants, supply


async def own_grant(tx: Tx, caller: Caller, grant_id: str, *, for_update: bool = False) -> dict[str, Any]:
    """A grant that the caller may see: the applicant's, its provider's, or the agency's. Raises NotFound."""
    grant = await grants.grant_of(tx, grant_id, for_update=for_update)
    if grant is None or not (caller.owns(grant["organisation_id"]) or caller.owns(grant["provider_id"] or "")):
        raise NotFound("grant", grant_id)
    return grant


async def activate_grant(
    tx: Tx, caller: Caller, grant_id: str, delivered_at: dt.datetime | None, now: dt.datetime
) -> dict[str, Any]:
    """Let use begin, once every gate is open; a late delivery does not move the end (AL-16)."""
    grant = await own_grant(tx, caller, grant_id, for_update=True)
    if grant["state"] != "placed":
        raise WrongState("grant", grant_id, grant["state"], ["placed"], "POST /v1/placements")
    policy = GatePolicy.of(await programme_at(tx, grant["programme_code"], now))
    refusals = closed_gates(policy, opened_gates(grant), grant_id)
    if refusals:
        raise Refused(refusals)
    if delivered_at is not None and delivered_at > max(now, grant["starts_at"]):
        raise Invalid("delivered_in_the_future", "AL-16", now=now.isoformat())
    delivered, ends_at = delivery_of(grant["starts_at"], grant["ends_at"], delivered_at or now)
    if delivered >= ends_at:
        raise Conflict("delivered_after_end", "AL-16", grant_id=grant_id, ends_at=ends_at.isoformat())
    await grants.change_grant(tx, grant_id, state="active", activated_at=now, delivered_at=delivered)
    told = GrantActivated(
        grant_id=grant_id,
        programme_code=grant["programme_code"],
        provider_id=grant["provider_id"],
        starts_at=grant["starts_at"],
        delivered_at=delivered,
        ends_at=ends_at,
        agreed_at=grant["agreed_at"],
    )
    await say(tx, told, now=now)
    if grant["pool_id"]:
        await serve_newcomer(tx, grant["pool_id"], grant_id, now)
    return await own_grant(tx, caller, grant_id)


async def reduce_grant(
    tx: Tx, caller: Caller, grant_id: str, units: int, months: int, reason: str, now: dt.datetime
) -> dict[str, Any]:
    """Lower units or months (never raise) with a reason; both values stay on record."""
    grant = await own_grant(tx, caller, grant_id, for_update=True)
    if grant["state"] == "ended":
        raise WrongState("grant", grant_id, "ended", ["awaiting", "placed", "active"])
    if units > grant["units"] or months > grant["months"] or (units, months) == (grant["units"], grant["months"]):
        raise Invalid("only_lower", "RV-12", units=grant["units"], months=grant["months"])
    if units != grant["units"] and grant["state"] != "awaiting":
        raise WrongState("grant", grant_id, grant["state"], ["awaiting"])
    first = kst_day(grant["starts_at"]) if grant["starts_at"] else grant["wished_start"]
    ends_at = kst_midnight(add_months(first, months))
    if grant["state"] == "active" and ends_at < now:
        raise Conflict("end_in_the_past", "AL-16", ends_at=ends_at.isoformat())
    values: dict[str, Any] = {"units": units, "months": months, "reason": reason}
    if grant["ends_at"] is not None:
        values["ends_at"] = ends_at
        await supply.let_go(tx, [(grant_id, ends_at)])
    await grants.change_grant(tx, grant_id, **values)
    await grants.add_change(
        tx,
        grant_id=grant_id,
        units_before=grant["units"],
        months_before=grant["months"],
        units=units,
        months=months,
        reason=reason,
        changed_by=caller.subject,
        changed_at=now,
    )
    told = GrantChanged(
        grant_id=grant_id,
        programme_code=grant["programme_code"],
        units=units,
        months=months,
        ends_at=ends_at,
        reason=reason,
    )
    await say(tx, told, now=now)
    return await own_grant(tx, caller, grant_id)


async def end_grant(tx: Tx, grant: dict[str, Any], at: dt.datetime, reason: str, now: dt.datetime) -> None:
    """A grant gives its cards back for good: its sessions end, its requests are withdrawn, its holdings stop.

    The caller holds the lock `allotment`, taken before the grant's row, as everybody does who needs both.
    """
    grant_id, pool_id = grant["grant_id"], grant["pool_id"]
    if pool_id and grant["state"] == "active":
        await end_part(tx, pool_id, grant_id, at, now)
    await supply.let_go(tx, [(grant_id, at)])
    await grants.change_grant(tx, grant_id, state="ended", ended_at=at, end_reason=reason)
    told = GrantEnded(
        grant_id=grant_id,
        programme_code=grant["programme_code"],
        provider_id=grant["provider_id"],
        ended_at=at,
        reason=reason,
    )
    await say(tx, told, now=now)
    if pool_id and grant["state"] == "active":
        await decide(tx, await open_pool(tx, pool_id), now)


async def end_by_officer(tx: Tx, caller: Caller, grant_id: str, reason: str, now: dt.datetime) -> dict[str, Any]:
    """End a grant before its time, with a reason."""
    await lock(tx, "allotment")
    grant = await own_grant(tx, caller, grant_id, for_update=True)
    if grant["state"] == "ended":
        raise WrongState("grant", grant_id, "ended", ["awaiting", "placed", "active"])
    await end_grant(tx, grant, now, reason, now)
    return await own_grant(tx, caller, grant_id)


async def end_due_grants(tx: Tx, now: dt.datetime) -> int:
    """End the grants whose period is over, at its end; returns how many."""
    await lock(tx, "allotment")
    due = await grants.due_grants(tx, now)
    for grant in due:
        await end_grant(tx, grant, grant["ends_at"], "period_over", now)
    return len(due)


async def list_grants(
    tx: Tx, caller: Caller, programme: str | None, state: str | None, after: str, limit: int
) -> list[dict[str, Any]]:
    """Grants by id: all for the agency, else those awarded to or supplied by the caller."""
    organisation = None if caller.sees_all() else caller.organisation_id or "-"
    return await grants.grants(
        tx, programme=programme, state=state, organisation=organisation, after=after, limit=limit
    )


async def grant_with_changes(tx: Tx, caller: Caller, grant_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A grant and what was lowered of it."""
    return await own_grant(tx, caller, grant_id), await grants.changes_of(tx, grant_id)
