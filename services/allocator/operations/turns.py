"""Whose turn it is: the locks that a batch of events needs, taken before the first event is handled.

Everybody takes locks in one order: the turns of grants and providers, `allotment`, rows of grants, a pool. A batch
whose second event asked for a lock after its first had a row could stand against a command that holds that lock and
wants that row.

One fact about a grant is heard at a time, and handlers count on it: a grant that another worker is just creating
cannot be seen, nor locked. Without it a fact would be kept as early beside the announcement that would have applied
it, and stand unapplied.
"""

from collections.abc import Sequence
from typing import Any

from libs.common.db import Tx, lock, lock_all
from libs.common.events.billing import SelfpayDeposited, SelfpayDue
from libs.common.events.intake import (
    AgreementEnded,
    AgreementSigned,
    ApplicationWithdrawn,
    ProviderRegistered,
    TrainingAttended,
)
from libs.common.events.review import SelectionAnnounced
from libs.common.keys import fold_key
from services.allocator.store import grants

ENDING = (AgreementEnded, ApplicationWithdrawn)
ABOUT_A_GRANT = (SelectionAnnounced, AgreementSigned, SelfpayDue, SelfpayDeposited, TrainingAttended, *ENDING)


def _turn_of_grant(grant_id: str) -> str:
    """The lock under which one fact about a grant is heard at a time."""
    return f"grant:{grant_id}"


def _turn_of_provider(provider_id: str) -> str:
    """The lock under which one fact about a provider is heard at a time."""
    return f"provider:{fold_key(provider_id)}"


async def lock_first(tx: Tx, events: Sequence[Any]) -> None:
    """Take every lock and every row of a grant that these events will ask for; waits as long as others hold them."""
    grant_ids = sorted({event.application_id for event in events if isinstance(event, ABOUT_A_GRANT)})
    provider_ids = {event.provider_id for event in events if isinstance(event, ProviderRegistered)}
    await lock_all(tx, [*map(_turn_of_grant, grant_ids), *map(_turn_of_provider, provider_ids)])
    announced = [event.application_id for event in events if isinstance(event, SelectionAnnounced)]
    if any(isinstance(event, ENDING) for event in events) or await grants.has_early_end(tx, announced):
        await lock(tx, "allotment")
    if grant_ids[1:]:  # a row alone is locked by its handler
        await grants.list_locked(tx, grant_ids)
