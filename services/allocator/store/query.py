"""Run one statement with bound values."""

import re
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text

from libs.common.db import Tx, raw

NAMED = re.compile(r"(?<!:):([a-z_]+)")


@lru_cache(maxsize=512)
def _statement(sql: str) -> TextClause:
    return text(sql)


async def fetch(tx: Tx, sql: str, **values: Any) -> list[dict[str, Any]]:
    """All rows of a query."""
    return [dict(row) for row in (await tx.execute(_statement(sql), values)).mappings().all()]


async def fetch_one(tx: Tx, sql: str, **values: Any) -> dict[str, Any] | None:
    """The first row of a query, or None."""
    row = (await tx.execute(_statement(sql), values)).mappings().first()
    return dict(row) if row else None


async def run(tx: Tx, sql: str, **values: Any) -> int:
    """Run a change; returns how many rows it touched."""
    return int((await tx.execute(_statement(sql), values)).rowcount)


async def fetch_hot(tx: Tx, sql: str, **values: Any) -> list[dict[str, Any]]:
    """All rows of a query of a hot path, straight from the driver.

    Only after another statement of the same transaction: that one begins it (the pool's lock does).
    """
    positional, names = _positional(sql)
    rows = await (await raw(tx)).fetch(positional, *(values[name] for name in names))
    return [dict(row) for row in rows]


@lru_cache(maxsize=64)
def _positional(sql: str) -> tuple[str, tuple[str, ...]]:
    """The driver's form of a statement: `$1`, `$2` for its names, in order of first use."""
    names = tuple(dict.fromkeys(NAMED.findall(sql)))
    return NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", sql), names
