"""What two people decide about money: one proposes the command, another confirms it (BL-13)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from services.billing.model.budget import Move
from services.billing.model.prices import Mode


@dataclass(frozen=True, slots=True)
class PriceOffer:
    """The price of one negotiation round, in won per unit and hour (or month), VAT included."""

    programme_code: str
    provider_id: str
    product: str
    mode: Mode
    unit_price_krw: int
    valid_from: dt.date
    round_no: int
    wait_discount_pct: Decimal | None = None
    """The provider's wait discount rate from the same month on, where it is told with the price."""


@dataclass(frozen=True, slots=True)
class RateOffer:
    """A provider's wait discount rate in per cent, from a month on; without one from the first month of use."""

    programme_code: str
    provider_id: str
    rate_pct: Decimal
    valid_from: dt.date | None = None


@dataclass(frozen=True, slots=True)
class BudgetShift:
    """A move between the parts of a programme's budget."""

    programme_code: str
    move: Move


@dataclass(frozen=True, slots=True)
class BudgetMove:
    """A move between two programmes that share a cap."""

    programme_code: str
    to_programme: str
    amount_krw: int


@dataclass(frozen=True, slots=True)
class Refund:
    """What is left of a self-payment goes back to whoever paid it."""

    application_id: str


@dataclass(frozen=True, slots=True)
class DisputeDecision:
    """The right amount of a contested line in won, signed as the line is; none where the dispute is rejected."""

    dispute_id: str
    amount_krw: int | None


@dataclass(frozen=True, slots=True)
class PriceWithdrawal:
    """A price that was wrong is taken back, and its negotiation round given back."""

    price_version: str


@dataclass(frozen=True, slots=True)
class RateWithdrawal:
    """A wait discount rate that was wrong is taken back; its month can be given another one."""

    discount_version: str


@dataclass(frozen=True, slots=True)
class EvidenceTakenBack:
    """The confirmation of a piece of evidence was wrong and is taken back."""

    application_id: str
    evidence_id: str


@dataclass(frozen=True, slots=True)
class ClawbackRefund:
    """What was paid of a clawback that was withdrawn goes back to whoever paid it."""

    grant_id: str
    clawback_id: str
    reference: str
