"""Owner and running role of a service's database: what each may do, and how an installed database is split."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.common import migrate as migrate_module
from libs.common.db import Database
from libs.common.db_address import connect_arguments
from libs.common.migrate import ROOT, OlderProcessesRun, migrate, newest_revision, rights_of, split_roles
from libs.common.rights import MACHINERY, Rights, privileges
from libs.common.roles import NotSplittable, Roles
from libs.embedded.postgres import EmbeddedPostgres
from libs.embedded.together import load
from libs.operator.services import SERVICES
from tests.conftest import Databases

NEVER_CHANGED = {
    "metering": {"usage_event", "statement", "statement_line"},
    "billing": {"price", "self_payment_receipt", "settlement_share", "ledger_posting", "ledger_entry"},
    "intake": {"application_history", "screening_run", "screening_decision", "refused_submission"},
    "review": {"sheet", "composite", "deliberation", "conflict"},
    "allocator": {"award_change", "conformance_decision", "placement_line"},
}
"""What F-46 names, at the least."""


REFUSALS = {"42501", "428C9"}
"""Insufficient privilege; a column that the database itself counts."""


@pytest.fixture
async def running(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A service's database as its processes see it."""
    db = Database(await databases.fresh(request.param), pool_max=1)
    yield db
    await db.close()


async def refused(db: Database, statement: str) -> bool:
    """Whether the database refuses a statement for want of rights."""
    try:
        async with db.transaction() as tx:
            await tx.execute(text(statement))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") not in REFUSALS:
            raise
        return True
    return False


@pytest.mark.parametrize("name", SERVICES)
def test_rights_are_declared_on_tables_and_columns_that_exist(name: str) -> None:
    """A misspelt name in a service's `rights.py` would leave a table open: each names what the tables have."""
    rights, tables = rights_of(name), load(name).metadata.tables
    assert {table for table, _ in rights.classes()} | set(rights.closed_when) <= set(tables)
    for listed in (rights.changes, rights.stays):
        for table, columns in listed.items():
            assert set(columns) <= set(tables[table].c.keys()), table
    assert set(rights.append_only) >= NEVER_CHANGED[name]


def declared(rights: Rights, table: str, columns: list[str]) -> tuple[set[str], bool]:
    """The columns that may change and whether rows may be removed, as `rights.py` names the table."""
    if table in rights.append_only:
        return set(), False
    if table in rights.changes:
        return set(rights.changes[table]), False
    if table in rights.stays:
        return set(columns) - set(rights.stays[table]), False
    if table in rights.no_removal:
        return set(columns), False
    return (set(), True) if table in rights.no_change else (set(columns), True)


@pytest.mark.parametrize(("running", "name"), [(name, name) for name in SERVICES], indirect=["running"])
async def test_f46_four_operations_on_every_table_are_allowed_exactly_as_declared(running: Database, name: str) -> None:
    """F-46: UPDATE of each column and DELETE as the declared list says; TRUNCATE and DISABLE TRIGGER on no table."""
    tried = 0
    for table, shape in load(name).metadata.tables.items():
        columns = shape.c.keys()
        rights = MACHINERY if table in {named for named, _ in MACHINERY.classes()} else rights_of(name)
        changing, removable = declared(rights, table, columns)
        for column in columns:
            counted = shape.c[column].identity is not None
            right = column in changing and not counted
            assert await refused(running, f'UPDATE {table} SET "{column}" = "{column}"') != right, f"{table}.{column}"
        assert await refused(running, f"DELETE FROM {table}") != removable, table
        assert await refused(running, f"TRUNCATE {table} CASCADE"), table
        assert await refused(running, f"ALTER TABLE {table} DISABLE TRIGGER ALL"), table
        tried += len(columns) + 3
    assert tried > 3 * len(load(name).metadata.tables)


