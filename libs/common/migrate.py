"""Brings one service's database to the newest schema, with Alembic; one migrator at a time.

Every migration is a transaction of its own, so that one which fails leaves those before it done, and so that a
statement which no transaction may hold can stand between them (`libs.common.migration.outside_transaction`).
"""

import asyncio
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from libs.common import roles
from libs.common.db import tell_no_values
from libs.common.db_address import connect_arguments
from libs.common.rights import Rights, quoted

ROOT = Path(__file__).resolve().parents[2]
LOCK_TIMEOUT = "5s"
OURS = "dure migrate"
"""The name that the sessions of a migration bear in the server's list."""
_SESSIONS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = :running AND application_name <> :ours"
)


class OlderProcessesRun(RuntimeError):
    """Processes of an older version are at work and could not write beside what comes; they are to be stopped first."""

    def __init__(self, running: str, sessions: int) -> None:
        super().__init__(
            f"{running} 역할의 연결 {sessions}개가 열려 있습니다. 이 판으로는 이전 프로세스를 모두 멈춘 뒤 올립니다 · "
            f"{sessions} sessions of the role {running} are open: this upgrade needs every older process stopped first"
        )


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration came to."""

    before: str
    """The revision found; empty where the database was new."""
    after: str
    needs: tuple[str, ...]
    """What is left to do by hand, each in a sentence, Korean and English."""
    granted: bool
    """Whether the running role has its rights; False where one role does everything."""


def script_directory(service: str) -> ScriptDirectory:
    """Where a service's migrations lie."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def newest_revision(service: str) -> str:
    """The revision that a migrated database stands at."""
    return script_directory(service).get_current_head() or ""


async def migrate(service: str, database_url: str, running: str = "", to: str = "head") -> Migrated:
    """Run the migrations that are missing, each in a transaction, and give the role `running` its rights.

    Without `running` the role of the service's name is meant, where the server has one. Raises OlderProcessesRun
    before a migration that processes of an older version cannot work beside, and what a migration raised.
    """
    engine = owner_engine(database_url)
    try:
        async with engine.connect() as waiting:
            guard = await waiting.execution_options(isolation_level="AUTOCOMMIT")
            # held by a connection of its own: no transaction stays open while the migrations run
            await guard.execute(text("SELECT pg_advisory_lock(hashtextextended('migrate', 0))"))
            before = await _revision(engine)
            if _declared(service, "STOPS_OLDER") & _passed(service, before, to):
                await _refuse_beside_older(engine, running or service)
            async with engine.connect() as connection:
                await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
                await connection.commit()
                await connection.run_sync(_upgrade, service, to)
            granted = to == "head" and await _grant(engine, service, running or service)
            return Migrated(before, await _revision(engine), _needs(service, before), granted)
    finally:
        await engine.dispose()


def owner_engine(database_url: str) -> AsyncEngine:
    """Connections of whoever migrates, without the limits of a running service."""
    named = {"server_settings": {"application_name": OURS}}
    told = connect_arguments(database_url) | named
    engine = create_async_engine("postgresql+asyncpg://", connect_args=told, hide_parameters=True)
    event.listen(engine.sync_engine, "handle_error", tell_no_values)
    return engine


async def split_roles(service: str, administrator_url: str, told: roles.Roles) -> tuple[str, ...]:
    """Tell owner and running role of a database apart, and give each its rights.

    Returns the roles that were made without a password. Raises NotSplittable.
    """
    engine = owner_engine(administrator_url)
    try:
        async with engine.begin() as tx:
            database = (await tx.execute(text("SELECT current_database()"))).scalar_one()
            without_password = await roles.split(tx, database, told)
            if await _known_revision(tx):
                await tx.execute(text(f"SET LOCAL ROLE {quoted(told.owner)}"))
                await roles.grant_rights(tx, rights_of(service), told.running)
        return without_password
    finally:
        await engine.dispose()


def rights_of(service: str) -> Rights:
    """What the service declares beside its tables."""
    declared: Rights = importlib.import_module(f"services.{service}.rights").RIGHTS
    return declared


async def _grant(engine: AsyncEngine, service: str, running: str) -> bool:
    async with engine.begin() as tx:
        return await roles.grant_rights(tx, rights_of(service), running)


async def _revision(engine: AsyncEngine) -> str:
    async with engine.begin() as tx:
        return await _known_revision(tx)


async def _known_revision(tx: AsyncConnection) -> str:
    there = (await tx.execute(text("SELECT to_regclass('public.alembic_version')"))).scalar()
    if there is None:
        return ""
    return str((await tx.execute(text("SELECT version_num FROM alembic_version"))).scalar() or "")


async def _refuse_beside_older(engine: AsyncEngine, running: str) -> None:
    async with engine.begin() as tx:
        sessions = (await tx.execute(_SESSIONS, {"running": running, "ours": OURS})).scalar_one()
    if sessions:
        raise OlderProcessesRun(running, sessions)


def _needs(service: str, before: str) -> tuple[str, ...]:
    """What the migrations after `before` leave to do."""
    declared, passed = _declared(service, "NEEDS"), _passed(service, before, "head")
    return tuple(need for revision, need in declared.items() if revision in passed)


def _declared(service: str, name: str) -> Any:
    return getattr(importlib.import_module(f"services.{service}.migrations.needs"), name)


def _passed(service: str, before: str, to: str) -> frozenset[str]:
    """The revisions after `before`; none for a new database, which has nothing that could be missing or in use."""
    if not before:
        return frozenset()
    return frozenset(script.revision for script in script_directory(service).iterate_revisions(to, before))


def _upgrade(connection: Connection, service: str, to: str) -> None:
    scripts = script_directory(service)
    context = EnvironmentContext(Config(), scripts)

    def steps(revision: object, _: object) -> object:
        return scripts._upgrade_revs(to, revision)  # type: ignore[arg-type]  # noqa: SLF001 - Alembic's own recipe

    with context:
        context.configure(connection=connection, fn=steps, transactional_ddl=True, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


def migrate_now(service: str, database_url: str, running: str = "") -> Migrated:
    """The same, for a process that does nothing else."""
    return asyncio.run(migrate(service, database_url, running))
