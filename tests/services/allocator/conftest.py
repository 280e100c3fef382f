"""The allocator's office."""

from collections.abc import Awaitable, Callable

import pytest

from tests.conftest import ServiceClient
from tests.services.allocator.office import Office


@pytest.fixture
async def office(service_client: Callable[[str], Awaitable[ServiceClient]]) -> Office:
    """The allocator alone, on a database of its own."""
    return Office(await service_client("allocator"))
