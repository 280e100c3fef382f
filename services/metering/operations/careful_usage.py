"""The careful path of a batch: one item after the other, with what is on record, under the provider's lock."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from libs.common.clock import Clock
from libs.common.errors import Refusal
from services.metering.model.usage import (
    HourTotal,
    Key,
    KnownEvent,
    Outcome,
    ReadBatch,
    Unreadable,
    Usage,
    usage_columns,
)
from services.metering.rules.corrections import (
    Recorded,
    adjusted_month,
    held_for,
    judge_corrected,
    judge_correction,
    leads_back,
    stands_last,
)
from services.metering.rules.repeats import judge_repeat
from services.metering.rules.usage import add_usage, held_s_before, judge_usage, seconds_refusal, usage_of
from services.metering.store import corrections
from services.metering.store import usage as store


class Judged(NamedTuple):
    """A batch's references, the instant it was judged at, and the outcomes of items that were not plainly accepted."""

    known: store.References
    at: dt.datetime
    outcomes: list[Outcome]


@dataclass(slots=True)
class _OnRecord:
    """What is on record of the ids and hours that a batch touches, as it grows item by item."""

    events: dict[str, KnownEvent]
    replaced_by: dict[str, tuple[str, str]]
    """Event id → (id, grant) of the correction in its place."""
    corrects: dict[str, str]
    held_s: dict[Key, int]
    held: dict[str, str]
    """Held correction → the unknown event that it waits for."""
    waiting: defaultdict[str, set[str]]
    """The same the other way round."""
    changes: defaultdict[Key, HourTotal] = field(default_factory=lambda: defaultdict(HourTotal))
    accepted: list[Usage] = field(default_factory=list)


async def record_carefully(conn: Any, provider_id: str, batch_no: int, batch: ReadBatch, clock: Clock) -> Judged:
    """Judge every item with what is on record; keep accepted ones and conflicts. The provider's other batches wait."""
    await store.lock_alone(conn, provider_id)
    now = clock.now()
    known = await store.get_references(conn, provider_id, store.owners(batch.columns))
    held = await corrections.list_held(conn, provider_id)
    record = await _on_record(conn, provider_id, batch, held)
    outcomes: list[Outcome] = []
    conflicts: list[tuple[str, str]] = []
    items: list[tuple[int, Usage | Unreadable]] = [*zip(batch.places, batch.usages, strict=True)]
    items += [(bad.place, bad) for bad in batch.unreadable]
    for place, item in sorted(items, key=lambda each: each[0]):
        outcome = _of_broken(item, record) if isinstance(item, Unreadable) else _judge(place, item, known, record, now)
        if outcome.outcome == "conflict":
            conflicts.append((outcome.event_id or "", batch.quote(place)))
        if outcome.outcome != "accepted" or outcome.correction or outcome.adjusts:
            outcomes.append(outcome)
    if conflicts:
        await store.keep_conflicts(conn, provider_id, batch_no, conflicts, now)
    if record.accepted:
        await store.copy_events(conn, provider_id, batch_no, usage_columns(record.accepted))
        await store.change_totals(conn, provider_id, record.changes)
        await corrections.keep_held(conn, provider_id, held, record.held)
    return Judged(known, now, outcomes)


async def _on_record(conn: Any, provider_id: str, batch: ReadBatch, held: dict[str, str]) -> _OnRecord:
    usages = batch.usages
    waiting: defaultdict[str, set[str]] = defaultdict(set)
    for event_id, awaits in held.items():
        waiting[awaits].add(event_id)
    ids = {usage.event_id for usage in usages} | {bad.claim.event_id for bad in batch.unreadable if bad.claim}
    corrected = {usage.corrects for usage in usages if usage.corrects is not None}
    freed = {event_id for awaits in ids if awaits in waiting for event_id in waiting[awaits]}
    events = await corrections.list_known_events(conn, provider_id, ids | corrected | freed)
    keys = {(u.grant_id, u.session_id, u.hour) for u in usages}
    keys |= {(each.grant_id, each.session_id, each.hour) for each in (events[event_id] for event_id in freed)}
    return _OnRecord(
        events=events,
        replaced_by=await corrections.list_replacements(conn, provider_id, ids | corrected | freed),
        corrects=await corrections.list_corrections(conn, provider_id, corrected) if corrected else {},
        held_s=await store.list_seconds_held(conn, provider_id, keys),
        held=dict(held),
        waiting=waiting,
    )