@pytest.mark.parametrize("running", SERVICES, indirect=True)
async def test_f46_the_running_role_is_nobody_special(running: Database) -> None:
    """F-46: no superuser, no maker of roles or databases, owner of nothing; it makes no table and no function."""
    async with running.transaction() as tx:
        powers = (
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert (await tx.execute(text(powers))).scalar_one() is False
        owned = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
        assert (await tx.execute(text(owned))).scalar_one() == 0
    assert await refused(running, "CREATE TABLE mine (n int)")
    assert await refused(running, "ALTER TABLE outbox ADD COLUMN n int")
    assert await refused(running, "DROP TABLE outbox")
    assert await refused(running, "UPDATE alembic_version SET version_num = 'x'")


A_DRAFT = (
    (
        "INSERT INTO organisation (organisation_id, name, business_no, kind, legal_form, representatives, affiliates,"
        " registered_by, registered_at) VALUES ('ORG-1', 'n', '1', 'k', 'f', '[]', '{}', 'p', '2025-10-01Z')"
    ),
    (
        "INSERT INTO application (application_id, programme_code, organisation_id, state, version, title, track,"
        " product, units, months, wished_start, youth_claimed, created_by, created_at)"
        " VALUES ('A-1', 'p', 'ORG-1', 'draft', 1, 't', 'k', 'p', 1, 1, '2025-11-01', false, 'p', '2025-10-01Z')"
    ),
    (
        "INSERT INTO document (document_id, application_id, kind, file_name, found_format, size_bytes, sha256,"
        " uploaded_by, uploaded_at) SELECT n, 'A-1', 'plan', 'a.pdf', 'pdf', 1, 'x', 'p', '2025-10-01Z'"
        " FROM unnest(ARRAY['D-1', 'D-2']) AS n"
    ),
)


@pytest.mark.parametrize("running", ["intake"], indirect=True)
async def test_f46_what_was_submitted_keeps_its_documents(running: Database) -> None:
    """F-46: a document leaves a draft, but not an application that was received, whatever a bug asks for."""
    async with running.transaction() as tx:
        for statement in A_DRAFT:
            await tx.execute(text(statement))
    assert not await refused(running, "DELETE FROM document WHERE document_id = 'D-1'")
    async with running.transaction() as tx:
        await tx.execute(text("UPDATE application SET state = 'submitted', received_at = '2025-10-02Z'"))
    assert await refused(running, "DELETE FROM document WHERE document_id = 'D-2'")


def test_what_is_named_nowhere_is_only_read() -> None:
    """F-46: a table that no class names is read only, and a table of the machinery follows the machinery's class."""
    assert privileges(rights_of("billing"), "a_new_table", ["n"]) == "SELECT"
    assert privileges(Rights(free={"t": "why"}), "t", ["n"]) == "SELECT, INSERT, UPDATE, DELETE"
    assert privileges(rights_of("billing"), "outbox", ["id"]) == 'SELECT, INSERT, UPDATE ("published_at")'
    assert privileges(rights_of("billing"), "alembic_version", ["version_num"]) == "SELECT"


@pytest.fixture
def old(pg: EmbeddedPostgres) -> Iterator[str]:
    """A database in which one role does everything, as an earlier version installed it; gives the role's address."""
    pg.execute("CREATE ROLE solo LOGIN")
    pg.execute("CREATE DATABASE solo OWNER solo")
    yield pg.url("solo", "solo")
    pg.drop_databases("solo")
    pg.execute("DROP ROLE IF EXISTS solo")
    pg.execute("DROP ROLE IF EXISTS solo_owner")


async def test_f46_an_installed_database_is_split_once(old: str, pg: EmbeddedPostgres) -> None:
    """F-46: rows written before stay, the old role goes on with fewer rights, migrations go on under the owner."""
    first = await migrate("metering", old, "solo", to="metering_0001")
    assert (first.before, first.after, first.granted) == ("", "metering_0001", False)
    db = Database(old)
    async with db.transaction() as tx:
        await tx.execute(text("INSERT INTO inbox (event_id, type, handled_at) VALUES ('e', 't', '2025-10-01Z')"))
    roles = Roles(owner="solo_owner", running="solo")
    for _ in range(2):  # done twice it changes nothing
        await split_roles("metering", pg.url("solo"), roles)
    assert await refused(db, "DELETE FROM inbox")
    assert await refused(db, "CREATE TABLE mine (n int)")
    with pytest.raises(OlderProcessesRun):
        await migrate("metering", pg.url("solo", "solo_owner"), "solo")  # metering_0007 reads what older ones write
    await db.close()
    upgraded = await migrate("metering", pg.url("solo", "solo_owner"), "solo")
    db = Database(old)
    assert (upgraded.before, upgraded.after, upgraded.granted) == (
        "metering_0001", newest_revision("metering"), True,
    )  # fmt: skip
    async with db.transaction() as tx:
        assert (await tx.execute(text("SELECT event_id FROM inbox"))).scalar_one() == "e"
        await tx.execute(text("SELECT * FROM agreed_price FOR UPDATE"))
    assert await refused(db, "DELETE FROM statement")
    with pytest.raises(NotSplittable, match="logged in as solo"):
        await split_roles("metering", old, roles)
    with pytest.raises(NotSplittable, match="are both solo"):
        await split_roles("metering", pg.url("solo"), Roles("solo", "solo"))
    await db.close()


async def test_f87_an_upgrade_tells_what_it_needs(old: str) -> None:
    """F-87: past the table of agreed prices, which starts empty, `migrate` says to replay billing's prices; once."""
    new = await migrate("metering", old, "solo", to="metering_0001")
    assert new.needs == ()
    upgraded = await migrate("metering", old, "solo")
    assert any("bus replay --service billing" in need for need in upgraded.needs)
    assert (await migrate("metering", old, "solo")).needs == ()


async def test_an_upgrade_waits_for_the_end_of_processes_that_could_not_write_beside_it(old: str) -> None:
    """Past a revision that asks for columns which an older process does not write, `migrate` refuses while one runs."""
    await migrate("allocator", old, "solo", to="allocator_0001")
    older = await asyncpg.connect(**connect_arguments(old))
    with pytest.raises(OlderProcessesRun, match="1 sessions of the role solo"):
        await migrate("allocator", old, "solo")
    assert await older.fetchval("SELECT version_num FROM alembic_version") == "allocator_0001"
    await older.close()
    assert (await migrate("allocator", old, "solo")).after == newest_revision("allocator")
    newer = await asyncpg.connect(**connect_arguments(old))
    assert (await migrate("allocator", old, "solo")).before == newest_revision("allocator")
    await newer.close()


SCRIPT = """
from alembic import op
from libs.common.migration import create_index_concurrently

revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None


def upgrade() -> None:
    {does}
"""
MADE = 'op.execute("CREATE TABLE counted (n int)"); op.execute("CREATE TABLE mended (n int)")'
CHECKED = 'op.execute("SELECT 1 / count(*) FROM mended")'
INDEXED = """create_index_concurrently(op, "counted_n", "counted (n)")
    op.execute("SELECT 1 / (count(*) - 1) FROM mended")"""


async def test_f87_migrations_are_transactions_of_their_own(
    old: str, pg: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-87: one that fails leaves those before it done; its index, broken off, is built anew when it runs again."""
    ours = shutil.copytree(ROOT / "services/metering/migrations", tmp_path / "services/metering/migrations")
    newest = newest_revision("metering")
    scripts = (("made", newest, MADE), ("checked", "made", CHECKED), ("indexed", "checked", INDEXED))
    for revision, before, does in scripts:
        script = SCRIPT.format(revision=revision, before=before, does=does)
        (ours / "versions" / f"2099-{revision}.py").write_text(script)
    monkeypatch.setattr(migrate_module, "ROOT", tmp_path)
    for reached in ("made", "checked"):
        with pytest.raises(DBAPIError, match="division by zero"):
            await migrate("metering", old, "solo")
        assert pg.execute("SELECT version_num FROM alembic_version", "solo") == reached
        pg.execute("INSERT INTO mended VALUES (1)", "solo")
    index = "pg_index WHERE indexrelid = to_regclass('counted_n')"
    assert pg.execute(f"SELECT count(*) FROM {index}", "solo") == "1", "outside the transaction that failed"
    pg.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'counted_n'::regclass", "solo")
    again = await migrate("metering", old, "solo")
    assert (again.before, again.after) == ("checked", "indexed")
    assert pg.execute(f"SELECT indisvalid FROM {index}", "solo") == "t"


async def test_two_migrators_take_turns(old: str) -> None:
    """Started together, the second finds everything done."""
    both = await asyncio.gather(*(migrate("metering", old, "solo") for _ in range(2)))
    assert sorted(one.before for one in both) == ["", newest_revision("metering")]
