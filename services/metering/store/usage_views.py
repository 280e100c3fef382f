"""Reads of recorded usage: hours as people see them, conflicts, the figures that operators watch."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from libs.common.db import Tx


async def hours(
    tx: Tx,
    grant_ids: Sequence[str],
    provider_id: str | None,
    since: dt.datetime,
    until: dt.datetime,
    after: tuple[str, str, str, dt.datetime] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Hour totals of grants in `[since, until)`, by provider, grant, session and hour, after a key."""
    rows = await tx.execute(
        text(
            "SELECT provider_id, grant_id, session_id, hour, held_s, held_unit_s, utilisation_weight, events"
            " FROM usage_hour WHERE grant_id = ANY(:grants) AND hour >= :since AND hour < :until AND events > 0"
            " AND (cast(:provider AS text) IS NULL OR provider_id = :provider)"
            " AND (cast(:p AS text) IS NULL OR (provider_id, grant_id, session_id, hour)"
            " > (:p, :g, :s, cast(:h AS timestamptz)))"
            " ORDER BY provider_id, grant_id, session_id, hour LIMIT :limit"
        ),
        {
            "grants": list(grant_ids),
            "provider": provider_id,
            "since": since,
            "until": until,
            "limit": limit,
            **dict(zip("pgsh", after or (None, None, None, None), strict=True)),
        },
    )
    return [dict(row) for row in rows.mappings()]


async def conflicts(tx: Tx, provider_id: str | None, after_no: int, limit: int) -> list[dict[str, Any]]:
    """Conflicting items, oldest first."""
    rows = await tx.execute(
        text(
            "SELECT conflict_no, provider_id, event_id, batch_no, received_at, document FROM usage_conflict"
            " WHERE (cast(:provider AS text) IS NULL OR provider_id = :provider) AND conflict_no > :after"
            " ORDER BY conflict_no LIMIT :limit"
        ),
        {"provider": provider_id, "after": after_no, "limit": limit},
    )
    return [dict(row) for row in rows.mappings()]


async def events_of_hours(
    tx: Tx, provider_id: str, grant_id: str, since: dt.datetime, until: dt.datetime, after_id: str, limit: int
) -> list[dict[str, Any]]:
    """The events behind a grant's hours, with what replaced each, by id."""
    rows = await tx.execute(
        text(
            "SELECT e.provider_id, e.event_id, e.grant_id, e.session_id, e.hour, e.units, e.held_s, e.utilisation_bp,"
            " e.evidence, e.corrects, c.event_id AS corrected_by, b.recorded_at"
            " FROM usage_event e"
            " LEFT JOIN usage_event c ON c.provider_id = e.provider_id AND c.corrects = e.event_id"
            " LEFT JOIN LATERAL (SELECT recorded_at FROM usage_batch WHERE batch_no = e.batch_no LIMIT 1) b ON true"
            " WHERE e.provider_id = :provider AND e.grant_id = :grant AND e.hour >= :since AND e.hour < :until"
            " AND e.event_id > :after ORDER BY e.event_id LIMIT :limit"
        ),
        {
            "provider": provider_id,
            "grant": grant_id,
            "since": since,
            "until": until,
            "after": after_id,
            "limit": limit,
        },
    )
    return [dict(row) for row in rows.mappings()]


async def counts(tx: Tx, programme_code: str) -> dict[str, int]:
    """How many items of a programme had which outcome, over all batches."""
    row = await tx.execute(
        text(
            "SELECT coalesce(sum(accepted), 0) AS events, coalesce(sum(duplicates), 0) AS duplicates,"
            " coalesce(sum(corrections), 0) AS corrections, coalesce(sum(conflicts), 0) AS conflicts,"
            " coalesce(sum(rejected), 0) AS rejected FROM usage_batch WHERE programme_code = :programme"
        ),
        {"programme": programme_code},
    )
    return {name: int(value) for name, value in row.mappings().one().items()}


async def latest_hours(tx: Tx) -> dict[str, dt.datetime]:
    """Provider → the newest hour that it reported."""
    rows = await tx.execute(
        text(
            "SELECT provider_id, max(latest_hour) AS hour FROM usage_batch WHERE latest_hour IS NOT NULL"
            " GROUP BY provider_id"
        )
    )
    return {row.provider_id: row.hour for row in rows}


async def hours_without_events(tx: Tx, since: dt.datetime, until: dt.datetime) -> dict[str, int]:
    """Provider → session hours that lie wholly in `[since, until)` and for which no event came."""
    rows = await tx.execute(
        text(
            "SELECT s.provider_id, count(*) AS hours FROM gpu_session s"
            " CROSS JOIN LATERAL generate_series(greatest(date_trunc('hour', s.assigned_at), :since),"
            " least(s.released_at, :until) - interval '1 microsecond', interval '1 hour') AS t (hour)"
            " WHERE s.assigned_at < :until AND (s.released_at IS NULL OR s.released_at > :since)"
            " AND NOT EXISTS (SELECT 1 FROM usage_hour h WHERE h.provider_id = s.provider_id"
            " AND h.grant_id = s.grant_id AND h.session_id = s.session_id AND h.hour = t.hour AND h.events > 0)"
            " GROUP BY s.provider_id"
        ),
        {"since": since, "until": until},
    )
    return {row.provider_id: row.hours for row in rows}


async def outcome_counts(tx: Tx) -> list[tuple[str, dict[str, int]]]:
    """Provider → how many items had which outcome."""
    rows = await tx.execute(
        text(
            "SELECT provider_id, sum(accepted) AS accepted, sum(duplicates) AS duplicate, sum(conflicts) AS conflict,"
            " sum(rejected) AS rejected FROM usage_batch GROUP BY provider_id"
        )
    )
    return [
        (row["provider_id"], {name: int(row[name]) for name in ("accepted", "duplicate", "conflict", "rejected")})
        for row in rows.mappings()
    ]
