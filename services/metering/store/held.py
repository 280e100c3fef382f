"""Held corrections: looked at, decided on, each decision kept for good."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, insert, select, true, tuple_

from libs.common.db import Tx
from libs.common.nouns import among
from services.metering.model.usage import DecidedHeld, HeldDecision, HeldUsage, KnownEvent
from services.metering.store.usage_views import batch_of_event, is_about
from services.metering.tables.usage import held_decision, held_event, usage_event


async def list_held(
    tx: Tx, provider_id: str | None, decision: HeldDecision | None, after: tuple[str, str], limit: int
) -> tuple[HeldUsage, ...]:
    """Corrections that are held or, where asked for, those on which it was so decided; by provider and id."""
    key = (usage_event.c.provider_id, usage_event.c.event_id)
    is_asked = held_event.c.event_id.is_not(None) if decision is None else held_decision.c.decision == decision
    query = _held().where(is_asked, tuple_(*key) > after)
    if provider_id is not None:
        query = query.where(usage_event.c.provider_id == provider_id)
    return tuple(HeldUsage(*row) for row in await tx.execute(query.order_by(*key).limit(limit)))


async def find_held(tx: Tx, provider_id: str, event_id: str) -> HeldUsage | None:
    """A correction that is held or was decided on; None where neither is so."""
    query = _held().where(
        usage_event.c.provider_id == provider_id,
        usage_event.c.event_id == event_id,
        held_event.c.event_id.is_not(None) | held_decision.c.event_id.is_not(None),
    )
    row = (await tx.execute(query)).first()
    return HeldUsage(*row) if row else None


def _held() -> Select[Any]:
    """Events with what holds them and what was decided on them; columns in the noun's order."""
    batch = batch_of_event()
    told = {
        "recorded_at": batch.c.recorded_at,
        "awaits": held_event.c.awaits,
        **{name: held_decision.c[name] for name in ("decision", "reason", "decided_by", "decided_at")},
    }
    picked = [told[name] if name in told else usage_event.c[name] for name in HeldUsage._fields]
    return select(*picked).select_from(
        usage_event.outerjoin(held_event, is_about(usage_event, held_event))
        .outerjoin(held_decision, is_about(usage_event, held_decision))
        .outerjoin(batch, true())
    )


async def list_waiting(tx: Tx, provider_id: str, awaits: str) -> tuple[KnownEvent, ...]:
    """The corrections that are held for one unknown event, in any order."""
    told = {"decision": held_decision.c.decision}
    picked = [told[name] if name in told else usage_event.c[name] for name in KnownEvent._fields]
    query = (
        select(*picked)
        .select_from(
            usage_event.join(held_event, is_about(usage_event, held_event)).outerjoin(
                held_decision, is_about(usage_event, held_decision)
            )
        )
        .where(held_event.c.provider_id == provider_id, held_event.c.awaits == awaits)
    )
    return tuple(KnownEvent(*row) for row in await tx.execute(query))


async def end_held(tx: Tx, provider_id: str, event_ids: Sequence[str]) -> None:
    """These corrections are held no more."""
    await tx.execute(
        delete(held_event).where(held_event.c.provider_id == provider_id, among(held_event.c.event_id, event_ids))
    )


async def add_decisions(tx: Tx, decided: Sequence[DecidedHeld]) -> None:
    """Keep what was decided on held corrections."""
    await tx.execute(insert(held_decision), [each._asdict() for each in decided])
