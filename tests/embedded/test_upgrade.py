"""A newer version over older data on one machine: the databases follow, and what is left to do is said."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.common.migrate import migrate, newest_revision
from libs.embedded.databases import prepare
from libs.embedded.postgres import EmbeddedPostgres
from libs.operator.services import SERVICES


@pytest.fixture
def older() -> Iterator[EmbeddedPostgres]:
    """A server on which an older version had made metering's database, all under one role."""
    server = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="dure-older-")) / "pg", durable=False)
    server.start()
    server.create_database("metering")
    asyncio.run(migrate("metering", server.url("metering"), to="metering_0001"))
    yield server
    server.remove()


def test_f_87_starting_over_older_data_tells_what_the_upgrade_needs(
    older: EmbeddedPostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    """F-87: prices that billing said before metering kept them are to be replayed: told at the start, and once."""
    assert prepare(older) is True
    assert "dure bus replay --service billing" in capsys.readouterr().err
    for name in SERVICES:
        assert older.execute("SELECT version_num FROM alembic_version", name) == newest_revision(name)
    owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'statement'"
    assert older.execute(owner, "metering") == "metering_owner"
    assert prepare(older) is False
    assert capsys.readouterr().err == ""
