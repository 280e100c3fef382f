"""`dure migrate --split-roles` on databases that an earlier version installed, filled and left to one role."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from libs.common.db_address import connect_arguments
from libs.common.migrate import migrate, newest_revision, rights_of
from libs.common.migrating import administrator_urls
from libs.common.rights import MACHINERY
from libs.common.roles import NotSplittable
from libs.embedded.postgres import EmbeddedPostgres
from libs.operator.services import SERVICES

ROOT = Path(__file__).parents[2]
FIRST_INSTALLED = {
    "intake": "intake_0001",
    "review": "review_0001",
    "allocator": "allocator_0001",
    "metering": "metering_0002",
    "billing": "billing_0002",
}
"""Where the first installed version left each database (commit 3d1d9d5)."""
NO_RIGHT = "42501"
VALUES = {
    "text": "'t'", "boolean": "false", "jsonb": "'[]'", "json": "'{}'", "bytea": "'x'", "text[]": "'{}'",
    "timestamp with time zone": "'2025-10-01Z'", "tstzrange": "'[2025-10-01Z,2025-11-01Z)'", "date": "'2025-10-01'",
    "integer[]": "'{1}'",
}  # fmt: skip
"""A value of each type that is no number; a number is 1."""
ALL_NOUGHT = ("settlement", "settlement_share")
"""Tables whose numbers have to add up."""
TABLES = """
    SELECT c.relname AS name, array_agg(a.attname::text) AS columns,
           array_agg(format_type(a.atttypid, a.atttypmod)) AS types
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
      AND a.attidentity = '' AND a.attnotnull
    GROUP BY c.relname
"""


async def fill(url: str) -> dict[str, int]:
    """One row in every table, whatever its other rules say; returns how many rows each holds then."""
    connection = await asyncpg.connect(**connect_arguments(url))
    await connection.execute("SET session_replication_role = replica")
    counted = {}
    for table in await connection.fetch(TABLES):
        columns = ", ".join(f'"{name}"' for name in table["columns"])
        number = "0" if table["name"] in ALL_NOUGHT else "1"
        values = ", ".join(VALUES.get(kind, number) for kind in table["types"])
        await connection.execute(f'INSERT INTO "{table["name"]}" ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING')
        counted[table["name"]] = await connection.fetchval(f'SELECT count(*) FROM "{table["name"]}"')
    await connection.close()
    return counted


RETIRED = (("metering", "awaited_event"),)
"""Tables that a later version put another in the place of: their rows are there (`held_event`)."""


@pytest.fixture(scope="module")
def installed() -> Iterator[EmbeddedPostgres]:
    """A server of its own with five databases as the first version installed them: one role each, which does all."""
    server = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="dure-split-")) / "pg", durable=False)
    server.start()
    for name, first in FIRST_INSTALLED.items():
        server.execute(f"CREATE ROLE {name} LOGIN SUPERUSER PASSWORD 'as-before'")
        server.execute(f"CREATE DATABASE {name} OWNER {name}")
        asyncio.run(migrate(name, server.url(name, name), to=first))
    yield server
    server.remove()


def dure(*arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """The checkout's command, as the administrator of a server calls it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DURE_")} | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-P", "-m", "tools.cli", "migrate", *arguments],
        env=environment | ({"DURE_DATABASE_URL": url, "DURE_INTAKE_OWNER_PASSWORD": "new"} if url else {}),
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_f46_an_upgraded_database_is_split_by_the_command(installed: EmbeddedPostgres) -> None:
    """F-46: one call splits all five databases of an upgraded server; rows stay, and a second call changes nothing."""
    before = {name: asyncio.run(fill(installed.url(name))) for name in SERVICES}
    for name, table in RETIRED:
        del before[name][table]
    for name in SERVICES:
        assert asyncio.run(migrate(name, installed.url(name, name))).after == newest_revision(name)
    for again in (False, True):
        told = dure("--split-roles", "--json", url=installed.url("postgres"))
        assert told.returncode == 0, told.stderr
        parted = json.loads(told.stdout)
        assert {name: (one["owner"], one["running"]) for name, one in parted.items()} == {
            name: (f"{name}_owner", name) for name in SERVICES
        }
        # of the owners that were made, only intake's was given a password
        lacking = {
            name for name, one in parted.items() if f"DURE_{name.upper()}_OWNER_PASSWORD" in "".join(one["needs"])
        }
        assert lacking == (set() if again else set(SERVICES) - {"intake"})
    with_password = installed.execute("SELECT string_agg(rolname, ',') FROM pg_authid WHERE rolpassword IS NOT NULL")
    assert set(with_password.split(",")) == {*SERVICES, "intake_owner"}
    for name in SERVICES:
        asyncio.run(assert_nobody_special(installed.url(name, name), name, before[name]))
        as_owner = asyncio.run(migrate(name, installed.url(name, f"{name}_owner")))
        assert (as_owner.before, as_owner.granted) == (newest_revision(name), True)


