"""Grants: what was awarded, which gates are open, where they are placed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from services.allocator.store.query import fetch, fetch_one
from services.allocator.tables import award, award_change, early_fact


async def grant_of(tx: Tx, grant_id: str, *, for_update: bool = False) -> dict[str, Any] | None:
    """One grant."""
    sql = "SELECT * FROM award WHERE grant_id = :id" + (" FOR UPDATE" if for_update else "")
    return await fetch_one(tx, sql, id=grant_id)


async def add_grant(tx: Tx, values: Mapping[str, Any]) -> bool:
    """Create a grant; False where it is there already."""
    statement = upsert(award).values(**values).on_conflict_do_nothing().returning(award.c.grant_id)
    return (await tx.execute(statement)).scalar() is not None


async def change_grant(tx: Tx, grant_id: str, **values: Any) -> None:
    """Change fields of a grant."""
    await tx.execute(update(award).where(award.c.grant_id == grant_id).values(**values))


async def add_change(tx: Tx, **values: Any) -> None:
    """Append what was lowered, with both values and the reason."""
    await tx.execute(insert(award_change).values(**values))


async def changes_of(tx: Tx, grant_id: str) -> list[dict[str, Any]]:
    """What was lowered of a grant, in order."""
    return await fetch(tx, "SELECT * FROM award_change WHERE grant_id = :id ORDER BY change_no", id=grant_id)


async def grants(
    tx: Tx,
    *,
    programme: str | None = None,
    state: str | None = None,
    organisation: str | None = None,
    after: str = "",
    limit: int = 51,
) -> list[dict[str, Any]]:
    """Grants by id; `organisation` sees those it was awarded and those that it supplies."""
    return await fetch(
        tx,
        "SELECT * FROM award WHERE grant_id > :after"
        " AND (cast(:programme AS text) IS NULL OR programme_code = :programme)"
        " AND (cast(:state AS text) IS NULL OR state = :state)"
        " AND (cast(:organisation AS text) IS NULL OR :organisation IN (organisation_id, provider_id))"
        " ORDER BY grant_id LIMIT :limit",
        programme=programme,
        state=state,
        organisation=organisation,
        after=after,
        limit=limit,
    )


async def awaiting_placement(tx: Tx, programme: str) -> list[dict[str, Any]]:
    """The unplaced grants of a programme, by rank."""
    return await fetch(
        tx,
        "SELECT * FROM award WHERE programme_code = :programme AND state = 'awaiting' ORDER BY rank, grant_id",
        programme=programme,
    )


async def locked_grants(tx: Tx, grant_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Grants by id, locked against other changes."""
    rows = await fetch(
        tx, "SELECT * FROM award WHERE grant_id = ANY(:ids) ORDER BY grant_id FOR UPDATE", ids=list(grant_ids)
    )
    return {row["grant_id"]: row for row in rows}


async def due_grants(tx: Tx, now: dt.datetime) -> list[dict[str, Any]]:
    """Active grants whose period is over, earliest end first."""
    return await fetch(
        tx, "SELECT * FROM award WHERE state = 'active' AND ends_at <= :now ORDER BY ends_at, grant_id", now=now
    )


async def keep_early(tx: Tx, grant_id: str, kind: str, fact: dict[str, Any], now: dt.datetime) -> None:
    """Keep a fact about a grant that is not announced here yet; a later one of its kind replaces it."""
    values = {"grant_id": grant_id, "kind": kind, "fact": fact, "heard_at": now}
    statement = upsert(early_fact).values(**values)
    await tx.execute(
        statement.on_conflict_do_update(index_elements=["grant_id", "kind"], set_={"fact": fact, "heard_at": now})
    )


async def early_facts(tx: Tx, grant_id: str) -> list[dict[str, Any]]:
    """What was heard of a grant before its announcement."""
    return await fetch(tx, "SELECT * FROM early_fact WHERE grant_id = :id ORDER BY heard_at, kind", id=grant_id)
