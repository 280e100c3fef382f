"""What the migrations make is what the code believes to have."""

import importlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from libs.common.db import Tx
from libs.common.migrate import script_directory
from libs.embedded.together import load
from libs.operator.services import SERVICES

CONTRACTING = re.compile(r"(?<!IS )(?<!DROP )NOT NULL(?! DEFAULT)|DROP COLUMN|DROP TABLE|\bRENAME\b", re.IGNORECASE)
CREATED = re.compile(r"CREATE TABLE.*?^\s*\)", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", SERVICES)
async def test_migrations_make_the_declared_tables(name: str, tx_of: Callable[[str], Awaitable[Tx]]) -> None:
    """Tables, columns, types, defaults and keys of the migrated database are those of `tables.py`."""
    tx = await tx_of(name)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return [one for one in compare_metadata(context, load(name).metadata) if "alembic_version" not in repr(one)]

    assert await tx.run_sync(differences) == []


@pytest.mark.parametrize("name", SERVICES)
def test_what_older_processes_cannot_write_beside_is_declared(name: str) -> None:
    """A migration that asks more of a row than before, or takes something away, says that older processes must stop."""
    declared = importlib.import_module(f"services.{name}.migrations.needs").STOPS_OLDER
    scripts = list(script_directory(name).walk_revisions())
    contracting = set()
    for script in scripts:
        source = CREATED.sub("", Path(script.path).read_text(encoding="utf-8"))
        if script.down_revision is not None and CONTRACTING.search(source):
            contracting.add(script.revision)
    assert contracting == declared