async def assert_nobody_special(url: str, service: str, rows: dict[str, int]) -> None:
    """The running role reads what was there, and neither changes, removes, empties, creates nor rules."""
    connection = await asyncpg.connect(**connect_arguments(url))
    for table, count in rows.items():
        assert await connection.fetchval(f'SELECT count(*) FROM "{table}"') >= count, table
    powers = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert await connection.fetchval(powers) is False
    forbidden = ["CREATE TABLE mine (n int)", "CREATE SCHEMA mine", "DROP TABLE outbox", "CREATE ROLE mine"]
    for table in (*MACHINERY.append_only, *rights_of(service).append_only):
        column = await connection.fetchval(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0"
            " AND attidentity = '' ORDER BY attnum LIMIT 1", table,
        )  # fmt: skip
        forbidden += [f'UPDATE {table} SET "{column}" = "{column}"', f"DELETE FROM {table}", f"TRUNCATE {table}"]
    for statement in forbidden:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.execute(statement)
        assert refused.value.sqlstate == NO_RIGHT, statement
    await connection.close()


def test_a_split_that_cannot_be_done_is_told_in_a_sentence(installed: EmbeddedPostgres) -> None:
    """No address, an unknown service, a role that is none of the administrator's, a database that is not there."""
    installed.execute("DROP ROLE IF EXISTS somebody")
    installed.execute("CREATE ROLE somebody LOGIN")
    cases = [
        (("--split-roles",), "", 2, "DURE_DATABASE_URL"),
        (("--service", "intake"), "", 2, "--split-roles"),
        (("--split-roles", "--service", "nobody"), installed.url("intake"), 2, "nobody"),
        (("--split-roles", "--service", "intake"), installed.url("intake", "intake"), 1, "logged in as intake"),
        (("--split-roles", "--service", "intake"), installed.url("intake", "somebody"), 1, "permission denied"),
        (("--split-roles", "--service", "intake"), installed.url("nowhere"), 1, "does not exist"),
        (("--split-roles", "--service", "intake"), "postgresql+asyncpg://a@127.0.0.1:1/x", 1, "refused"),
    ]
    for arguments, url, code, words in cases:
        told = dure(*arguments, url=url)
        assert (told.returncode, told.stdout) == (code, ""), (arguments, told.stderr)
        assert words in told.stderr
        assert "Traceback" not in told.stderr
        assert " · " in told.stderr


def test_one_password_is_not_given_to_five_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """F-46: what is said of one service is not used for all; each database is found by its service's name."""
    assert administrator_urls("postgresql+asyncpg://a@h/x", ("billing",)) == {"billing": "postgresql+asyncpg://a@h/x"}
    found = administrator_urls("postgresql+asyncpg://a:b@h/x?sslmode=require", SERVICES)
    assert found["review"] == "postgresql+asyncpg://a:b@h/review?sslmode=require"
    monkeypatch.setenv("DURE_DATABASE_OWNER_PASSWORD", "for all")
    with pytest.raises(NotSplittable, match="DURE_DATABASE_OWNER_PASSWORD"):
        administrator_urls("postgresql+asyncpg://a@h/x", SERVICES)
