"""Billing's real application on a database of its own, with the office that works in it."""

from collections.abc import Awaitable, Callable

import pytest

from tests.conftest import ServiceClient
from tests.services.billing.office import Office


@pytest.fixture
async def office(service_client: Callable[[str], Awaitable[ServiceClient]]) -> Office:
    """An office over a fresh billing service."""
    return Office(await service_client("billing"))
