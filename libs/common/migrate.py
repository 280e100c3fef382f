"""Brings one service's database to the newest schema, with Alembic; one migrator at a time."""

import asyncio
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

ROOT = Path(__file__).resolve().parents[2]
LOCK_TIMEOUT = "5s"


def script_directory(service: str) -> ScriptDirectory:
    """Where a service's migrations lie."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def newest_revision(service: str) -> str:
    """The revision that a migrated database stands at."""
    return script_directory(service).get_current_head() or ""


async def migrate(service: str, database_url: str) -> None:
    """Run the migrations that are missing, in one transaction, under a lock. Raises what a migration raised."""
    engine = create_async_engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('migrate', 0))"))
            await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            await connection.run_sync(_upgrade, service)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, service: str) -> None:
    scripts = script_directory(service)
    config = Config()
    context = EnvironmentContext(config, scripts)

    def steps(revision: object, _: object) -> object:
        return scripts._upgrade_revs("head", revision)  # type: ignore[arg-type]  # noqa: SLF001 - Alembic's own recipe

    with context:
        context.configure(connection=connection, fn=steps, transactional_ddl=True)
        context.run_migrations()


def migrate_now(service: str, database_url: str) -> None:
    """The same, for a process that does nothing else."""
    asyncio.run(migrate(service, database_url))
