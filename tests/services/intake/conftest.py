"""An intake office with P0 open."""

import pytest

from tests.services.intake.people import Office


@pytest.fixture
async def office(service_client):
    """Intake alone, on a database of its own, with the programme open."""
    made = Office(await service_client("intake"))
    await made.open_programme()
    return made
