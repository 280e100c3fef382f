"""Reads of recorded usage: hours as people see them, conflicts, the figures that operators watch."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Table, and_, column, exists, func, literal, select, true, tuple_
from sqlalchemy.sql.selectable import LateralFromClause

from libs.common.backbone import Instant
from libs.common.db import Tx
from libs.common.nouns import among
from services.metering.model.usage import (
    OutcomeCounts,
    RecordedEvent,
    UsageConflict,
    UsageHour,
)
from services.metering.tables.grants import gpu_session
from services.metering.tables.usage import (
    held_decision,
    held_event,
    usage_batch,
    usage_conflict,
    usage_event,
    usage_hour,
)

HOUR = dt.timedelta(hours=1)
MICROSECOND = dt.timedelta(microseconds=1)


async def list_hours(
    tx: Tx,
    grant_ids: Sequence[str],
    provider_id: str | None,
    since: dt.datetime,
    until: dt.datetime,
    after: tuple[str, str, str, dt.datetime] | None,
    limit: int,
) -> tuple[UsageHour, ...]:
    """Hour totals of grants in `[since, until)`, by provider, grant, session and hour, after a key."""
    hour = usage_hour.c
    key = (hour.provider_id, hour.grant_id, hour.session_id, hour.hour)
    query = select(*(hour[name] for name in UsageHour._fields)).where(
        among(hour.grant_id, grant_ids), hour.hour >= since, hour.hour < until, hour.events > 0
    )
    if provider_id is not None:
        query = query.where(hour.provider_id == provider_id)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    return tuple(UsageHour(*row) for row in await tx.execute(query.order_by(*key).limit(limit)))


async def list_conflicts(tx: Tx, provider_id: str | None, after_no: int, limit: int) -> tuple[UsageConflict, ...]:
    """Conflicting items, oldest first."""
    conflict = usage_conflict.c
    query = select(*(conflict[name] for name in UsageConflict._fields)).where(conflict.conflict_no > after_no)
    if provider_id is not None:
        query = query.where(conflict.provider_id == provider_id)
    rows = await tx.execute(query.order_by(conflict.conflict_no).limit(limit))
    return tuple(UsageConflict(*row) for row in rows)


async def list_events(
    tx: Tx, provider_id: str, grant_id: str, since: dt.datetime, until: dt.datetime, after_id: str, limit: int
) -> tuple[RecordedEvent, ...]:
    """The events behind a grant's hours, with what replaced each, by id."""
    event, correction, batch = usage_event, usage_event.alias("correction"), batch_of_event()
    freed = held_decision.alias("freed")
    names_it_no_more = exists().where(
        freed.c.provider_id == correction.c.provider_id, freed.c.event_id == correction.c.event_id
    )
    replaced = (
        (correction.c.provider_id == event.c.provider_id)
        & (correction.c.corrects == event.c.event_id)
        & ~names_it_no_more
    )
    told = {
        "corrected_by": correction.c.event_id,
        "recorded_at": batch.c.recorded_at,
        "awaits": held_event.c.awaits,
        "decision": held_decision.c.decision,
    }
    query = (
        select(*(told[name] if name in told else event.c[name] for name in RecordedEvent._fields))
        .select_from(
            event.outerjoin(correction, replaced)
            .outerjoin(batch, true())
            .outerjoin(held_event, is_about(event, held_event))
            .outerjoin(held_decision, is_about(event, held_decision))
        )
        .where(
            event.c.provider_id == provider_id,
            event.c.grant_id == grant_id,
            event.c.hour >= since,
            event.c.hour < until,
            event.c.event_id > after_id,
        )
        .order_by(event.c.event_id)
        .limit(limit)
    )
    return tuple(RecordedEvent(*row) for row in await tx.execute(query))


def batch_of_event() -> LateralFromClause:
    """When the batch of an event came."""
    return (
        select(usage_batch.c.recorded_at)
        .where(usage_batch.c.batch_no == usage_event.c.batch_no)
        .limit(1)
        .correlate(usage_event)
        .lateral("batch")
    )


def is_about(event: Table, other: Table) -> ColumnElement[bool]:
    """Whether a row of another table is about this event."""
    return and_(other.c.provider_id == event.c.provider_id, other.c.event_id == event.c.event_id)


async def list_outcome_counts(tx: Tx, programme_code: str | None = None) -> tuple[OutcomeCounts, ...]:
    """How many items had which outcome, by provider and programme, of one programme where asked.

    Items whose grant is not known stand under the empty code.
    """
    batch = usage_batch.c
    sums = [func.sum(batch[name]) for name in OutcomeCounts._fields[2:]]
    query = select(batch.provider_id, batch.programme_code, *sums)
    if programme_code is not None:
        query = query.where(batch.programme_code == programme_code)
    ordered = query.group_by(batch.provider_id, batch.programme_code).order_by(batch.provider_id, batch.programme_code)
    return tuple(OutcomeCounts(row[0], row[1], *map(int, row[2:])) for row in await tx.execute(ordered))


async def list_latest_hours(tx: Tx) -> dict[str, dt.datetime]:
    """Provider → the newest hour that it reported."""
    batch = usage_batch.c
    query = select(batch.provider_id, func.max(batch.latest_hour).label("hour")).where(batch.latest_hour.is_not(None))
    return {row.provider_id: row.hour for row in await tx.execute(query.group_by(batch.provider_id))}


async def count_hours_without_events(tx: Tx, since: dt.datetime, until: dt.datetime) -> dict[str, int]:
    """Provider → session hours that lie wholly in `[since, until)` and for which no event came."""
    session, total = gpu_session.c, usage_hour.c
    begins = func.greatest(func.date_trunc("hour", session.assigned_at), literal(since, Instant))
    ends = func.least(session.released_at, literal(until, Instant)) - MICROSECOND
    hours = func.generate_series(begins, ends, HOUR).table_valued(column("hour", Instant), name="t").render_derived()
    reported = (
        select(total.hour)
        .where(
            total.provider_id == session.provider_id,
            total.grant_id == session.grant_id,
            total.session_id == session.session_id,
            total.hour == hours.c.hour,
            total.events > 0,
        )
        .exists()
    )
    query = (
        select(session.provider_id, func.count().label("hours"))
        .select_from(gpu_session.join(hours, true()))
        .where(
            session.assigned_at < until,
            session.released_at.is_(None) | (session.released_at > since),
            ~reported,
        )
        .group_by(session.provider_id)
    )
    return {row.provider_id: row.hours for row in await tx.execute(query)}
