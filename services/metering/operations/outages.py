"""Outages are reported; their end is stated, questioned and confirmed; a wrong one is withdrawn (AL-19, MT-7)."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, WrongState
from libs.common.events.metering import OutageClosed, OutageEndStated, OutageOpened, OutageWithdrawn
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.providers import registered_id
from services.metering.model.grants import Outage, ScopeKind
from services.metering.model.outages import OutageRecord, OutageState, OutageStep, ReportedOutage, Speaker, StepKind
from services.metering.rules.outages import end_to_confirm, scope_named, span_refusal, speaks_as, withdrawn_refusal
from services.metering.store import grants, outages
from services.metering.store.usage import lock_provider_shared

E = TypeVar("E", OutageOpened, OutageClosed, OutageEndStated, OutageWithdrawn)
WRONG_TIMES = ("outage_in_the_future", "outage_ends_before_start", "outage_reason_missing")
"""What is wrong with the request itself; every other refusal lies in what is on record."""


@dataclass(frozen=True, slots=True)
class NewOutage:
    """An outage as somebody reports it."""

    provider_id: str
    scope_kind: ScopeKind
    scope_id: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    reason: str


async def report_outage(tx: Tx, caller: Caller, new: NewOutage, clock: Clock) -> OutageRecord:
    """Put an outage on record, still open or already over. Raises NotFound, Invalid or Conflict.

    Providers report their own; the agency's operators and officers any. The end that a provider reports is stated
    only: until it is confirmed the outage is open (AL-19).
    """
    provider_id = await registered_id(tx, new.provider_id)
    if not caller.owns(provider_id):
        raise NotFound("provider", provider_id)
    await lock_provider_shared(tx, provider_id)
    now = clock.now()
    _refuse(span_refusal(new.started_at, new.ended_at, now))
    scope = scope_named(new.scope_kind, new.scope_id, await outages.get_scopes(tx, provider_id))
    if isinstance(scope, Refusal):
        raise Conflict(scope.code, scope.rule_id, **scope.facts)
    reported = ReportedOutage(
        outage_id=await outages.next_id(tx),
        provider_id=provider_id,
        scope_kind=new.scope_kind,
        scope_id=scope,
        started_at=new.started_at,
        ended_at=None,
        reason=new.reason,
        reported_by=caller.subject,
        reported_at=now,
        closed_by=None,
        closed_at=None,
    )
    is_stated = speaks_as(caller.roles, caller.organisation_id, reported, ()) == "provider"
    if new.ended_at is not None and not is_stated:
        reported = replace(reported, ended_at=new.ended_at, closed_by=caller.subject, closed_at=now)
    await outages.add_outage(tx, reported)
    await say(tx, _said(OutageOpened, reported.outage), now=now)
    record = OutageRecord(reported, ())
    if new.ended_at is not None and is_stated:
        return await _state_end(tx, caller, record, new.ended_at, now)
    return record


async def close_outage(
    tx: Tx, caller: Caller, outage_id: str, ended_at: dt.datetime, reason: str | None, clock: Clock
) -> OutageRecord:
    """Say when service was back: a provider states it, the agency closes the outage with it.

    Raises NotFound, WrongState where it is closed, Conflict where it was withdrawn, Invalid for an impossible end.
    """
    record, now = await _unsettled(tx, caller, outage_id, clock)
    if await _speaker(tx, caller, record.reported) == "agency":
        return await _confirm(tx, caller, record, ended_at, reason, now)
    _refuse(span_refusal(record.reported.started_at, ended_at, now))
    return await _state_end(tx, caller, record, ended_at, now)


async def confirm_end(
    tx: Tx, caller: Caller, outage_id: str, ended_at: dt.datetime | None, reason: str | None, clock: Clock
) -> OutageRecord:
    """Confirm the end that was stated, or another one with a reason: from here on it counts (AL-19).

    Raises NotFound, WrongState where it is closed, Conflict where it was withdrawn, no end was stated or only the
    agency may say this, Invalid for an impossible end or a missing reason.
    """
    record, now = await _unsettled(tx, caller, outage_id, clock)
    if record.stated_end is None:
        raise Conflict("outage_end_not_stated", "AL-19", outage_id=outage_id)
    return await _confirm(tx, caller, record, ended_at, reason, now)


async def question_end(
    tx: Tx, caller: Caller, outage_id: str, ended_at: dt.datetime | None, reason: str, clock: Clock
) -> OutageRecord:
    """Question the end that was stated: the user says why and perhaps when it was; then the agency decides.

    Raises NotFound, WrongState where it is closed, Conflict where it was withdrawn or no end was stated, Invalid.
    """
    record, now = await _unsettled(tx, caller, outage_id, clock)
    if record.stated_end is None:
        raise Conflict("outage_end_not_stated", "AL-19", outage_id=outage_id)
    await _require(tx, caller, record, "user")
    _refuse(span_refusal(record.reported.started_at, ended_at, now))
    return await _take(tx, record, _step(caller, record, "end_questioned", ended_at, reason, now))


async def withdraw_outage(tx: Tx, caller: Caller, outage_id: str, reason: str, clock: Clock) -> OutageRecord:
    """Withdraw a wrong outage: it stays on record and counts no more; in closed months by an adjustment (MT-7).

    Raises NotFound, and Conflict where it is withdrawn already: a withdrawal is not taken back.
    """
    record, now = await _found(tx, caller, outage_id, clock)
    await _require(tx, caller, record, "agency")
    await say(tx, _said(OutageWithdrawn, record.reported.outage, reason=reason, withdrawn_at=now), now=now)
    return await _take(tx, record, _step(caller, record, "withdrawn", None, reason, now))


async def find_outage(tx: Tx, caller: Caller, outage_id: str) -> OutageRecord:
    """One outage. Raises NotFound, for other providers' and grants' outages too."""
    record = await outages.find_outage(tx, outage_id)
    if record is None or not (caller.sees_all() or await _speaker(tx, caller, record.reported)):
        raise NotFound("outage", outage_id)
    return record


async def list_outages(
    tx: Tx, caller: Caller, provider_id: str | None, state: OutageState | None, after_id: str, limit: int
) -> tuple[OutageRecord, ...]:
    """Outages by id: a provider's own, or all, of one provider where asked."""
    if not caller.sees_all():
        if provider_id not in (None, caller.organisation_id):
            return ()
        provider_id = caller.organisation_id
    return await outages.list_outages(tx, provider_id, state, after_id, limit)


