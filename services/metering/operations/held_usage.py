"""Held corrections: what becomes of one whose event does not come is an operator's or officer's reasoned decision."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Refused
from libs.common.identity import Caller
from libs.common.providers import registered_id
from services.metering.model.usage import DecidedHeld, HeldDecision, HeldUsage, HourTotal, KnownEvent
from services.metering.rules.corrections import chain_from
from services.metering.rules.usage import add_usage, seconds_refusal, usage_of
from services.metering.store import held
from services.metering.store.usage import add_total, find_seconds_held, lock_provider


async def list_held(
    tx: Tx, caller: Caller, decision: HeldDecision | None, after: tuple[str, str], limit: int
) -> tuple[HeldUsage, ...]:
    """Corrections that are held, or on which it was so decided: a provider's own, or all."""
    provider_id = None if caller.sees_all() else caller.organisation_id
    return await held.list_held(tx, provider_id, decision, after, limit)


async def decide_held(
    tx: Tx, caller: Caller, provider_id: str, event_id: str, decision: HeldDecision, reason: str, clock: Clock
) -> HeldUsage:
    """Decide on a held correction: it counts for itself from now on, or is dropped for good with all that corrects it.

    The event that it named is awaited no more: should it come, it counts for itself. Raises Conflict for what is not
    held, was decided on or is held behind another, Refused where its hour is full.
    """
    provider_id = await registered_id(tx, provider_id)
    await lock_provider(tx, provider_id)
    now = clock.now()
    found = await held.find_held(tx, provider_id, event_id)
    if found is None:
        raise Conflict("held_unknown", "MT-3", event_id=event_id)
    if found.awaits is None:
        raise Conflict("held_decided", "MT-3", event_id=event_id)
    chain = chain_from(found.awaits, await held.list_waiting(tx, provider_id, found.awaits))
    if found.corrects != found.awaits:
        raise Conflict("held_behind_another", "MT-3", event_id=event_id, first=chain[0].event_id)
    if decision == "own":
        await _count(tx, provider_id, chain[-1])
    ids = [each.event_id for each in chain]
    await held.end_held(tx, provider_id, ids)
    decided = [
        DecidedHeld(provider_id, each, decision, reason, caller.subject, now)
        for each in (ids if decision == "dropped" else [event_id])
    ]
    await held.add_decisions(tx, decided)
    return found._replace(awaits=None, decision=decision, reason=reason, decided_by=caller.subject, decided_at=now)


async def _count(tx: Tx, provider_id: str, last: KnownEvent) -> None:
    """Count what stands last in the correction's place. Raises Refused where it does not fit into its hour."""
    key = (last.grant_id, last.session_id, last.hour)
    refusal = seconds_refusal(last.held_s, await find_seconds_held(tx, provider_id, key) or 0)
    if refusal is not None:
        raise Refused([refusal])
    total = HourTotal()
    add_usage(total, usage_of(last))
    await add_total(tx, provider_id, key, total)
