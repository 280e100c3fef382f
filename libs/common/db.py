"""One service, one PostgreSQL database, one transaction per request, event batch or job."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from libs.common.db_address import connect_arguments
from libs.common.settings import Settings

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
Tx = AsyncConnection
"""An open transaction: what operations and stores receive."""
FROZEN_AFTER_S = 1.0
"""So long after the server should have given a statement up by itself, it is taken for frozen."""
KEEPALIVE = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "20000",
}
"""A client that is lost with its machine keeps its locks no longer than 20 seconds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a database is waited for, in seconds; each is explained at the setting of its name."""

    connect_s: float = 3.0
    pool_s: float = 5.0
    lock_s: float = 10.0
    statement_s: float = 300.0
    idle_s: float = 120.0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings say."""
        return cls(
            settings.database_connect_timeout_s,
            settings.database_pool_timeout_s,
            settings.database_lock_timeout_s,
            settings.database_statement_timeout_s,
            settings.database_idle_timeout_s,
        )

    def told_to_server(self) -> dict[str, str]:
        """The server's own parameters, told as a connection begins: they cost no statement."""
        return {
            "timezone": "UTC",
            "lock_timeout": _ms(self.lock_s),
            "statement_timeout": _ms(self.statement_s),
            "idle_in_transaction_session_timeout": _ms(self.idle_s),
            **KEEPALIVE,
        }


class Database:
    """A pool of connections to one service's database; every statement and every wait for a lock has a time limit."""

    def __init__(self, url: str, *, pool_max: int = 10, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",  # all that the address says is in the arguments, where TLS can be said as well
            pool_size=pool_max,
            max_overflow=0,
            pool_timeout=limits.pool_s,
            # what a burst of requests opened rests afterwards: taken in turn, every connection's server process would
            # fill its caches with the plans of all statements
            pool_use_lifo=True,
            hide_parameters=True,
            pool_pre_ping=False,
            connect_args={
                **connect_arguments(url),
                "server_settings": limits.told_to_server(),
                "timeout": limits.connect_s,
                "command_timeout": limits.statement_s + FROZEN_AFTER_S,
            },
        )
        event.listen(self.engine.sync_engine, "handle_error", _drop_the_silent)
        event.listen(self.engine.sync_engine, "handle_error", tell_no_values)
        self._looking = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self.engine.begin() as tx:
            try:
                yield tx
            except TimeoutError:
                await tx.invalidate()  # a server that does not answer would not answer to a rollback either
                raise

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[Tx]:
        """A connection for one look: a statement that changes nothing is its own transaction, in one round trip."""
        async with self._looking.connect() as tx:
            yield tx

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


def _ms(seconds: float) -> str:
    return str(int(seconds * 1000))


def _drop_the_silent(context: ExceptionContext) -> None:
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True


_DETAIL = re.compile(r"\nDETAIL: .*", re.DOTALL)


def tell_no_values(context: ExceptionContext) -> None:
    """Take the values of rows out of a database error: PostgreSQL adds them as DETAIL, and errors are logged."""
    original = context.original_exception
    for error in (original, original.__cause__, context.sqlalchemy_exception):
        if error is None:
            continue
        if getattr(error, "detail", None):
            error.detail = None  # type: ignore[attr-defined]
        error.args = tuple(_DETAIL.sub("", told) if isinstance(told, str) else told for told in error.args)


async def may_idle(tx: Tx, seconds: float) -> None:
    """Let this transaction stand idle for so long, while something outside the database is waited for."""
    query = text("SELECT set_config('idle_in_transaction_session_timeout', :ms, true)")
    await tx.execute(query, {"ms": _ms(seconds)})


async def raw(tx: Tx) -> Any:
    """The asyncpg connection under a transaction, for COPY. Run a statement first: SQLAlchemy begins lazily."""
    return (await tx.get_raw_connection()).driver_connection


async def lock(tx: Tx, name: str) -> None:
    """Wait for the one lock of this name; it is held until the transaction ends."""
    await tx.execute(_LOCK, {"name": name})


_LOCK_ALL = text(
    "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(name, 0) AS key"
    " FROM unnest(cast(:names AS text[])) AS told(name) ORDER BY 1) AS ordered"
)


async def lock_all(tx: Tx, names: Iterable[str]) -> None:
    """Wait for all these locks, in an order that is the same for everybody who takes several at once."""
    if told := list(names):
        await tx.execute(_LOCK_ALL, {"names": told})


async def try_lock(tx: Tx, name: str) -> bool:
    """Take the one lock of this name if nobody holds it; it is held until the transaction ends."""
    return bool((await tx.execute(_TRY_LOCK, {"name": name})).scalar())
