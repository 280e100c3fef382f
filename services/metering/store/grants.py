"""Grants and sessions as the allocator tells them: kept field by field, so that events may come in any order."""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, Select, func, select, union_all
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.nouns import all_of, among, columns, field_names, values
from services.metering.model.grants import Placed, Session, SessionTold
from services.metering.tables.grants import gpu_session, grant_change, placement

KEY = ["grant_id", "provider_id"]
TOLD_LATER = ("delivered_at", "ended_at", "lowered_units", "lowered_ends_at")
"""What other events than the placement's tell."""


async def keep_placement(tx: Tx, told: Placed) -> None:
    """Store where a grant was placed; told again, the newest word counts."""
    row = {name: value for name, value in values(told).items() if name not in TOLD_LATER}
    kept = {name: value for name, value in row.items() if name not in (*KEY, "programme_code")}
    await tx.execute(upsert(placement).values(row).on_conflict_do_update(index_elements=KEY, set_=kept))


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
    row = {"grant_id": grant_id, "provider_id": provider_id, "programme_code": programme_code, column: at}
    await tx.execute(upsert(placement).values(row).on_conflict_do_update(index_elements=KEY, set_={column: at}))


async def keep_change(tx: Tx, grant_id: str, units: int, ends_at: dt.datetime) -> None:
    """Store a lowering of a grant. Grants are only ever lowered, so the least word counts, in whatever order."""
    statement = upsert(grant_change).values(grant_id=grant_id, units=units, ends_at=ends_at)
    least = {name: func.least(grant_change.c[name], statement.excluded[name]) for name in ("units", "ends_at")}
    await tx.execute(statement.on_conflict_do_update(index_elements=["grant_id"], set_=least))


async def keep_session(tx: Tx, told: SessionTold) -> None:
    """Store what an event tells of a session; what another event told stays."""
    row = {name: value for name, value in values(told).items() if value is not None}
    await tx.execute(_keep_session(tuple(row)), row)


@cache
def _keep_session(told: tuple[str, ...]) -> Insert:
    """The statement for these columns: there are as many as there are kinds of events of a session."""
    new = upsert(gpu_session)
    update = {name: new.excluded[name] for name in told if name != "session_id"}
    return new.on_conflict_do_update(index_elements=["session_id"], set_=update)


def _placed() -> Select[Any]:
    """Grants with a provider, as they were placed and as they were lowered since; columns in the noun's order."""
    lowered = {"lowered_units": grant_change.c.units, "lowered_ends_at": grant_change.c.ends_at}
    picked = [lowered[name] if name in lowered else placement.c[name] for name in field_names(Placed)]
    joined = placement.outerjoin(grant_change, grant_change.c.grant_id == placement.c.grant_id)
    return select(*picked).select_from(joined).where(placement.c.mode.is_not(None))


async def list_placements(tx: Tx, provider_id: str, programme_code: str) -> tuple[Placed, ...]:
    """The grants of a programme at a provider, by id."""
    query = _placed().where(placement.c.provider_id == provider_id, placement.c.programme_code == programme_code)
    return all_of(Placed, await tx.execute(query.order_by(placement.c.grant_id)))


async def list_placements_of_grant(tx: Tx, grant_id: str) -> tuple[Placed, ...]:
    """A grant at each of its providers."""
    query = _placed().where(placement.c.grant_id == grant_id).order_by(placement.c.provider_id)
    return all_of(Placed, await tx.execute(query))


async def list_grant_ids(tx: Tx, *, organisation_id: str | None, provider_id: str | None) -> tuple[str, ...]:
    """The grants of an organisation, or at a provider, or all."""
    query = select(placement.c.grant_id).distinct().where(placement.c.mode.is_not(None))
    if organisation_id is not None:
        query = query.where(placement.c.organisation_id == organisation_id)
    if provider_id is not None:
        query = query.where(placement.c.provider_id == provider_id)
    return tuple((await tx.execute(query)).scalars())


async def list_every_placement(tx: Tx) -> tuple[Placed, ...]:
    """Every grant at every provider."""
    return all_of(Placed, await tx.execute(_placed().order_by(placement.c.provider_id, placement.c.grant_id)))


async def list_first_holdings(tx: Tx) -> dict[str, dt.datetime]:
    """Provider → when it first had units in somebody's hands: a session's, or a fixed grant's own."""
    held = union_all(
        select(gpu_session.c.provider_id, gpu_session.c.assigned_at.label("since")),
        select(placement.c.provider_id, placement.c.delivered_at).where(placement.c.mode == "fixed"),
    ).subquery()
    query = select(held.c.provider_id, func.min(held.c.since).label("since")).where(held.c.since.is_not(None))
    return {row.provider_id: row.since for row in await tx.execute(query.group_by(held.c.provider_id))}


async def list_sessions(tx: Tx, provider_id: str, grant_ids: Sequence[str]) -> dict[str, tuple[Session, ...]]:
    """Grant id → its sessions at a provider, as far as they are assigned or withdrawn."""
    query = (
        select(*columns(gpu_session, Session))
        .where(
            gpu_session.c.provider_id == provider_id,
            among(gpu_session.c.grant_id, grant_ids),
            gpu_session.c.units.is_not(None),
        )
        .order_by(gpu_session.c.session_id)
    )
    found: dict[str, list[Session]] = {}
    for row in (await tx.execute(query)).mappings():
        found.setdefault(row["grant_id"], []).append(_session(row))
    return {grant_id: tuple(told) for grant_id, told in found.items()}


def _session(row: RowMapping) -> Session:
    """What the assignment has not told yet stands as a dynamic session without servers."""
    told = {**row, "data_centre": row["data_centre"] or "", "mode": row["mode"] or "dynamic"}
    return Session(**{**told, "servers": row["servers"] or {}})
