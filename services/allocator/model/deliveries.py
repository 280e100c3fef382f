"""What was said of a grant's delivery: stated by the provider, confirmed by user or agency, corrected by the agency."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

DeliveryWord = Literal["stated", "withdrawn", "confirmed", "corrected"]


@dataclass(frozen=True, slots=True)
class DeliveryTold:
    """One thing said of a delivery, by whom and when; nothing of it is ever taken away."""

    grant_id: str
    word: DeliveryWord
    delivered_at: dt.datetime | None
    """The instant of the delivery in these words; none where a statement is taken back."""
    reason: str
    told_by: str
    told_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a grant's delivery stands by all that was said of it, oldest first."""

    stated: DeliveryTold | None
    """The provider's statement that stands; none before it, or where it was taken back."""
    confirmed: DeliveryTold | None
    """What counts (AL-16): the confirmation, or the agency's later correction of it; none before it."""
    told: tuple[DeliveryTold, ...] = ()
