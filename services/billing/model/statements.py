"""What a provider's closed month of use says, as metering closed it."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from services.billing.model.prices import Mode, Pricing


@dataclass(frozen=True, slots=True)
class Use:
    """What one grant used under one price key and mode in one month of use, as the closed statement says it."""

    grant_id: str
    period: str
    """Month of use `YYYY-MM`: the statement's, or an earlier one for an adjustment."""
    adjustment: bool
    pricing: Pricing
    mode: Mode
    priced_product: str
    priced_units: int
    payable: bool
    billable_unit_hours: int
    discounted_unit_hours: int
    outage_unit_hours: int
    unmatched_unit_hours: int
    months_before: Fraction | None
    months_after: Fraction | None
    starts_at: dt.datetime
    delivered_at: dt.datetime
    ends_at: dt.datetime
    usage_events: int
    evidence_sha256: str

    @property
    def months(self) -> Fraction:
        """Months of use in the statement's month (MT-11); 0 where it states none."""
        return (self.months_after or Fraction(0)) - (self.months_before or Fraction(0))


@dataclass(frozen=True, slots=True)
class Statement:
    """A closed usage statement as billing heard it."""

    statement_id: str
    provider_id: str
    programme_code: str
    programme_version: int
    month: str
    closed_at: dt.datetime
    sha256: str
    uses: tuple[Use, ...]
