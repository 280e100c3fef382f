"""Nouns of settlements: the settlement itself, its draft, and who pays a grant's part of it. Whole won."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from services.billing.model.lines import Line, Missing

SettlementState = Literal["parked", "draft", "issued", "approved", "paid"]
SETTLEMENT_STATES: tuple[SettlementState, ...] = get_args(SettlementState)
OPEN: tuple[SettlementState, ...] = ("parked", "draft")
"""Its lines may still be written anew."""
UNAPPROVED: tuple[SettlementState, ...] = (*OPEN, "issued")
"""Nothing was drawn for it yet."""
APPROVED: tuple[SettlementState, ...] = ("approved", "paid")
"""Its fees are burnt down and drawn from the budget."""
ISSUED: tuple[SettlementState, ...] = ("issued", *APPROVED)
"""It never changes, and its lines can be contested (BL-11)."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A provider's month of one programme, from draft to payment: its sums, its hashes, and who took which step when.

    The split into self-payment, subsidy and uncovered is none until it is approved; then it is the fee's but for what
    is parked.
    """

    settlement_id: str
    """Its statement's id, `<provider>:<programme>:<month>`."""
    provider_id: str
    programme_code: str
    programme_version: int
    month: str
    statement_sha256: str
    statement_closed_at: dt.datetime
    state: SettlementState
    missing: tuple[Missing, ...]
    charge_krw: int
    discount_krw: int
    deduction_krw: int
    fee_krw: int
    self_payment_krw: int | None
    subsidy_krw: int | None
    uncovered_krw: int | None
    sha256: str
    issued_sha256: str | None
    issued_by: str | None
    issued_at: dt.datetime | None
    dispute_until: dt.datetime | None
    approved_by: str | None
    approved_at: dt.datetime | None
    paid_by: str | None
    paid_at: dt.datetime | None
    payment_reference: str | None
    parked_krw: int = 0
    """What of the fee is approved and not split yet, because of grants that are parked; signed."""
    window_waived_by: str | None = None
    """Of the provider, who gave up the rest of the dispute window; none where it runs its time."""
    window_waived_at: dt.datetime | None = None

    @property
    def changed_at(self) -> dt.datetime:
        """When its last step was taken; the closing of its statement before the first."""
        return self.paid_at or self.approved_at or self.issued_at or self.statement_closed_at


@dataclass(frozen=True, slots=True)
class Share:
    """Who pays a grant's fee of one settlement: fee = self-payment + subsidy + uncovered; negative comes back."""

    grant_id: str
    fee_krw: int
    self_payment_krw: int
    subsidy_krw: int
    uncovered_krw: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a grant's fee has been paid from so far, over all approved settlements."""

    self_payment_krw: int = 0
    subsidy_krw: int = 0
    uncovered_krw: int = 0


@dataclass(frozen=True, slots=True)
class Parked:
    """A grant of which a draft states nothing, and what it waits for (BL-11)."""

    grant_id: str
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A settlement as far as it can be written: the lines of all grants but the parked ones."""

    lines: tuple[Line, ...]
    parked: tuple[Parked, ...] = ()
    beyond: tuple[Missing, ...] = ()
    """The sums of the whole month, where no ledger may hold them: nothing is written then."""

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What the parked grants and the whole wait for, each once."""
        return tuple(dict.fromkeys((*(each for grant in self.parked for each in grant.missing), *self.beyond)))

    @property
    def state(self) -> Literal["draft", "parked"]:
        """Parked as a whole where it states nothing but waits for something; else the rest goes on."""
        return "parked" if self.missing and not self.lines else "draft"
