"""What is left to be stated of a provider's programme once its last settlement is issued."""

import datetime as dt
from dataclasses import dataclass

from services.billing.model.lines import Missing


@dataclass(frozen=True, slots=True)
class Left:
    """What the next settlement of a provider in a programme would state of earlier months, were it drafted now."""

    provider_id: str
    programme_code: str
    month: str
    """The first month without a settlement, `YYYY-MM`: its usage statement may be closed without any use."""
    closable_at: dt.datetime
    """When that month is over."""
    comes_by_itself: bool
    """Whether a grant still runs in that month, so that its usage statement comes anyway."""
    grant_ids: tuple[str, ...]
    fee_krw: int
    """What would be stated, signed; without grants that would stay parked."""
    missing: tuple[Missing, ...]
    """What parked grants wait for."""
