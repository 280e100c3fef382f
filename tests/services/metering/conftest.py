"""Metering with one grant and one session."""

import pytest

from tests.services.metering.meters import Metering, kst


@pytest.fixture
async def metering(service_client):
    """Metering on 5 November 2025 with one grant of 8 units and its session on 1 October, 10:00 to 20:00 in Seoul."""
    service = Metering(await service_client("metering"))
    await service.open(kst(5, month=11))
    await service.place()
    await service.assign(kst(1, 10))
    await service.release(kst(1, 20))
    return service
