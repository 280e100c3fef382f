"""Run one statement with bound values."""

from typing import Any

from sqlalchemy import text

from libs.common.db import Tx


async def fetch(tx: Tx, sql: str, **values: Any) -> list[dict[str, Any]]:
    """All rows of a query."""
    return [dict(row) for row in (await tx.execute(text(sql), values)).mappings().all()]


async def fetch_one(tx: Tx, sql: str, **values: Any) -> dict[str, Any] | None:
    """The first row of a query, or None."""
    row = (await tx.execute(text(sql), values)).mappings().first()
    return dict(row) if row else None


async def run(tx: Tx, sql: str, **values: Any) -> int:
    """Run a change; returns how many rows it touched."""
    return int((await tx.execute(text(sql), values)).rowcount)
