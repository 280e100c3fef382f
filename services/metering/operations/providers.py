"""Providers by the one spelling of their ids (CV-9)."""

from libs.common.db import Tx
from services.metering.store import providers


async def registered_id(tx: Tx, provider_id: str) -> str:
    """A provider's id as it was registered, however it was typed; as typed where no such provider is registered."""
    found = await providers.find_provider(tx, provider_id)
    return found.provider_id if found else provider_id
