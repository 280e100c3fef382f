"""Outages are reported, and closed when service is back."""

import datetime as dt
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid, NotFound, Refusal, WrongState
from libs.common.events.metering import OutageClosed, OutageOpened
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.providers import registered_id
from services.metering.model.grants import Outage, ScopeKind
from services.metering.model.outages import ReportedOutage
from services.metering.rules.outages import scope_named, span_refusal
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
    clock: Clock,
) -> ReportedOutage:
    """Put an outage on record, still open or already over. Raises NotFound, Invalid or Conflict.

    Providers report their own; the agency's operators and officers any.
    """
    provider_id = await registered_id(tx, provider_id)
    if not caller.owns(provider_id):
        raise NotFound("provider", provider_id)
    now = clock.now()
    _refuse(span_refusal(started_at, ended_at, now))
    scope = scope_named(scope_kind, scope_id, provider_id, await grants.list_placements_at(tx, provider_id))
    if isinstance(scope, Refusal):
        raise Conflict(scope.code, scope.rule_id, **scope.facts)
    reported = ReportedOutage(
        outage_id=await outages.next_id(tx),
        provider_id=provider_id,
        scope_kind=scope_kind,
        scope_id=scope,
        started_at=started_at,
        ended_at=ended_at,
        reason=reason,
        reported_by=caller.subject,
        reported_at=now,
        closed_by=caller.subject if ended_at else None,
        closed_at=now if ended_at else None,
    )
    await outages.add_outage(tx, reported)
    await say(tx, _event(OutageOpened, reported.outage), now=now)
    return reported


async def close_outage(tx: Tx, caller: Caller, outage_id: str, ended_at: dt.datetime, clock: Clock) -> ReportedOutage:
    """State when service was back. Raises NotFound, WrongState where it is closed, Invalid for an impossible end."""
    reported = await outages.find_outage(tx, outage_id, locked=True)
    if reported is None or not caller.owns(reported.provider_id):
        raise NotFound("outage", outage_id)
    now = max(clock.now(), reported.reported_at)
    if reported.ended_at is not None:
        raise WrongState("outage", outage_id, reported.state, ["open"])
    _refuse(span_refusal(reported.started_at, ended_at, now))
    closed = replace(reported, ended_at=ended_at, closed_by=caller.subject, closed_at=now)
    await outages.end_outage(tx, closed)
    await say(tx, _event(OutageClosed, closed.outage), now=now)
    return closed


async def find_outage(tx: Tx, caller: Caller, outage_id: str) -> ReportedOutage:
    """One outage. Raises NotFound, for other providers' outages too."""
    reported = await outages.find_outage(tx, outage_id)
    if reported is None or not caller.owns(reported.provider_id):
        raise NotFound("outage", outage_id)
    return reported


async def list_outages(
    tx: Tx, caller: Caller, provider_id: str | None, state: str | None, after_id: str, limit: int
) -> tuple[ReportedOutage, ...]:
    """Outages by id: a provider's own, or all, of one provider where asked."""
    if not caller.sees_all():
        if provider_id not in (None, caller.organisation_id):
            return ()
        provider_id = caller.organisation_id
    return await outages.list_outages(tx, provider_id, None if state is None else state == "open", after_id, limit)


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Invalid(refusal.code, refusal.rule_id, **refusal.facts)


def _event(kind: type[OutageOpened], outage: Outage) -> OutageOpened:
    return kind(
        outage_id=outage.outage_id,
        provider_id=outage.provider_id,
        scope_kind=outage.scope_kind,
        scope_id=outage.scope_id,
        started_at=outage.started_at,
        ended_at=outage.ended_at,
    )
