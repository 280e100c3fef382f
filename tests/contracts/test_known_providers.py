"""The copies of providers that services keep: whatever order facts come in, the newest one stands."""

import datetime as dt

import pytest

from libs.common.events.intake import ProviderChanged, ProviderRegistered
from libs.common.providers import list_names
from tests.conftest import ServiceClient
from tests.contracts.extremes import golden

FIRST = dt.datetime(2025, 9, 1, tzinfo=dt.UTC)
THEN = dt.datetime(2025, 9, 2, tzinfo=dt.UTC)


@pytest.mark.parametrize("name", ["metering", "billing"])
async def test_a_fact_that_comes_late_changes_no_provider(name: str, service_client) -> None:
    """A registration that was a dead letter and is redriven after a change leaves the changed name."""
    client: ServiceClient = await service_client(name)
    told = {**golden(ProviderChanged), "provider_id": "alpha"}
    registered = {name: value for name, value in told.items() if name in ProviderRegistered.model_fields}
    await client.feed(ProviderChanged.model_validate({**told, "name": "새 이름", "changed_at": THEN}))
    await client.feed(ProviderRegistered.model_validate({**registered, "name": "옛 이름", "registered_at": FIRST}))
    async with client.db.transaction() as tx:
        assert await list_names(tx, ["alpha"]) == {"alpha": "새 이름"}
    await client.feed(ProviderChanged.model_validate({**told, "name": "더 새 이름", "changed_at": THEN}))
    async with client.db.transaction() as tx:
        assert await list_names(tx, ["alpha"]) == {"alpha": "더 새 이름"}
