"""A PostgreSQL server of this folder's own: it is frozen, stopped and cut off."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.embedded.postgres import EmbeddedPostgres


@pytest.fixture(scope="session")
def frail() -> Iterator[EmbeddedPostgres]:
    """A server that tests may freeze; they leave it running."""
    server = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="dure-frail-")) / "pg", durable=False)
    server.start()
    yield server
    server.remove()
