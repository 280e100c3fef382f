"""Know providers as intake registered them."""

import datetime as dt

from libs.common.db import Tx
from libs.common.events.intake import ProviderRegistered
from libs.common.keys import fold_key
from services.billing.model.grants import Provider
from services.billing.store import providers


async def hear_provider(tx: Tx, event: ProviderRegistered, _now: dt.datetime) -> None:
    """Keep a provider as it is now, for its name and for the one spelling of its id (CV-9)."""
    told = Provider(
        event.provider_id, fold_key(event.provider_id), event.organisation_id, event.name, event.business_no
    )
    await providers.keep_provider(tx, told)


async def registered_id(tx: Tx, provider_id: str) -> str:
    """A provider's id as it was registered, however it was typed; as typed where no such provider is registered."""
    found = await providers.find_provider(tx, provider_id)
    return found.provider_id if found else provider_id
