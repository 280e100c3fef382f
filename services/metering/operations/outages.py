"""Outages are reported, and closed when service is back."""

import datetime as dt
from typing import Any

from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid, NotFound, WrongState
from libs.common.events.metering import OutageClosed, OutageOpened
from libs.common.identity import Caller
from libs.common.outbox import say
from services.metering.model.grants import Outage, ScopeKind
from services.metering.store import grants, outages


async def report_outage(
    tx: Tx,
    caller: Caller,
    *,
    provider_id: str,
    scope_kind: ScopeKind,
    scope_id: str,
    started_at: dt.datetime,
    ended_at: dt.datetime | None,
    reason: str,
    now: dt.datetime,
) -> dict[str, Any]:
    """Put an outage on record, still open or already over. Raises NotFound, Invalid or Conflict.

    Providers report their own; the agency's operators and officers any.
    """
    if not caller.owns(provider_id):
        raise NotFound("provider", provider_id)
    _judge_span(started_at, ended_at, now)
    await _judge_scope(tx, provider_id, scope_kind, scope_id)
    outage = Outage(await outages.next_id(tx), provider_id, scope_kind, scope_id, started_at, ended_at)
    await outages.insert(tx, outage, reason, caller.subject, now)
    await say(tx, _event(OutageOpened, outage), now=now)
    return await find_outage(tx, caller, outage.outage_id)


async def close_outage(
    tx: Tx, caller: Caller, outage_id: str, ended_at: dt.datetime, now: dt.datetime
) -> dict[str, Any]:
    """State when service was back. Raises NotFound, WrongState where it is closed, Invalid for an impossible end."""
    row = await outages.find(tx, outage_id, for_update=True)
    if row is None or not caller.owns(row["provider_id"]):
        raise NotFound("outage", outage_id)
    if row["ended_at"] is not None:
        raise WrongState("outage", outage_id, "closed", ["open"], "POST /metering/v1/outages")
    _judge_span(row["started_at"], ended_at, now)
    await outages.end(tx, outage_id, ended_at, caller.subject, now)
    outage = Outage(outage_id, row["provider_id"], row["scope_kind"], row["scope_id"], row["started_at"], ended_at)
    await say(tx, _event(OutageClosed, outage), now=now)
    return await find_outage(tx, caller, outage_id)


async def find_outage(tx: Tx, caller: Caller, outage_id: str) -> dict[str, Any]:
    """One outage. Raises NotFound, for other providers' outages too."""
    row = await outages.find(tx, outage_id)
    if row is None or not caller.owns(row["provider_id"]):
        raise NotFound("outage", outage_id)
    return row


async def list_outages(
    tx: Tx, caller: Caller, provider_id: str | None, state: str | None, after_id: str, limit: int
) -> list[dict[str, Any]]:
    """Outages by id: a provider's own, or all, of one provider where asked."""
    if not caller.sees_all():
        if provider_id not in (None, caller.organisation_id):
            return []
        provider_id = caller.organisation_id
    return await outages.page(tx, provider_id, None if state is None else state == "open", after_id, limit)


def _judge_span(started_at: dt.datetime, ended_at: dt.datetime | None, now: dt.datetime) -> None:
    if started_at > now or (ended_at is not None and ended_at > now):
        raise Invalid("outage_in_the_future", "MT-7", now=now.isoformat())
    if ended_at is not None and ended_at <= started_at:
        raise Invalid("outage_ends_before_start", "MT-7", started_at=started_at.isoformat())


async def _judge_scope(tx: Tx, provider_id: str, scope_kind: ScopeKind, scope_id: str) -> None:
    if scope_kind == "provider" and scope_id != provider_id:
        raise Conflict("outage_scope_unknown", "MT-7", scope_kind=scope_kind, scope_id=scope_id)
    if scope_kind == "grant":
        placed = {placement.provider_id for placement in await grants.placements_of(tx, scope_id)}
        if provider_id not in placed:
            raise Conflict("outage_scope_unknown", "MT-7", scope_kind=scope_kind, scope_id=scope_id)


def _event(kind: type[OutageOpened], outage: Outage) -> OutageOpened:
    return kind(
        outage_id=outage.outage_id,
        provider_id=outage.provider_id,
        scope_kind=outage.scope_kind,
        scope_id=outage.scope_id,
        started_at=outage.started_at,
        ended_at=outage.ended_at,
    )
