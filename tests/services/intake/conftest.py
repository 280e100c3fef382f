"""An intake office with P0 open, and a store for its documents."""

from collections.abc import Iterator

import pytest

from tests.engines.object_store import ObjectStore, require
from tests.services.intake.people import Office


@pytest.fixture
async def office(service_client):
    """Intake alone, on a database of its own, with the programme open."""
    made = Office(await service_client("intake"))
    await made.open_programme()
    return made


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """One real S3 store for all tests."""
    require()
    store = ObjectStore(tmp_path_factory.mktemp("objects"))
    try:
        yield store.start()
    finally:
        store.stop()
