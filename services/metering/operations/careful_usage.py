"""The careful path of a batch: one item after the other, with what is on record, under the provider's lock."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from libs.common.clock import Clock
from libs.common.errors import Refusal
from services.metering.model.usage import HourTotal, Key, Outcome, ReadBatch, Usage, usage_columns
from services.metering.rules.corrections import Recorded, adjusted_month, judge_corrected, judge_correction, leads_back
from services.metering.rules.repeats import judge_repeat
from services.metering.rules.usage import add_usage, held_s_before, judge_usage
from services.metering.store import usage as store


class Judged(NamedTuple):
    """A batch's references, the instant it was judged at, and the outcomes of items that were not plainly accepted."""

    known: store.References
    at: dt.datetime
    outcomes: list[Outcome]


@dataclass(slots=True)
class _OnRecord:
    """What is on record of the ids and hours that a batch touches, as it grows item by item."""

    events: dict[str, store.KnownEvent]
    replaced_by: dict[str, tuple[str, str]]
    """Event id → (id, grant) of the correction in its place."""
    corrects: dict[str, str]
    held_s: dict[Key, int]
    changes: defaultdict[Key, HourTotal] = field(default_factory=lambda: defaultdict(HourTotal))
    accepted: list[Usage] = field(default_factory=list)


async def record_carefully(conn: Any, provider_id: str, batch_no: int, batch: ReadBatch, clock: Clock) -> Judged:
    """Judge every item with what is on record; keep accepted ones and conflicts. The provider's other batches wait."""
    await store.lock_alone(conn, provider_id)
    now = clock.now()
    usages = batch.usages
    known = await store.get_references(conn, provider_id, store.owners(batch.columns))
    record = await _on_record(conn, provider_id, usages)
    outcomes: list[Outcome] = []
    conflicts: list[tuple[str, str]] = []
    for place, usage in zip(batch.places, usages, strict=True):
        outcome = _judge(place, usage, known, record, now)
        if outcome.outcome == "conflict":
            conflicts.append((usage.event_id, batch.quote(place)))
        if outcome.outcome != "accepted" or outcome.correction or outcome.adjusts:
            outcomes.append(outcome)
    if conflicts:
        await store.keep_conflicts(conn, provider_id, batch_no, conflicts, now)
    if record.accepted:
        await store.copy_events(conn, provider_id, batch_no, usage_columns(record.accepted))
        await store.change_totals(conn, provider_id, record.changes)
        corrected = [usage.corrects for usage in record.accepted if usage.corrects is not None]
        await store.keep_awaited(conn, provider_id, corrected, [usage.event_id for usage in record.accepted])
    return Judged(known, now, outcomes)


async def _on_record(conn: Any, provider_id: str, usages: list[Usage]) -> _OnRecord:
    ids = {usage.event_id for usage in usages}
    corrected = {usage.corrects for usage in usages if usage.corrects is not None}
    return _OnRecord(
        events=await store.list_known_events(conn, provider_id, ids | corrected),
        replaced_by=await store.list_replacements(conn, provider_id, ids | corrected),
        corrects=await store.list_corrections(conn, provider_id, corrected) if corrected else {},
        held_s=await store.list_seconds_held(conn, provider_id, {(u.grant_id, u.session_id, u.hour) for u in usages}),
    )


def _judge(place: int, usage: Usage, known: store.References, record: _OnRecord, now: dt.datetime) -> Outcome:
    earlier = record.events.get(usage.event_id)
    repeat = judge_repeat(earlier.digest if earlier else None, usage.digest)
    if repeat == "duplicate":
        return Outcome(place, usage.event_id, "duplicate")
    if repeat == "conflict":
        other = Refusal("MT-2", "usage_conflict", {"event_id": usage.event_id})
        return Outcome(place, usage.event_id, "conflict", refusal=other)
    refusal = _refusal(usage, known, record, now)
    if refusal is not None:
        return Outcome(place, usage.event_id, "rejected", refusal=refusal)
    _accept(usage, record)
    adjusts = adjusted_month(usage.hour, known.programmes.get(usage.grant_id, ""), known.closed_months)
    return Outcome(place, usage.event_id, "accepted", usage.corrects is not None, adjusts)


def _refusal(usage: Usage, known: store.References, record: _OnRecord, now: dt.datetime) -> Refusal | None:
    replaced = record.events.get(usage.corrects) if usage.corrects else None
    if usage.corrects is not None:
        corrected_by = record.replaced_by.get(usage.corrects, (None, ""))[0]
        of = Recorded(replaced.event_id, replaced.grant_id, replaced.corrects) if replaced else None
        ring = leads_back(usage.event_id, usage.corrects, record.corrects)
        refusal = judge_correction(usage, of, corrected_by, ring)
        if refusal is not None:
            return refusal
    correction = record.replaced_by.get(usage.event_id)
    refusal = judge_corrected(usage, correction[1] if correction else None)
    if refusal is not None:
        return refusal
    units = known.session_units.get((usage.grant_id, usage.session_id))
    key = (usage.grant_id, usage.session_id, usage.hour)
    total_s = record.held_s.get(key, 0) + record.changes[key].held_s
    before = 0 if correction else held_s_before(total_s, key, _usage_of(replaced) if replaced else None)
    return judge_usage(usage, known.grants.get(usage.grant_id), units, before, now)


def _usage_of(known: store.KnownEvent) -> Usage:
    """An event on record, as far as totals need it."""
    return Usage(known.event_id, b"", *known[2:8], "", None)


def _accept(usage: Usage, record: _OnRecord) -> None:
    record.accepted.append(usage)
    if usage.event_id not in record.replaced_by:
        add_usage(record.changes[(usage.grant_id, usage.session_id, usage.hour)], usage)
    if usage.corrects is not None:
        replaced = record.events.get(usage.corrects)
        if replaced is not None:
            out = _usage_of(replaced)
            add_usage(record.changes[(out.grant_id, out.session_id, out.hour)], out, -1)
        record.replaced_by[usage.corrects] = (usage.event_id, usage.grant_id)
        record.corrects[usage.event_id] = usage.corrects
    record.events[usage.event_id] = store.KnownEvent(
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
