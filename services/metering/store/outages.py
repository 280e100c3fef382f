"""Outages: reported once, closed once."""

import datetime as dt
from typing import Any

from sqlalchemy import text

from libs.common.db import Tx
from services.metering.model.grants import Outage


async def next_id(tx: Tx) -> str:
    """The next outage's id."""
    number = (await tx.execute(text("SELECT nextval('outage_no')"))).scalar_one()
    return f"OUT-{number:06d}"


async def insert(tx: Tx, outage: Outage, reason: str, reported_by: str, now: dt.datetime) -> None:
    """Store a reported outage; one reported with its end is closed from the start."""
    await tx.execute(
        text(
            "INSERT INTO outage (outage_id, provider_id, scope_kind, scope_id, started_at, ended_at, reason,"
            " reported_by, reported_at, closed_by, closed_at) VALUES (:id, :provider, :kind, :scope, :start, :end,"
            " :reason, :by, :now, :closed_by, :closed_at)"
        ),
        {
            "id": outage.outage_id,
            "provider": outage.provider_id,
            "kind": outage.scope_kind,
            "scope": outage.scope_id,
            "start": outage.started_at,
            "end": outage.ended_at,
            "reason": reason,
            "by": reported_by,
            "now": now,
            "closed_by": reported_by if outage.ended_at else None,
            "closed_at": now if outage.ended_at else None,
        },
    )


async def end(tx: Tx, outage_id: str, ended_at: dt.datetime, closed_by: str, now: dt.datetime) -> None:
    """Store that service is back."""
    await tx.execute(
        text("UPDATE outage SET ended_at = :end, closed_by = :by, closed_at = :now WHERE outage_id = :id"),
        {"id": outage_id, "end": ended_at, "by": closed_by, "now": now},
    )


async def find(tx: Tx, outage_id: str, *, for_update: bool = False) -> dict[str, Any] | None:
    """One outage with everything on record, or None."""
    query = f"SELECT * FROM outage WHERE outage_id = :id{' FOR UPDATE' if for_update else ''}"
    row = (await tx.execute(text(query), {"id": outage_id})).mappings().first()
    return dict(row) if row else None


async def page(
    tx: Tx, provider_id: str | None, is_open: bool | None, after_id: str, limit: int
) -> list[dict[str, Any]]:
    """Outages by id."""
    rows = await tx.execute(
        text(
            "SELECT * FROM outage WHERE (cast(:provider AS text) IS NULL OR provider_id = :provider)"
            " AND (cast(:open AS boolean) IS NULL OR (ended_at IS NULL) = :open)"
            " AND outage_id > :after ORDER BY outage_id LIMIT :limit"
        ),
        {"provider": provider_id, "open": is_open, "after": after_id, "limit": limit},
    )
    return [dict(row) for row in rows.mappings()]


async def of_provider(tx: Tx, provider_id: str) -> tuple[Outage, ...]:
    """Every outage of a provider."""
    rows = await tx.execute(
        text(
            "SELECT outage_id, provider_id, scope_kind, scope_id, started_at, ended_at FROM outage"
            " WHERE provider_id = :provider ORDER BY outage_id"
        ),
        {"provider": provider_id},
    )
    return tuple(Outage(**row) for row in rows.mappings())


async def count_open(tx: Tx) -> dict[str, int]:
    """Provider → outages that are still open."""
    rows = await tx.execute(
        text("SELECT provider_id, count(*) AS open FROM outage WHERE ended_at IS NULL GROUP BY provider_id")
    )
    return {row.provider_id: row.open for row in rows}
