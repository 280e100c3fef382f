"""One service, one PostgreSQL database, one transaction per request, event batch or job."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Tx = AsyncConnection
"""An open transaction: what operations and stores receive."""


class Database:
    """A pool of connections to one service's database."""

    def __init__(self, url: str, *, pool_max: int = 10) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_max,
            max_overflow=0,
            pool_pre_ping=False,
            connect_args={"server_settings": {"timezone": "UTC"}, "timeout": 10},
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self.engine.begin() as tx:
            yield tx

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


async def raw(tx: Tx) -> Any:
    """The asyncpg connection under a transaction, for COPY. Run a statement first: SQLAlchemy begins lazily."""
    return (await tx.get_raw_connection()).driver_connection


async def lock(tx: Tx, name: str) -> None:
    """Wait for the one lock of this name; it is held until the transaction ends."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


async def try_lock(tx: Tx, name: str) -> bool:
    """Take the one lock of this name if nobody holds it; it is held until the transaction ends."""
    query = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
    return bool((await tx.execute(query, {"name": name})).scalar())


def connect_arguments(url: str) -> dict[str, Any]:
    """The database's address as asyncpg takes it."""
    parts = make_url(url)
    host = parts.query.get("host") or parts.host
    named = {
        "host": host,
        "port": parts.port,
        "user": parts.username,
        "password": parts.password,
        "database": parts.database,
    }
    return {name: value for name, value in named.items() if value}
