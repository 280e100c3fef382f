"""What the migrations make is what the code believes to have."""

from collections.abc import Awaitable, Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from libs.common.db import Tx
from libs.embedded.together import load
from libs.operator.services import SERVICES


@pytest.mark.parametrize("name", SERVICES)
async def test_migrations_make_the_declared_tables(name: str, tx_of: Callable[[str], Awaitable[Tx]]) -> None:
    """Tables, columns, types, defaults and keys of the migrated database are those of `tables.py`."""
    tx = await tx_of(name)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return [one for one in compare_metadata(context, load(name).metadata) if "alembic_version" not in repr(one)]

    assert await tx.run_sync(differences) == []
