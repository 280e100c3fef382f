"""Metering with one dynamic grant, as most of its tests begin; one database for all of them, emptied for each."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.clock import SettableClock
from libs.common.identity import Verifier
from libs.common.service import Runtime
from libs.common.settings import Settings
from libs.embedded.issuer import AUDIENCE, ISSUER, Issuer
from libs.embedded.local_bus import LocalBus
from services.metering.__main__ import SERVICE
from services.metering.tables.base import metadata
from tests.conftest import ServiceClient
from tests.owner import as_owner
from tests.services.metering.meters import Metering, kst


@pytest.fixture(scope="session")
async def metering_client(
    databases: Any, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServiceClient]:
    """The real application on a migrated database that the tests of this folder share."""
    clock = SettableClock()
    url = await databases.fresh("metering")
    settings = Settings(database_url=url, database_pool_max=5, state_dir=tmp_path_factory.mktemp("metering"))
    verifier = Verifier(ISSUER, AUDIENCE, issuer.keys)
    client = ServiceClient(SERVICE, Runtime(SERVICE, settings, clock, LocalBus(), verifier), issuer, clock)
    yield client
    await client.close()


@pytest.fixture
async def metering(metering_client: ServiceClient) -> Metering:
    """Metering on 5 November 2025 with one grant of 8 units and its session on 1 October, 10:00 to 20:00 in Seoul."""
    async with as_owner(metering_client.db) as tx:
        await tx.execute(text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"))
    service = Metering(metering_client)
    await service.open(kst(5, month=11))
    await service.place()
    await service.assign(kst(1, 10))
    await service.release(kst(1, 20))
    return service
