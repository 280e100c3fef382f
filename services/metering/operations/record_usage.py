"""Record a batch of usage: all at once where every item is new and fits, else item by item.

Nearly every batch is new and right. It is copied as it stands under a savepoint; a known id, a full hour, a
correction or an event that does not fit takes the whole batch to the careful path, where the provider's other
batches wait and every item is judged with what is on record. This is the measured path of
`tests/bench/bench_ingest.py`, on the driver's own connection.
"""

import datetime as dt
from collections import Counter, defaultdict
from typing import Any, NamedTuple

from libs.common.clock import Clock
from libs.common.db import Tx, raw
from libs.common.events.metering import UsageRecorded
from libs.common.outbox import say
from services.metering.model.usage import HourColumns, Outcome, ReadBatch, UsageColumns
from services.metering.operations.careful_usage import Judged, record_carefully
from services.metering.rules.corrections import adjusted_month
from services.metering.rules.usage import every_usage_stands, hour_totals
from services.metering.store import usage as store


class BatchOutcome(NamedTuple):
    """What became of a batch: the counts as they were said, and every item that was not plainly accepted."""

    recorded: UsageRecorded
    outcomes: list[Outcome]


class NotPlain(Exception):
    """The batch holds an item that must be judged with what is on record."""


def batch_id(batch_no: int) -> str:
    """A batch's id as people read it."""
    return f"B-{batch_no:06d}"


async def record_usage(tx: Tx, provider_id: str, batch: ReadBatch, clock: Clock) -> BatchOutcome:
    """Record what a provider reports: each item gets its own outcome; accepted means durable with the answer.

    Hour totals, counts and the outbox change in the same transaction. The clock is read once the provider's lock is
    had: an hour that ended while the batch waited is over (F-80).
    """
    batch_no = await store.next_batch_no(tx)
    conn = await raw(tx)
    judged = await _record_plainly(tx, conn, provider_id, batch_no, batch, clock)
    if judged is None:
        judged = await record_carefully(conn, provider_id, batch_no, batch, clock)
    now = judged.at
    counts = _counts(batch, judged)
    await store.keep_batch(conn, provider_id, batch_no, counts, now)
    recorded = UsageRecorded(
        provider_id=provider_id,
        batch_id=batch_id(batch_no),
        recorded_at=now,
        accepted=sum(count.accepted for count in counts),
        duplicates=sum(count.duplicates for count in counts),
        conflicts=sum(count.conflicts for count in counts),
        rejected=sum(count.rejected for count in counts),
        corrections=sum(count.corrections for count in counts),
    )
    await say(tx, recorded, now=now)
    return BatchOutcome(recorded, judged.outcomes)


async def _record_plainly(
    tx: Tx, conn: Any, provider_id: str, batch_no: int, batch: ReadBatch, clock: Clock
) -> Judged | None:
    """Copy events and hours; None, with nothing left behind, where an item needs the careful path."""
    usages = batch.columns
    if any(bad.claim for bad in batch.unreadable):
        return None  # it may repeat a known event under another type or subject
    hours = hour_totals(batch)
    for put_totals in (store.copy_totals, store.add_totals):
        try:
            async with tx.begin_nested():
                await store.lock_shared(conn, provider_id)
                now = clock.now()
                known = await store.get_references(conn, provider_id, store.owners(usages))
                _require_plain(usages, hours, known, now)
                await store.copy_events(conn, provider_id, batch_no, usages)
                await put_totals(conn, provider_id, hours)
                return Judged(known, now, _plain_outcomes(batch, known))
        except NotPlain:
            return None
        except store.IN_THE_WAY as error:
            if not store.hour_is_known(error):
                return None
    return None


def _require_plain(usages: UsageColumns, hours: HourColumns, known: store.References, now: dt.datetime) -> None:
    """Raises NotPlain unless every event is simply to be accepted, as far as can be said without what is on record."""
    if not (
        usages.corrects.count(None) == len(usages.corrects)
        and known.awaited.isdisjoint(usages.event_ids)
        and every_usage_stands(usages, hours.held_s, known.grants, known.session_units, now)
    ):
        raise NotPlain


def _plain_outcomes(batch: ReadBatch, known: store.References) -> list[Outcome]:
    outcomes = [Outcome(bad.place, bad.event_id, "rejected", refusal=bad.refusal) for bad in batch.unreadable]
    if not known.closed_months:
        return outcomes
    for place, usage in zip(batch.places, batch.usages, strict=True):
        month = adjusted_month(usage.hour, known.programmes.get(usage.grant_id, ""), known.closed_months)
        if month is not None:
            outcomes.append(Outcome(place, usage.event_id, "accepted", adjusts=month))
    return sorted(outcomes)


def _counts(batch: ReadBatch, judged: Judged) -> list[store.BatchCount]:
    """Outcomes by programme; an item that cannot be read, or whose grant is not known, counts under the empty code."""
    programmes = set(judged.known.programmes.values())
    if not judged.outcomes and len(programmes) == 1 and batch.places:
        latest_hour = max(set(batch.columns.hours))
        return [store.BatchCount(programmes.pop(), latest_hour, len(batch.places), 0, 0, 0, 0)]
    told = {outcome.place: outcome for outcome in judged.outcomes}
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    latest: dict[str, dt.datetime] = {}
    counted[""].update(told[bad.place].outcome for bad in batch.unreadable)
    for place, usage in zip(batch.places, batch.usages, strict=True):
        programme = judged.known.programmes.get(usage.grant_id, "")
        outcome = told.get(place)
        counted[programme]["accepted" if outcome is None else outcome.outcome] += 1
        if outcome is None or outcome.outcome == "accepted":
            counted[programme]["correction"] += usage.corrects is not None
            latest[programme] = max(latest.get(programme, usage.hour), usage.hour)
    return [
        store.BatchCount(
            programme,
            latest.get(programme),
            count["accepted"],
            count["duplicate"],
            count["conflict"],
            count["rejected"],
            count["correction"],
        )
        for programme, count in sorted(counted.items())
        if count.total()
    ]
