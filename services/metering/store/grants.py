"""Grants and sessions as the allocator tells them: kept field by field, so that events may come in any order."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from libs.common.db import Tx
from services.metering.model.grants import Placement, Session


async def keep_placement(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store where a grant was placed; told again, the newest word counts."""
    await tx.execute(
        text(
            "INSERT INTO placement (grant_id, provider_id, programme_code, organisation_id, data_centre, pool_id,"
            " servers, mode, units, cards, priced_product, priced_units, payable, starts_at, ends_at)"
            " VALUES (:grant_id, :provider_id, :programme_code, :organisation_id, :data_centre, :pool_id,"
            " cast(:servers AS jsonb), :mode, :units, :cards, :priced_product, :priced_units, :payable, :starts_at,"
            " :ends_at)"
            " ON CONFLICT (grant_id, provider_id) DO UPDATE SET organisation_id = excluded.organisation_id,"
            " data_centre = excluded.data_centre, pool_id = excluded.pool_id, servers = excluded.servers,"
            " mode = excluded.mode, units = excluded.units, cards = excluded.cards,"
            " priced_product = excluded.priced_product, priced_units = excluded.priced_units,"
            " payable = excluded.payable, starts_at = excluded.starts_at, ends_at = excluded.ends_at"
        ),
        {**row, "servers": json.dumps(row["servers"])},
    )


async def keep_delivery(
    tx: Tx, grant_id: str, provider_id: str, programme_code: str, delivered_at: dt.datetime
) -> None:
    """Store from when on a grant could be used."""
    await _keep_instant(tx, "delivered_at", grant_id, provider_id, programme_code, delivered_at)


async def keep_end(tx: Tx, grant_id: str, provider_id: str, programme_code: str, ended_at: dt.datetime) -> None:
    """Store when a grant gave its cards back for good."""
    await _keep_instant(tx, "ended_at", grant_id, provider_id, programme_code, ended_at)


async def _keep_instant(
    tx: Tx, column: str, grant_id: str, provider_id: str, programme_code: str, at: dt.datetime
) -> None:
    await tx.execute(
        text(
            f"INSERT INTO placement (grant_id, provider_id, programme_code, {column})"
            " VALUES (:grant, :provider, :programme, :at)"
            f" ON CONFLICT (grant_id, provider_id) DO UPDATE SET {column} = excluded.{column}"
        ),
        {"grant": grant_id, "provider": provider_id, "programme": programme_code, "at": at},
    )


async def keep_change(tx: Tx, grant_id: str, units: int, ends_at: dt.datetime) -> None:
    """Store a lowering of a grant. Grants are only ever lowered, so the least word counts, in whatever order."""
    await tx.execute(
        text(
            "INSERT INTO grant_change (grant_id, units, ends_at) VALUES (:grant, :units, :ends)"
            " ON CONFLICT (grant_id) DO UPDATE SET units = least(grant_change.units, excluded.units),"
            " ends_at = least(grant_change.ends_at, excluded.ends_at)"
        ),
        {"grant": grant_id, "units": units, "ends": ends_at},
    )


async def keep_session(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store what an event tells of a session; what another event told stays."""
    told = {name: value for name, value in row.items() if value is not None}
    if "servers" in told:
        told["servers"] = json.dumps(told["servers"])
    names = list(told)
    values = ", ".join("cast(:servers AS jsonb)" if name == "servers" else f":{name}" for name in names)
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != "session_id")
    await tx.execute(
        text(
            f"INSERT INTO gpu_session ({', '.join(names)}) VALUES ({values})"
            f" ON CONFLICT (session_id) DO UPDATE SET {updates}"
        ),
        told,
    )


_PLACEMENT = (
    "SELECT p.*, c.units AS units_left, least(p.ends_at, p.ended_at, c.ends_at) AS end_in_force"
    " FROM placement p LEFT JOIN grant_change c USING (grant_id) WHERE p.mode IS NOT NULL"
)


async def placements(tx: Tx, provider_id: str, programme_code: str) -> list[Placement]:
    """The grants of a programme at a provider, by id."""
    rows = await tx.execute(
        text(f"{_PLACEMENT} AND p.provider_id = :provider AND p.programme_code = :programme ORDER BY p.grant_id"),
        {"provider": provider_id, "programme": programme_code},
    )
    return [_placement(dict(row)) for row in rows.mappings()]


async def placements_of(tx: Tx, grant_id: str) -> list[Placement]:
    """A grant at each of its providers."""
    rows = await tx.execute(text(f"{_PLACEMENT} AND p.grant_id = :grant ORDER BY p.provider_id"), {"grant": grant_id})
    return [_placement(dict(row)) for row in rows.mappings()]


async def grant_ids(tx: Tx, *, organisation_id: str | None, provider_id: str | None) -> list[str]:
    """The grants of an organisation, or at a provider, or all."""
    rows = await tx.execute(
        text(
            "SELECT DISTINCT grant_id FROM placement WHERE mode IS NOT NULL"
            " AND (cast(:organisation AS text) IS NULL OR organisation_id = :organisation)"
            " AND (cast(:provider AS text) IS NULL OR provider_id = :provider)"
        ),
        {"organisation": organisation_id, "provider": provider_id},
    )
    return [row.grant_id for row in rows]


async def providers_of(tx: Tx) -> list[tuple[str, str, dt.datetime]]:
    """Every provider and programme with grants, and when the first of them starts."""
    rows = await tx.execute(
        text(
            "SELECT provider_id, programme_code, min(starts_at) AS first FROM placement WHERE mode IS NOT NULL"
            " GROUP BY provider_id, programme_code ORDER BY 1, 2"
        )
    )
    return [(row.provider_id, row.programme_code, row.first) for row in rows]


def _placement(row: Mapping[str, Any]) -> Placement:
    units = min(row["units"], row["units_left"] or row["units"])
    return Placement(
        grant_id=row["grant_id"],
        provider_id=row["provider_id"],
        programme_code=row["programme_code"],
        organisation_id=row["organisation_id"],
        data_centre=row["data_centre"],
        pool_id=row["pool_id"],
        servers=row["servers"],
        mode=row["mode"],
        units=units,
        cards=row["cards"] * units // row["units"],
        priced_product=row["priced_product"],
        priced_units=row["priced_units"] * units // row["units"],
        payable=row["payable"],
        starts_at=row["starts_at"],
        delivered_at=row["delivered_at"],
        ends_at=row["end_in_force"],
    )


async def sessions(tx: Tx, provider_id: str, grant_ids: Sequence[str]) -> dict[str, list[Session]]:
    """Grant id → its sessions at a provider, as far as they are assigned or withdrawn."""
    rows = await tx.execute(
        text(
            "SELECT * FROM gpu_session WHERE provider_id = :provider AND grant_id = ANY(:grants)"
            " AND units IS NOT NULL ORDER BY session_id"
        ),
        {"provider": provider_id, "grants": list(grant_ids)},
    )
    found: dict[str, list[Session]] = {}
    for row in rows.mappings():
        found.setdefault(row["grant_id"], []).append(_session(dict(row)))
    return found


def _session(row: Mapping[str, Any]) -> Session:
    return Session(
        session_id=row["session_id"],
        grant_id=row["grant_id"],
        provider_id=row["provider_id"],
        data_centre=row["data_centre"] or "",
        pool_id=row["pool_id"],
        mode=row["mode"] or "dynamic",
        units=row["units"],
        servers=row["servers"] or {},
        requested_at=row["requested_at"],
        assigned_at=row["assigned_at"],
        released_at=row["released_at"],
        withdrawn_at=row["withdrawn_at"],
        continues=row["continues"],
    )