async def _speaker(tx: Tx, caller: Caller, reported: ReportedOutage) -> Speaker | None:
    users: list[str] = []
    if reported.scope_kind == "grant":
        placed = await grants.list_placements_of_grant(tx, reported.scope_id)
        users = [told.organisation_id for told in placed if told.provider_id == reported.provider_id]
    return speaks_as(caller.roles, caller.organisation_id, reported, users)


async def _require(tx: Tx, caller: Caller, record: OutageRecord, *speakers: Speaker) -> Speaker:
    """As which of these the caller speaks. Raises Forbidden for another: the provider decides nothing it is paid by."""
    speaker = await _speaker(tx, caller, record.reported)
    if speaker is None or speaker not in speakers:
        raise Forbidden("forbidden", "AL-19", needs="applicant" if speakers == ("user",) else "officer")
    return speaker


async def _found(tx: Tx, caller: Caller, outage_id: str, clock: Clock) -> tuple[OutageRecord, dt.datetime]:
    """The outage under its lock, and the clock read after it; its provider's closings wait meanwhile."""
    seen = await find_outage(tx, caller, outage_id)
    await lock_provider_shared(tx, seen.reported.provider_id)
    record = await outages.find_outage(tx, outage_id, locked=True) or seen
    _refuse(withdrawn_refusal(record))
    return record, max(clock.now(), record.said_at)


async def _unsettled(tx: Tx, caller: Caller, outage_id: str, clock: Clock) -> tuple[OutageRecord, dt.datetime]:
    record, now = await _found(tx, caller, outage_id, clock)
    if record.state == "closed":
        raise WrongState("outage", outage_id, "closed", ["open"])
    return record, now


async def _confirm(
    tx: Tx, caller: Caller, record: OutageRecord, ended_at: dt.datetime | None, reason: str | None, now: dt.datetime
) -> OutageRecord:
    speaker = await _require(tx, caller, record, "agency", "user")
    end = end_to_confirm(record, ended_at, reason, speaker, caller.subject, now)
    if isinstance(end, Refusal):
        raise _error(end)
    closed = replace(record.reported, ended_at=end, closed_by=caller.subject, closed_at=now)
    await outages.end_outage(tx, closed)
    await say(tx, _said(OutageClosed, closed.outage), now=now)
    return await _take(tx, replace(record, reported=closed), _step(caller, record, "end_confirmed", end, reason, now))


async def _state_end(
    tx: Tx, caller: Caller, record: OutageRecord, ended_at: dt.datetime, now: dt.datetime
) -> OutageRecord:
    await say(tx, _said(OutageEndStated, record.reported.outage, ended_at=ended_at, stated_at=now), now=now)
    return await _take(tx, record, _step(caller, record, "end_stated", ended_at, None, now))


def _step(
    caller: Caller,
    record: OutageRecord,
    kind: StepKind,
    ended_at: dt.datetime | None,
    reason: str | None,
    now: dt.datetime,
) -> OutageStep:
    return OutageStep(record.reported.outage_id, kind, ended_at, reason, caller.subject, now)


async def _take(tx: Tx, record: OutageRecord, step: OutageStep) -> OutageRecord:
    await outages.add_step(tx, step)
    return replace(record, steps=(*record.steps, step))


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise _error(refusal)


def _error(refusal: Refusal) -> Invalid | Conflict:
    kind = Invalid if refusal.code in WRONG_TIMES else Conflict
    return kind(refusal.code, refusal.rule_id, **refusal.facts)


def _said(kind: type[E], outage: Outage, **more: Any) -> E:
    """The event of this kind about an outage."""
    return kind(
        outage_id=outage.outage_id,
        provider_id=outage.provider_id,
        scope_kind=outage.scope_kind,
        scope_id=outage.scope_id,
        started_at=outage.started_at,
        **{"ended_at": outage.ended_at, **more},
    )