def _of_broken(item: Unreadable, record: _OnRecord) -> Outcome:
    """Of a broken item: a repetition where it claims the identity of a known event (MT-2), else rejected."""
    claim = item.claim
    earlier = record.events.get(claim.event_id) if claim else None
    if claim is None or earlier is None:
        return Outcome(item.place, item.event_id, "rejected", refusal=item.refusal)
    return _repeated(item.place, claim.event_id, judge_repeat(earlier.digest, claim.digest))


def _repeated(place: int, event_id: str, repeat: str) -> Outcome:
    if repeat == "duplicate":
        return Outcome(place, event_id, "duplicate")
    return Outcome(place, event_id, "conflict", refusal=Refusal("MT-2", "usage_conflict", {"event_id": event_id}))


def _judge(place: int, usage: Usage, known: store.References, record: _OnRecord, now: dt.datetime) -> Outcome:
    earlier = record.events.get(usage.event_id)
    repeat = judge_repeat(earlier.digest if earlier else None, usage.digest)
    if repeat != "new":
        return _repeated(place, usage.event_id, repeat)
    awaits = held_for(usage.corrects, record.events, record.held)
    last = _last(usage, record)
    refusal = _refusal(usage, known, record, now) or _seconds_over(usage, last, awaits, record)
    if refusal is not None:
        return Outcome(place, usage.event_id, "rejected", refusal=refusal)
    _accept(usage, last, awaits, record)
    if awaits is not None:
        return Outcome(place, usage.event_id, "accepted", correction=True, held=True)
    adjusts = adjusted_month(last.hour, known.programmes.get(usage.grant_id, ""), known.closed_months)
    return Outcome(place, usage.event_id, "accepted", usage.corrects is not None, adjusts)


def _last(usage: Usage, record: _OnRecord) -> Usage:
    """What counts in an event's place once it is there: the last of the corrections that waited for it, or itself."""
    last = stands_last(usage.event_id, record.replaced_by)
    return usage if last == usage.event_id else usage_of(record.events[last])


def _refusal(usage: Usage, known: store.References, record: _OnRecord, now: dt.datetime) -> Refusal | None:
    if usage.corrects is not None:
        replaced = record.events.get(usage.corrects)
        corrected_by = record.replaced_by.get(usage.corrects, (None, ""))[0]
        of = Recorded(replaced.event_id, replaced.grant_id, replaced.decision == "dropped") if replaced else None
        ring = leads_back(usage.event_id, usage.corrects, record.corrects)
        refusal = judge_correction(usage, of, corrected_by, ring)
        if refusal is not None:
            return refusal
    correction = record.replaced_by.get(usage.event_id)
    refusal = judge_corrected(usage, correction[1] if correction else None)
    if refusal is not None:
        return refusal
    units = known.session_units.get((usage.grant_id, usage.session_id))
    return judge_usage(usage, known.grants.get(usage.grant_id), units, 0, now)


def _seconds_over(usage: Usage, last: Usage, awaits: str | None, record: _OnRecord) -> Refusal | None:
    """Why what counts from now on does not fit into its hour beside what counts there; what is held is not asked."""
    if awaits is not None:
        return None
    key = (last.grant_id, last.session_id, last.hour)
    replaced = record.events.get(usage.corrects) if usage.corrects else None
    added = record.changes.get(key)
    total_s = record.held_s.get(key, 0) + (added.held_s if added else 0)
    return seconds_refusal(last.held_s, held_s_before(total_s, key, usage_of(replaced) if replaced else None))


def _accept(usage: Usage, last: Usage, awaits: str | None, record: _OnRecord) -> None:
    record.accepted.append(usage)
    if usage.corrects is not None:
        record.replaced_by[usage.corrects] = (usage.event_id, usage.grant_id)
        record.corrects[usage.event_id] = usage.corrects
    freed = record.waiting.pop(usage.event_id, set())
    if awaits is not None:
        for event_id in (usage.event_id, *freed):
            record.held[event_id] = awaits
            record.waiting[awaits].add(event_id)
    else:
        for event_id in freed:
            del record.held[event_id]
        _count(usage, last, record)
    record.events[usage.event_id] = KnownEvent(
        usage.event_id,
        usage.digest,
        usage.grant_id,
        usage.session_id,
        usage.hour,
        usage.units,
        usage.held_s,
        usage.utilisation_bp,
        usage.corrects,
    )


def _count(usage: Usage, last: Usage, record: _OnRecord) -> None:
    """Count what stands last in an event's place, and take out what the event replaces."""
    add_usage(record.changes[(last.grant_id, last.session_id, last.hour)], last)
    if usage.corrects is not None:
        out = usage_of(record.events[usage.corrects])
        add_usage(record.changes[(out.grant_id, out.session_id, out.hour)], out, -1)
