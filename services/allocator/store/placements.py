"""Placements: what was decided together, line by line."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, update

from libs.common.db import Tx
from services.allocator.store.query import fetch, fetch_one
from services.allocator.tables import placement, placement_line


async def next_placement_id(tx: Tx) -> str:
    """The id of a new placement."""
    row = await fetch_one(tx, "SELECT nextval('placement_no') AS no")
    return f"PL-{row['no'] if row else 0:06d}"


async def add_placement(tx: Tx, values: dict[str, Any], lines: Sequence[dict[str, Any]]) -> None:
    """Keep a placement and its lines."""
    await tx.execute(insert(placement).values(**values))
    if lines:
        await tx.execute(insert(placement_line), list(lines))


async def placement_of(tx: Tx, placement_id: str, *, for_update: bool = False) -> dict[str, Any] | None:
    """One placement without its lines."""
    sql = "SELECT * FROM placement WHERE placement_id = :id" + (" FOR UPDATE" if for_update else "")
    return await fetch_one(tx, sql, id=placement_id)


async def placements(tx: Tx, programme: str | None, after: str, limit: int) -> list[dict[str, Any]]:
    """Placements by id."""
    return await fetch(
        tx,
        "SELECT * FROM placement WHERE placement_id > :after"
        " AND (cast(:programme AS text) IS NULL OR programme_code = :programme) ORDER BY placement_id LIMIT :limit",
        programme=programme,
        after=after,
        limit=limit,
    )


async def lines_of(tx: Tx, placement_id: str) -> list[dict[str, Any]]:
    """The lines of a placement, by rank."""
    return await fetch(
        tx, "SELECT * FROM placement_line WHERE placement_id = :id ORDER BY rank, grant_id", id=placement_id
    )


async def confirm(tx: Tx, placement_id: str, **values: Any) -> None:
    """Mark a placement as confirmed."""
    await tx.execute(update(placement).where(placement.c.placement_id == placement_id).values(**values))
